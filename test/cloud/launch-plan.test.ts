import { describe, expect, it } from 'vitest';
import { InstanceTypeBuilder } from '../../src/cloud/catalogue/instance-types.js';
import type { InstanceType, Offering } from '../../src/cloud/instance-type.js';
import { planLaunch, type LaunchPlan } from '../../src/cloud/launch/launch-plan.js';
import { removalsOf, type LaunchRequest } from '../../src/cloud/launch/launch-request.js';
import { providerProfile, type ProviderVersion } from '../../src/cloud/provider-profile.js';
import { GENERAL, GiB, inputs, MiB, request } from './fixtures.js';

/** The listed types with some of their offerings out of capacity. */
function types(
  version: ProviderVersion,
  names: readonly string[],
  isHidden: (offering: Offering, type: InstanceType) => boolean = () => false,
): readonly InstanceType[] {
  const builder = new InstanceTypeBuilder(inputs(version, names));
  return builder.build().map((type) => builder.withHidden(type, (offering) => isHidden(offering, type)));
}

function plan(version: ProviderVersion, list: readonly InstanceType[], asked: LaunchRequest): LaunchPlan {
  return planLaunch(list, asked, providerProfile(version));
}

function names(result: LaunchPlan): readonly string[] {
  return result.candidates.map(({ type }) => type.name);
}

const BOTH = request(GENERAL, ['spot', 'on-demand']);
const CHEAP_SPOT = ['t3.medium', 't3.large', 'm5.large'];
const cheapSpotGone = (offering: Offering, type: InstanceType): boolean =>
  offering.capacityType === 'spot' && CHEAP_SPOT.includes(type.name);

describe('launch example of the general pool (aws.md §24)', () => {
  it('v1.14.1 removes spot offerings dearer than the cheapest on-demand one', () => {
    const result = plan('v1.14.1', types('v1.14.1', GENERAL), BOTH);
    expect(result.capacityType).toBe('spot');
    expect(result.overrides.map(({ type, offering }) => `${type.name} ${offering.zone}`)).toEqual(
      ['t3.medium', 't3.large', 'm5.large'].flatMap((type) =>
        ['a', 'b', 'c'].map((zone) => `${type} us-east-1${zone}`),
      ),
    );
    expect(result.steps.map(({ name, after }) => `${name} ${after.length}`)).toEqual([
      'compatible-available-filter 5',
      'capacity-reservation-type-filter 5',
      'capacity-block-filter 5',
      'reserved-offering-filter 5',
      'exotic-instance-filter 5',
      'spot-offering-filter 5',
      'truncate 5',
    ]);
    const removals = result.steps.map(removalsOf);
    expect(removals[5]).toEqual({
      types: [],
      offerings: ['m5.xlarge', 't3.xlarge'].flatMap((type) =>
        ['a', 'b', 'c'].map((zone) => `spot:${type}:us-east-1${zone}`),
      ),
    });
  });

  it('v0.32.0 drops whole types instead', () => {
    const result = plan('v0.32.0', types('v0.32.0', GENERAL), BOTH);
    expect(names(result)).toEqual(['t3.medium', 't3.large', 'm5.large']);
    expect(result.steps.map(removalsOf)[2]).toEqual({ types: ['m5.xlarge', 't3.xlarge'], offerings: [] });
    expect(result.capacityType).toBe('spot');
  });

  it('v0.32.0, cheap spot gone but dearer spot there: on-demand t3.medium alone, with a warning', () => {
    const result = plan('v0.32.0', types('v0.32.0', GENERAL, cheapSpotGone), BOTH);
    expect(names(result)).toEqual(['t3.medium']);
    expect(result).toMatchObject({ capacityType: 'on-demand', fewFallbackTypes: true });
  });

  it('v0.32.0, no spot at all: no filter, five types on-demand, no warning', () => {
    const result = plan(
      'v0.32.0',
      types('v0.32.0', GENERAL, (offering) => offering.capacityType === 'spot'),
      BOTH,
    );
    expect(names(result)).toHaveLength(5);
    expect(result).toMatchObject({ capacityType: 'on-demand', fewFallbackTypes: false });
  });

  it.each([
    ['dearer spot there', cheapSpotGone],
    ['no spot at all', (offering: Offering): boolean => offering.capacityType === 'spot'],
  ])('v1.14.1, %s: five types on-demand, no warning', (_, isHidden) => {
    const result = plan('v1.14.1', types('v1.14.1', GENERAL, isHidden), BOTH);
    expect(names(result)).toHaveLength(5);
    expect(result).toMatchObject({ capacityType: 'on-demand', fewFallbackTypes: false });
    expect(result.overrides).toHaveLength(15);
  });
});

