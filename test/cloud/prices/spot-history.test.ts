import { describe, expect, it } from 'vitest';
import type { KnownOfferings } from '../../../src/cloud/prices/known-offerings.js';
import { readPriceBook } from '../../../src/cloud/prices/price-book.js';
import { readSpotHistory } from '../../../src/cloud/prices/spot-history.js';
import { RandomStreams } from '../../../src/kernel/random-streams.js';

const KNOWN: KnownOfferings = {
  regions: new Set(['us-east-1']),
  types: new Set(['m5.large', 'c5.large']),
  zones: new Set(['us-east-1a', 'us-east-1b']),
};
const HOUR = 3_600_000;
const NOON = Date.parse('2026-03-27T12:00:00Z');

function record(fields: object = {}): Record<string, unknown> {
  return {
    AvailabilityZone: 'us-east-1a',
    InstanceType: 'm5.large',
    ProductDescription: 'Linux/UNIX',
    SpotPrice: '0.041600',
    Timestamp: '2026-03-27T12:00:00+00:00',
    ...fields,
  };
}

/** As the AWS command line prints it: indented by four. */
function output(...records: readonly unknown[]): string {
  return JSON.stringify({ SpotPriceHistory: records }, undefined, 4);
}

const read = (text: string) => readSpotHistory('h.json', text, KNOWN);
const problems = (text: string): string[] => {
  const { problems: bad, unknown } = read(text);
  return [...bad, ...unknown].map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
};

describe('a spot price history', () => {
  const text = output(
    record({ Timestamp: '2026-03-27T14:00:00+00:00', SpotPrice: '0.0450' }),
    record(),
    record({ AvailabilityZone: 'us-east-1b', SpotPrice: '0.0300', ProductDescription: 'Linux/UNIX (Amazon VPC)' }),
    record({ ProductDescription: 'Windows', SpotPrice: '0.1' }),
  );

  it('is read as the AWS command line prints it: by pool, in order of time, Linux alone', () => {
    const { history, problems: bad, otherProducts } = read(text);
    expect(bad).toEqual([]);
    expect(otherProducts).toBe(1);
    expect(history?.series).toEqual([
      { instanceType: 'm5.large', zone: 'us-east-1a', atMs: [NOON, NOON + 2 * HOUR], prices: [0.0416, 0.045] },
      { instanceType: 'm5.large', zone: 'us-east-1b', atMs: [NOON], prices: [0.03] },
    ]);
  });

  it('may be the list of records alone, as --query SpotPriceHistory prints it', () => {
    expect(read(JSON.stringify([record()])).history?.series).toHaveLength(1);
  });

  it('gives the price that holds at a time of the run; pools without records keep the derived one', () => {
    const { history } = read(text);
    if (history === undefined) throw new Error('no history');
    const options = { region: 'us-east-1', types: ['m5.large', 'c5.large'], streams: new RandomStreams('1') };
    const book = readPriceBook({ ...options, spotHistory: { file: 'h.json', ...history }, startTimeMs: NOON - HOUR });
    const at = (hours: number): number | undefined => book.spot('m5.large', 'us-east-1a', hours * HOUR);
    expect([at(0), at(1), at(2.99), at(3), at(1000)]).toEqual([0.0416, 0.0416, 0.0416, 0.045, 0.045]);
    const derived = readPriceBook({ ...options, streams: new RandomStreams('1') });
    expect(book.spot('c5.large', 'us-east-1a')).toBe(derived.spot('c5.large', 'us-east-1a'));
    expect(book.sources.map(({ name }) => name)).toEqual(['on-demand prices', 'observed spot prices', 'spot prices']);
    expect(book.sources[1]?.source).toContain('it begins after the run does');
  });

  it.each([
    [
      'an unknown type',
      { InstanceType: 'm5.lrage' },
      '5:13 SpotPriceHistory[0].InstanceType: "m5.lrage" is no instance type',
    ],
    [
      'an unknown zone',
      { AvailabilityZone: 'us-east-1z' },
      '4:13 SpotPriceHistory[0].AvailabilityZone: "us-east-1z" is no',
    ],
    ['a negative price', { SpotPrice: '-0.1' }, '7:13 SpotPriceHistory[0].SpotPrice: "-0.1" is not a price'],
    ['NaN', { SpotPrice: 'NaN' }, '7:13 SpotPriceHistory[0].SpotPrice: "NaN" is not a price'],
    ['a price of zero', { SpotPrice: '0' }, '7:13 SpotPriceHistory[0].SpotPrice: the price is zero'],
    ['a missing price', { SpotPrice: undefined }, '3:9 SpotPriceHistory[0].SpotPrice: SpotPrice is missing'],
    ['a time that is none', { Timestamp: 'noon' }, '8:13 SpotPriceHistory[0].Timestamp: "noon" is not a time'],
    [
      'a product that is none',
      { ProductDescription: 'BeOS' },
      '6:13 SpotPriceHistory[0].ProductDescription: "BeOS" is no product',
    ],
    [
      'a formula',
      { InstanceType: '=cmd()' },
      '5:13 SpotPriceHistory[0].InstanceType: "=cmd()" is a spreadsheet formula',
    ],
    [
      'a prototype',
      { InstanceType: '__proto__' },
      '5:13 SpotPriceHistory[0].InstanceType: "__proto__" is no instance type',
    ],
  ])('names the record, line and column of %s', (_, fields, problem) => {
    const [first = '', ...others] = problems(output(record(fields)));
    expect(others).toEqual([]);
    expect(first).toContain(problem);
  });

  it('names the second of two records of one time', () => {
    expect(problems(output(record(), record()))).toEqual([
      '10:9 SpotPriceHistory[1]: m5.large in us-east-1a has a price at this time in SpotPriceHistory[0] already',
    ]);
  });

  it.each([
    ['{"SpotPriceHistory": [', 'not JSON'],
    ['{}', 'there is no list SpotPriceHistory'],
    ['[]', 'the history is empty'],
    ['[1]', '[0]: not a record'],
    ['null', 'there is no list'],
  ])('refuses %s', (bad, message) => {
    expect(problems(bad).join()).toContain(message);
  });

  it('reads 100,000 records, a tenth of them of unknown types, in a few seconds', () => {
    const many = Array.from({ length: 100_000 }, (_, index) =>
      record({
        InstanceType: index % 10 === 0 ? 'x99.large' : 'm5.large',
        Timestamp: new Date(NOON + index * 1000).toISOString(),
      }),
    );
    const { history, unknown } = read(output(...many));
    expect(unknown).toHaveLength(10_000);
    expect(unknown.at(-1)?.line).toBe(99_990 * 7 + 5);
    expect(history?.series[0]?.prices).toHaveLength(90_000);
  });
});

