import type { UsageByWorkload } from '../workload/pod-usage.js';
import type { NodePool } from '../karpenter/nodepool.js';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, normalizeLabelKey } from '../karpenter/requirements/labels.js';
import { BASELINE_DEFAULTS } from '../scenario/baseline-defaults.js';
import { peakWorkloads } from '../scenario/peak-workloads.js';
import type { NodeSelectorRequirement } from '../kubernetes/selectors.js';
import type { ClusterObjects, ScenarioEvent, ScenarioSpec } from '../scenario/scenario-spec.js';
import { withBaseline } from '../scenario/with-baseline.js';
import { rightSized } from './right-size.js';

/** What a switch may have to know besides the scenario. */
export interface FactorContext {
  /** What pods use: right-sizing does nothing without it. */
  readonly usage?: UsageByWorkload | undefined;
}

/** Something that makes a cluster cheaper or dearer, and that can be switched on and off. */
export interface Factor {
  readonly id: FactorId;
  /** For tables. */
  readonly name: string;
  /** What the cluster is like with it. */
  readonly on: string;
  /** What it is like without it, which is what its figure is measured against. */
  readonly off: string;
  /** Whether the scenario as it is written has it: the others are switched on by {@link change}. */
  readonly given: boolean;
  /**
   * Switches it the other way than {@link given}.
   * @param written - The scenario before any switch: sizes and types for the peak are of that, whatever else is switched.
   */
  readonly change: (spec: ScenarioSpec, written: ScenarioSpec, context: FactorContext) => ScenarioSpec;
}

/** The factors in the order of the sequential waterfall. */
export const FACTOR_IDS = ['elasticity', 'packing', 'spot', 'right-sizing', 'consolidation', 'disturbance'] as const;
export type FactorId = (typeof FACTOR_IDS)[number];

/**
 * Each factor by what "off" means. A switch changes the scenario alone, before the run, and random draws are named by purpose and
 * entity: what does not depend on the factor has the same luck, and so the same events.
 */
export const FACTORS: readonly Factor[] = [
  {
    id: 'elasticity',
    name: 'elasticity',
    on: 'autoscalers follow demand, and nodes follow the pods',
    off: 'every workload has the pods of its peak, and 20 % more, from start to end, so that the nodes stay, too',
    given: true,
    change: atPeak,
  },
  {
    id: 'packing',
    name: 'packing, choice of types',
    on: 'each new node is of whichever admitted type fits what waits best',
    off: 'each NodePool launches one type: the one of which the static fleet would be made',
    given: true,
    change: (spec, written) => {
      const types = fleetTypes(written);
      return withNodePools(spec, (pool) => {
        const type = types.get(pool.metadata.name);
        return type === undefined ? pool : requiring(pool, INSTANCE_TYPE_LABEL, [type]);
      });
    },
  },
  {
    id: 'spot',
    name: 'spot',
    on: 'capacity types as the NodePools admit them',
    off: 'NodePools admit on-demand alone',
    given: true,
    change: (spec) => withNodePools(spec, (pool) => requiring(pool, CAPACITY_TYPE_LABEL, ['on-demand'])),
  },
  {
    id: 'right-sizing',
    name: 'right-sized requests',
    on: 'requests are what the pods use and 15 % (CPU at its 90th percentile, memory at its peak); autoscalers keep their targets in cores',
    off: 'requests as the manifests have them',
    given: false,
    change: (spec, _, { usage }) => (usage === undefined ? spec : rightSized(spec, usage)),
  },
  {
    id: 'consolidation',
    name: 'consolidation',
    on: 'underutilised nodes are removed or replaced, as the NodePools say',
    off: 'nodes go only when they are empty (consolidationPolicy WhenEmpty)',
    given: true,
    change: (spec) => withNodePools(spec, onlyWhenEmpty),
  },
  {
    id: 'disturbance',
    name: 'interruptions and expiry',
    on: 'spot is interrupted, and nodes expire, as the scenario and the NodePools say',
    off: 'no spot interruptions, and expireAfter Never',
    given: true,
    change: undisturbed,
  },
];

/** The scenario with exactly these factors on. */
export function withFactors(spec: ScenarioSpec, on: ReadonlySet<FactorId>, context: FactorContext = {}): ScenarioSpec {
  return FACTORS.reduce(
    (changed, { id, given, change }) => (on.has(id) === given ? changed : change(changed, spec, context)),
    spec,
  );
}

