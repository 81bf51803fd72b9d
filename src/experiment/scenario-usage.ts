import { podUsage } from '../analysis/pod-usage.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { simulate } from '../simulation/simulate.js';
import type { UsageByWorkload } from '../workload/pod-usage.js';

/** What the pods of a scenario use by its load model, in one run of it. */
export function scenarioUsage(spec: ScenarioSpec, simulatorVersion: string): UsageByWorkload {
  return podUsage(simulate(spec, { simulatorVersion }).log, spec.services, cpuLimits(spec));
}

function cpuLimits({ cluster }: ScenarioSpec): ReadonlyMap<string, number> {
  return new Map(
    cluster.deployments.map(({ metadata, template }) => [
      `${metadata.namespace}/${metadata.name}`,
      // A container without a limit leaves the pod without one.
      template.spec.containers.reduce((sum, { limits }) => sum + (limits['cpu'] ?? Infinity), 0),
    ]),
  );
}
