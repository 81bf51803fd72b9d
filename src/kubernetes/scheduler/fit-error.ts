import type { FilterPlugin, Rejection } from './rejection.js';

/** What preemption had to say about a pod that no node could take. */
export type PreemptionRefusal =
  | { readonly kind: 'not-eligible'; readonly reason: 'preemptionPolicy=Never' | 'terminating-victims' }
  /** Per node that preemption was tried on: what still stood in the way. The others cannot be helped by preemption. */
  | { readonly kind: 'no-candidates'; readonly reasons: ReadonlyMap<string, readonly string[]> };

/** Why a pod could not be placed, as data. */
export interface FitError {
  readonly nodeCount: number;
  /** Set when the pod was refused before any node was looked at; it then stands for every node. */
  readonly preFilter?: Rejection | undefined;
  /** First refusal of each node. */
  readonly rejections: ReadonlyMap<string, Rejection>;
  /** Every plugin that refused a node; decides which events wake the pod. */
  readonly plugins: ReadonlySet<FilterPlugin>;
  /** Undefined when preemption found victims. */
  readonly preemption?: PreemptionRefusal | undefined;
}

function histogram(reasons: Iterable<readonly string[]>): string {
  const counts = new Map<string, number>();
  for (const list of reasons) {
    for (const reason of list) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  // By text, count included, as kube-scheduler sorts them: "10 …" stands before "2 …".
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}

function nodesAvailable(nodeCount: number): string {
  return `0/${nodeCount} nodes are available:`;
}

function describePreemption(refusal: PreemptionRefusal, nodeCount: number): string {
  if (refusal.kind === 'not-eligible') {
    const reason =
      refusal.reason === 'terminating-victims' ? 'a terminating pod on the nominated node' : refusal.reason;
    return `not eligible due to ${reason}.`;
  }
  const unhelped = Array<readonly string[]>(nodeCount - refusal.reasons.size).fill([
    'Preemption is not helpful for scheduling',
  ]);
  return `${nodesAvailable(nodeCount)} ${histogram([...refusal.reasons.values(), ...unhelped])}.`;
}

/**
 * The text of the pod's PodScheduled condition: "0/12 nodes are available: 3 Insufficient cpu, 9 …". Its odd parts are
 * Kubernetes 1.34's: the DynamicResources plugin speaks before preemption, and says "not found" when it was not reached.
 */
export function fitErrorMessage(error: FitError): string {
  if (error.nodeCount === 0) return 'no nodes available to schedule pods';
  const head = nodesAvailable(error.nodeCount);
  if (error.preFilter !== undefined) return `${head} ${error.preFilter.reasons.join(', ')}. not found`;
  const reasons = histogram([...error.rejections.values()].map((rejection) => rejection.reasons));
  const text = `${head} ${reasons}.`;
  if (error.preemption === undefined) return text;
  return `${text} no new claims to deallocate, preemption: ${describePreemption(error.preemption, error.nodeCount)}`;
}
