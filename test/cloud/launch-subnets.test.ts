import { describe, expect, it } from 'vitest';
import { isSelected, SubnetPool } from '../../src/cloud/launch/subnet-pool.js';

const TAGGED = { id: 'subnet-a', tags: { 'karpenter.sh/discovery': 'banking', tier: 'private' } };

describe('subnetSelectorTerms (aws.md §10)', () => {
  it.each([
    [[{ tags: { 'karpenter.sh/discovery': 'banking' } }], true],
    [[{ tags: { 'karpenter.sh/discovery': 'bank' } }], false],
    [[{ tags: { tier: '*' } }], true],
    [[{ tags: { zone: '*' } }], false],
    [[{ tags: { tier: 'private', 'karpenter.sh/discovery': 'bank' } }], false],
    [[{ id: 'subnet-a' }], true],
    [[{ id: 'subnet-b' }, { tags: { tier: 'private' } }], true],
  ])('%j: %s', (terms, selected) => {
    expect(isSelected(TAGGED, terms)).toBe(selected);
  });
});

describe('addresses of a subnet', () => {
  it('are taken by instances for all their pods, and come back with their end', () => {
    const pool = new SubnetPool([{ ...TAGGED, zone: 'a', freeIPs: 40 }]);
    const free = (): number | undefined => pool.describe([{ id: 'subnet-a' }])[0]?.freeIPs;
    pool.take('subnet-a', 29, 'i-1');
    expect(free()).toBe(11);
    pool.take('subnet-a', 29, 'i-2');
    expect([free(), pool.hasRoom('subnet-a')]).toEqual([0, false]);
    pool.release('i-2');
    expect(free()).toBe(11);
    pool.release('i-1');
    pool.release('i-1');
    expect(free()).toBe(40);
  });
});
