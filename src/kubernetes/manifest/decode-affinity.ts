import type { Affinity, NodeAffinity, PodAffinity, PodAffinityTerm, TopologySpreadConstraint } from '../pod.js';
import { decodeLabelSelector, decodeNodeSelectorTerm } from './decode-selectors.js';
import type { FieldReader } from './field-reader.js';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** `spec.affinity` of a pod. */
export function decodeAffinity(affinity: FieldReader | undefined): Affinity | undefined {
  if (affinity === undefined) return undefined;
  return {
    nodeAffinity: decodeNodeAffinity(affinity.object('nodeAffinity')),
    podAffinity: decodePodAffinity(affinity.object('podAffinity')),
    podAntiAffinity: decodePodAffinity(affinity.object('podAntiAffinity')),
  };
}

function decodeNodeAffinity(affinity: FieldReader | undefined): NodeAffinity | undefined {
  if (affinity === undefined) return undefined;
  return {
    required: affinity.object(REQUIRED)?.objects('nodeSelectorTerms').map(decodeNodeSelectorTerm),
    preferred: affinity.objects(PREFERRED).map((term) => ({
      weight: decodeWeight(term),
      preference: decodeNodeSelectorTerm(term.requiredObject('preference')),
    })),
  };
}

function decodePodAffinity(affinity: FieldReader | undefined): PodAffinity | undefined {
  if (affinity === undefined) return undefined;
  return {
    required: affinity.objects(REQUIRED).map(decodePodAffinityTerm),
    preferred: affinity.objects(PREFERRED).map((term) => ({
      weight: decodeWeight(term),
      term: decodePodAffinityTerm(term.requiredObject('podAffinityTerm')),
    })),
  };
}

function decodeWeight(term: FieldReader): number {
  if (!term.has('weight')) term.missing('weight', '1 to 100');
  return term.integer('weight', { min: 1, max: 100 }) ?? 1;
}

function decodePodAffinityTerm(term: FieldReader): PodAffinityTerm {
  return {
    topologyKey: term.requiredString('topologyKey'),
    labelSelector: decodeLabelSelector(term, 'labelSelector'),
    namespaces: term.stringList('namespaces') ?? [],
    namespaceSelector: decodeLabelSelector(term, 'namespaceSelector'),
    matchLabelKeys: term.stringList('matchLabelKeys') ?? [],
    mismatchLabelKeys: term.stringList('mismatchLabelKeys') ?? [],
  };
}

/** One of `spec.topologySpreadConstraints`. */
export function decodeTopologySpreadConstraint(constraint: FieldReader): TopologySpreadConstraint {
  const words = ['DoNotSchedule', 'ScheduleAnyway'] as const;
  if (!constraint.has('maxSkew')) constraint.missing('maxSkew', '1 or more');
  if (!constraint.has('whenUnsatisfiable')) constraint.missing('whenUnsatisfiable', `one of ${words.join(', ')}`);
  return {
    maxSkew: constraint.integer('maxSkew', { min: 1 }) ?? 1,
    topologyKey: constraint.requiredString('topologyKey'),
    whenUnsatisfiable: constraint.oneOf('whenUnsatisfiable', words) ?? 'DoNotSchedule',
    labelSelector: decodeLabelSelector(constraint, 'labelSelector'),
    minDomains: constraint.integer('minDomains', { min: 1 }),
    nodeAffinityPolicy: constraint.oneOf('nodeAffinityPolicy', ['Honor', 'Ignore']),
    nodeTaintsPolicy: constraint.oneOf('nodeTaintsPolicy', ['Honor', 'Ignore']),
    matchLabelKeys: constraint.stringList('matchLabelKeys') ?? [],
  };
}
