import { isEmptyLabelSelector, matchesLabelSelector } from '../label-selector.js';
import type { Pod } from '../pod.js';
import type { PodDisruptionBudget } from '../workloads.js';
import type { FilterCycle } from './filter-cycle.js';
import type { PreemptionRefusal } from './fit-error.js';
import type { NodeInfo } from './node-info.js';
import type { Nominations } from './nominations.js';
import type { PodInfo } from './pod-info.js';
import type { Rejection } from './rejection.js';
import type { SchedulerCache } from './scheduler-cache.js';

/** Victims on one node, most important first. */
export interface PreemptionCandidate {
  readonly node: string;
  readonly victims: readonly Pod[];
  readonly pdbViolations: number;
}

/** The outcome of a successful preemption attempt. */
export interface Preemption {
  readonly candidates: readonly PreemptionCandidate[];
  /** Candidates that are equally good by every rule. */
  readonly best: readonly PreemptionCandidate[];
}

/** Condition that marks a victim of the scheduler. */
export const PREEMPTION_REASON = 'PreemptionByScheduler';

const NO_VICTIMS: readonly string[] = ['No preemption victims found for incoming pod'];
const PRIORITY_OFFSET = 2 ** 31;

function startTime(info: PodInfo): number {
  // Kubernetes takes "now" for a pod that has not started.
  return info.pod.status.startTimeMs ?? Infinity;
}

function moreImportantFirst(a: PodInfo, b: PodInfo): number {
  if (a.facts.priority !== b.facts.priority) return b.facts.priority - a.facts.priority;
  const earlier = startTime(a);
  const later = startTime(b);
  return earlier === later ? 0 : earlier - later;
}

function isTerminatingVictim(pod: Pod): boolean {
  if (pod.metadata.deletionTimeMs === undefined) return false;
  const condition = pod.status.conditions.find(({ type }) => type === 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason === PREEMPTION_REASON;
}

/** Why the pod may not preempt at all; undefined when it may. */
export function refusesPreemption(
  info: PodInfo,
  nominatedNode: NodeInfo | undefined,
  nominatedRejection: Rejection | undefined,
): PreemptionRefusal | undefined {
  if (info.pod.spec.preemptionPolicy === 'Never') return { kind: 'not-eligible', reason: 'preemptionPolicy=Never' };
  if (nominatedNode === undefined || nominatedRejection?.code === 'UnschedulableAndUnresolvable') return undefined;
  const waiting = nominatedNode.pods.some(
    (other) => other.facts.priority < info.facts.priority && isTerminatingVictim(other.pod),
  );
  return waiting ? { kind: 'not-eligible', reason: 'terminating-victims' } : undefined;
}

function chargesBudget({ metadata, selector, status }: PodDisruptionBudget, pod: Pod): boolean {
  const { namespace, labels, name } = pod.metadata;
  if (metadata.namespace !== namespace || Object.keys(labels).length === 0) return false;
  // Unlike the PDB controller, preemption takes an empty selector to match nothing.
  if (selector === undefined || isEmptyLabelSelector(selector) || !matchesLabelSelector(selector, labels)) return false;
  return status.disruptedPods?.[name] === undefined;
}

/** Splits pods into those whose eviction would break a PDB and the others, keeping their order. */
function splitByPdb(
  infos: readonly PodInfo[],
  budgets: readonly PodDisruptionBudget[],
): { readonly violating: PodInfo[]; readonly others: PodInfo[] } {
  const allowed = budgets.map((budget) => budget.status.disruptionsAllowed);
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const info of infos) {
    // Every budget that selects the pod is charged, also after one of them is exceeded.
    const left = budgets.map((budget, i) =>
      chargesBudget(budget, info.pod) ? (allowed[i] = (allowed[i] ?? 0) - 1) : 0,
    );
    (left.some((count) => count < 0) ? violating : others).push(info);
  }
  return { violating, others };
}

