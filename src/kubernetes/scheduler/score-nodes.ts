import type { ImageLocality } from './image-locality.js';
import { scoreInterPodAffinity } from './inter-pod-affinity-score.js';
import type { NodeInfo } from './node-info.js';
import type { PodVerdicts } from './node-verdicts.js';
import { normalizeScores } from './normalize-score.js';
import type { PodInfo } from './pod-info.js';
import { scoreBalancedAllocation, scoreResourcesFit, type ScoringStrategy } from './resource-scores.js';
import type { SchedulerCache } from './scheduler-cache.js';
import { scoreTopologySpread } from './topology-spread-score.js';

/** Weights of the default profile (kubernetes.md §1.7). */
const WEIGHTS = {
  TaintToleration: 3,
  NodeAffinity: 2,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
  NodeResourcesFit: 1,
  NodeResourcesBalancedAllocation: 1,
  ImageLocality: 1,
} as const;

/** Plugins that score nodes. */
export type ScorePlugin = keyof typeof WEIGHTS;

/** Weighted points of the feasible nodes, by position in their list. */
export interface NodeScores {
  readonly totals: readonly number[];
  /** Only plugins that had something to say. */
  readonly byPlugin: ReadonlyMap<ScorePlugin, readonly number[]>;
}

/** Scores the feasible nodes for the pod. Every truncation of kubernetes.md §1.7 is kept: ties depend on them. */
export function scoreNodes(
  info: PodInfo,
  feasible: readonly NodeInfo[],
  cache: SchedulerCache,
  verdicts: PodVerdicts,
  images: ImageLocality,
  strategy: ScoringStrategy,
): NodeScores {
  const { pod, facts } = info;
  const byPlugin = new Map<ScorePlugin, readonly number[]>();
  const totals = feasible.map(() => 0);
  const add = (plugin: ScorePlugin, scores: readonly number[] | undefined): void => {
    if (scores === undefined) return;
    const weight = WEIGHTS[plugin];
    const weighted = scores.map((score) => score * weight);
    weighted.forEach((score, i) => (totals[i] = (totals[i] ?? 0) + score));
    byPlugin.set(plugin, weighted);
  };
  add(
    'TaintToleration',
    normalizeScores(
      feasible.map((node) => verdicts.intolerable(node)),
      true,
    ),
  );
  if ((pod.spec.affinity?.nodeAffinity?.preferred.length ?? 0) > 0) {
    add(
      'NodeAffinity',
      normalizeScores(
        feasible.map((node) => verdicts.affinity(node)),
        false,
      ),
    );
  }
  add('PodTopologySpread', scoreTopologySpread(pod, feasible, cache));
  add('InterPodAffinity', scoreInterPodAffinity(info, feasible, cache));
  add(
    'NodeResourcesFit',
    feasible.map((node) => scoreResourcesFit(facts, node, strategy)),
  );
  // Since 1.33 a pod without requests is left out: it would pile up on the best balanced node.
  if (facts.cpuMilli > 0 || facts.memoryBytes > 0) {
    add(
      'NodeResourcesBalancedAllocation',
      feasible.map((node) => scoreBalancedAllocation(facts, node)),
    );
  }
  add(
    'ImageLocality',
    feasible.map((node) => images.score(pod, node)),
  );
  return { totals, byPlugin };
}
