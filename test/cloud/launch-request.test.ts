import { describe, expect, it } from 'vitest';
import type { InstanceType, Offering, ReservationKind } from '../../src/cloud/instance-type.js';
import { isInsufficientCapacity, launchFailureReason, SPOT_ROLE_ERROR } from '../../src/cloud/launch/fleet-errors.js';
import type { LaunchCandidate, LaunchRequest } from '../../src/cloud/launch/launch-request.js';
import { fleetTarget, launchTemplates } from '../../src/cloud/launch/launch-templates.js';
import {
  oneCapacityBlock,
  oneReservationAPool,
  oneReservationKind,
} from '../../src/cloud/launch/reservation-filters.js';
import { SubnetChoice } from '../../src/cloud/launch/subnet-choice.js';
import { UnavailableScopes } from '../../src/cloud/launch/unavailable-scopes.js';
import { providerProfile } from '../../src/cloud/provider-profile.js';

const request: LaunchRequest = {
  requests: {},
  hasMinValues: false,
  admitsType: () => true,
  admitsOffering: () => true,
  admitsCapacityType: () => true,
  admitsZone: () => true,
};

const onDemand: Offering = { zone: 'a', capacityType: 'on-demand', price: 0.1, available: true };

function reserved(id: string, kind: ReservationKind, price: number, free = 1, zone = 'a'): Offering {
  return {
    zone,
    capacityType: 'reserved',
    price,
    available: true,
    reservationId: id,
    reservationKind: kind,
    reservationCapacity: free,
  };
}

function candidate(name: string, offerings: readonly Offering[], pods = 29): LaunchCandidate {
  const type: InstanceType = { name, capacity: { pods }, overhead: {}, requirements: [], offerings };
  return { type, offerings, usable: offerings.filter(({ available }) => available) };
}

function ids(candidates: readonly LaunchCandidate[]): string[] {
  return candidates.flatMap(({ type, offerings }) =>
    offerings.map(({ reservationId = 'none' }) => `${type.name} ${reservationId}`),
  );
}

describe('reserved capacity in a launch (aws.md §13)', () => {
  it('is of one kind, the one with the cheapest offering, and everything else goes', () => {
    const all = [
      candidate('big', [onDemand, reserved('r1', 'default', 2)]),
      candidate('small', [onDemand, reserved('r2', 'interruptible', 1), reserved('r3', 'default', 1.5)]),
      candidate('none', [onDemand]),
    ];
    expect(ids(oneReservationKind(all, request))).toEqual(['small r2']);
  });

  it('is of the default kind when two kinds cost the same, and leaves a launch alone that has none or wants none', () => {
    const all = [candidate('t', [reserved('r1', 'capacity-block', 1), reserved('r2', 'default', 1)])];
    expect(ids(oneReservationKind(all, request))).toEqual(['t r2']);
    const plain = [candidate('t', [onDemand])];
    expect(oneReservationKind(plain, request)).toBe(plain);
    expect(oneReservationKind(all, { ...request, admitsCapacityType: (type) => type !== 'reserved' })).toBe(all);
  });

  it('is one capacity block, the cheapest', () => {
    const all = [
      candidate('big', [reserved('r1', 'capacity-block', 2)]),
      candidate('small', [reserved('r2', 'capacity-block', 1), reserved('r3', 'capacity-block', 1, 1, 'b')]),
    ];
    expect(ids(oneCapacityBlock(all, request))).toEqual(['small r2']);
  });

  it('is one reservation a type and zone, the one with most free instances', () => {
    const offerings = [
      reserved('r1', 'default', 1, 2),
      reserved('r2', 'default', 1, 5),
      reserved('r3', 'default', 1, 1, 'b'),
    ];
    expect(ids(oneReservationAPool([candidate('t', offerings)], request))).toEqual(['t r2', 't r3']);
  });
});

