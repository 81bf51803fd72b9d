import { describe, expect, it } from 'vitest';
import { UNCERTAINTIES, type SpecChange } from '../../src/experiment/uncertainty.js';
import type { ScenarioSpec } from '../../src/scenario/scenario-spec.js';
import { withBaseline } from '../../src/scenario/with-baseline.js';
import { simulate } from '../../src/simulation/simulate.js';
import { eventsOf, ON_DEMAND_POOL, smallSpec } from '../simulation/small-cluster.js';

const SPOT = smallSpec({ duration: '10m', nodePoolSpec: ON_DEMAND_POOL.replace('[on-demand]', '[spot]') });

function setting(name: string): SpecChange {
  const found = UNCERTAINTIES.flatMap(({ settings }) => settings).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no setting ${name}`);
  return found.change;
}

const log = (spec: ScenarioSpec) => simulate(spec, { simulatorVersion: 'test' }).log;

describe('what the simulator cannot know', () => {
  it('is the level of spot prices, and of nothing else', () => {
    const priceOf = (spec: ScenarioSpec): number => eventsOf(log(spec), 'NodeClaimLaunched')[0]?.pricePerHour ?? 0;
    expect(priceOf(setting('spot prices 35 % higher')(SPOT)) / priceOf(SPOT)).toBeCloseTo(1.35, 2);
    expect(priceOf(setting('spot prices 15 % lower')(SPOT)) / priceOf(SPOT)).toBeCloseTo(0.85, 2);
    const onDemand = smallSpec({ duration: '10m' });
    expect(priceOf(setting('spot prices 35 % higher')(onDemand))).toBe(priceOf(onDemand));
  });

  it('has nothing of spot to change where only on-demand is launched, and no launches where a fleet stands', () => {
    const onDemand = smallSpec({ duration: '10m' });
    expect(setting('spot prices 15 % lower')(onDemand)).toBe(onDemand);
    expect(setting('twice the interruptions')(onDemand)).toBe(onDemand);
    const standing = withBaseline(SPOT, 'static');
    for (const name of ['spot prices 35 % higher', 'half the interruptions', 'slow nodes']) {
      expect(setting(name)(standing)).toBe(standing);
    }
    expect(setting('slow nodes')(onDemand)).not.toBe(onDemand);
  });

  it('is how long nodes take, unless the user has measured it', () => {
    const readyMs = (spec: ScenarioSpec): number => eventsOf(log(spec), 'NodeInitialized')[0]?.timeMs ?? 0;
    const lean = setting('lean nodes')(SPOT);
    expect(readyMs(setting('slow nodes')(SPOT)) - readyMs(lean)).toBeGreaterThan(60_000);
    expect(setting('slow nodes')(lean)).toBe(lean);
  });

  it('is how often EC2 interrupts, unless the scenario has switched that off', () => {
    expect(setting('twice the interruptions')(SPOT).spot.interruptionMultiplier).toBe(2);
    expect(setting('half the interruptions')(SPOT).spot.interruptionMultiplier).toBe(0.5);
    const off = { ...SPOT, spot: { ...SPOT.spot, interruptionMultiplier: 0 } };
    expect(setting('twice the interruptions')(off)).toBe(off);
  });

  it('is what a request costs, where there are any', () => {
    expect(setting('requests cost 33 % more CPU')(SPOT)).toBe(SPOT);
    const spec = smallSpec({
      scenario: `traffic: { web: { requestsPerSecond: 5 } }
services: [{ deployment: app/web, traffic: web, load: { cpuMillisecondsPerRequest: 12, idleMemory: 100Mi } }]
`,
    });
    expect(setting('requests cost 33 % more CPU')(spec).services[0]?.model.cpuMilliSecondsPerRequest).toBeCloseTo(16);
  });
});
