import { describe, expect, it } from 'vitest';
import { queuedResponse, steadyResponse, waitProbability, type Survival } from '../../src/workload/response-time.js';

const MU = 50;

/** Time that this share of the responses exceeds, by bisection. */
function exceededBy(share: number, survival: Survival): number {
  let [low, high] = [0, 100];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (survival.at(middle) > share) low = middle;
    else high = middle;
  }
  return high;
}

/** Mean of a response time: the integral of its survival function. */
function mean(survival: Survival): number {
  const step = 1e-5;
  let sum = 0;
  for (let t = step / 2; t < 5; t += step) sum += survival.at(t) * step;
  return sum;
}

describe('an M/M/c queue in its steady state', () => {
  // kubernetes.md §10, example 24; μ = 50/s.
  it.each([
    { slots: 4, rate: 100, waits: 0.174, meanMs: 21.7, p99Ms: 95 },
    { slots: 4, rate: 160, waits: 0.596, meanMs: 34.9, p99Ms: 138 },
    { slots: 4, rate: 190, waits: 0.891, meanMs: 109, p99Ms: 471 },
    { slots: 1, rate: 40, waits: 0.8, meanMs: 100, p99Ms: 461 },
    { slots: 10, rate: 400, waits: 0.409, meanMs: 24.1, p99Ms: 99 },
  ])('has the waits and times of the tables: $slots slots, $rate/s', ({ slots, rate, waits, meanMs, p99Ms }) => {
    const survival = steadyResponse({ capacity: slots * MU, slots }, rate, 60);
    expect(waitProbability(slots, rate / MU)).toBeCloseTo(waits, 3);
    expect(mean(survival) * 1000).toBeCloseTo(meanMs, meanMs < 100 ? 1 : 0);
    expect(Math.round(exceededBy(0.01, survival) * 1000)).toBe(p99Ms);
  });

  it('has the limit where service and spare rate are equal, a = c − 1', () => {
    const near = (rate: number): number => steadyResponse({ capacity: 4 * MU, slots: 4 }, rate, 60).at(0.03);
    expect(near(150)).toBeCloseTo((near(149.99) + near(150.01)) / 2, 6);
  });

  it('never waits without load, and stays a probability with thousands of slots', () => {
    expect(waitProbability(4, 0)).toBe(0);
    expect(waitProbability(5000, 10)).toBe(0);
    expect(waitProbability(5000, 4990)).toBeGreaterThan(0.5);
    expect(waitProbability(5000, 4990)).toBeLessThan(1);
  });

  it('keeps 99 % of the waits below the timeout close to saturation', () => {
    const survival = steadyResponse({ capacity: 1000, slots: 1 }, 999.999, 5);
    expect(exceededBy(0.01, survival)).toBeLessThan(5.01);
  });
});

describe('requests that wait for a backlog', () => {
  it('take the wait and then their service', () => {
    const survival = queuedResponse({ capacity: 200, slots: 4 }, 3);
    expect(survival.at(2.99)).toBe(1);
    expect(mean({ at: (t) => survival.at(t + 3) }) * 1000).toBeCloseTo(20, 1);
  });
});
