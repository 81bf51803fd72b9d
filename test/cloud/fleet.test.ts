import { describe, expect, it } from 'vitest';
import { InstanceTypeProvider } from '../../src/cloud/catalogue/instance-type-provider.js';
import { CapacityShortages } from '../../src/cloud/launch/capacity-shortages.js';
import { Fleet, type FleetOutcome } from '../../src/cloud/launch/fleet.js';
import type { LaunchRequest } from '../../src/cloud/launch/launch-request.js';
import { SpotDepths } from '../../src/cloud/launch/spot-depth.js';
import { UnavailableOfferings } from '../../src/cloud/launch/unavailable-offerings.js';
import { readSpotAdvice } from '../../src/cloud/prices/spot-advisor.js';
import { providerProfile, type ProviderVersion } from '../../src/cloud/provider-profile.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import { COMPUTE, GENERAL, inputs, request, ZONES } from './fixtures.js';

interface Cloud {
  readonly unavailable: UnavailableOfferings;
  readonly shortages: CapacityShortages;
  readonly launch: (asked: LaunchRequest, nowMs: number, name?: string) => FleetOutcome;
}

function cloud(version: ProviderVersion, names: readonly string[], depthTolerance?: number, seed = '1'): Cloud {
  const profile = providerProfile(version);
  const streams = new RandomStreams(seed);
  const unavailable = new UnavailableOfferings(profile);
  const shortages = new CapacityShortages();
  const depths = new SpotDepths(readSpotAdvice('us-east-1', names), streams);
  const provider = new InstanceTypeProvider(inputs(version, names), unavailable);
  const fleet = new Fleet({ profile, unavailable, capacity: [shortages], depths, depthTolerance });
  return {
    unavailable,
    shortages,
    launch: (asked, nowMs, name = 'claim') =>
      fleet.launch(provider.list(nowMs), asked, nowMs, streams.stream(`launch/${name}`)),
  };
}

function launched(outcome: FleetOutcome): string {
  if (outcome.outcome !== 'launched') return outcome.outcome;
  return `${outcome.offering.capacityType} ${outcome.type.name}`;
}

const MIXED = request(GENERAL, ['spot', 'on-demand']);
const SPOT = request(COMPUTE, ['spot']);

