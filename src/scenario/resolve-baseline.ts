import type { Problem } from '../kubernetes/manifest/problem.js';
import { CLUSTER_AUTOSCALER_PRESETS, type ClusterAutoscalerSettings } from '../baseline/cluster-autoscaler/settings.js';
import { BASELINE_DEFAULTS } from './baseline-defaults.js';
import type { BaselineSettings, DeclaredNodeGroup, DeclaredStaticGroup } from './baseline-settings.js';
import { durationMs } from './clock.js';
import { type BaselineContext, GroupChecks } from './group-checks.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ScenarioFile } from './scenario-file.js';

type Written = NonNullable<ScenarioFile['baseline']>;

/** Reads the `baseline` block; undefined where the scenario has none. Every mistake is told at its place. */
export function resolveBaseline(
  document: ScenarioDocument,
  context: BaselineContext,
): { readonly settings: BaselineSettings | undefined; readonly problems: readonly Problem[] } {
  const { baseline } = document.content;
  if (baseline === undefined) return { settings: undefined, problems: [] };
  const checks = new GroupChecks(document, context);
  return {
    settings: {
      static: staticSettings(baseline.static ?? {}, checks),
      clusterAutoscaler: {
        settings: autoscalerSettings(baseline.clusterAutoscaler ?? {}),
        groups: nodeGroups(baseline.clusterAutoscaler?.nodeGroups, new GroupChecks(document, context, checks.problems)),
      },
    },
    problems: checks.problems,
  };
}

function staticSettings(
  { headroom, reserve, targetUtilization, groups }: NonNullable<Written['static']>,
  checks: GroupChecks,
): BaselineSettings['static'] {
  const defaults = BASELINE_DEFAULTS.static;
  return {
    headroom: headroom ?? defaults.headroom,
    reserve: reserve ?? defaults.reserve,
    targetUtilisation: targetUtilization ?? defaults.targetUtilisation,
    groups: groups?.map((group, index): DeclaredStaticGroup => {
      const at = ['baseline', 'static', 'groups', index];
      const { instanceType, count } = group;
      checks.type([...at, 'instanceType'], instanceType);
      const common = checks.common(at, group);
      if (count === undefined && group.nodePool === undefined) checks.uncounted([...at, 'instanceType']);
      checks.usable(at, common, [instanceType], 'on-demand');
      return { ...common, instanceType, count };
    }),
  };
}

/** Flags as written, over those of the preset. */
function autoscalerSettings(written: NonNullable<Written['clusterAutoscaler']>): ClusterAutoscalerSettings {
  const preset = CLUSTER_AUTOSCALER_PRESETS[written.preset ?? 'tuned'];
  const ms = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : durationMs(text);
  return {
    scanIntervalMs: ms(written.scanInterval, preset.scanIntervalMs),
    expanders: written.expanders ?? preset.expanders,
    maxNodeProvisionMs: ms(written.maxNodeProvisionTime, preset.maxNodeProvisionMs),
    newPodScaleUpDelayMs: ms(written.newPodScaleUpDelay, preset.newPodScaleUpDelayMs),
    balanceSimilarNodeGroups: written.balanceSimilarNodeGroups ?? preset.balanceSimilarNodeGroups,
    scaleDownUnneededMs: ms(written.scaleDownUnneededTime, preset.scaleDownUnneededMs),
    scaleDownUnreadyMs: ms(written.scaleDownUnreadyTime, preset.scaleDownUnreadyMs),
    scaleDownDelayAfterAddMs: ms(written.scaleDownDelayAfterAdd, preset.scaleDownDelayAfterAddMs),
    scaleDownDelayAfterFailureMs: ms(written.scaleDownDelayAfterFailure, preset.scaleDownDelayAfterFailureMs),
    scaleDownUtilizationThreshold: written.scaleDownUtilizationThreshold ?? preset.scaleDownUtilizationThreshold,
    skipNodesWithSystemPods: written.skipNodesWithSystemPods ?? preset.skipNodesWithSystemPods,
  };
}

function nodeGroups(
  groups: NonNullable<Written['clusterAutoscaler']>['nodeGroups'],
  checks: GroupChecks,
): readonly DeclaredNodeGroup[] | undefined {
  return groups?.map((group, index): DeclaredNodeGroup => {
    const at = ['baseline', 'clusterAutoscaler', 'nodeGroups', index];
    const { instanceTypes, capacityType, minSize = 0, maxSize, priority = 0 } = group;
    instanceTypes.forEach((type, position) => {
      checks.type([...at, 'instanceTypes', position], type);
    });
    const common = checks.common(at, group);
    if (minSize > maxSize) {
      checks.problem([...at, 'minSize'], {
        code: 'invalid-value',
        message: `the smallest size, ${minSize}, is above the largest, ${maxSize}`,
        expected: `0 to ${maxSize}`,
      });
    }
    checks.oneSize([...at, 'instanceTypes'], instanceTypes);
    checks.usable(at, common, instanceTypes, capacityType);
    return { ...common, instanceTypes, capacityType, minSize, maxSize, priority };
  });
}
