import type {
  LabelSelector,
  LabelSelectorRequirement,
  NodeSelectorOperator,
  NodeSelectorRequirement,
  NodeSelectorTerm,
} from '../selectors.js';
import type { Taint, Toleration } from '../taints.js';
import type { FieldReader } from './field-reader.js';

/** `labelSelector` or `selector` at a key; undefined when absent, which selects nothing. */
export function decodeLabelSelector(parent: FieldReader, key: string): LabelSelector | undefined {
  const selector = parent.object(key);
  if (selector === undefined) return undefined;
  return {
    matchLabels: selector.stringMap('matchLabels'),
    matchExpressions: selector.objects('matchExpressions').map(decodeLabelSelectorRequirement),
  };
}

function decodeLabelSelectorRequirement(expression: FieldReader): LabelSelectorRequirement {
  const operator = expression.oneOf('operator', ['In', 'NotIn', 'Exists', 'DoesNotExist']);
  const values = expression.stringList('values') ?? [];
  if (!expression.has('operator')) expression.missing('operator');
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) expression.missing('values', 'a value');
  return { key: expression.requiredString('key'), operator: operator ?? 'In', values };
}

/** Operators of `nodeAffinity`; `Gte` and `Lte` are Karpenter's. */
const NODE_SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'Gte', 'Lte'] as const;

/** One requirement on a node label; `operators` narrows those that the API version at hand knows. */
export function decodeNodeSelectorRequirement(
  expression: FieldReader,
  operators: readonly NodeSelectorOperator[] = NODE_SELECTOR_OPERATORS,
): NodeSelectorRequirement {
  const operator = expression.oneOf('operator', operators);
  if (!expression.has('operator')) expression.missing('operator', `one of ${operators.join(', ')}`);
  return {
    key: expression.requiredString('key'),
    operator: operator ?? 'In',
    values: expression.stringList('values') ?? [],
  };
}

/** One OR-term of a node selector. */
export function decodeNodeSelectorTerm(term: FieldReader): NodeSelectorTerm {
  return {
    matchExpressions: term.objects('matchExpressions').map((item) => decodeNodeSelectorRequirement(item)),
    matchFields: term.objects('matchFields').map((item) => decodeNodeSelectorRequirement(item)),
  };
}

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

/** A taint of a node or a NodePool. */
export function decodeTaint(taint: FieldReader): Taint {
  taint.irrelevant('timeAdded');
  if (!taint.has('effect')) taint.missing('effect', `one of ${TAINT_EFFECTS.join(', ')}`);
  return {
    key: taint.requiredString('key'),
    value: taint.string('value') ?? '',
    effect: taint.oneOf('effect', TAINT_EFFECTS) ?? 'NoSchedule',
  };
}

/** A toleration of a pod. */
export function decodeToleration(toleration: FieldReader): Toleration {
  const operator = toleration.oneOf('operator', ['Equal', 'Exists', 'Gt', 'Lt']) ?? 'Equal';
  const key = toleration.string('key') ?? '';
  if (key === '' && operator !== 'Exists') {
    toleration.problem('key', {
      code: 'missing-field',
      message: 'a toleration without key must have the operator Exists',
      expected: 'a key, or operator: Exists to tolerate everything',
    });
  }
  return {
    key,
    operator,
    value: toleration.string('value') ?? '',
    effect: toleration.oneOf('effect', [...TAINT_EFFECTS, '']) ?? '',
    tolerationSeconds: toleration.integer('tolerationSeconds'),
  };
}
