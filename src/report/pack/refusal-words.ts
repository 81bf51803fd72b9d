import type { PodProblem } from '../../karpenter/scheduling/pod-intake-policy.js';
import type { NotProvisionable } from '../../karpenter/pod-predicates.js';
import type { SchedulingErrorCode } from '../../karpenter/scheduling/scheduling-errors.js';
import type { NodeRefusal, SchedulingError } from '../../karpenter/scheduling/scheduling-result.js';
import { amountText, twoAmounts } from './amounts.js';

type Detail = SchedulingError['detail'];

/** What the solver refuses with, and what is only found around it. */
type RefusalCode = SchedulingErrorCode | 'no-nodepools' | 'nodepool-without-types';

function text(detail: Detail, name: string): string {
  const value = detail[name];
  return value === undefined ? '' : typeof value === 'object' ? value.join(' and ') : String(value);
}

function list(detail: Detail, name: string): readonly string[] {
  const value = detail[name];
  return typeof value === 'object' ? value : [];
}

/** Names of the resources that a detail has amounts of under a prefix such as `requests`. */
function resources(detail: Detail, prefix: string): readonly string[] {
  return Object.keys(detail)
    .filter((name) => name.startsWith(`${prefix}/`))
    .map((name) => name.slice(prefix.length + 1));
}

function amount(detail: Detail, prefix: string, resource: string): number {
  return Number(detail[`${prefix}/${resource}`] ?? 0);
}

function taint(detail: Detail): string {
  const value = text(detail, 'value');
  return `did not tolerate ${text(detail, 'key')}${value === '' ? '' : `=${value}`}:${text(detail, 'effect')}`;
}

function incompatible(detail: Detail): string {
  return `did not match ${text(detail, 'wanted')}`;
}

function topology(detail: Detail): string {
  const key = text(detail, 'key');
  const counts = list(detail, 'counts');
  const shown = counts.length === 0 || counts.length > 8 ? '' : ` (matching pods: ${counts.join(', ')})`;
  switch (detail['constraint']) {
    case 'spread':
      return `topology spread over ${key} with maxSkew ${text(detail, 'maxSkew')} cannot be kept${shown}`;
    case 'affinity':
      return `no ${key} has a pod that its pod affinity asks for${shown}`;
    default:
      return `pod anti-affinity leaves no ${key}${shown}`;
  }
}

function limits(detail: Detail): string {
  const short = resources(detail, 'remaining').filter(
    (name) =>
      amount(detail, 'remaining', name) <
      (detail[`smallest/${name}`] === undefined ? 0 : amount(detail, 'smallest', name)),
  );
  if (short.length === 0) return 'its limits leave too little for any instance type';
  const parts = short.map((name) => {
    const [left, smallest] = twoAmounts(
      name,
      Math.max(0, amount(detail, 'remaining', name)),
      amount(detail, 'smallest', name),
    );
    return `${name} (${left} left, the smallest instance type has ${smallest})`;
  });
  return `its limits leave too little ${parts.join(' and ')}`;
}

function tooSmall(detail: Detail): string {
  const names = resources(detail, 'requests');
  const short = names.filter((name) => amount(detail, 'requests', name) > amount(detail, 'largest', name));
  if (short.length === 0) {
    const needs = names
      .filter((name) => name !== 'pods')
      .map((name) => `${name} ${amountText(name, amount(detail, 'requests', name))}`);
    return `no instance type has enough of everything at once (needs ${needs.join(', ')})`;
  }
  const parts = short.map((name) => {
    const [needs, largest] = twoAmounts(name, amount(detail, 'requests', name), amount(detail, 'largest', name));
    return amount(detail, 'largest', name) === 0
      ? `${name} (needs ${needs}, none has any)`
      : `${name} (needs ${needs}, the largest has ${largest} for pods)`;
  });
  return `no instance type has enough ${parts.join(' and ')}`;
}

function notOffered(detail: Detail): string {
  const where = list(detail, 'offering');
  return `none of its ${text(detail, 'meeting')} instance types is offered${where.length === 0 ? '' : ` for ${where.join(' and ')}`}`;
}

/** Which of the three conditions no instance type meets, the most telling first. */
function noTypes(detail: Detail): string {
  if (detail['types'] === 0) return 'there are no instance types to choose from';
  if (detail['meeting'] === 0) return `no instance type matches ${text(detail, 'conflicts')}`;
  if (detail['offered'] === 0) return notOffered(detail);
  return tooSmall(detail);
}

const MIXED = (detail: Detail): string =>
  `no instance type does it all: of ${text(detail, 'types')}, ${text(detail, 'meeting')} match, ` +
  `${text(detail, 'offered')} are offered and ${text(detail, 'fitting')} are large enough`;

