import { describe, expect, it } from 'vitest';
import { complaints, load, POOLS, SCENARIO, spec } from './scenario-fixture.js';

const RESERVATION = '{ id: cr-1, instanceType: m5.large, zone: us-east-1a, count: 2 }';
const SELECTING = POOLS.replace('  role: r\n', '  role: r\n  capacityReservationSelectorTerms: [{ id: cr-1 }]\n');
const scenario = (...reservations: string[]) => ({
  'test.yaml': `${SCENARIO}capacityReservations:\n${reservations.map((each) => `  - ${each}\n`).join('')}`,
  'pools.yaml': SELECTING,
});

describe('capacityReservations of a scenario', () => {
  it('are open and without tags unless they say otherwise', () => {
    const { capacityReservations, notes } = spec(scenario(RESERVATION));
    expect(capacityReservations).toEqual([
      { id: 'cr-1', instanceType: 'm5.large', zone: 'us-east-1a', count: 2, instanceMatchCriteria: 'open', tags: {} },
    ]);
    expect(notes.join()).not.toContain('eservation');
  });

  it('are refused with every mistake at its place', () => {
    expect(
      complaints(scenario(RESERVATION, RESERVATION.replace('m5.large', 'm5.lrge'), RESERVATION.replace('1a', '1c'))),
    ).toEqual([
      'dir/test.yaml:18:31 capacityReservations[1].instanceType "m5.lrge" is not an instance type in the data',
      'dir/test.yaml:18:11 capacityReservations[1].id there is another reservation cr-1',
      'dir/test.yaml:19:47 capacityReservations[2].zone "us-east-1c" is no zone of this scenario',
      'dir/test.yaml:19:11 capacityReservations[2].id there is another reservation cr-1',
    ]);
  });

  it.each([
    ['id: reserved', 'capacityReservations[0].id', 'an id such as cr-0a1b2c'],
    ['id: cr-1, count: 0', 'capacityReservations[0].count', 'a whole number, 1 or more'],
    ['id: cr-1, ownerID: me', 'capacityReservations[0].ownerID', 'an account of 12 digits'],
    ['id: cr-1, type: capacity-block', 'capacityReservations[0].type', undefined],
  ])('refuses %s', (fields, path, expected) => {
    const text = `{ instanceType: m5.large, zone: us-east-1a, ${fields}${fields.includes('count') ? '' : ', count: 1'} }`;
    const problems = load(scenario(text)).problems ?? [];
    expect(problems.map((problem) => [problem.path, problem.expected])).toEqual([
      [path, expected ?? expect.anything()],
    ]);
  });

  it('are told to stay unused where nothing uses them', () => {
    const notes = (files: Parameters<typeof spec>[0]) =>
      spec(files).notes.filter((note) => note.includes('eservation'));
    expect(notes({ ...scenario(RESERVATION), 'pools.yaml': POOLS })).toEqual([
      'No EC2NodeClass selects capacity reservation cr-1: it stays unused.',
    ]);
    expect(notes({ 'pools.yaml': SELECTING })).toEqual([
      "EC2NodeClass default selects none of the scenario's capacityReservations: it has no reserved capacity.",
    ]);
  });
});