describe('derived spot prices over time (aws.md §21)', () => {
  const types = ['m5.large', 'c5.large', 'm5.xlarge', 'c5.xlarge', 't3.medium', 't3.large'];
  const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c', 'us-east-1d', 'us-east-1f'];
  const book = (spotMovement?: boolean) =>
    readPriceBook({ region: 'us-east-1', types, streams: new RandomStreams('3'), spotMovement });

  it('stand for six hours and then take a step of about half a per cent', () => {
    const moving = book();
    const steps: number[] = [];
    for (const type of types) {
      for (const zone of zones) {
        let changes = 0;
        for (let minute = 1; minute <= 10 * 24 * 60; minute++) {
          const before = moving.spot(type, zone, (minute - 1) * 60_000) ?? NaN;
          const after = moving.spot(type, zone, minute * 60_000) ?? NaN;
          if (after === before) continue;
          changes++;
          steps.push(Math.log(after / before));
        }
        expect(changes).toBeGreaterThanOrEqual(35);
        expect(changes).toBeLessThanOrEqual(40);
      }
    }
    const sigma = Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0) / steps.length);
    expect(sigma).toBeGreaterThan(0.0045);
    expect(sigma).toBeLessThan(0.0055);
  });

  it('begin at the price that they would have without movement, and can be kept there', () => {
    const still = book(false);
    for (const zone of zones) {
      expect(book().spot('m5.large', zone, 0)).toBe(still.spot('m5.large', zone, 0));
      expect(still.spot('m5.large', zone, 90 * 24 * HOUR)).toBe(still.spot('m5.large', zone, 0));
    }
    expect(still.moves).toBe(false);
  });

  it('do not depend on the order in which they are asked for', () => {
    const forwards = book();
    const early = forwards.spot('m5.large', 'us-east-1a', 7 * HOUR);
    const late = forwards.spot('m5.large', 'us-east-1a', 1000 * HOUR);
    const backwards = book();
    expect(backwards.spot('m5.large', 'us-east-1a', 1000 * HOUR)).toBe(late);
    expect(backwards.spot('m5.large', 'us-east-1a', 7 * HOUR)).toBe(early);
  });
});
