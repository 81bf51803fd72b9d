import type { Pod, PodSpec } from '../pod.js';
import { FilterCycle } from './filter-cycle.js';
import type { FitError } from './fit-error.js';
import { nodeNamesByAffinity } from './node-filters.js';
import type { NodeInfo } from './node-info.js';
import { NodeVerdicts } from './node-verdicts.js';
import { Nominations } from './nominations.js';
import { PodInfo } from './pod-info.js';
import type { PodScheduler, ScheduleResult } from './pod-scheduler.js';
import { findPreemption, type Preemption, refusesPreemption } from './preemption.js';
import { type FilterPlugin, type Rejection, unresolvable } from './rejection.js';
import type { ScoringStrategy } from './resource-scores.js';
import type { SchedulerCache } from './scheduler-cache.js';
import { NodeScorer, type PluginScores } from './score-nodes.js';
import { pickByHash } from './tie-break.js';
import { numFeasibleNodesToFind } from './nodes-to-find.js';

/** Settings of a {@link KubeScheduler}. */
export interface KubeSchedulerOptions {
  /** Breaks ties between equal nodes, together with pod uid and node name. */
  readonly seed: string;
  /** `LeastAllocated` by default. */
  readonly scoringStrategy?: ScoringStrategy | undefined;
  /** Looks at every node whatever their number, instead of the adaptive sample of §1.5. */
  readonly examineAllNodes?: boolean | undefined;
}

/** Everything one scheduling attempt found out. */
export interface SchedulingAttempt {
  readonly feasible: readonly NodeInfo[];
  /** Refused nodes, among those that were looked at; left out when nobody asked for details and some node is feasible. */
  readonly rejections: ReadonlyMap<string, Rejection>;
  /** Undefined with fewer than two feasible nodes, as nothing is scored then. By position in `feasible`. */
  readonly scores?: { readonly totals: Float64Array; readonly byPlugin: PluginScores } | undefined;
  /** Names of the top-scored nodes. */
  readonly best: readonly string[];
  readonly fitError?: FitError | undefined;
  readonly preemption?: Preemption | undefined;
}

const CONFLICT = unresolvable('NodeAffinity', 'pod affinity terms conflict');
const NARROWED: Rejection = {
  code: 'UnschedulableAndUnresolvable',
  reasons: ["node(s) didn't satisfy plugin(s) [NodeAffinity]"],
};

/** Why a pod fits nowhere, and what that depends on beside its spec. */
interface Failure {
  readonly cacheVersion: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly fitError: FitError;
}

interface Scan {
  readonly feasible: readonly NodeInfo[];
  readonly rejections: ReadonlyMap<string, Rejection>;
}

/**
 * The default profile of kube-scheduler 1.34 (kubernetes.md §1): filters, scores and preemption for one pod at a time.
 * It decides and changes nothing but its own nominations and scan position.
 */
export class KubeScheduler implements PodScheduler {
  readonly nominations = new Nominations();
  readonly #cache: SchedulerCache;
  readonly #seed: string;
  readonly #examineAllNodes: boolean;
  readonly #verdicts: NodeVerdicts;
  readonly #scorer: NodeScorer;
  readonly #failures = new WeakMap<PodSpec, Failure>();
  #nextStart = 0;

  constructor(cache: SchedulerCache, options: KubeSchedulerOptions) {
    this.#cache = cache;
    this.#seed = options.seed;
    this.#examineAllNodes = options.examineAllNodes ?? false;
    this.#verdicts = new NodeVerdicts(cache);
    this.#scorer = new NodeScorer(cache, options.scoringStrategy ?? 'LeastAllocated');
  }