describe('a launch (aws.md §9)', () => {
  it('takes spot while there is spot, at the price of its pool', () => {
    const outcome = cloud('v1.14.1', GENERAL).launch(MIXED, 0);
    expect(launched(outcome)).toBe('spot t3.medium');
    expect(outcome).toMatchObject({ offering: { price: 0.018304 }, failedPools: [] });
    expect(outcome.outcome === 'launched' && outcome.providerID).toMatch(/^aws:\/\/\/us-east-1[abc]\/i-0[0-9a-f]{16}$/);
  });

  it('tries the other pools in the same call, and marks those that were empty', () => {
    const { launch, shortages, unavailable } = cloud('v1.14.1', GENERAL);
    shortages.add({ instanceType: 't3.medium', capacityType: 'spot' }, 0, 60_000);
    const outcome = launch(MIXED, 0);
    expect(launched(outcome)).toBe('spot t3.large');
    expect(outcome.failedPools.map(({ zone }) => zone).sort()).toEqual(ZONES);
    expect(unavailable.isUnavailable({ instanceType: 't3.medium', zone: 'us-east-1a', capacityType: 'spot' }, 1)).toBe(
      true,
    );
  });

  it('falls back to on-demand with the next NodeClaim, never in the same call', () => {
    const { launch, shortages } = cloud('v1.14.1', GENERAL);
    shortages.add({ capacityType: 'spot' }, 0, 3_600_000);
    expect(launch(MIXED, 0)).toMatchObject({ outcome: 'insufficient-capacity', reason: 'pools-empty' });
    expect(launched(launch(MIXED, 12_000))).toBe('on-demand t3.medium');
  });

  it('v0.32.0 asks for on-demand t3.medium alone when dearer spot is believed there, and fails if that is gone too', () => {
    const { launch, shortages } = cloud('v0.32.0', GENERAL);
    for (const instanceType of ['t3.medium', 't3.large', 'm5.large']) {
      shortages.add({ instanceType, capacityType: 'spot' }, 0, 3_600_000);
    }
    shortages.add({ instanceType: 't3.medium', capacityType: 'on-demand' }, 0, 3_600_000);
    expect(launched(launch(MIXED, 0))).toBe('insufficient-capacity');
    const second = launch(MIXED, 12_000);
    expect(second).toMatchObject({ outcome: 'insufficient-capacity', plan: { fewFallbackTypes: true } });
    expect(launched(launch(MIXED, 24_000))).toMatch(/^spot (t3|m5)\.xlarge$/);
  });

  it('what spot-only NodeClaims may not use stays out of reach: nothing is left until the marks die', () => {
    const { launch, shortages, unavailable } = cloud('v1.14.1', COMPUTE);
    shortages.add({}, 0, 60_000);
    expect(launch(SPOT, 0)).toMatchObject({ outcome: 'insufficient-capacity', reason: 'pools-empty' });
    expect(launch(SPOT, 100_000)).toMatchObject({ outcome: 'insufficient-capacity', reason: 'no-instance-types' });
    expect(launched(launch(SPOT, unavailable.nextChangeMs(0) ?? 0))).toBe('spot c5.large');
  });

  it('on-demand takes the cheapest type with capacity, in any of its zones', () => {
    const { launch } = cloud('v1.14.1', GENERAL);
    const asked = request(GENERAL, ['on-demand']);
    const outcomes = Array.from({ length: 60 }, (_, index) => launch(asked, 0, `claim-${index}`));
    expect(new Set(outcomes.map(launched))).toEqual(new Set(['on-demand t3.medium']));
    const zones = outcomes.map((outcome) => (outcome.outcome === 'launched' ? outcome.offering.zone : ''));
    expect(new Set(zones)).toEqual(new Set(ZONES));
    const ids = outcomes.map((outcome) => (outcome.outcome === 'launched' ? outcome.providerID : ''));
    expect(new Set(ids).size).toBe(60);
  });

  it('min-values that cannot be met and types without offerings are told apart', () => {
    const { launch } = cloud('v1.14.1', GENERAL);
    const asked = request(GENERAL, ['spot'], { hasMinValues: true, satisfiesMinValues: () => false });
    expect(launch(asked, 0)).toMatchObject({ outcome: 'insufficient-capacity', reason: 'min-values' });
    expect(launch(request([], ['spot']), 0)).toMatchObject({ reason: 'no-instance-types' });
  });

  it('the same seed and NodeClaim name give the same instance', () => {
    const once = cloud('v1.14.1', GENERAL).launch(MIXED, 0, 'x');
    expect(cloud('v1.14.1', GENERAL).launch(MIXED, 0, 'x')).toEqual(once);
  });
});

describe('price against depth of spot pools (aws.md §9.6)', () => {
  it('a tolerance of 1 looks at the price alone, 0 at depth alone', () => {
    const pools = [...GENERAL];
    const byPrice = cloud('v1.14.1', pools, 1).launch(request(pools, ['spot']), 0);
    expect(launched(byPrice)).toBe('spot t3.medium');
    const deep = ['m5.large', 'c5.xlarge'];
    expect(launched(cloud('v1.14.1', deep, 1).launch(request(deep, ['spot']), 0))).toBe('spot m5.large');
    expect(launched(cloud('v1.14.1', deep, 0).launch(request(deep, ['spot']), 0))).toBe('spot c5.xlarge');
  });

  it('the bucket fixes the fifth of a score, the zone its place in it', () => {
    const depths = new SpotDepths(readSpotAdvice('us-east-1', [...GENERAL, ...COMPUTE]), new RandomStreams('1'));
    const fifths = ['c5.large', 't3.large', 't3.xlarge', 'm5.large', 'c5.4xlarge', 'unheard.of'].map((type) =>
      Math.floor(depths.score(type, 'us-east-1a') * 5),
    );
    expect(fifths).toEqual([4, 3, 2, 1, 0, 0]);
    expect(depths.score('c5.large', 'us-east-1a')).toBe(depths.score('c5.large', 'us-east-1a'));
    expect(depths.score('c5.large', 'us-east-1a')).not.toBe(depths.score('c5.large', 'us-east-1b'));
  });
});

describe('scripted shortages', () => {
  it('hold from their start until just before their end, for what they name', () => {
    const shortages = new CapacityShortages();
    shortages.add({ instanceType: 'c5.large', zone: 'us-east-1a' }, 1000, 2000);
    const pool = { instanceType: 'c5.large', zone: 'us-east-1a', capacityType: 'spot' } as const;
    expect([999, 1000, 1999, 2000].map((nowMs) => shortages.isExhausted(pool, nowMs))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(shortages.isExhausted({ ...pool, zone: 'us-east-1b' }, 1500)).toBe(false);
    expect(shortages.isExhausted({ ...pool, capacityType: 'on-demand' }, 1500)).toBe(true);
  });
});
