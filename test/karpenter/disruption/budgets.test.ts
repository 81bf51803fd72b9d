import { describe, expect, it } from 'vitest';

import { budgetWindow } from '../../../src/karpenter/disruption/budget-schedule.js';
import { allowedDisruptions, remainingBudgets } from '../../../src/karpenter/disruption/budgets.js';
import { parseCronFields } from '../../../src/kubernetes/cron-fields.js';
import type { DisruptionBudget, DisruptionReason } from '../../../src/karpenter/nodepool.js';
import { compute, contextOf, instanceType, poolOf, type TestCluster, type TestNode } from './cluster.js';
import { condition, nodePool, NOON } from '../lifecycle/objects.js';

const HOUR = 3_600_000;
const UNLIMITED = 2 ** 31 - 1;
const T = instanceType('t', 4, { 'on-demand': 0.2 });

function allowed(
  budgets: readonly DisruptionBudget[],
  nodeCount: number,
  reason: DisruptionReason = 'Empty',
  nowMs = NOON,
): number {
  return allowedDisruptions(nodePool({ disruption: { budgets } }), reason, nodeCount, nowMs);
}

function emptyNodes(count: number, more: (index: number) => Partial<TestNode> = () => ({})): TestCluster['nodes'] {
  return Array.from({ length: count }, (_, index) => ({ name: `n${index}`, type: T, ...more(index) }));
}

function remaining(cluster: Omit<TestCluster, 'types'>, reason: DisruptionReason = 'Empty'): number {
  return remainingBudgets(contextOf({ types: [T], ...cluster }), reason).remaining('general');
}

const withBudgets = (budgets: readonly DisruptionBudget[]) => [poolOf('general', ['on-demand'], { budgets })];

describe('the value of a budget', () => {
  it.each([
    [0, 0],
    [1, 1],
    [9, 1],
    [10, 1],
    [11, 2],
    [20, 2],
    [21, 3],
  ])('of 10 %% of %i nodes is %i, rounded up (E82, E84)', (nodeCount, expected) => {
    expect(allowed([{ nodes: '10%' }], nodeCount)).toBe(expected);
  });

  it('is unlimited without budgets (E85)', () => {
    expect(allowed([], 10)).toBe(UNLIMITED);
  });

  it('counts for its reasons only, and the least value wins (E86)', () => {
    const budgets: DisruptionBudget[] = [{ nodes: '0', reasons: ['Drifted'] }, { nodes: '20%' }];
    expect(allowed(budgets, 10, 'Drifted')).toBe(0);
    expect(allowed(budgets, 10, 'Empty')).toBe(2);
    expect(allowed(budgets, 10, 'Underutilized')).toBe(2);
  });

  it('counts for nothing when its list of reasons is empty', () => {
    expect(allowed([{ nodes: '0', reasons: [] }], 10)).toBe(UNLIMITED);
  });

  it('keeps an integer whatever the number of nodes', () => {
    expect(allowed([{ nodes: '5' }], 0)).toBe(5);
  });
});

