import { describe, expect, it } from 'vitest';
import { InstanceTypeProvider } from '../../src/cloud/catalogue/instance-type-provider.js';
import { Fleet, type FleetOutcome } from '../../src/cloud/launch/fleet.js';
import { FAULTS, LaunchFaults, type Fault } from '../../src/cloud/launch/launch-faults.js';
import { launchAdvice } from '../../src/cloud/launch/launch-advice.js';
import { SpotDepths } from '../../src/cloud/launch/spot-depth.js';
import { UnavailableOfferings } from '../../src/cloud/launch/unavailable-offerings.js';
import { readSpotAdvice } from '../../src/cloud/prices/spot-advisor.js';
import { providerProfile, type ProviderVersion } from '../../src/cloud/provider-profile.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import { GENERAL, inputs, request } from './fixtures.js';

const MIXED = request(GENERAL, ['spot', 'on-demand']);

/** Two launches one after the other while the fault lasts. */
function launches(fault: Fault, version: ProviderVersion = 'v1.14.1', zone?: string): FleetOutcome[] {
  const profile = providerProfile(version);
  const streams = new RandomStreams('1');
  const unavailable = new UnavailableOfferings(profile);
  const provider = new InstanceTypeProvider(inputs(version, GENERAL), unavailable);
  const depths = new SpotDepths(readSpotAdvice('us-east-1', GENERAL), streams);
  const fleet = new Fleet({ profile, unavailable, capacity: [], depths });
  const faults = new LaunchFaults();
  faults.add({ fault, zone, fromMs: 0, untilMs: 60_000 });
  return [0, 12_000].map((nowMs) =>
    fleet.launch(provider.list(nowMs), MIXED, nowMs, streams.stream(`launch/${nowMs}`), () => faults.of('any')),
  );
}

const told = (outcome: FleetOutcome): string =>
  outcome.outcome === 'launched' ? outcome.offering.capacityType : outcome.outcome;

describe('faults of pools (aws.md §8, §12)', () => {
  it.each(['v1.14.1', 'v0.32.0'] as const)('%s: a spot quota ends a launch, and the next is on-demand', (version) => {
    const [first, second] = launches('spot-quota', version).map(told);
    expect(first).toBe('insufficient-capacity');
    // v0.32.0 may believe in dearer spot that it did not ask for.
    expect(['on-demand', 'insufficient-capacity']).toContain(second);
  });

  it('a missing role for spot marks all spot in v1.14.1, and is an ordinary error in v0.32.0', () => {
    expect(launches('spot-role').map(told)).toEqual(['insufficient-capacity', 'on-demand']);
    expect(launches('spot-role', 'v0.32.0').map(told)).toEqual(['create-error', 'create-error']);
  });

  it('a vCPU quota concerns on-demand alone', () => {
    expect(launches('vcpu-quota').map(told)).toEqual(['spot', 'spot']);
  });

  it('a zone without addresses is gone round, and marked as a whole in v1.14.1', () => {
    const [first] = launches('no-free-ips', 'v1.14.1', 'us-east-1a');
    expect(first === undefined ? '' : told(first)).toBe('spot');
    expect(launches('no-free-ips').map(told)).toEqual(['insufficient-capacity', 'insufficient-capacity']);
    const [, second] = launches('no-free-ips');
    expect(second).toMatchObject({ reason: 'no-instance-types' });
  });
});

describe('faults of whole calls', () => {
  it('hold for their time, for one NodeClass or all', () => {
    const faults = new LaunchFaults();
    faults.add({ fault: 'unauthorized', nodeClass: 'general', fromMs: 10, untilMs: 20 });
    expect([9, 10, 19, 20].map((ms) => faults.callError('general', ms))).toEqual([
      undefined,
      'UnauthorizedOperation',
      'UnauthorizedOperation',
      undefined,
    ]);
    expect(faults.callError('compute', 15)).toBeUndefined();
    faults.add({ fault: 'no-subnets', fromMs: 0, untilMs: 5 });
    expect(faults.hasNoSubnets('compute', 4)).toBe(true);
    expect(faults.hasNoSubnets('compute', 5)).toBe(false);
  });
});

describe('what to look at', () => {
  it.each([
    ['UnauthorizedOperation', /iam:PassRole.*instance profile/],
    ['NoSubnetsMatched', /subnetSelectorTerms.*karpenter\.sh\/discovery/],
    ['InsufficientFreeAddressesInSubnet', /CIDR/],
    ['VcpuLimitExceeded', /service quotas.*L-1216C47A/],
    ['MaxSpotInstanceCountExceeded', /service quotas.*L-34B43A08/],
    ['AuthFailure.ServiceLinkedRoleCreationNotPermitted', /create-service-linked-role/],
    ['RequestLimitExceeded', /API request rate/],
  ])('%s', (code, advice) => {
    expect(launchAdvice(code)).toMatch(advice);
    expect(FAULTS).toHaveLength(7);
  });
});
