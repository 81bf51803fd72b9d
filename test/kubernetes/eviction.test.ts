import { describe, expect, it } from 'vitest';
import { chargeBudget, decideEviction } from '../../src/kubernetes/eviction.js';
import { budget } from './budgets.js';
import { pod, readyCondition, runningPod } from './objects.js';

const full = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 };
const free = { ...full, disruptionsAllowed: 1 };
const unready = { conditions: [readyCondition(0, 'False')] };

describe('the eviction API (kubernetes.md §4.2)', () => {
  it('asks no budget for a pod that is pending, finished or already going', () => {
    const budgets = [budget({ status: full })];
    expect(decideEviction(pod('pending'), budgets)).toEqual({ allowed: true });
    expect(decideEviction(runningPod('done', 'n', { status: { phase: 'Failed' } }), budgets)).toEqual({
      allowed: true,
    });
    expect(decideEviction(runningPod('leaving', 'n', { deletedMs: 1 }), budgets)).toEqual({ allowed: true });
  });

  it('lets a pod without a budget go', () => {
    expect(decideEviction(runningPod('a', 'n'), [])).toEqual({ allowed: true });
    expect(decideEviction(runningPod('a', 'n', { namespace: 'other' }), [budget({ status: full })]).allowed).toBe(true);
  });

  it('charges the budget that allows it, and refuses with 429 when nothing is left', () => {
    const granted = decideEviction(runningPod('a', 'n'), [budget({ status: free })]);
    expect(granted).toMatchObject({ allowed: true, charges: { metadata: { name: 'web' } } });
    const charged = chargeBudget(budget({ status: free }), 'a', 7);
    expect(charged.status).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { a: 7 } });
    expect(decideEviction(runningPod('b', 'n'), [charged])).toEqual({
      allowed: false,
      code: 'TooManyRequests',
      budgets: ['web'],
    });
  });

  it('never lets a pod go that two budgets cover', () => {
    const other = { ...budget({ status: free }), metadata: { ...budget().metadata, name: 'second' } };
    expect(decideEviction(runningPod('a', 'n'), [budget({ status: free }), other])).toEqual({
      allowed: false,
      code: 'Misconfigured',
      budgets: ['web', 'second'],
    });
  });

  it('lets an unready pod go while the others are enough, or always when the policy says so', () => {
    const sick = runningPod('sick', 'n', { status: unready });
    expect(decideEviction(sick, [budget({ status: full })])).toEqual({ allowed: true });
    const short = { ...full, currentHealthy: 1 };
    expect(decideEviction(sick, [budget({ status: short })]).allowed).toBe(false);
    expect(decideEviction(sick, [budget({ status: short, unhealthyPodEvictionPolicy: 'AlwaysAllow' })]).allowed).toBe(
      true,
    );
    const nothingWanted = { ...full, currentHealthy: 0, desiredHealthy: 0 };
    expect(decideEviction(sick, [budget({ status: nothingWanted })]).allowed).toBe(false);
  });
});
