import type { Problem } from '../kubernetes/manifest/problem.js';
import { BASELINE_DEFAULTS } from './baseline-defaults.js';
import type { BaselineSettings, DeclaredStaticGroup } from './baseline-settings.js';
import { type BaselineContext, GroupChecks } from './group-checks.js';
import type { ScenarioDocument } from './scenario-document.js';

/** Reads the `baseline` block; undefined where the scenario has none. Every mistake is told at its place. */
export function resolveBaseline(
  document: ScenarioDocument,
  context: BaselineContext,
): { readonly settings: BaselineSettings | undefined; readonly problems: readonly Problem[] } {
  const { baseline } = document.content;
  if (baseline === undefined) return { settings: undefined, problems: [] };
  const checks = new GroupChecks(document, context);
  const defaults = BASELINE_DEFAULTS.static;
  const { headroom, reserve, targetUtilization, groups } = baseline.static ?? {};
  const staticGroups = groups?.map((group, index): DeclaredStaticGroup => {
    const at = ['baseline', 'static', 'groups', index];
    const { instanceType, count } = group;
    checks.type([...at, 'instanceType'], instanceType);
    const common = checks.common(at, group);
    if (count === undefined && group.nodePool === undefined) checks.uncounted([...at, 'instanceType']);
    checks.usable(at, common, [instanceType], 'on-demand');
    return { ...common, instanceType, count };
  });
  return {
    settings: {
      static: {
        headroom: headroom ?? defaults.headroom,
        reserve: reserve ?? defaults.reserve,
        targetUtilisation: targetUtilization ?? defaults.targetUtilisation,
        groups: staticGroups,
      },
      clusterAutoscaler: BASELINE_DEFAULTS.clusterAutoscaler,
    },
    problems: checks.problems,
  };
}
