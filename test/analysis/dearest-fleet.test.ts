import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dearestFleet, type NodeChoice } from '../../src/analysis/dearest-fleet.js';

const GI = 2 ** 30;
const choice = (name: string, perHour: number, cpu: number, memoryGi: number): NodeChoice => ({
  name,
  perHour,
  capacity: { cpu: cpu * 1000, memory: memoryGi * GI },
});

/** Tries every fleet. */
function byTrying(choices: readonly NodeChoice[], limits: Readonly<Record<string, number>>): number {
  const [first, ...others] = choices;
  if (first === undefined) return 0;
  let best = 0;
  let left: Record<string, number> = { ...limits };
  for (let number = 0; Object.values(left).every((amount) => amount >= 0); number++) {
    best = Math.max(best, number * first.perHour + byTrying(others, left));
    left = Object.fromEntries(
      Object.entries(left).map(([name, amount]) => [name, amount - (first.capacity[name] ?? 0)]),
    );
  }
  return best;
}

describe('the dearest fleet within limits', () => {
  it('mixes types where one alone would leave a rest', async () => {
    const fleet = await dearestFleet([choice('big', 1, 4, 8), choice('small', 0.4, 2, 4)], { cpu: 10_000 });
    expect(fleet).toMatchObject({ perHour: 2.4, counts: [{ count: 2 }, { count: 1 }] });
  });

  it('is held by whichever limit is reached first', async () => {
    const limits = { cpu: 1000_000, memory: 20 * GI };
    expect(await dearestFleet([choice('m', 0.1, 2, 8)], limits)).toMatchObject({ counts: [{ count: 2 }] });
  });

  it('has no nodes when the limits are smaller than any type', async () => {
    expect(await dearestFleet([choice('m', 0.1, 2, 8)], { cpu: 1000 })).toEqual({ perHour: 0, counts: [] });
  });

  it('is unbounded without limits, and with limits on what some type has nothing of', async () => {
    expect(await dearestFleet([choice('m', 0.1, 2, 8)], {})).toBe('unbounded');
    expect(await dearestFleet([choice('m', 0.1, 2, 8)], { 'nvidia.com/gpu': 4 })).toBe('unbounded');
  });

  it('finds what trying every fleet finds', async () => {
    const choices = fc.array(
      fc.record({
        price: fc.integer({ min: 1, max: 50 }),
        cpu: fc.integer({ min: 1, max: 6 }),
        memory: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const limits = fc.record({ cpu: fc.integer({ min: 1, max: 16 }), memory: fc.integer({ min: 1, max: 24 }) });
    await fc.assert(
      fc.asyncProperty(choices, limits, async (types, { cpu, memory }) => {
        const all = types.map((type, index) => choice(String(index), type.price, type.cpu, type.memory));
        const amounts = { cpu: cpu * 1000, memory: memory * GI };
        const fleet = await dearestFleet(all, amounts);
        expect(fleet).toMatchObject({ perHour: byTrying(all, amounts) });
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});
