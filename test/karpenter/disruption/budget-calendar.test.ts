import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetCalendar, budgetAllowances, switchedOff } from '../../../src/karpenter/disruption/budget-calendar.js';
import { budgetWindow } from '../../../src/karpenter/disruption/budget-schedule.js';
import { scheduleFault } from '../../../src/karpenter/disruption/schedule-fault.js';
import type { DisruptionBudget, NodePool } from '../../../src/karpenter/nodepool.js';
import { decodeNodePoolV1 } from '../../../src/karpenter/manifest/decode-node-pool.js';
import { decodeYaml } from '../../kubernetes/manifest/read-manifest.js';

const MONDAY = Date.UTC(2026, 2, 23);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function nodePool(budgets: string, disruption = 'consolidateAfter: 0s'): NodePool {
  return decodeYaml(
    `apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: general}
spec:
  disruption: {${disruption}, budgets: [${budgets}]}
  template: {spec: {requirements: [], nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: d}}}
`,
    decodeNodePoolV1,
  );
}

/** `from-to underutilized/empty/drifted` in hours since Monday. */
function week(budgets: string, nodes = 10): string[] {
  return budgetCalendar(nodePool(budgets), nodes, MONDAY, MONDAY + 7 * DAY).map(({ fromMs, toMs, allowances }) => {
    const { Underutilized, Empty, Drifted } = allowances;
    const allowed = [Underutilized, Empty, Drifted].map((allowance) => allowance.allowed).join('/');
    return `${(fromMs - MONDAY) / HOUR}-${(toMs - MONDAY) / HOUR} ${allowed}`;
  });
}

describe('a week of budgets', () => {
  it('is one period without schedules, rounded up as Karpenter does', () => {
    expect(week('{nodes: 15%}')).toEqual(['0-168 2/2/2']);
    expect(week('')).toEqual(['0-168 10/10/10']);
  });

  it('changes at both ends of a window, only for the reasons it names', () => {
    const blocked = '{nodes: "3"}, {nodes: "0", reasons: [Drifted], schedule: "0 22 * * sun", duration: 3h}';
    expect(week(blocked)).toEqual(['0-1 3/3/0', '1-166 3/3/3', '166-168 3/3/0']);
  });

  it('is blocked for every reason by one schedule that cannot be parsed', () => {
    const pool = nodePool('{nodes: "5"}, {nodes: "9", reasons: [Empty], schedule: "0 9 * * 7", duration: 1h}');
    const allowances = budgetAllowances(pool, 10, MONDAY);
    expect(allowances.Drifted).toEqual({ allowed: 0, by: [1] });
    expect(allowances.Empty).toEqual({ allowed: 0, by: [1] });
  });

  it('names the budgets that set the number', () => {
    const allowances = budgetAllowances(
      nodePool('{nodes: "2"}, {nodes: 20%}, {nodes: "4", reasons: [Empty]}'),
      10,
      MONDAY,
    );
    expect(allowances.Empty).toEqual({ allowed: 2, by: [0, 1] });
    expect(budgetAllowances(nodePool('{nodes: "40"}'), 10, MONDAY).Empty).toEqual({ allowed: 10, by: [] });
  });

  it('says at every minute what the simulator would', () => {
    const field = (...values: string[]) => fc.constantFrom('*', ...values);
    const schedule = fc
      .tuple(
        field('0', '30', '*/20'),
        field('0', '9', '8-10', '*/6'),
        field('1', '24', '29'),
        field('3', '2'),
        field('mon-fri', '0'),
      )
      .map((fields) => fields.join(' '));
    const one = fc.record({
      nodes: fc.constantFrom('0', '1', '30%', '7'),
      schedule,
      durationMs: fc.constantFrom(5 * MINUTE, HOUR, 10 * HOUR, 3 * DAY),
    });
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 3 }),
        fc.array(fc.integer({ min: 0, max: 7 * 24 * 60 - 1 })),
        (budgets, minutes) => {
          const base = nodePool('');
          const pool = { ...base, disruption: { ...base.disruption, budgets } };
          const periods = budgetCalendar(pool, 10, MONDAY, MONDAY + 7 * DAY);
          for (const minute of minutes) {
            const atMs = MONDAY + minute * MINUTE;
            const period = periods.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
            expect(period?.allowances).toEqual(budgetAllowances(pool, 10, atMs));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a schedule that never or always matches', () => {
  it.each([
    ['0 0 30 2 *', HOUR, { code: 'never-hits' }],
    ['0 9 * * 7', HOUR, { code: 'unreadable' }],
    ['TZ=Europe/Rome 0 9 * * *', HOUR, { code: 'unreadable' }],
    ['@daily', 0, { code: 'never-open' }],
    ['@hourly', HOUR, { code: 'never-closes', longestGapMs: HOUR }],
    ['0 9 * * mon-fri', 3 * DAY, { code: 'never-closes', longestGapMs: 3 * DAY }],
    ['@yearly', 366 * DAY, { code: 'never-closes', longestGapMs: 366 * DAY }],
    ['0 9 * * mon-fri', 3 * DAY - MINUTE, undefined],
    ['@yearly', 365 * DAY, undefined],
    ['0 0 29 2 *', DAY, undefined],
  ])('%s for %d ms', (schedule, durationMs, fault) => {
    expect(scheduleFault({ nodes: '0', schedule, durationMs })).toEqual(fault);
  });

  it('is open at every minute when it never closes, and closed at some when it does', () => {
    const schedules = fc.constantFrom('@hourly', '*/7 * * * *', '0 9,17 * * *', '0 0 * * mon,thu', '30 4 1,15 * fri');
    fc.assert(
      fc.property(schedules, fc.integer({ min: 1, max: 16 * 24 * 4 }), (schedule, quarters) => {
        const budget: DisruptionBudget = { nodes: '0', schedule, durationMs: quarters * 15 * MINUTE };
        const closed = Array.from({ length: 40 * 24 * 60 }, (_, minute) => MONDAY + minute * MINUTE).some(
          (atMs) => budgetWindow(budget, atMs) === 'closed',
        );
        if (scheduleFault(budget) !== undefined) expect(closed).toBe(false);
        // The longest gap of these schedules comes round within 40 days, but for the one that counts days of the month.
        else if (!schedule.startsWith('30')) expect(closed).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a reason that is switched off', () => {
  it('is off whatever the budgets allow', () => {
    expect(switchedOff(nodePool('', 'consolidateAfter: Never'), 'Empty')).toBe('consolidate-after-never');
    const whenEmpty = nodePool('', 'consolidateAfter: 0s, consolidationPolicy: WhenEmpty');
    expect(switchedOff(whenEmpty, 'Underutilized')).toBe('consolidation-policy-when-empty');
    expect(switchedOff(whenEmpty, 'Empty')).toBeUndefined();
    expect(switchedOff(whenEmpty, 'Drifted')).toBeUndefined();
  });
});
