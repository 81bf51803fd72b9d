import { describe, expect, it } from 'vitest';
import { InstanceTypeProvider } from '../../src/cloud/catalogue/instance-type-provider.js';
import type { InstanceType } from '../../src/cloud/instance-type.js';
import type { CapacityPool } from '../../src/cloud/launch/pool.js';
import { UnavailableOfferings } from '../../src/cloud/launch/unavailable-offerings.js';
import { providerProfile, type ProviderVersion } from '../../src/cloud/provider-profile.js';
import { GENERAL, inputs } from './fixtures.js';

const SPOT_A: CapacityPool = { instanceType: 'm5.large', zone: 'us-east-1a', capacityType: 'spot' };
const SPOT_B: CapacityPool = { ...SPOT_A, zone: 'us-east-1b' };
const OTHER_TYPE: CapacityPool = { ...SPOT_A, instanceType: 't3.large' };

function marked(version: ProviderVersion, pool: CapacityPool, atMs: number): UnavailableOfferings {
  const unavailable = new UnavailableOfferings(providerProfile(version));
  unavailable.mark(pool, atMs);
  unavailable.hidden(atMs);
  return unavailable;
}

describe('unavailable offerings in v1.14.1: seen for 3:00 to 3:10 (aws.md §8)', () => {
  it('hides the pool at once and that pool alone', () => {
    const unavailable = marked('v1.14.1', SPOT_A, 1000);
    expect(unavailable.isUnavailable(SPOT_A, 1000)).toBe(true);
    expect(unavailable.isUnavailable(SPOT_B, 1000)).toBe(false);
    expect(unavailable.isUnavailable({ ...SPOT_A, capacityType: 'on-demand' }, 1000)).toBe(false);
  });

  it('is dead after 3 minutes but noticed by the janitor, who comes every 10 s', () => {
    const unavailable = marked('v1.14.1', SPOT_A, 1000);
    expect(unavailable.nextChangeMs(1000)).toBe(190_000);
    expect(unavailable.isUnavailable(SPOT_A, 181_001)).toBe(true);
    expect(unavailable.isUnavailable(SPOT_A, 189_999)).toBe(true);
    expect(unavailable.isUnavailable(SPOT_A, 190_000)).toBe(false);
  });

  it('a mark that dies on the janitor’s beat waits for the next one', () => {
    const unavailable = marked('v1.14.1', SPOT_A, 10_000);
    expect(unavailable.nextChangeMs(10_000)).toBe(200_000);
    expect(unavailable.isUnavailable(SPOT_A, 190_000)).toBe(true);
    expect(unavailable.isUnavailable(SPOT_A, 200_000)).toBe(false);
  });

  it('a new mark starts the time again', () => {
    const unavailable = marked('v1.14.1', SPOT_A, 1000);
    unavailable.mark(SPOT_A, 100_000);
    expect(unavailable.isUnavailable(SPOT_A, 279_999)).toBe(true);
    expect(unavailable.isUnavailable(SPOT_A, 290_000)).toBe(false);
  });

  it('a mark of the same type shows dead marks early; of another type it does not', () => {
    const unavailable = marked('v1.14.1', SPOT_A, 1000);
    unavailable.mark(OTHER_TYPE, 182_000);
    expect(unavailable.isUnavailable(SPOT_A, 182_000)).toBe(true);
    unavailable.mark(SPOT_B, 183_000);
    expect(unavailable.isUnavailable(SPOT_A, 183_000)).toBe(false);
    expect(unavailable.isUnavailable(SPOT_B, 183_000)).toBe(true);
  });

  it('shows the same object while nothing changes', () => {
    const unavailable = marked('v1.14.1', SPOT_A, 1000);
    const before = unavailable.hidden(2000);
    unavailable.mark(SPOT_A, 3000);
    expect(unavailable.hidden(3000)).toBe(before);
    expect(unavailable.hidden(200_000)).not.toBe(before);
  });
});