describe('the subnet of a launch (aws.md §10)', () => {
  const subnets = [
    { id: 'a1', zone: 'a', freeIPs: 40 },
    { id: 'a2', zone: 'a', freeIPs: 30 },
    { id: 'b1', zone: 'b', freeIPs: 9 },
  ];
  const candidates = [candidate('t', [onDemand], 29)];
  const chosen = (choice: SubnetChoice, nowMs = 0): string[] =>
    [...choice.choose(candidates, 'on-demand', nowMs).values()].map(({ id }) => id).sort();

  it('is the one with most free addresses less those of launches in flight', () => {
    const choice = new SubnetChoice(subnets, 0);
    expect(chosen(choice)).toEqual(['a1', 'b1']);
    expect(chosen(choice)).toEqual(['a2', 'b1']);
    expect(chosen(choice)).toEqual(['a1', 'b1']);
  });

  it('gets back what was offered and not used, and nothing else', () => {
    const choice = new SubnetChoice(subnets, 0);
    const first = choice.choose(candidates, 'on-demand', 0);
    choice.giveBack(first, new Set(['a1']), undefined, candidates, 'on-demand', 0);
    expect(chosen(choice)).toEqual(['a1', 'b1']);
    const offeredNowhere = new SubnetChoice(subnets, 0);
    const second = offeredNowhere.choose(candidates, 'on-demand', 0);
    offeredNowhere.giveBack(second, new Set(), undefined, candidates, 'on-demand', 0);
    expect(chosen(offeredNowhere)).toEqual(['a2', 'b1']);
  });

  it('is not one that EC2 found full', () => {
    const choice = new SubnetChoice(subnets, 0);
    choice.markFull('a1');
    expect(chosen(choice)).toEqual(['a2', 'b1']);
  });
});

describe('launch templates (aws.md §9.5)', () => {
  const subnet = { id: 'a1', zone: 'a', freeIPs: 1 };
  const pool = (name: string, pods: number, offering: Offering) => ({
    type: candidate(name, [offering], pods).type,
    offering,
  });

  it('are one for each number of pods and reservation; a zone without subnet and a type without image give none', () => {
    const pools = [
      pool('m', 29, onDemand),
      pool('c', 29, onDemand),
      pool('t', 17, onDemand),
      pool('t', 17, reserved('r1', 'default', 1)),
      pool('m', 29, { ...onDemand, zone: 'b' }),
      pool('odd', 29, onDemand),
    ];
    const templates = launchTemplates(
      pools,
      new Map([['a', subnet]]),
      ({ type }) => (type.name === 'odd' ? undefined : 'image'),
      false,
    );
    expect(
      templates.map(({ maxPods, reservation, overrides }) => [
        maxPods,
        reservation?.reservationId,
        overrides.map(({ type }) => type.name),
      ]),
    ).toEqual([
      [29, undefined, ['m', 'c']],
      [17, undefined, ['t']],
      [17, 'r1', ['t']],
    ]);
  });

  it.each([
    ['spot', undefined, false, 'spot', 'price-capacity-optimized'],
    ['on-demand', undefined, true, 'on-demand', 'prioritized'],
    ['reserved', 'default', false, 'on-demand', 'lowest-price'],
    ['reserved', 'capacity-block', false, 'capacity-block', undefined],
    ['reserved', 'interruptible', false, 'reserved-capacity', undefined],
  ] as const)('%s capacity (%s, overlaid %s) asks for %s by %s', (capacityType, kind, overlaid, target, strategy) => {
    const reservation = kind === undefined ? undefined : reserved('r', kind, 1);
    const asked = fleetTarget(capacityType, reservation, overlaid);
    expect([asked.target, asked.strategy]).toEqual([target, strategy]);
  });
});

describe('errors of a launch (aws.md §12)', () => {
  const profile = providerProfile('v1.14.1');

  it('mean no capacity only when all of them do', () => {
    expect(isInsufficientCapacity(['InsufficientInstanceCapacity', SPOT_ROLE_ERROR], profile)).toBe(true);
    expect(isInsufficientCapacity(['InsufficientInstanceCapacity', 'InvalidParameterValue'], profile)).toBe(false);
  });

  it('have the reason of the first that is known, in Karpenter’s order', () => {
    expect(launchFailureReason(['MaxFleetCountExceeded', 'UnauthorizedOperation'])).toBe('Unauthorized');
    expect(launchFailureReason(['InvalidParameterValue'])).toBe('LaunchFailed');
  });
});

describe('marks of whole capacity types and subnets (aws.md §8)', () => {
  it('live for three minutes and are shown until the janitor’s next beat, or until a pool of the type is marked', () => {
    const scopes = new UnavailableScopes();
    scopes.mark('spot', 2500);
    expect(scopes.isMarked('spot', 182_500)).toBe(true);
    expect(scopes.isMarked('spot', 182_501)).toBe(false);
    expect(scopes.isShown('spot', 189_999, -Infinity)).toBe(true);
    expect(scopes.isShown('spot', 190_000, -Infinity)).toBe(false);
    expect(scopes.isShown('spot', 185_500, 185_500)).toBe(false);
    expect(scopes.isShown('a1', 0, -Infinity)).toBe(false);
  });
});
