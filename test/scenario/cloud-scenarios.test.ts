import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise, type Summary } from '../../src/analysis/summary.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';

const catalogue = pricingDataCatalogue();

function run(name: string, set: readonly string[] = []): { readonly log: EventLog; readonly summary: Summary } {
  const { spec, problems } = loadScenario({ file: `scenarios/${name}.yaml`, catalogue, set });
  if (spec === undefined) throw new Error(JSON.stringify(problems, undefined, 1));
  const { log } = simulate(spec, { simulatorVersion: 'test' });
  return { log, summary: summarise(analyse(log)) };
}

describe('spot beside on-demand (aws.md §9.4)', () => {
  it('preferred: everything is spot until spot runs out, and what is bought then is not', () => {
    const { log } = run('spot-preferred');
    const launches = log.flatMap((event) => (event.type === 'NodeClaimLaunched' ? [event] : []));
    const shortMs = 40 * 60_000;
    expect(new Set(launches.filter(({ timeMs }) => timeMs < shortMs).map((launch) => launch.capacityType))).toEqual(
      new Set(['spot']),
    );
    const later = launches.filter(({ timeMs }) => timeMs >= shortMs).map((launch) => launch.capacityType);
    expect(later.length).toBeGreaterThan(0);
    expect(new Set(later)).toEqual(new Set(['on-demand']));
  });

  it('spread over a label of two NodePools: four fifths of the pods, and about as much of the node-hours', () => {
    const { log, summary } = run('spot-80-20-spread');
    const spot = new Set(
      log.flatMap((event) => (event.type === 'NodeRegistered' && event.nodePool === 'spot' ? [event.node] : [])),
    );
    const bound = log.flatMap((event) => (event.type === 'PodBound' ? [event.node] : []));
    expect(bound.filter((node) => spot.has(node)).length / bound.length).toBeCloseTo(0.8, 2);
    expect(summary.cost.spotShare).toBeCloseTo(0.8, 1);
  });

  it('a limit on the heavier NodePool: four fifths at this size, and less at another', () => {
    expect(run('spot-80-20-limits').summary.cost.spotShare).toBeCloseTo(0.8, 2);
    const more = "events=[{ at: '08:01', scale: { deployment: shop/web, replicas: 80 } }]";
    expect(run('spot-80-20-limits', [more]).summary.cost.spotShare).toBeLessThan(0.5);
  });
});