/** Asks for one node whether evicting pods of lower priority makes room, and which ones are really needed. */
function dryRun(
  begun: FilterCycle,
  original: NodeInfo,
  nominations: Nominations,
  budgets: readonly PodDisruptionBudget[],
): PreemptionCandidate | readonly string[] {
  const { priority } = begun.info.facts;
  const potential = original.pods.filter((other) => other.facts.priority < priority);
  if (potential.length === 0) return NO_VICTIMS;
  const node = original.clone();
  const cycle = begun.clone();
  const remove = (other: PodInfo): void => {
    node.removePod(other.pod.metadata.uid);
    cycle.adjust(other, node.node, -1);
  };
  potential.forEach(remove);
  const refusal = nominations.filter(cycle, node);
  if (refusal !== undefined) return refusal.reasons;
  const { violating, others } = splitByPdb(potential.sort(moreImportantFirst), budgets);
  const victims: PodInfo[] = [];
  const reprieve = (other: PodInfo): boolean => {
    node.addPod(other);
    cycle.adjust(other, node.node, 1);
    if (nominations.filter(cycle, node) === undefined) return true;
    remove(other);
    victims.push(other);
    return false;
  };
  let pdbViolations = 0;
  for (const other of violating) if (!reprieve(other)) pdbViolations++;
  for (const other of others) reprieve(other);
  if (violating.length > 0 && others.length > 0) victims.sort(moreImportantFirst);
  // Can only happen when affinity lets the pod in with everybody back; Kubernetes calls it an error.
  if (victims.length === 0) return [`expected at least one victim pod on node "${node.name}"`];
  return { node: node.name, victims: victims.map((info) => info.pod), pdbViolations };
}

function earliestStartOfHighest(candidate: PreemptionCandidate): number {
  const highest = Math.max(...candidate.victims.map((pod) => pod.spec.priority ?? 0));
  const starts = candidate.victims
    .filter((pod) => (pod.spec.priority ?? 0) === highest)
    .map((pod) => pod.status.startTimeMs ?? Infinity);
  return Math.min(...starts);
}

/** Rules of choice in order; the larger value wins (kubernetes.md §1.10). */
const PREFERENCES: readonly ((candidate: PreemptionCandidate) => number)[] = [
  (candidate) => -candidate.pdbViolations,
  (candidate) => -(candidate.victims[0]?.spec.priority ?? 0),
  (candidate) => -candidate.victims.reduce((sum, pod) => sum + (pod.spec.priority ?? 0) + PRIORITY_OFFSET, 0),
  (candidate) => -candidate.victims.length,
  earliestStartOfHighest,
];

function bestCandidates(candidates: readonly PreemptionCandidate[]): readonly PreemptionCandidate[] {
  let left = candidates;
  for (const prefer of PREFERENCES) {
    if (left.length === 1) break;
    const scores = left.map(prefer);
    const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
    left = left.filter((_, i) => scores[i] === top);
  }
  return left;
}

/**
 * Looks for nodes where evicting pods of lower priority would let the pod in. Only nodes refused with `Unschedulable`
 * are tried. Async preemption and the cap on candidates (100 or 10 %) are not modelled: every node is tried.
 */
export function findPreemption(
  begun: FilterCycle,
  rejections: ReadonlyMap<string, Rejection>,
  cache: SchedulerCache,
  nominations: Nominations,
): Preemption | PreemptionRefusal {
  const budgets = [...cache.podDisruptionBudgets];
  const candidates: PreemptionCandidate[] = [];
  const reasons = new Map<string, readonly string[]>();
  for (const [name, rejection] of rejections) {
    if (rejection.code !== 'Unschedulable') continue;
    const node = cache.node(name);
    if (node === undefined) continue;
    const outcome = dryRun(begun, node, nominations, budgets);
    if ('victims' in outcome) candidates.push(outcome);
    else reasons.set(name, outcome);
  }
  if (candidates.length === 0) return { kind: 'no-candidates', reasons };
  return { candidates, best: bestCandidates(candidates) };
}
