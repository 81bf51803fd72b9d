import type { Pod } from '../pod.js';
import type { NodeInfo } from './node-info.js';
import type { SchedulerCache } from './scheduler-cache.js';
import { Scratch } from './scratch.js';
import {
  declaredConstraints,
  DefaultConstraints,
  forEachMatching,
  hasAllTopologies,
  HOSTNAME_LABEL,
  includesNode,
  type SpreadConstraint,
} from './topology-spread.js';

/** Nodes that lack a topology label of a declared constraint are not scored. */
const IGNORED = -1;

/** A constraint with its counts, by number of the node's domain. */
interface Counted {
  readonly idByPosition: Int32Array;
  readonly pods: Int32Array;
  readonly weight: number;
  /** Keeps small differences from mattering. */
  readonly slack: number;
}

function rawScore(position: number, constraints: readonly Counted[]): number {
  let score = 0;
  for (const { idByPosition, pods, weight, slack } of constraints) {
    const id = idByPosition[position] ?? -1;
    if (id >= 0) score += (pods[id] ?? 0) * weight + slack;
  }
  return Math.round(score);
}

/** Few pods become many points, in place; ignored nodes get none. */
function normalize(scores: Float64Array, count: number): void {
  let smallest = Infinity;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const score = scores[i] ?? 0;
    if (score === IGNORED) continue;
    if (score < smallest) smallest = score;
    if (score > largest) largest = score;
  }
  for (let i = 0; i < count; i++) {
    const score = scores[i] ?? 0;
    if (score === IGNORED) scores[i] = 0;
    else scores[i] = largest === 0 ? 100 : Math.floor((100 * (largest + smallest - score)) / largest);
  }
}

/**
 * PodTopologySpread's score: ScheduleAnyway constraints, or the system defaults for a pod that declares none at all
 * (kubernetes.md §1.7.3).
 */
export class TopologySpreadScorer {
  readonly #cache: SchedulerCache;
  readonly #defaults: DefaultConstraints;
  /** One for each constraint of a pod. */
  readonly #pods: Scratch<Int32Array>[] = [];
  readonly #seen = new Scratch((length) => new Uint8Array(length));

  constructor(cache: SchedulerCache) {
    this.#cache = cache;
    this.#defaults = new DefaultConstraints(cache);
  }

  /** Writes 0–100 for each feasible node into `scores`; false when the plugin has nothing to say. */
  score(pod: Pod, feasible: readonly NodeInfo[], scores: Float64Array): boolean {
    const declared = pod.spec.topologySpreadConstraints.length > 0;
    const constraints = declared ? declaredConstraints(pod).soft : this.#defaults.of(pod);
    if (constraints.length === 0) return false;
    // The defaults also spread over nodes without a zone label.
    const eligible = (node: NodeInfo): boolean => !declared || hasAllTopologies(constraints, node.node);
    const scored = declared ? feasible.filter(eligible) : feasible;
    const counted = constraints.map((constraint, i) => {
      const scratch = (this.#pods[i] ??= new Scratch((length) => new Int32Array(length)));
      return constraint.topologyKey === HOSTNAME_LABEL
        ? this.#countByNode(constraint, scored.length, scratch)
        : this.#countByDomain(constraint, pod, scored, eligible, scratch);
    });
    for (let i = 0; i < feasible.length; i++) {
      const node = feasible[i];
      if (node !== undefined) scores[i] = eligible(node) ? rawScore(node.position, counted) : IGNORED;
    }
    normalize(scores, feasible.length);
    return true;
  }

  /** Counts by node: what the hostname constraint looks at, whatever its inclusion policies say. */
  #countByNode(constraint: SpreadConstraint, scoredNodes: number, scratch: Scratch<Int32Array>): Counted {
    const { selfByPosition } = this.#cache.domains(HOSTNAME_LABEL);
    const pods = scratch.take(selfByPosition.length);
    forEachMatching(constraint, this.#cache, ({ position }, count) => {
      pods[position] = (pods[position] ?? 0) + count;
    });
    const weight = Math.log(scoredNodes + 2);
    return { idByPosition: selfByPosition, pods, weight, slack: constraint.maxSkew - 1 };
  }

  /** Counts by domain, over all nodes that count, in domains with a node to score. */
  #countByDomain(
    constraint: SpreadConstraint,
    pod: Pod,
    scored: readonly NodeInfo[],
    eligible: (node: NodeInfo) => boolean,
    scratch: Scratch<Int32Array>,
  ): Counted {
    const { idByPosition, size } = this.#cache.domains(constraint.topologyKey);
    const pods = scratch.take(size);
    const seen = this.#seen.take(size + 1);
    let domains = 0;
    for (const { position } of scored) {
      // Nodes without the label make up one domain more.
      const id = idByPosition[position] ?? -1;
      const slot = id < 0 ? size : id;
      if (seen[slot] === 1) continue;
      seen[slot] = 1;
      domains++;
    }
    forEachMatching(constraint, this.#cache, (node, count) => {
      const id = idByPosition[node.position] ?? -1;
      if (id < 0 || seen[id] !== 1 || !eligible(node) || !includesNode(constraint, pod, node.node)) return;
      pods[id] = (pods[id] ?? 0) + count;
    });
    return { idByPosition, pods, weight: Math.log(domains + 2), slack: constraint.maxSkew - 1 };
  }
}
