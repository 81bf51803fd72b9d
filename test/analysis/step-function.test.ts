import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StepFunction } from '../../src/analysis/step-function.js';

describe('a step function', () => {
  it('weighs each value by the time it stood', () => {
    const steps = new StepFunction();
    steps.add(0, 2);
    steps.add(10_000, 4);
    steps.add(40_000, -5);
    expect(steps.statistics(100_000)).toEqual({ min: 1, mean: (2 * 10 + 6 * 30 + 1 * 60) / 100, max: 6, end: 1 });
  });

  it('does not see a value that stood for no time', () => {
    const steps = new StepFunction();
    steps.add(0, 3);
    steps.add(5000, -3);
    steps.add(5000, 2);
    expect(steps.statistics(10_000)).toEqual({ min: 2, mean: 2.5, max: 3, end: 2 });
  });

  it('counts a change at the last instant in its end value alone', () => {
    const steps = new StepFunction();
    steps.add(0, 1);
    steps.add(10_000, 1);
    expect(steps.statistics(10_000)).toEqual({ min: 1, mean: 1, max: 1, end: 2 });
  });

  it('has its mean between its extremes, and its end is the sum of all changes', () => {
    const changes = fc.array(fc.tuple(fc.nat(100_000), fc.integer({ min: -50, max: 50 })), { maxLength: 60 });
    fc.assert(
      fc.property(changes, fc.integer({ min: 100_001, max: 200_000 }), (list, endMs) => {
        const steps = new StepFunction();
        for (const [timeMs, change] of list.sort(([a], [b]) => a - b)) steps.add(timeMs, change);
        const { min, mean, max, end } = steps.statistics(endMs);
        expect(min).toBeLessThanOrEqual(mean + 1e-9);
        expect(mean).toBeLessThanOrEqual(max + 1e-9);
        expect(end).toBe(list.reduce((sum, [, change]) => sum + change, 0));
      }),
    );
  });
});
