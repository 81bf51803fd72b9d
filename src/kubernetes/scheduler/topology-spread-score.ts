import type { Pod } from '../pod.js';
import type { NodeInfo } from './node-info.js';
import type { SchedulerCache } from './scheduler-cache.js';
import {
  countMatching,
  declaredConstraints,
  defaultConstraints,
  hasAllTopologies,
  HOSTNAME_LABEL,
  includesNode,
  type SpreadConstraint,
} from './topology-spread.js';

/** Nodes that lack a topology label of a declared constraint are not scored. */
const IGNORED = -1;

interface WeighedConstraint {
  readonly constraint: SpreadConstraint;
  readonly weight: number;
  /** Matching pods by domain, over all nodes that count; unused for hostname. */
  readonly counts: ReadonlyMap<string, number>;
}

function weigh(
  constraint: SpreadConstraint,
  pod: Pod,
  scored: readonly NodeInfo[],
  cache: SchedulerCache,
  eligible: (node: NodeInfo) => boolean,
): WeighedConstraint {
  const { topologyKey } = constraint;
  if (topologyKey === HOSTNAME_LABEL) {
    return { constraint, weight: Math.log(scored.length + 2), counts: new Map() };
  }
  const counts = new Map<string, number>();
  for (const node of scored) counts.set(node.labels[topologyKey] ?? '', 0);
  for (const node of cache.nodes) {
    const value = node.labels[topologyKey] ?? '';
    const count = counts.get(value);
    if (count === undefined || !eligible(node) || !includesNode(constraint, pod, node.node)) continue;
    counts.set(value, count + countMatching(constraint, node, cache));
  }
  return { constraint, weight: Math.log(counts.size + 2), counts };
}

function rawScore(node: NodeInfo, constraints: readonly WeighedConstraint[], cache: SchedulerCache): number {
  let score = 0;
  for (const { constraint, weight, counts } of constraints) {
    const value = node.labels[constraint.topologyKey];
    if (value === undefined) continue;
    const count =
      constraint.topologyKey === HOSTNAME_LABEL ? countMatching(constraint, node, cache) : (counts.get(value) ?? 0);
    score += count * weight + (constraint.maxSkew - 1);
  }
  return Math.round(score);
}

function normalize(raw: readonly number[]): number[] {
  let smallest = Infinity;
  let largest = 0;
  for (const score of raw) {
    if (score === IGNORED) continue;
    if (score < smallest) smallest = score;
    if (score > largest) largest = score;
  }
  return raw.map((score) => {
    if (score === IGNORED) return 0;
    return largest === 0 ? 100 : Math.floor((100 * (largest + smallest - score)) / largest);
  });
}

/**
 * PodTopologySpread, 0–100 for each feasible node: ScheduleAnyway constraints, or the system defaults for a pod that
 * declares none at all (kubernetes.md §1.7.3). Undefined when the plugin has nothing to say.
 */
export function scoreTopologySpread(
  pod: Pod,
  feasible: readonly NodeInfo[],
  cache: SchedulerCache,
): number[] | undefined {
  const declared = pod.spec.topologySpreadConstraints.length > 0;
  const constraints = declared ? declaredConstraints(pod, 'ScheduleAnyway') : defaultConstraints(pod, cache);
  if (constraints.length === 0) return undefined;
  // The defaults also spread over nodes without a zone label, which share the domain ''.
  const eligible = (node: NodeInfo): boolean => !declared || hasAllTopologies(constraints, node.node);
  const scored = feasible.filter(eligible);
  const weighed = constraints.map((constraint) => weigh(constraint, pod, scored, cache, eligible));
  return normalize(feasible.map((node) => (eligible(node) ? rawScore(node, weighed, cache) : IGNORED)));
}