  /** Places the pod or says why not. After a preemption the pod is nominated to the node of the victims. */
  schedule(pod: Pod): ScheduleResult {
    const known = this.#knownFailure(pod);
    if (known !== undefined) return { unschedulable: known };
    const attempt = this.#attempt(pod, false);
    const { uid } = pod.metadata;
    if (attempt.best.length > 0) {
      this.nominations.delete(uid);
      return { node: pickByHash(attempt.best, this.#seed, uid) };
    }
    const unschedulable = attempt.fitError ?? { nodeCount: 0, rejections: new Map(), plugins: new Set() };
    const { preemption } = attempt;
    if (preemption === undefined) {
      const { labels, namespace } = pod.metadata;
      const failure = { cacheVersion: this.#cache.version, labels, namespace, fitError: unschedulable };
      if (this.#failsLikeOthers(pod)) this.#failures.set(pod.spec, failure);
      return { unschedulable };
    }
    const chosen = pickByHash(
      preemption.best.map((candidate) => candidate.node),
      this.#seed,
      uid,
    );
    this.nominations.deleteLowerPriority(chosen, pod.spec.priority ?? 0);
    this.nominations.set(pod, chosen);
    const victims = preemption.best.find((candidate) => candidate.node === chosen)?.victims ?? [];
    return { unschedulable, preemption: { node: chosen, victims } };
  }

  /**
   * A pod that fits nowhere is tried anew after most events, and so are all others of its template: what was true of one of them is
   * true of the next as long as nothing has changed.
   */
  #knownFailure(pod: Pod): FitError | undefined {
    const known = this.#failures.get(pod.spec);
    if (known?.cacheVersion !== this.#cache.version || !this.#failsLikeOthers(pod)) return undefined;
    const { labels, namespace } = pod.metadata;
    return known.labels === labels && known.namespace === namespace ? known.fitError : undefined;
  }

  /** Nothing but the spec, labels and namespace of the pod, and what the cache has a version of, decides. */
  #failsLikeOthers(pod: Pod): boolean {
    return this.nominations.isEmpty && pod.spec.volumes.length === 0;
  }

  /** One attempt in full, without choosing among equals and without nominating. */
  attempt(pod: Pod): SchedulingAttempt {
    return this.#attempt(pod, true);
  }

  #attempt(pod: Pod, detailed: boolean): SchedulingAttempt {
    const info = new PodInfo(pod);
    const nodes = this.#cache.nodes;
    const none = { feasible: [], rejections: new Map<string, Rejection>(), best: [] };
    if (nodes.length === 0) {
      return { ...none, fitError: { nodeCount: 0, rejections: none.rejections, plugins: new Set() } };
    }
    const names = nodeNamesByAffinity(pod);
    if (names?.size === 0) return { ...none, fitError: refusedEverywhere(CONFLICT, nodes) };
    const cycle = FilterCycle.begin(info, this.#cache);
    if (!(cycle instanceof FilterCycle)) return { ...none, fitError: refusedEverywhere(cycle, nodes) };
    const verdicts = this.#verdicts.of(pod);
    const { feasible, rejections } = this.#findFeasible(cycle, nodes, names, detailed);
    if (feasible.length === 0) return { feasible, rejections, best: [], ...this.#preempt(cycle, rejections) };
    const [only] = feasible;
    if (only !== undefined && feasible.length === 1) return { feasible, rejections, best: [only.name] };
    const byPlugin: PluginScores | undefined = detailed ? new Map() : undefined;
    const totals = this.#scorer.score(info, feasible, verdicts, byPlugin);
    const scores = byPlugin === undefined ? undefined : { totals: totals.slice(0, feasible.length), byPlugin };
    return { feasible, rejections, scores, best: topScored(feasible, totals) };
  }

  #findFeasible(
    cycle: FilterCycle,
    nodes: readonly NodeInfo[],
    names: ReadonlySet<string> | undefined,
    detailed: boolean,
  ): Scan {
    const nominated = this.#cache.node(this.nominations.nodeOf(cycle.info.pod.metadata.uid) ?? '');
    if (nominated !== undefined && this.nominations.filter(cycle, nominated) === undefined) {
      return { feasible: [nominated], rejections: new Map() };
    }
    return names === undefined ? this.#scan(cycle, nodes, detailed) : this.#scanNamed(cycle, nodes, names, detailed);
  }

  /** Looks only at nodes that the pod's affinity names. */
  #scanNamed(cycle: FilterCycle, nodes: readonly NodeInfo[], names: ReadonlySet<string>, detailed: boolean): Scan {
    const feasible: NodeInfo[] = [];
    const rejections = new Map<string, Rejection>();
    for (const name of names) {
      const node = this.#cache.node(name);
      if (node === undefined) continue;
      const rejection = this.nominations.filter(cycle, node);
      if (rejection === undefined) feasible.push(node);
      else rejections.set(name, rejection);
    }
    if (detailed || feasible.length === 0) {
      for (const { name } of nodes) if (!names.has(name)) rejections.set(name, NARROWED);
    }
    return { feasible, rejections };
  }

  /** Looks at nodes from where the last scan ended until enough are feasible (§1.5). */
  #scan(cycle: FilterCycle, nodes: readonly NodeInfo[], detailed: boolean): Scan {
    const verdicts = this.#verdicts.of(cycle.info.pod);
    const wanted = this.#examineAllNodes ? nodes.length : numFeasibleNodesToFind(nodes.length);
    const start = this.#nextStart % nodes.length;
    const feasible: NodeInfo[] = [];
    const refused: NodeInfo[] = [];
    const refusals: Rejection[] = [];
    let examined = 0;
    while (examined < nodes.length && feasible.length < wanted) {
      const node = nodes[(start + examined) % nodes.length];
      examined++;
      if (node === undefined) continue;
      const rejection = this.nominations.isFree(node.name)
        ? (verdicts.rejection(node) ?? cycle.filterPods(node))
        : this.nominations.filter(cycle, node);
      if (rejection === undefined) feasible.push(node);
      else {
        refused.push(node);
        refusals.push(rejection);
      }
    }
    this.#nextStart = (start + examined) % nodes.length;
    const rejections = new Map<string, Rejection>();
    if (detailed || feasible.length === 0) {
      refusals.forEach((rejection, i) => rejections.set(refused[i]?.name ?? '', rejection));
    }
    return { feasible, rejections };
  }

  #preempt(
    cycle: FilterCycle,
    rejections: ReadonlyMap<string, Rejection>,
  ): { readonly fitError: FitError; readonly preemption?: Preemption | undefined } {
    const { nodes } = this.#cache;
    const failed = (preemption: FitError['preemption']): FitError => ({
      nodeCount: nodes.length,
      rejections,
      plugins: pluginsOf(rejections.values()),
      preemption,
    });
    const nominatedName = this.nominations.nodeOf(cycle.info.pod.metadata.uid) ?? '';
    const nominated = this.#cache.node(nominatedName);
    const refusal = refusesPreemption(cycle.info, nominated, rejections.get(nominatedName));
    if (refusal !== undefined) return { fitError: failed(refusal) };
    const found = findPreemption(cycle, rejections, this.#cache, this.nominations);
    return 'kind' in found ? { fitError: failed(found) } : { fitError: failed(undefined), preemption: found };
  }
}

function topScored(nodes: readonly NodeInfo[], totals: Float64Array): string[] {
  let top = -Infinity;
  let best: string[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const total = totals[i] ?? 0;
    if (total < top) continue;
    if (total > top) best = [];
    top = total;
    best.push(nodes[i]?.name ?? '');
  }
  return best;
}

function pluginsOf(rejections: Iterable<Rejection>): ReadonlySet<FilterPlugin> {
  const plugins = new Set<FilterPlugin>();
  for (const { plugin } of rejections) plugins.add(plugin ?? 'NodeAffinity');
  return plugins;
}

function refusedEverywhere(rejection: Rejection, nodes: readonly NodeInfo[]): FitError {
  return {
    nodeCount: nodes.length,
    preFilter: rejection,
    rejections: new Map(nodes.map((node) => [node.name, rejection])),
    plugins: pluginsOf([rejection]),
  };
}
