import { describe, expect, it } from 'vitest';
import { openPricingData } from '../../src/cloud/data/pricing-data.js';
import { readPriceBook } from '../../src/cloud/prices/price-book.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import { findZones, UnknownZoneOrRegionError } from '../../src/cloud/zones.js';
import { GENERAL, ZONES } from './fixtures.js';

describe('the price book of us-east-1', () => {
  const regional = readPriceBook({ region: 'us-east-1' });

  it('spot prices without dispersion are the derived ones, for all 894 types', () => {
    const derived = openPricingData('spot-prices.csv').rows();
    expect(derived).toHaveLength(894);
    const different = derived.filter(
      (row) => regional.spot(row.text('type'), 'us-east-1a') !== row.price('usd_per_hour'),
    );
    expect(different.map((row) => row.text('type'))).toEqual([]);
  });

  it('knows 1361 on-demand prices, and of 18 listed types none', () => {
    const listed = openPricingData('instance-types.csv').rows();
    expect(listed.filter((row) => regional.onDemand(row.text('type')) === undefined)).toHaveLength(18);
    expect(regional.onDemand('m5.large')).toBe(0.096);
    expect(regional.onDemand('m5.nano')).toBeUndefined();
    expect(regional.spot('m5.nano', 'us-east-1a')).toBeUndefined();
  });

  it('an on-demand price may exist without a spot price', () => {
    expect(regional.onDemand('m9g.large') ?? regional.onDemand('c8g.large')).toBeDefined();
    expect(regional.spot('hpc7a.96xlarge', 'us-east-1a')).toBeUndefined();
  });

  it('disperses spot over zones around the regional price, drawn by pool and never above on-demand (aws.md §21)', () => {
    const book = readPriceBook({ region: 'us-east-1', streams: new RandomStreams('7') });
    const factors = [...book.spotAdvice.keys()].flatMap((type) =>
      ZONES.map((zone) => (book.spot(type, zone) ?? 0) / (regional.spot(type, zone) ?? 1)),
    );
    const logs = factors.map(Math.log);
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const sigma = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length);
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(sigma).toBeGreaterThan(0.05);
    expect(sigma).toBeLessThan(0.06);
    for (const type of book.spotAdvice.keys()) {
      for (const zone of ZONES) expect(book.spot(type, zone)).toBeLessThanOrEqual(book.onDemand(type) ?? 0);
    }
  });

  it('the price of a pool depends on seed, zone and type alone', () => {
    const book = (seed: string, types?: readonly string[]): (number | undefined)[] => {
      const prices = readPriceBook({ region: 'us-east-1', streams: new RandomStreams(seed), types });
      return GENERAL.map((type) => prices.spot(type, 'us-east-1b'));
    };
    expect(book('1', GENERAL)).toEqual(book('1'));
    expect(book('1')).not.toEqual(book('2'));
  });

  it('reads only the types asked for', () => {
    const book = readPriceBook({ region: 'us-east-1', types: ['m5.large'] });
    expect([...book.spotAdvice]).toEqual([['m5.large', { savingsPercent: 66, interruptionBucket: 3 }]]);
    expect(book.onDemand('c5.large')).toBeUndefined();
  });

  it('says where its figures come from and of when they are', () => {
    expect(regional.sources.map(({ name, asOf }) => `${name} ${asOf}`)).toEqual([
      'on-demand prices 2026-07-06',
      'spot prices 2025-06-28',
    ]);
    const old = readPriceBook({ region: 'us-east-1', onDemand: 2023 });
    expect(old.sources[0]?.asOf).toBe('2023-09-18');
    expect(old.onDemand('m5.large')).toBe(0.096);
  });
});

describe('regions and zones without data', () => {
  it('another region is refused with what there is', () => {
    expect(() => readPriceBook({ region: 'eu-west-1' })).toThrow(
      'there is no data for region "eu-west-1"; available: us-east-1',
    );
  });

  it('an unknown zone is refused with what there is; known ones come sorted', () => {
    expect(() => findZones('us-east-1', ['us-east-1a', 'us-east-1z'])).toThrow(UnknownZoneOrRegionError);
    expect(() => findZones('us-east-1', ['us-east-1z'])).toThrow(
      /zone "us-east-1z"; available: us-east-1a, .*us-east-1f$/,
    );
    expect(findZones('us-east-1', ['us-east-1c', 'us-east-1a', 'us-east-1c']).map(({ id }) => id)).toEqual([
      'use1-az1',
      'use1-az4',
    ]);
  });
});