describe('unavailable offerings in v0.32.0: seen until the list is built again (aws.md §8)', () => {
  it('outlives its 3 minutes until the 5-minute refresh', () => {
    const unavailable = marked('v0.32.0', SPOT_A, 1000);
    expect(unavailable.nextChangeMs(1000)).toBe(300_001);
    expect(unavailable.isUnavailable(SPOT_A, 300_000)).toBe(true);
    expect(unavailable.isUnavailable(SPOT_A, 300_001)).toBe(false);
  });

  it('stays over a refresh that comes before its 3 minutes are over', () => {
    const unavailable = marked('v0.32.0', SPOT_A, 200_000);
    expect(unavailable.nextChangeMs(200_000)).toBe(600_002);
    expect(unavailable.isUnavailable(SPOT_A, 300_001)).toBe(true);
    expect(unavailable.isUnavailable(SPOT_A, 600_001)).toBe(true);
    expect(unavailable.isUnavailable(SPOT_A, 600_002)).toBe(false);
  });

  it('a mark of anything shows dead marks early', () => {
    const unavailable = marked('v0.32.0', SPOT_A, 1000);
    unavailable.mark(OTHER_TYPE, 182_000);
    expect(unavailable.isUnavailable(SPOT_A, 182_000)).toBe(false);
  });
});

describe('instance types over time', () => {
  function available(list: readonly InstanceType[], pool: CapacityPool): boolean | undefined {
    const type = list.find(({ name }) => name === pool.instanceType);
    return type?.offerings.find((o) => o.zone === pool.zone && o.capacityType === pool.capacityType)?.available;
  }

  it.each<ProviderVersion>(['v1.14.1', 'v0.32.0'])(
    '%s: the same array until an offering flips, then again the first',
    (version) => {
      const unavailable = new UnavailableOfferings(providerProfile(version));
      const provider = new InstanceTypeProvider(inputs(version, GENERAL), unavailable);
      const before = provider.list(0);
      expect(provider.list(500)).toBe(before);

      unavailable.mark(SPOT_A, 1000);
      const during = provider.list(1000);
      expect(during).not.toBe(before);
      expect(provider.list(2000)).toBe(during);
      expect(available(before, SPOT_A)).toBe(true);
      expect(available(during, SPOT_A)).toBe(false);
      expect(available(during, SPOT_B)).toBe(true);

      const changed = during.filter((type, index) => type !== before[index]);
      expect(changed.map((type) => type.name)).toEqual(['m5.large']);
      expect(provider.list(400_000)).toBe(before);
    },
  );

  it('a shortage that comes back gives the same type objects', () => {
    const unavailable = new UnavailableOfferings(providerProfile('v1.14.1'));
    const provider = new InstanceTypeProvider(inputs('v1.14.1', GENERAL), unavailable);
    unavailable.mark(SPOT_A, 0);
    const first = provider.list(0);
    provider.list(400_000);
    unavailable.mark(SPOT_A, 500_000);
    expect(provider.list(500_000)).toEqual(first);
    expect(provider.list(500_000).every((type, index) => type === first[index])).toBe(true);
  });

  it('v0.32.0 takes the capacity type from the labels when no zone has it, v1.14.1 leaves them', () => {
    const labelsAfterMarks = (version: ProviderVersion): readonly string[] | undefined => {
      const unavailable = new UnavailableOfferings(providerProfile(version));
      const provider = new InstanceTypeProvider(inputs(version, ['m5.large']), unavailable);
      for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) unavailable.mark({ ...SPOT_A, zone }, 0);
      const [type] = provider.list(0);
      return type?.requirements.find(({ key }) => key === 'karpenter.sh/capacity-type')?.values;
    };
    expect(labelsAfterMarks('v0.32.0')).toEqual(['on-demand']);
    expect(labelsAfterMarks('v1.14.1')).toEqual(['on-demand', 'spot']);
  });
});
