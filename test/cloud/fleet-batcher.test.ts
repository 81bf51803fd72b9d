import { describe, expect, it } from 'vitest';
import { ApiBudget, MUTATING_CALLS } from '../../src/cloud/launch/api-budget.js';
import { FleetBatcher } from '../../src/cloud/launch/fleet-batcher.js';

const batcher = (): FleetBatcher => new FleetBatcher(new ApiBudget(MUTATING_CALLS));

describe('CreateFleet calls are gathered (aws.md §11)', () => {
  it('equal requests within 35 ms of each other are one call, for a second at most', () => {
    const all = batcher();
    const first = all.join('a', 0);
    expect(all.join('a', 35)).toBe(first);
    expect(all.join('b', 35)).not.toBe(first);
    expect(all.join('a', 71)).not.toBe(first);
    const long = batcher();
    const opened = long.join('a', 0);
    for (let ms = 30; ms <= 990; ms += 30) expect(long.join('a', ms)).toBe(opened);
    expect(long.join('a', 1020)).not.toBe(opened);
  });

  it('a call holds a thousand requests', () => {
    const all = batcher();
    const first = all.join('a', 0);
    for (let i = 1; i < 1000; i++) expect(all.join('a', 0)).toBe(first);
    expect(all.join('a', 0)).not.toBe(first);
  });
});

describe('EC2 takes 50 calls at once and five a second after that', () => {
  it('refuses the rest, and counts calls, not requests', () => {
    const all = batcher();
    const batches = Array.from({ length: 60 }, (_, i) => all.join(`request-${i}`, 0));
    for (let i = 0; i < 60; i++) all.join(`request-${i}`, 10);
    expect(batches.filter((batch) => all.isTaken(batch))).toHaveLength(50);
    expect(all.figures).toEqual({ requests: 120, calls: 60, refused: 10 });
    const later = Array.from({ length: 10 }, (_, i) => all.join(`request-${i}`, 1050));
    expect(later.filter((batch) => all.isTaken(batch))).toHaveLength(5);
  });
});