describe('the window of a budget', () => {
  const weekdays: DisruptionBudget = { nodes: '0', schedule: '0 9 * * mon-fri', durationMs: 8 * HOUR };

  it.each([
    ['2026-03-02T08:59:59Z', 'closed'],
    ['2026-03-02T09:00:00Z', 'open'],
    ['2026-03-02T16:59:59Z', 'open'],
    ['2026-03-02T17:00:00Z', 'closed'],
    ['2026-03-07T12:00:00Z', 'closed'],
  ])('on working days from 9 to 17 is at %s %s (E87)', (time, window) => {
    const nowMs = Date.parse(time);
    expect(budgetWindow(weekdays, nowMs)).toBe(window);
    expect(allowed([{ nodes: '100%' }, weekdays], 10, 'Empty', nowMs)).toBe(window === 'open' ? 0 : 10);
  });

  it('is always open when its schedule never comes (E88)', () => {
    expect(allowed([{ nodes: '0', schedule: '0 0 30 2 *', durationMs: HOUR }], 10)).toBe(0);
  });

  it('that cannot be read allows nothing for any reason (E89)', () => {
    const budgets: DisruptionBudget[] = [
      { nodes: '5', reasons: ['Empty'], schedule: '0 0 * * 7', durationMs: HOUR },
      { nodes: '100%' },
    ];
    expect(allowed(budgets, 10, 'Drifted')).toBe(0);
  });

  it('merges with the next when they overlap', () => {
    const hourly: DisruptionBudget = { nodes: '0', schedule: '@hourly', durationMs: 2 * HOUR };
    expect(budgetWindow(hourly, NOON + 59 * 60_000)).toBe('open');
  });

  it('is found anew after time went back, as two runs of one process may have it', () => {
    const at9 = Date.parse('2026-03-02T09:00:00Z');
    expect(budgetWindow(weekdays, at9)).toBe('open');
    expect(budgetWindow(weekdays, at9 - HOUR)).toBe('closed');
    expect(budgetWindow(weekdays, at9)).toBe('open');
  });

  it('either day field may match when both are restricted, else both must', () => {
    const friday13: DisruptionBudget = { nodes: '0', schedule: '0 0 13 * fri', durationMs: 24 * HOUR };
    expect(budgetWindow(friday13, Date.parse('2026-03-06T12:00:00Z'))).toBe('open');
    expect(budgetWindow(friday13, Date.parse('2026-04-13T12:00:00Z'))).toBe('open');
    expect(budgetWindow(friday13, Date.parse('2026-03-12T12:00:00Z'))).toBe('closed');
    const fridays: DisruptionBudget = { nodes: '0', schedule: '0 0 * * fri', durationMs: 24 * HOUR };
    expect(budgetWindow(fridays, Date.parse('2026-04-13T12:00:00Z'))).toBe('closed');
  });
});

describe('a cron expression', () => {
  it.each([
    '@dailyfoo',
    '99 99 * * *',
    '0 0 0 * * *',
    'TZ=Europe/Berlin 0 9 * * *',
    '*/0 * * * *',
    '5-1 * * * *',
    '1-2-3 * * * *',
    '',
    '0 0 * * 7',
    '-1 * * * *',
  ])('%j is not understood', (schedule) => {
    expect(parseCronFields(schedule)).toBeUndefined();
  });

  it('knows names, lists, ranges and steps', () => {
    expect(parseCronFields('*/20 8-10 1,15 JAN-mar sun')).toEqual({
      minutes: [0, 20, 40],
      hours: [8, 9, 10],
      daysOfMonth: [1, 15],
      months: [1, 2, 3],
      daysOfWeek: [0],
      anyDayOfMonth: false,
      anyDayOfWeek: false,
    });
    expect(parseCronFields('50/3 * ? * *')).toMatchObject({ minutes: [50, 53, 56, 59], anyDayOfMonth: true });
  });
});

describe('what is left of a budget', () => {
  it('is less by nodes that are not Ready (E83)', () => {
    const nodes = emptyNodes(9, (index) => ({ notReady: index === 0 }));
    expect(remaining({ nodePools: withBudgets([{ nodes: '10%' }]), nodes })).toBe(0);
  });

  it('is less by nodes on their way out, until their instances terminate (E90)', () => {
    const nodePools = withBudgets([{ nodes: '10%' }]);
    const terminating = [condition('InstanceTerminating')];
    const leaving = (terminated: number) =>
      emptyNodes(100, (index) => ({
        ...(index < 12 && { deletionTimeMs: NOON }),
        ...(index < terminated && { conditions: terminating }),
      }));
    expect(remaining({ nodePools, nodes: leaving(0) })).toBe(0);
    expect(remaining({ nodePools, nodes: leaving(5) })).toBe(3);
  });

  it('is less by nodes that a command holds', () => {
    const nodes = emptyNodes(10, (index) => ({ state: { markedForDeletion: index < 2, heldByCommand: index < 2 } }));
    expect(remaining({ nodePools: withBudgets([{ nodes: '3' }]), nodes })).toBe(1);
  });

  it('counts initialized nodes only', () => {
    const nodes = emptyNodes(20, (index) => ({ uninitialized: index >= 10 }));
    expect(remaining({ nodePools: withBudgets([{ nodes: '10%' }]), nodes })).toBe(1);
  });

  it('bounds how many empty nodes go at once (E91)', () => {
    const cluster = { nodePools: withBudgets([{ nodes: '3' }]), types: [T], nodes: emptyNodes(7) };
    const outcome = compute(cluster, 'emptiness');
    expect(outcome.commands.map(({ candidates }) => candidates.length)).toEqual([3]);
    expect(outcome.findings.filter(({ code }) => code === 'budget-exhausted')).toHaveLength(4);
  });
});
