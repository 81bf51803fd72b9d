import type { Node } from '../node.js';
import type { Pod } from '../pod.js';
import { type Rejection, unresolvable, unschedulable } from './rejection.js';
import type { SchedulerCache } from './scheduler-cache.js';
import {
  declaredConstraints,
  forEachMatching,
  hasAllTopologies,
  includesNode,
  selectsLabels,
  type SpreadConstraint,
} from './topology-spread.js';

const NO_MATCH = "node(s) didn't match pod topology spread constraints";
const SKEWED = unschedulable('PodTopologySpread', NO_MATCH);
const NO_LABEL = unresolvable('PodTopologySpread', `${NO_MATCH} (missing required label)`);

interface Path {
  value: string;
  count: number;
}

/**
 * The domains with the fewest matching pods. kube-scheduler remembers two, so that taking a pod away from one or adding
 * one (preemption does) needs no new count; the second may then no longer be the true second smallest. Kept as it is,
 * since its answers under preemption depend on it.
 */
class SmallestDomains {
  constructor(
    public first: Path = { value: '', count: Infinity },
    public second: Path = { value: '', count: Infinity },
  ) {}

  update(value: string, count: number): void {
    if (value === this.first.value) this.first = { value, count };
    else if (value === this.second.value) this.second = { value, count };
    else if (count < this.first.count) [this.first, this.second] = [{ value, count }, this.first];
    else if (count < this.second.count) this.second = { value, count };
    if (this.first.count > this.second.count) [this.first, this.second] = [this.second, this.first];
  }

  clone(): SmallestDomains {
    return new SmallestDomains(this.first, this.second);
  }
}

interface Domains {
  readonly constraint: SpreadConstraint;
  readonly counts: Map<string, number>;
  readonly smallest: SmallestDomains;
  readonly selfMatch: 0 | 1;
}

/** PodTopologySpread's filter for one pod: DoNotSchedule constraints only (kubernetes.md §1.6). */
export class TopologySpreadFilter {
  private constructor(
    readonly pod: Pod,
    private readonly domains: readonly Domains[],
    private readonly constraints: readonly SpreadConstraint[],
  ) {}

  /** Undefined when the pod has no hard constraint. The system defaults are soft and never filter. */
  static forPod(pod: Pod, cache: SchedulerCache): TopologySpreadFilter | undefined {
    const constraints = declaredConstraints(pod).hard;
    if (constraints.length === 0) return undefined;
    const eligible = cache.nodes.filter(({ node }) => hasAllTopologies(constraints, node));
    const domains = constraints.map((constraint): Domains => {
      const counts = new Map<string, number>();
      for (const { labels, node } of eligible) {
        if (includesNode(constraint, pod, node)) counts.set(labels[constraint.topologyKey] ?? '', 0);
      }
      forEachMatching(constraint, cache, ({ labels, node }, pods) => {
        if (!hasAllTopologies(constraints, node) || !includesNode(constraint, pod, node)) return;
        const value = labels[constraint.topologyKey] ?? '';
        counts.set(value, (counts.get(value) ?? 0) + pods);
      });
      const smallest = new SmallestDomains();
      for (const [value, count] of counts) smallest.update(value, count);
      return { constraint, counts, smallest, selfMatch: selectsLabels(constraint, pod.metadata.labels) ? 1 : 0 };
    });
    return new TopologySpreadFilter(pod, domains, constraints);
  }

  filter(node: Node): Rejection | undefined {
    for (const { constraint, counts, smallest, selfMatch } of this.domains) {
      const value = node.metadata.labels[constraint.topologyKey];
      if (value === undefined) return NO_LABEL;
      const fewest = counts.size < constraint.minDomains ? 0 : smallest.first.count;
      const skew = (counts.get(value) ?? 0) + selfMatch - fewest;
      if (skew > constraint.maxSkew) return SKEWED;
    }
    return undefined;
  }

  /** Counts a pod that is (delta 1) or is no longer (−1) on the node. */
  adjust(other: Pod, node: Node, delta: 1 | -1): void {
    if (other.metadata.namespace !== this.pod.metadata.namespace) return;
    if (!hasAllTopologies(this.constraints, node)) return;
    for (const { constraint, counts, smallest } of this.domains) {
      if (!selectsLabels(constraint, other.metadata.labels)) continue;
      if (!includesNode(constraint, this.pod, node)) continue;
      const value = node.metadata.labels[constraint.topologyKey] ?? '';
      const count = (counts.get(value) ?? 0) + delta;
      counts.set(value, count);
      smallest.update(value, count);
    }
  }

  clone(): TopologySpreadFilter {
    const domains = this.domains.map((domain) => ({
      ...domain,
      counts: new Map(domain.counts),
      smallest: domain.smallest.clone(),
    }));
    return new TopologySpreadFilter(this.pod, domains, this.constraints);
  }
}
