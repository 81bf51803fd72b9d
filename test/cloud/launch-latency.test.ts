import { describe, expect, it } from 'vitest';
import { InstanceTypeBuilder } from '../../src/cloud/catalogue/instance-types.js';
import type { InstanceType } from '../../src/cloud/instance-type.js';
import { LaunchLatencies, type LaunchDelays } from '../../src/cloud/launch/launch-latency.js';
import { RandomStream, RandomStreams } from '../../src/kernel/random-streams.js';
import { inputs } from './fixtures.js';

const latencies = LaunchLatencies.read();

function type(name: string): InstanceType {
  const [found] = new InstanceTypeBuilder(inputs('v1.14.1', [name])).build();
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function draws(name: string, count: number): readonly LaunchDelays[] {
  const stream = new RandomStream('latency');
  const latency = latencies.forType(type(name));
  return Array.from({ length: count }, () => latency.sample(stream));
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
}

function total(delays: LaunchDelays): number {
  return delays.createdToLaunchedMs + delays.launchedToRegisteredMs + delays.registeredToInitializedMs;
}

describe('the rows behind a launch latency (aws.md §19)', () => {
  it.each([
    ['c7gd.large', 118, false, 'nodes of c7gd.large'],
    ['m6gd.large', 61, false, 'nodes of m6gd.large'],
    ['i3.large', 15, true, 'nodes of i3.large'],
    ['i3.4xlarge', 19, true, 'nodes of family i3'],
  ])('%s has %d of its own kind', (name, rows, extrapolated, description) => {
    expect(latencies.forType(type(name)).basis).toEqual({ rows, extrapolated, description });
  });

  it.each([
    ['m5.large', 'none is m5'],
    ['c5.4xlarge', 'none is c5'],
    ['t3.medium', '4 are t3'],
  ])('%s falls back to the 15 x86 nodes other than i3, and says so', (name, known) => {
    expect(latencies.forType(type(name)).basis).toEqual({
      rows: 15,
      extrapolated: true,
      description: `x86 nodes other than i3 (c5d, c6i, c6id, i4i, i7ie, m5ad, m5dn, t3, t3a); ${known}`,
    });
  });

  it('other Graviton types fall back to the 179 Graviton nodes', () => {
    expect(latencies.forType(type('m7g.large')).basis).toEqual({
      rows: 179,
      extrapolated: true,
      description: 'Graviton nodes (c7gd, m6gd); none is m7g',
    });
  });
});

describe('sampled launch latency', () => {
  it('x86 other than i3: median about 62 s, from 35 to 80 s (aws.md §19.3)', () => {
    const totals = draws('m5.large', 3000).map(total);
    expect(Math.min(...totals)).toBe(35_008);
    expect(Math.max(...totals)).toBe(79_458);
    expect(quantile(totals, 0.5)).toBe(62_499);
  });

  it('i3 is slow: median near 150 s', () => {
    const median = quantile(draws('i3.xlarge', 2000).map(total), 0.5);
    expect(median).toBeGreaterThan(145_000);
    expect(median).toBeLessThan(152_000);
  });

  it('draws whole nodes: every draw is one observed node in all three phases', () => {
    const seen = new Set(
      draws('m5.large', 3000).map((delays) => JSON.stringify({ ...delays, registeredToReadyMs: 0 })),
    );
    expect(seen.size).toBe(15);
  });

  it('is ready up to a second before Karpenter notices, in whole milliseconds', () => {
    for (const delays of draws('c7gd.large', 500)) {
      const slept = delays.registeredToInitializedMs - delays.registeredToReadyMs;
      expect(slept).toBeGreaterThanOrEqual(0);
      expect(slept).toBeLessThan(1000);
      expect(Object.values(delays).every(Number.isSafeInteger)).toBe(true);
    }
  });

  it('a NodeClaim’s own stream gives it the same node whatever others draw', () => {
    const streams = new RandomStreams('1');
    streams.stream('latency/other').next();
    const latency = latencies.forType(type('m5.large'));
    expect(latency.sample(streams.stream('latency/a'))).toEqual(
      latency.sample(new RandomStreams('1').stream('latency/a')),
    );
  });
});

describe('sampled termination time (aws.md §18)', () => {
  it('is the observed taint-to-gone time less drain and polling: 45 to 117 s, median about 75 s', () => {
    const stream = new RandomStream('termination');
    const times = Array.from({ length: 5000 }, () => latencies.sampleTerminationMs(stream));
    expect(Math.min(...times)).toBeGreaterThan(43_500);
    expect(Math.max(...times)).toBeLessThan(117_200);
    expect(quantile(times, 0.5)).toBeGreaterThan(72_000);
    expect(quantile(times, 0.5)).toBeLessThan(78_000);
  });
});
