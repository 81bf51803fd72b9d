import type { SimulatedRollout } from '../experiment/rollout.js';

/** A rollout as one JSON object: money in dollars, durations in seconds, times in UTC. */
export function rolloutJson(
  { spec, file, change, rollout, notes }: SimulatedRollout,
  shown: (file: string) => string,
): string {
  const time = (ms: number): string => new Date(spec.startTimeMs + ms).toISOString().replace('.000Z', 'Z');
  const { atMs, doneMs, toMs, steps, ...figures } = rollout;
  const object = {
    scenario: spec.name,
    seed: Number(spec.seed),
    karpenterVersion: spec.settings.version,
    with: shown(file),
    at: time(atMs),
    change: {
      nodePools: change.nodePools,
      nodeClasses: change.nodeClasses,
      drifting: [...change.drifting].sort(),
      driftGateOff: change.driftGateOff,
    },
    ...figures,
    done: doneMs === undefined ? null : time(doneMs),
    seconds: doneMs === undefined ? null : (doneMs - atMs) / 1000,
    to: time(toMs),
    extraCost: rounded(rollout.withChange.cost - rollout.without.cost),
    extraCostOfRun: rounded(rollout.extraCostOfRun),
    timeline: steps.map(({ fromMs, toMs: endMs, ...step }) => ({ from: time(fromMs), to: time(endMs), ...step })),
    notes,
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

/** Nine decimals: whole nano-dollars without binary residue. */
function rounded(dollars: number): number {
  return Math.round(dollars * 1e9) / 1e9;
}
