import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderFreeShares, sequentialShares } from '../../src/experiment/waterfall/shares.js';
import { fewestRuns, waterfallPlan } from '../../src/experiment/waterfall/waterfall-plan.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';

const FACTORS = ['a', 'b', 'c', 'd', 'e', 'f'];
const plan = (runs: number, factors = FACTORS) =>
  waterfallPlan(factors, runs, 2, new RandomStreams('1').stream('waterfall/orders'));

describe('the plan of a waterfall', () => {
  it('is every subset where the budget allows it with seeds enough', () => {
    const { subsets, exact, seeds } = plan(264);
    expect({ subsets: subsets.length, exact, seeds }).toEqual({ subsets: 64, exact: true, seeds: 4 });
  });

  it.each([28, 60, 100, 128, 200, 263])('stays within a budget of %d runs', (runs) => {
    const { subsets, orders, seeds } = plan(runs);
    expect((subsets.length + 2) * seeds).toBeLessThanOrEqual(runs);
    expect(seeds).toBeGreaterThanOrEqual(2);
    expect(orders[0]).toEqual(FACTORS);
    expect(orders[1]).toEqual([...FACTORS].reverse());
  });

  it('has every subset that its orders pass through, and uses more orders with a larger budget', () => {
    const { subsets, orders } = plan(200);
    const names = new Set(subsets.map((subset) => subset.join('')));
    for (const order of orders) {
      for (let length = 0; length <= order.length; length++) {
        expect(names).toContain([...order.slice(0, length)].sort().join(''));
      }
    }
    expect(orders.length).toBeGreaterThan(plan(60).orders.length);
  });

  it('takes two seeds of an order and its reverse at least', () => {
    expect(fewestRuns(6, 2)).toBe(28);
  });
});

describe('shares of factors', () => {
  /** Savings that multiply: a share of what is left. */
  const multiplying =
    (left: Readonly<Record<string, number>>) =>
    (subset: readonly string[]): number =>
      subset.reduce((value, factor) => value * (left[factor] ?? 1), 100);

  it('depend on the order when factors multiply, and order-free shares lie between', () => {
    const valueOf = multiplying({ a: 0.4, b: 0.8 });
    expect(sequentialShares(['a', 'b'], ['a', 'b'], valueOf)).toEqual([-60, -8]);
    expect(sequentialShares(['b', 'a'], ['a', 'b'], valueOf)).toEqual([-48, -20]);
    expect(orderFreeShares(['a', 'b'], [], valueOf)).toEqual([-54, -14]);
  });

  it('give a factor that changes nothing nothing, and equal ones the same', () => {
    const [first = 0, second = 0, third = 0] = orderFreeShares(['a', 'b', 'c'], [], multiplying({ a: 0.5, b: 0.5 }));
    expect(first).toBeCloseTo(second, 9);
    expect(third).toBeCloseTo(0, 9);
  });

  it('add up to what all factors change together, over all orders and over some', () => {
    const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(values, (drawn) => {
        const valueOf = (subset: readonly string[]): number =>
          drawn[FACTORS.reduce((bits, factor, index) => (subset.includes(factor) ? bits | (1 << index) : bits), 0)] ??
          0;
        const together = valueOf(FACTORS) - valueOf([]);
        for (const orders of [[], plan(100).orders]) {
          const sum = orderFreeShares(FACTORS, orders, valueOf).reduce((total, share) => total + share, 0);
          expect(sum).toBeCloseTo(together, 6);
        }
      }),
      { numRuns: 20, seed: 1 },
    );
  });
});
