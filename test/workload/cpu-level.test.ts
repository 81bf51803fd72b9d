import { describe, expect, it } from 'vitest';
import { cpuLevel, cpuWeight, type CpuClaim } from '../../src/workload/cpu-level.js';

/** What each pod gets: what it wants, or its part of the level. */
function shares(capacityMilli: number, claims: readonly CpuClaim[]): readonly number[] {
  const level = cpuLevel(capacityMilli, claims);
  return claims.map(({ wantMilli, requestMilli }) => Math.min(wantMilli, level * cpuWeight(requestMilli)));
}

const claim = (wantMilli: number, requestMilli: number): CpuClaim => ({ wantMilli, requestMilli });

describe('the cpu of an exhausted node (kubernetes.md §9.2)', () => {
  it('is no matter while there is enough', () => {
    expect(cpuLevel(1900, [claim(900, 250), claim(1000, 250)])).toBe(Infinity);
  });

  it('is shared by request among those that want more', () => {
    expect(shares(1900, [claim(2000, 250), claim(2000, 500), claim(2000, 200)])).toEqual([500, 1000, 400]);
  });

  it('goes on from those that want less than their share', () => {
    // 100 are enough for the first; the others have 1,800 between them, one to two.
    expect(shares(1900, [claim(100, 500), claim(1000, 250), claim(2000, 500)])).toEqual([100, 600, 1200]);
    expect(shares(1900, [claim(2000, 500), claim(1000, 250), claim(100, 500)])).toEqual([1200, 600, 100]);
  });

  it('is used up, whatever the claims', () => {
    const claims = Array.from({ length: 30 }, (_, i) => claim((i * 7919) % 500, (i * 104_729) % 300));
    const sum = (list: readonly number[]): number => list.reduce((all, share) => all + share, 0);
    expect(sum(shares(3000, claims))).toBeCloseTo(3000, 6);
    expect(sum(claims.map(({ wantMilli }) => wantMilli))).toBeGreaterThan(3000);
  });

  it('leaves next to nothing to a pod without a request', () => {
    const [none = 0, some = 0] = shares(1000, [claim(1000, 0), claim(1000, 998)]);
    expect([none, some]).toEqual([2, 998]);
  });
});