describe('launch filters (aws.md §9.2, §9.3)', () => {
  it('a spot offering at exactly the cheapest on-demand price is kept', () => {
    const prices = { onDemand: (): number => 0.1, spot: (): number => 0.1 };
    const list = new InstanceTypeBuilder(inputs('v1.14.1', ['m5.large'], { prices })).build();
    expect(plan('v1.14.1', list, request(['m5.large'], ['spot', 'on-demand'])).capacityType).toBe('spot');
  });

  it('with minValues, dear spot and exotic types stay', () => {
    const all = [...GENERAL, 'g4dn.xlarge', 'm5.metal'];
    const asked = request(all, ['spot', 'on-demand'], { hasMinValues: true });
    expect(names(plan('v1.14.1', types('v1.14.1', all), asked))).toHaveLength(7);
    expect(plan('v1.14.1', types('v1.14.1', all), asked).overrides).toHaveLength(21);
  });

  it('exotic types go unless nothing else is left; v0.32.0 overlooks sized bare metal', () => {
    const all = ['m5.large', 'g4dn.xlarge', 'inf1.xlarge', 'c5.metal', 'c6i.metal'];
    const sized = ['m7i.metal-24xl', 'm5.large'];
    const onDemand = (list: readonly string[]): LaunchRequest => request(list, ['on-demand']);
    expect(names(plan('v1.14.1', types('v1.14.1', all), onDemand(all)))).toEqual(['m5.large']);
    expect(names(plan('v0.32.0', types('v0.32.0', all), onDemand(all)))).toEqual(['m5.large']);
    expect(names(plan('v1.14.1', types('v1.14.1', sized), onDemand(sized)))).toEqual(['m5.large']);
    expect(names(plan('v0.32.0', types('v0.32.0', sized), onDemand(sized)))).toHaveLength(2);
    expect(names(plan('v1.14.1', types('v1.14.1', ['c5.metal']), onDemand(['c5.metal'])))).toEqual(['c5.metal']);
  });

  it('types that the requests do not fit, or that no allowed offering has, are not asked for', () => {
    const big = request(GENERAL, ['on-demand'], { requests: { cpu: 250, memory: 7 * GiB } });
    expect(names(plan('v1.14.1', types('v1.14.1', GENERAL), big))).toEqual(['t3.xlarge', 'm5.xlarge']);
    const none = plan('v1.14.1', types('v1.14.1', GENERAL), request(GENERAL, ['reserved']));
    expect(none).toMatchObject({ candidates: [], overrides: [] });
    expect(none.steps).toHaveLength(1);
  });

  it('the 60 cheapest are kept, ties by name', () => {
    const list = new InstanceTypeBuilder(inputs('v1.14.1', undefined)).build();
    const asked = request([], ['on-demand'], { admitsType: ({ name }) => name.startsWith('m') });
    const result = plan('v1.14.1', list, asked);
    const prices = result.overrides.map(({ offering }) => offering.price);
    expect(result.candidates).toHaveLength(60);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
  });

  it('minValues that the 60 cheapest cannot meet fail the launch', () => {
    const asked = request(GENERAL, ['on-demand'], {
      hasMinValues: true,
      satisfiesMinValues: (list) => list.length >= 6,
    });
    expect(plan('v1.14.1', types('v1.14.1', GENERAL), asked)).toMatchObject({
      candidates: [],
      minValuesUnsatisfied: true,
    });
  });

  it('only zones of the request are asked for; v0.32.0 still prices on-demand over all zones', () => {
    const asked = request(GENERAL, ['spot', 'on-demand'], {
      admitsZone: (zone) => zone === 'us-east-1b',
      admitsOffering: (offering) => offering.zone === 'us-east-1b',
    });
    for (const version of ['v1.14.1', 'v0.32.0'] as const) {
      const zones = plan(version, types(version, GENERAL), asked).overrides.map(({ offering }) => offering.zone);
      expect(new Set(zones)).toEqual(new Set(['us-east-1b']));
    }
  });

  it('a list of names saves asking about the others', () => {
    const asked = request(GENERAL, ['on-demand'], {
      instanceTypeNames: new Set(['t3.medium']),
      admitsType: (type) => {
        expect(type.name).toBe('t3.medium');
        return true;
      },
      requests: { memory: 512 * MiB },
    });
    expect(names(plan('v1.14.1', types('v1.14.1', GENERAL), asked))).toEqual(['t3.medium']);
  });
});