const WORDS: Readonly<Record<RefusalCode, (detail: Detail) => string>> = {
  'untolerated-taint': taint,
  'host-port-conflict': () => 'its host port is taken',
  'incompatible-requirements': incompatible,
  'incompatible-volumes': (detail) => `${incompatible(detail)}, where its volume is`,
  'unsatisfiable-topology': topology,
  'reserved-capacity-exhausted': () => 'every reserved offering that fits is in use; it waits for the next pass',
  'resource-claims-unsupported': () => 'it uses dynamic resource claims, which Karpenter does not provide for',
  'node-limit-exhausted': () => 'its limit of nodes is reached',
  'limits-exceeded': limits,
  'no-nodepool-has-types': () => 'no NodePool has any instance type',
  'min-values': (detail) => `too few instance types for minValues of ${text(detail, 'labels')}`,
  'no-types-requirements-resources-offering': noTypes,
  'no-types-requirements-resources': noTypes,
  'no-types-requirements-offering': noTypes,
  'no-types-resources-offering': noTypes,
  'no-types-requirements': noTypes,
  'no-types-resources': noTypes,
  'no-types-offering': noTypes,
  'no-type-with-requirements-and-resources-has-offering': notOffered,
  'no-type-with-resources-and-offering-meets-requirements': (detail) =>
    `no instance type that is large enough matches ${text(detail, 'conflicts')}`,
  'no-type-with-requirements-and-offering-has-resources': tooSmall,
  'no-type-meets-all': MIXED,
  'uninitialized-node': () => 'it would go to a node that has not started yet',
  'insufficient-resources': (detail) => {
    const short = resources(detail, 'requests');
    return short.length > 0
      ? `insufficient ${short.join(', ')}`
      : `overcommitted in ${resources(detail, 'remaining').join(', ')}`;
  },
  'volume-limits': () => 'no more volumes can be attached',
  'unknown-volumes': () => 'a volume of the pod is not known',
  'all-nodepools-refused': () => 'no NodePool takes it',
  'no-nodepools': () => 'there is no NodePool, and without one Karpenter decides nothing, not even for existing nodes',
  'nodepool-without-types': () => 'no instance type on offer meets its own requirements',
};

/** One refusal in words, without its subject. */
export function refusalWords({ code, detail }: SchedulingError): string {
  const words = code in WORDS ? WORDS[code as RefusalCode] : undefined;
  return words === undefined ? code : words(detail);
}

/** `0/2 NodePools: general: did not tolerate …; compute: …`. */
export function nodePoolWords(error: SchedulingError, nodePoolCount: number): string {
  if (error.causes.length === 0) return refusalWords(error);
  const parts = error.causes.map(
    (cause) => `${cause.nodePoolName ?? ''}: ${refusalWords(cause)}${withinLimits(cause)}`,
  );
  return `0/${nodePoolCount} NodePools: ${parts.join('; ')}`;
}

function withinLimits({ code, detail }: SchedulingError): string {
  if (!code.startsWith('no-type') || detail['withinLimits'] === undefined) return '';
  return ` (its limits still allow ${text(detail, 'withinLimits')} of ${text(detail, 'typesOfNodePool')} types)`;
}

/** `0/5 nodes: 3 insufficient cpu, 2 did not tolerate …`, counted from what each node said; the commonest first. */
export function nodeWords(refusals: readonly NodeRefusal[], nodeCount: number): string {
  if (nodeCount === 0) return 'there are no nodes yet';
  const counts = new Map<string, number>();
  for (const { error } of refusals) {
    const words = refusalWords(error);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const parts = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([words, count]) => `${count} ${words}`);
  return `0/${nodeCount} nodes: ${parts.join(', ')}`;
}

const IGNORED: Readonly<Record<NotProvisionable | PodProblem['code'], (subject: string) => string>> = {
  bound: () => 'bound to a node already',
  finished: () => 'finished',
  'daemon-pod': () => 'of a DaemonSet: it waits for its own node',
  'static-pod': () => 'a static pod of its node',
  nominated: (node) => `waits for preemption on ${node}`,
  'scheduling-gated': (gates) => `held back by its scheduling gate ${gates}`,
  'other-scheduler': (name) => `scheduler ${name} has not marked it Unschedulable`,
  'not-unschedulable': () => 'kube-scheduler has not marked it Unschedulable',
  'opted-out': (label) => `demands that ${label} does not exist: it wants none of Karpenter's nodes`,
  'match-fields': (key) => `node affinity by matchFields ${key}, which Karpenter does not read`,
  'unsupported-operator': (key) => `an operator on ${key} that Karpenter does not know`,
  'restricted-label': (key) => `asks for the label ${key}, which is reserved`,
  'invalid-label': (key) => `the label ${key} or its value is not valid`,
  'missing-values': (key) => `asks for ${key} In no values`,
  'not-an-integer': (key) => `compares ${key} with something that is not a whole number`,
  'unknown-capacity-type': (key) => `asks for a ${key} that does not exist`,
  'claim-not-found': (name) => `PersistentVolumeClaim ${name} is not there`,
  'claim-deleting': (name) => `PersistentVolumeClaim ${name} is being deleted`,
  'claim-lost': (name) => `PersistentVolumeClaim ${name} has lost its volume`,
  'volume-not-found': (name) => `PersistentVolume ${name} is not there`,
  'volume-deleting': (name) => `PersistentVolume ${name} is being deleted`,
  'claim-not-bound': (name) => `PersistentVolumeClaim ${name} is still being bound`,
  'claim-without-class': (name) =>
    `PersistentVolumeClaim ${name} is unbound, names no StorageClass, and none is the default`,
  'storage-class-not-found': (name) => `StorageClass ${name} is not there`,
  'immediate-binding': (name) =>
    `its unbound claim is of StorageClass ${name}, which binds at once: the volume comes first`,
};

/** Why Karpenter leaves a pod alone. */
export function ignoredWords({
  code,
  subject,
}: {
  readonly code: NotProvisionable | PodProblem['code'];
  readonly subject: string;
}): string {
  return IGNORED[code](subject);
}