/** Factors that the scenario as written has. */
export function givenFactors(): ReadonlySet<FactorId> {
  return new Set(FACTORS.filter(({ given }) => given).map(({ id }) => id));
}

/** The scenario as written but for these factors, which are switched the other way. */
export function switched(spec: ScenarioSpec, ids: readonly FactorId[], context: FactorContext = {}): ScenarioSpec {
  const on = new Set(givenFactors());
  for (const id of ids) if (!on.delete(id)) on.add(id);
  return withFactors(spec, on, context);
}

/** Every workload at the replicas of its peak, as the static fleet is sized for; nothing scales it. */
function atPeak(spec: ScenarioSpec, written: ScenarioSpec): ScenarioSpec {
  const settings = written.baselineSettings ?? BASELINE_DEFAULTS;
  const peaks = new Map(
    peakWorkloads(written, settings.static).map(({ sample: { metadata }, replicas }) => [
      `${metadata.namespace}/${metadata.name}`,
      replicas,
    ]),
  );
  return mapObjects(spec, (objects) => ({
    ...objects,
    deployments: objects.deployments.map((deployment) => {
      const { namespace, name } = deployment.metadata;
      return { ...deployment, replicas: Math.max(deployment.replicas, peaks.get(`${namespace}/${name}`) ?? 0) };
    }),
    horizontalPodAutoscalers: [],
  }));
}

/** Type of the static fleet's group for each NodePool. */
function fleetTypes(spec: ScenarioSpec): ReadonlyMap<string, string> {
  const { baseline } = withBaseline({ ...spec, baselineSettings: undefined }, 'static');
  const groups = baseline?.kind === 'static' ? baseline.groups : [];
  return new Map(groups.map(({ name, instanceType }) => [name, instanceType]));
}

function onlyWhenEmpty(pool: NodePool): NodePool {
  const { disruption } = pool;
  return {
    ...pool,
    disruption: {
      ...disruption,
      consolidationPolicy: 'WhenEmpty',
      // v1beta1 wants one with WhenEmpty; WhenUnderutilized has none.
      consolidateAfter: disruption.consolidateAfter ?? 0,
    },
  };
}

function undisturbed(spec: ScenarioSpec): ScenarioSpec {
  const calm = withNodePools(spec, (pool) => ({
    ...pool,
    disruption:
      pool.disruption.expireAfter === undefined ? pool.disruption : { ...pool.disruption, expireAfter: 'Never' },
    template: { ...pool.template, expireAfter: 'Never' },
  }));
  return {
    ...calm,
    events: calm.events.filter(({ action }) => action !== 'interrupt' && action !== 'rebalance'),
    spot: { ...calm.spot, interruptionMultiplier: 0 },
  };
}

/** The NodePool with one requirement in place of those that it has for the key. */
function requiring(pool: NodePool, key: string, values: readonly string[]): NodePool {
  const wanted: NodeSelectorRequirement = { key, operator: 'In', values };
  const isOfKey = (requirement: { readonly key: string }): boolean => normalizeLabelKey(requirement.key) === key;
  const present = pool.template.requirements;
  const first = present.findIndex(isOfKey);
  const requirements =
    first === -1
      ? [...present, wanted]
      : present.flatMap((requirement, index): readonly NodeSelectorRequirement[] =>
          index === first ? [wanted] : isOfKey(requirement) ? [] : [requirement],
        );
  return { ...pool, template: { ...pool.template, requirements } };
}

function withNodePools(spec: ScenarioSpec, change: (pool: NodePool) => NodePool): ScenarioSpec {
  return mapObjects(spec, (objects) => ({ ...objects, nodePools: objects.nodePools.map(change) }));
}

/** Changes what is there from the start and what scripted events apply. */
function mapObjects(spec: ScenarioSpec, change: (objects: ClusterObjects) => ClusterObjects): ScenarioSpec {
  return {
    ...spec,
    cluster: change(spec.cluster),
    events: spec.events.map((event): ScenarioEvent =>
      event.action === 'apply' ? { ...event, objects: change(event.objects) } : event,
    ),
  };
}
