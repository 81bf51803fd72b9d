import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costLedger, ledgerTotal } from '../../src/analysis/cost-ledger.js';
import { nodeHistories } from '../../src/analysis/node-history.js';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { LogBuilder } from './log-builder.js';

function ledgerOf(log: EventLog) {
  return costLedger(nodeHistories(log), log.at(-1)?.timeMs ?? 0);
}

describe('the cost ledger', () => {
  it('bills from launch to termination, in integer nano-dollars', () => {
    const log = new LogBuilder()
      .claimed(8, 'a')
      .launched(10, 'a', { pricePerHour: 0.036 })
      .joined(30, 50, 'a')
      .at(110, 'InstanceTerminating', { nodeClaim: 'a', node: 'node-a', reclaimed: false })
      .at(190, 'NodeClaimDeleted', { nodeClaim: 'a' })
      .end(3600);
    const [entry] = ledgerOf(log);
    expect(entry).toMatchObject({ fromMs: 10_000, toMs: 110_000, billedSeconds: 100, nanoDollars: 1_000_000 });
  });

  it('bills what still runs until the end, managed nodes included', () => {
    const log = new LogBuilder().managed('sys').claimed(0, 'a').launched(1800, 'a').end(3600);
    const ledger = ledgerOf(log);
    expect(ledger.map(({ nanoDollars }) => nanoDollars)).toEqual([100_000_000, 20_000_000]);
    expect(ledgerTotal(ledger)).toBe(120_000_000);
  });

  it('bills at least a minute, and every begun second', () => {
    const log = new LogBuilder()
      .launched(0, 'short', { pricePerHour: 3.6 })
      .launched(0, 'long', { pricePerHour: 3.6 })
      .at(12.5, 'InstanceTerminating', { nodeClaim: 'short', node: '', reclaimed: true })
      .at(61.001, 'InstanceTerminating', { nodeClaim: 'long', node: '', reclaimed: false })
      .end(3600);
    expect(ledgerOf(log).map(({ billedSeconds }) => billedSeconds)).toEqual([60, 62]);
  });

  it('stops at the first of two terminations', () => {
    const log = new LogBuilder()
      .launched(0, 'a')
      .at(100, 'InstanceTerminating', { nodeClaim: 'a', node: '', reclaimed: false })
      .at(130, 'InstanceTerminating', { nodeClaim: 'a', node: '', reclaimed: true })
      .end(3600);
    expect(ledgerOf(log)[0]).toMatchObject({ toMs: 100_000, billedSeconds: 100 });
  });

  it('has no line for a NodeClaim that was never launched', () => {
    const log = new LogBuilder()
      .claimed(5, 'a')
      .at(7, 'LaunchFailed', { nodeClaim: 'a', nodePool: 'general', reason: 'InsufficientCapacity' })
      .end(3600);
    expect(ledgerOf(log)).toEqual([]);
  });

  it('charges spot by the price at the beginning of each hour of its own life', () => {
    const log = new LogBuilder()
      .launched(100, 'a', { pricePerHour: 0.036 })
      .at(3700, 'SpotPriceChanged', { nodeClaim: 'a', pricePerHour: 0.072 })
      .at(7300, 'SpotPriceChanged', { nodeClaim: 'a', pricePerHour: 0.018 })
      .at(7400, 'InstanceTerminating', { nodeClaim: 'a', node: '', reclaimed: false })
      .at(10_900, 'SpotPriceChanged', { nodeClaim: 'a', pricePerHour: 9 })
      .end(20_000);
    expect(ledgerOf(log)).toMatchObject([{ billedSeconds: 7300, nanoDollars: 36_000_000 + 72_000_000 + 500_000 }]);
    const { cost } = summarise(analyse(log));
    expect(cost.perHour).toMatchObject({ min: 0, max: 0.072 });
    expect(cost.total).toBeCloseTo(cost.perHour.mean * (20_000 / 3600), 5);
  });

  it('charges nothing for spot that EC2 takes back in its first hour, but its volumes', () => {
    const log = new LogBuilder()
      .launched(0, 'free', { pricePerHour: 3.6, extras: { volumesPerHour: 0.036, monitoringPerHour: 0 } })
      .launched(0, 'drained', { pricePerHour: 3.6 })
      .launched(0, 'late', { pricePerHour: 3.6 })
      .at(1000, 'InstanceTerminating', { nodeClaim: 'free', node: '', reclaimed: true })
      .at(1000, 'InstanceTerminating', { nodeClaim: 'drained', node: '', reclaimed: false })
      .at(3600, 'InstanceTerminating', { nodeClaim: 'late', node: '', reclaimed: true })
      .end(4000);
    expect(ledgerOf(log).map(({ nanoDollars }) => nanoDollars)).toEqual([0, 1_000_000_000, 3_600_000_000]);
    expect(ledgerOf(log)[0]?.extras).toEqual({ ebs: 10_000_000, detailedMonitoring: 0, t3Unlimited: 0 });
  });

  it('bills volumes, monitoring, CPU above the baseline and the control plane as components', () => {
    const unlimited = { vcpus: 2, baselineMilli: 400, dollarsPerVcpuHour: 0.05 };
    const log = new LogBuilder({ controlPlanePerHour: 0.1 })
      .launched(0, 'a', { pricePerHour: 0.02, extras: { volumesPerHour: 0.002, monitoringPerHour: 0.003, unlimited } })
      .joined(30, 60, 'a')
      .at(1800, 'UsageSampled', { cpuMilli: 1400, memoryBytes: 0, burstableCpuMilli: { 'node-a': 1400 } })
      .end(3600);
    const { cost } = summarise(analyse(log));
    // Half an hour idle saves 0.2 vCPU-hours; half an hour at 1 vCPU above the baseline takes 0.5.
    expect(cost.byComponent).toEqual({
      commitment: 0,
      compute: 0.02,
      ebs: 0.002,
      detailedMonitoring: 0.003,
      t3Unlimited: 0.015,
      controlPlane: 0.1,
    });
    expect(cost.total).toBe(cost.byComponent.compute);
    expect(cost.bill).toBeCloseTo(0.14, 12);
  });

  it('stays exact for a dear instance over a year', () => {
    const log = new LogBuilder().launched(0, 'a', { pricePerHour: 98.324567891 }).end(366 * 86_400);
    expect(BigInt(ledgerTotal(ledgerOf(log)))).toBe(98_324_567_891n * 366n * 24n);
  });

  it('adds up to the total of the summary, and every mean lies between its extremes', () => {
    const life = fc.record({
      launched: fc.nat(3599),
      lives: fc.integer({ min: 60, max: 4000 }),
      milliDollars: fc.integer({ min: 1, max: 5000 }),
      nodePool: fc.constantFrom('general', 'compute'),
      capacityType: fc.constantFrom('spot', 'on-demand'),
    });
    fc.assert(
      fc.property(fc.array(life, { minLength: 1, maxLength: 25 }), (lives) => {
        type Step = readonly [number, (log: LogBuilder) => unknown];
        const steps = lives.flatMap(({ launched, lives: seconds, milliDollars, nodePool, capacityType }, i): Step[] => {
          const price = { pricePerHour: milliDollars / 1000, nodePool, capacityType };
          const stop: Step = [
            launched + seconds,
            (log) =>
              log.at(launched + seconds, 'InstanceTerminating', { nodeClaim: `n${i}`, node: '', reclaimed: false }),
          ];
          const start: Step = [launched, (log) => log.launched(launched, `n${i}`, price)];
          return launched + seconds < 3600 ? [start, stop] : [start];
        });
        const builder = new LogBuilder();
        for (const [, step] of steps.sort(([a], [b]) => a - b)) step(builder);
        const run = analyse(builder.end(3600));
        const { cost, nodes } = summarise(run);
        const bySum = run.ledger.reduce((sum, { nanoDollars }) => sum + nanoDollars, 0);
        expect(cost.total).toBe(bySum / 1e9);
        for (const { min, mean, max } of [cost.perHour, nodes]) {
          expect(min).toBeLessThanOrEqual(mean);
          expect(mean).toBeLessThanOrEqual(max);
        }
        const sumOfMeans = (groups: Readonly<Record<string, { readonly mean: number }>>): number =>
          Object.values(groups).reduce((sum, { mean }) => sum + mean, 0);
        for (const groups of [nodes.byNodePool, nodes.byInstanceType, nodes.byCapacityType]) {
          expect(sumOfMeans(groups)).toBeCloseTo(nodes.mean, 4);
        }
        expect(sumOfMeans(cost.byNodePool)).toBeCloseTo(cost.perHour.mean, 4);
        // One hour is simulated, so the mean rate and the bill differ only by the minute that short instances are billed for.
        expect(cost.total).toBeGreaterThanOrEqual(cost.perHour.mean - 1e-5);
        expect(cost.total).toBeLessThanOrEqual(cost.perHour.mean + (lives.length * 5 * 60) / 3600 + 1e-5);
      }),
      { numRuns: 60 },
    );
  });
});
