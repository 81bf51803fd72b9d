import { describe, expect, it } from 'vitest';
import { timeBelowBudget, type CoveredWorkloads } from '../../src/analysis/below-budget.js';
import { podHistories } from '../../src/analysis/pod-history.js';
import { rollout, type RolloutQuestion } from '../../src/analysis/rollout.js';
import { analyse } from '../../src/analysis/run-analysis.js';
import { LogBuilder } from './log-builder.js';

/** An hour with two nodes and a pod on each; the same up to ten minutes in whatever comes then. */
function hour(): LogBuilder {
  return new LogBuilder()
    .created(0, 'bank/a')
    .created(0, 'bank/b')
    .claimed(0, 'one')
    .claimed(0, 'two')
    .launched(2, 'one')
    .launched(2, 'two')
    .joined(30, 40, 'one')
    .joined(30, 40, 'two')
    .bound(41, 'bank/a', 'node-one')
    .bound(41, 'bank/b', 'node-two')
    .at(60, 'PodReady', { pod: 'bank/a', node: 'node-one' })
    .at(60, 'PodReady', { pod: 'bank/b', node: 'node-two' });
}

function drifted(log: LogBuilder, seconds: number, claim: string): LogBuilder {
  const node = `node-${claim}`;
  return log.at(seconds, 'ConditionChanged', {
    nodeClaim: claim,
    node,
    condition: 'Drifted',
    status: true,
    reason: '',
  });
}

/** The first node drifts and is replaced from 610 to 700 s; the second expires before its turn, at 650 s. */
function changed(): LogBuilder {
  const log = drifted(drifted(hour(), 600, 'one'), 600, 'two')
    .at(610, 'DisruptionCommand', {
      command: 'c',
      method: 'Drift',
      reason: 'Drifted',
      decision: 'replace',
      nodes: ['node-one'],
      nodePools: ['general'],
      pods: [],
      replacements: ['three'],
      savingsPerHour: 0,
    })
    .claimed(610, 'three')
    .launched(612, 'three', { pricePerHour: 0.08 })
    .joined(640, 645, 'three')
    .at(650, 'NodeClaimDeleting', { nodeClaim: 'two', node: 'node-two', by: 'expiration' })
    .at(660, 'PodDeleting', { pod: 'bank/b', node: 'node-two', by: 'eviction' })
    .created(660, 'bank/c')
    .bound(665, 'bank/c', 'node-three')
    .at(670, 'InstanceTerminating', { nodeClaim: 'two', node: 'node-two', reclaimed: false })
    .at(680, 'NodeClaimDeleting', { nodeClaim: 'one', node: 'node-one', by: 'disruption' })
    .at(681, 'EvictionBlocked', { pod: 'bank/a', node: 'node-one', podDisruptionBudget: 'bank/api' })
    .at(690, 'PodDeleting', { pod: 'bank/a', node: 'node-one', by: 'eviction' })
    .created(690, 'bank/d')
    .bound(692, 'bank/d', 'node-three');
  return log.at(700, 'InstanceTerminating', { nodeClaim: 'one', node: 'node-one', reclaimed: false });
}

const API: CoveredWorkloads = {
  budget: 'bank/api',
  services: ['bank/api'],
  minAvailable: 1,
  maxUnavailable: undefined,
};
const question: RolloutQuestion = { atMs: 600_000, nodePools: new Set(['general']), budgets: [API] };

describe('a rollout', () => {
  const result = rollout(analyse(changed().end(3600)), analyse(hour().end(3600)), question);

  it('ends when the last drifted node is gone, for whatever reason it went', () => {
    expect(result).toMatchObject({ driftedNodes: 2, doneMs: 700_000, leftAtEnd: 0, toMs: 700_000 });
    expect(result.byReason).toEqual({ Drifted: 1, Expired: 1 });
    // From 650 to 670 s both were on their way out.
    expect(result.maxDisruptedAtOnce).toBe(2);
  });

  it('counts what its time did to pods, nodes and the bill, beside the run without the change', () => {
    expect(result.withChange).toMatchObject({ podsEvicted: 2, evictionsBlocked: 1, maxNodes: 3 });
    expect(result.withChange.pendingSeconds).toMatchObject({ p50: 3.5, max: 5 });
    expect(result.without).toMatchObject({ podsEvicted: 0, evictionsBlocked: 0, maxNodes: 2 });
    expect(result.without.cost).toBeCloseTo((100 * 2 * 0.04) / 3600, 8);
    expect(result.withChange.cost).toBeCloseTo(((100 + 70) * 0.04 + 88 * 0.08) / 3600, 8);
    expect(result.extraCostOfRun).toBeCloseTo((-(2900 + 2930) * 0.04 + 2988 * 0.08) / 3600, 8);
  });

  it('knows how long a PodDisruptionBudget was not met', () => {
    // Ready pods: two, one from 660 s, none from 690 s on; the new ones are not ready yet.
    expect(result.withChange.belowBudget).toEqual([{ budget: 'bank/api', seconds: 10, fewestReady: 0, wanted: 1 }]);
    expect(result.without.belowBudget).toEqual([]);
  });

  it('has a timeline whose last line is the state after its end', () => {
    expect(result.steps.map(({ fromMs, oldNodes, newNodes }) => [fromMs / 1000, oldNodes, newNodes])).toEqual([
      [600, 2, 0],
      [660, 2, 1],
      [720, 0, 1],
    ]);
    expect(result.steps.map(({ podsEvicted }) => podsEvicted)).toEqual([0, 2, 0]);
    expect(result.steps[2]).toMatchObject({ perHour: 0.08, perHourWithout: 0.08, disrupted: 0 });
  });

  it('is not over while a node is left', () => {
    const stuck = analyse(drifted(hour(), 600, 'one').end(3600));
    const unfinished = rollout(stuck, analyse(hour().end(3600)), question);
    expect(unfinished).toMatchObject({ driftedNodes: 1, doneMs: undefined, leftAtEnd: 1, toMs: 3_600_000 });
    expect(unfinished.steps.length).toBeLessThanOrEqual(21);
  });

  it('is none when nothing drifts, or only nodes of other NodePools', () => {
    expect(rollout(analyse(hour().end(3600)), analyse(hour().end(3600)), question)).toMatchObject({
      driftedNodes: 0,
      doneMs: undefined,
      maxDisruptedAtOnce: 0,
      extraCostOfRun: 0,
    });
    const other = { ...question, nodePools: new Set(['gpu']) };
    expect(rollout(analyse(changed().end(3600)), analyse(hour().end(3600)), other).driftedNodes).toBe(0);
  });
});

describe('time below a PodDisruptionBudget', () => {
  const pods = podHistories(changed().end(3600));
  const seconds = (wanted: Partial<CoveredWorkloads>) =>
    timeBelowBudget(pods, [{ ...API, minAvailable: undefined, ...wanted }], 600_000, 700_000)[0]?.seconds;

  it('rounds percentages up, as the disruption controller does', () => {
    expect(seconds({ maxUnavailable: '50%' })).toBe(10);
    expect(seconds({ maxUnavailable: 0 })).toBe(40);
    expect(seconds({ minAvailable: '50%' })).toBe(10);
    expect(seconds({ minAvailable: 1, services: ['bank/other'] })).toBeUndefined();
  });
});
