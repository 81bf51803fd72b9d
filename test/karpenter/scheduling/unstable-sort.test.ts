import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unstableSort, type SortShifts } from '../../../src/karpenter/scheduling/unstable-sort.js';

const OLD: SortShifts = [13, 17, 5];
const NEW: SortShifts = [13, 7, 17];

function order(keys: readonly number[], shifts: SortShifts): number[] {
  return unstableSort(
    keys.map((key, position) => ({ key, position })),
    (a, b) => a.key < b.key,
    shifts,
  ).map(({ position }) => position);
}

function checksum(positions: readonly number[]): number {
  return positions.reduce((hash, position) => (31 * hash + position + 1) % 1_000_000_007, 0);
}

const fill = (count: number, key: number): number[] => Array.from({ length: count }, () => key);
const numbers = (text: string): number[] => text.split(' ').map(Number);

describe('unstable sort (Appendix A.3)', () => {
  it.each([
    ['A12', [...fill(11, 2), 1], '11 0 1 2 3 4 5 6 7 8 9 10', undefined],
    ['A13', [...fill(12, 2), 1], '12 6 2 3 4 5 0 7 8 9 10 11 1', undefined],
    ['A16', [...fill(15, 2), 1], '15 8 9 3 4 5 6 2 0 7 10 11 12 13 14 1', '15 8 11 3 4 5 6 2 9 7 10 0 12 13 14 1'],
    [
      'B16',
      [...fill(4, 1), 2, ...fill(11, 1)],
      '12 6 2 3 8 5 1 7 15 9 10 11 0 13 14 4',
      '12 10 2 3 15 5 1 9 8 7 6 11 0 13 14 4',
    ],
    ['C20', [...fill(10, 3), ...fill(9, 5), 1], '19 1 2 3 4 5 6 7 8 9 0 10 12 13 14 15 16 17 18 11', undefined],
    ['D50', [...fill(49, 2), 1], ['49', ...Array.from({ length: 49 }, (_, i) => i)].join(' '), undefined],
    [
      'I30',
      Array.from({ length: 30 }, (_, i) => 30 - i),
      Array.from({ length: 30 }, (_, i) => 29 - i).join(' '),
      undefined,
    ],
  ])('orders vector %s as Go does', (_name, keys, old, current) => {
    expect(order(keys, OLD)).toEqual(numbers(old));
    expect(order(keys, NEW)).toEqual(numbers(current ?? old));
  });

  it.each([
    ['E60', [...fill(30, 2), 3, ...fill(29, 2)], 59292027, 41236911],
    ['F60', [...fill(7, 2), 3, ...fill(52, 2)], 320304209, 320304209],
    ['G200', Array.from({ length: 200 }, (_, i) => (7919 * i) % 4), 301831915, 679172532],
    ['H700', Array.from({ length: 700 }, (_, i) => (i * i) % 97), 160878278, 409330104],
  ])('orders vector %s to the recorded checksum', (_name, keys, old, current) => {
    expect(checksum(order(keys, OLD))).toBe(old);
    expect(checksum(order(keys, NEW))).toBe(current);
  });

  it('is a sort: a permutation in ascending order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 300 }), (keys) => {
        const positions = order(keys, NEW);
        expect(new Set(positions).size).toBe(keys.length);
        expect(positions.map((position) => keys[position])).toEqual([...keys].sort((a, b) => a - b));
      }),
    );
  });

  it('leaves a sorted list of any length alone, and keeps the order of equals up to 12 (A.4)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 200 }), (keys) => {
        const sorted = [...keys].sort((a, b) => a - b);
        expect(order(sorted, NEW)).toEqual(sorted.map((_, i) => i));
        const few = keys.slice(0, 12);
        const stable = few.map((key, position) => ({ key, position })).sort((a, b) => a.key - b.key);
        expect(order(few, NEW)).toEqual(stable.map(({ position }) => position));
      }),
    );
  });
});
