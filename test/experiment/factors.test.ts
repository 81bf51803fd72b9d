import { describe, expect, it } from 'vitest';
import { FACTORS, givenFactors, switched, withFactors, type FactorId } from '../../src/experiment/factors.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import type { ScenarioSpec } from '../../src/scenario/scenario-spec.js';
import type { EventLog, LogEvent } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';
import { eventsOf, ON_DEMAND_POOL, smallSpec } from '../simulation/small-cluster.js';

const logOf = (spec: ScenarioSpec): EventLog => simulate(spec, { simulatorVersion: 'test' }).log;

/** Two hours of the banking application after the top of the spike: it shrinks, nodes expire, consolidation works. */
function banking(): ScenarioSpec {
  const { spec, problems } = loadScenario({
    file: 'scenarios/traffic-spike.yaml',
    catalogue: pricingDataCatalogue(),
    set: ['start=2026-03-27T08:50:00Z', 'duration=80m', 'window=null'],
  });
  if (spec === undefined) throw new Error(JSON.stringify(problems));
  return spec;
}

describe('switching a factor off where there is nothing of it', () => {
  // One type, on demand, no expiry, nodes that go when they are empty, nothing that scales.
  const plain = smallSpec({
    duration: '20m',
    replicas: 3,
    nodePoolSpec: ON_DEMAND_POOL.replace('[m5.large, m5.xlarge]', '[m5.large]'),
  });

  it.each([...givenFactors()])('changes not one event: %s', (id) => {
    expect(logOf(switched(plain, [id]))).toEqual(logOf(plain));
  });

  it('changes nothing for right-sizing without usage', () => {
    expect(switched(plain, ['right-sizing'])).toEqual(plain);
  });
});

describe('switching one factor off', () => {
  const given = banking();
  const asGiven = logOf(given);
  const without = new Map<FactorId, EventLog>([...givenFactors()].map((id) => [id, logOf(switched(given, [id]))]));
  const log = (id: FactorId): EventLog => without.get(id) ?? [];

  /** What a NodePool declares, and why nodes stay, is about settings: it is no event of the cluster. */
  const TOLD = /^(NodePoolApplied|Disruption(Blocked|Unblocked|Outlook|Proposed|Abandoned)|ConsolidationPaused)$/;
  const happened = (events: EventLog): readonly string[] =>
    events.filter(({ type }) => !TOLD.test(type)).map((event) => JSON.stringify({ ...event, seq: 0 }));

  /** What happened in front of the first event that depends on the factor. */
  const before = (events: EventLog, depends: (event: LogEvent) => boolean): readonly string[] => {
    const first = events.find(depends);
    // Of its own moment some events come first: a node is tainted before the command is logged.
    return happened(events.filter(({ timeMs }) => first === undefined || timeMs < first.timeMs));
  };

  /** The first thing that happened otherwise; a whole log would fill the screen. */
  const firstDifference = (a: readonly string[], b: readonly string[]): object | undefined => {
    const index = a.findIndex((event, at) => event !== b[at]);
    return index === -1 ? undefined : { index, asGiven: a[index], switched: b[index] };
  };

  it.each([...givenFactors()])('leaves demand as it is, minute by minute: %s', (id) => {
    const demand = (events: EventLog) =>
      eventsOf(events, 'Demand').map(({ timeMs, service, requestsPerSecond }) => ({
        timeMs,
        service,
        requestsPerSecond,
      }));
    expect(demand(log(id))).toEqual(demand(asGiven));
  });

  it('leaves everything as it is until consolidation first acts', () => {
    const acts = (event: LogEvent): boolean => event.type === 'DisruptionCommand' && event.reason === 'Underutilized';
    const calm = before(asGiven, acts);
    expect(calm.length).toBeGreaterThan(100);
    expect(calm.length).toBeLessThan(happened(asGiven).length);
    expect(firstDifference(calm, happened(log('consolidation')))).toBeUndefined();
    expect(log('consolidation').some(acts)).toBe(false);
  });

  it('leaves everything as it is until the first node expires or is interrupted', () => {
    const disturbed = (event: LogEvent): boolean =>
      event.type === 'SpotInterruption' || (event.type === 'NodeClaimDeleting' && event.by === 'expiration');
    const calm = before(asGiven, disturbed);
    expect(calm.length).toBeGreaterThan(100);
    expect(calm.length).toBeLessThan(happened(asGiven).length);
    expect(firstDifference(calm, happened(log('disturbance')))).toBeUndefined();
    expect(log('disturbance').some(disturbed)).toBe(false);
  });

  it('leaves pods, passes and NodeClaims as they are until the first pass, for what is bought', () => {
    const launched = (event: LogEvent): boolean => event.type === 'SchedulingPass';
    for (const id of ['spot', 'packing'] as const) {
      expect(firstDifference(before(asGiven, launched), before(log(id), launched))).toBeUndefined();
    }
    const bought = (events: EventLog) => eventsOf(events, 'NodeClaimLaunched');
    expect(new Set(bought(log('spot')).map(({ capacityType }) => capacityType))).toEqual(new Set(['on-demand']));
    const types = new Map<string, Set<string>>();
    for (const { nodePool, instanceType } of bought(log('packing'))) {
      types.set(nodePool, (types.get(nodePool) ?? new Set()).add(instanceType));
    }
    expect([...types.values()].map(({ size }) => size)).toEqual([1, 1]);
  });

  it('keeps the pods of the peak throughout without elasticity', () => {
    expect(eventsOf(asGiven, 'ReplicasChanged').length).toBeGreaterThan(0);
    expect(eventsOf(log('elasticity'), 'ReplicasChanged')).toEqual([]);
  });
});

describe('factors', () => {
  it('are independent switches: any set of them, whatever the order', () => {
    const given = banking();
    const some = new Set<FactorId>(['packing', 'spot']);
    expect(withFactors(given, some)).toEqual(withFactors(given, new Set([...some].reverse())));
    expect(withFactors(given, givenFactors())).toEqual(given);
  });

  it('say what off means', () => {
    for (const { off, on } of FACTORS) expect(off).not.toBe(on);
  });
});
