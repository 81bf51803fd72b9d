import type { Baseline, BaselineKind } from '../baseline/baseline.js';
import { autoscaledGroups } from './autoscaled-groups.js';
import { BASELINE_DEFAULTS } from './baseline-defaults.js';
import type { BaselineSettings } from './baseline-settings.js';
import { groupsOutsideKarpenter } from './outside-karpenter.js';
import type { ClusterObjects, ScenarioSpec } from './scenario-spec.js';
import { staticGroups } from './static-groups.js';

/**
 * The same run without Karpenter: workloads, traffic, autoscalers, scheduler, latencies and luck as before, nodes from a baseline.
 * NodePools are gone, also those that scripted events apply; what they stand for is in the baseline's node groups.
 *
 * @throws DataFileError when the shipped data cannot be read
 */
export function withBaseline(spec: ScenarioSpec, kind: BaselineKind): ScenarioSpec {
  const settings = spec.baselineSettings ?? BASELINE_DEFAULTS;
  const { baseline, remarks } = baselineOf(spec, kind, settings);
  return {
    ...spec,
    cluster: withoutNodePools(spec.cluster),
    events: spec.events.map((event) =>
      event.action === 'apply' ? { ...event, objects: withoutNodePools(event.objects) } : event,
    ),
    baseline,
    ...withoutStartState(spec),
    variants: [],
    notes: [...spec.notes, ...remarks, ...startupTaintRemarks(spec), ...startStateRemarks(spec)],
  };
}

function baselineOf(
  spec: ScenarioSpec,
  kind: BaselineKind,
  settings: BaselineSettings,
): { readonly baseline: Baseline; readonly remarks: readonly string[] } {
  if (kind === 'static') {
    const { groups, remarks } = staticGroups(spec, settings.static);
    return { baseline: { kind, groups }, remarks };
  }
  const { groups, remarks } = autoscaledGroups(spec, settings);
  return { baseline: { kind, groups, settings: settings.clusterAutoscaler.settings }, remarks };
}

/** Karpenter's nodes of a start state are gone with it; the others stay, and all pods begin anew. */
function withoutStartState({ startState, managedNodeGroups }: ScenarioSpec): Partial<ScenarioSpec> {
  if (startState === undefined) return {};
  const managed = [...managedNodeGroups, ...groupsOutsideKarpenter(startState)];
  return { startState: undefined, managedNodeGroups: managed };
}

function startStateRemarks({ startState }: ScenarioSpec): readonly string[] {
  if (startState === undefined) return [];
  return [
    'The start state belongs to Karpenter: with a baseline all pods begin anew, on its nodes and on those outside Karpenter.',
  ];
}

function withoutNodePools(objects: ClusterObjects): ClusterObjects {
  return { ...objects, nodePools: [] };
}

/** What removes a startup taint from Karpenter's nodes is no part of a run, and a node group that kept it would take no pod. */
function startupTaintRemarks(spec: ScenarioSpec): readonly string[] {
  return spec.cluster.nodePools.flatMap(({ metadata, template }) =>
    template.startupTaints.length === 0
      ? []
      : [`The baseline's groups for NodePool ${metadata.name} have its taints but not its startup taints.`],
  );
}
