import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFreeFirstHour } from '../../../src/cloud/billing.js';
import { surplusVcpuHours, unlimitedType } from '../../../src/cloud/billing/cpu-credits.js';
import { instanceExtras } from '../../../src/cloud/billing/instance-extras.js';
import { volumesPerHour } from '../../../src/cloud/billing/volumes.js';
import type { BlockDeviceMapping } from '../../../src/cloud/node-class.js';
import { readServicePrices } from '../../../src/cloud/prices/service-prices.js';
import { GiB, nodeClass } from '../fixtures.js';

const prices = readServicePrices('us-east-1');
const HOUR = 3_600_000;

function volume(gib: number, fields: Partial<BlockDeviceMapping> = {}): BlockDeviceMapping {
  return { deviceName: '/dev/xvda', rootVolume: true, volumeSizeBytes: gib * GiB, volumeType: 'gp3', ...fields };
}

const perMonth = (...blockDeviceMappings: BlockDeviceMapping[]): number =>
  volumesPerHour(nodeClass({ blockDeviceMappings }), prices) * 730;

describe('EBS volumes of an instance (aws.md §18)', () => {
  it.each([
    ['20 GiB of gp3', [volume(20)], 1.6],
    ['20 GiB of gp2', [volume(20, { volumeType: 'gp2' })], 2],
    ['a volume without a type, which EC2 makes gp2', [volume(20, { volumeType: undefined })], 2],
    ['gp3 with the IOPS and throughput that it includes', [volume(100, { iops: 3000, throughput: 125 })], 8],
    ['gp3 with 1,000 IOPS and 75 MiB/s above those', [volume(100, { iops: 4000, throughput: 200 })], 8 + 5 + 3],
    ['io1 with 1,000 IOPS', [volume(100, { volumeType: 'io1', iops: 1000 })], 12.5 + 65],
    ['io2 in three tiers of IOPS', [volume(100, { volumeType: 'io2', iops: 100_000 })], 12.5 + 2080 + 1456 + 1146.6],
    ['two volumes', [volume(20), volume(80)], 8],
    ['a size in part of a GiB, which counts whole', [volume(18.63)], 1.52],
  ])('%s', (_, mappings, dollars) => {
    expect(perMonth(...mappings)).toBeCloseTo(dollars, 9);
  });

  it('without mappings are those of the AMI family', () => {
    const of = (amiFamily: 'AL2023' | 'Bottlerocket' | 'Windows2022') =>
      volumesPerHour(nodeClass({ amiFamily }), prices) * 730;
    expect(of('AL2023')).toBeCloseTo(20 * 0.08, 9);
    expect(of('Bottlerocket')).toBeCloseTo(24 * 0.08, 9);
    expect(of('Windows2022')).toBeCloseTo(50 * 0.08, 9);
  });
});

describe('service prices', () => {
  it('have a date and a source, and say where they stand in for another region', () => {
    expect(prices.source).toMatchObject({ asOf: '2026-03', source: 'AWS price pages for us-east-1' });
    expect(readServicePrices('eu-west-1').source.source).toContain('stand in for eu-west-1');
    expect(prices.controlPlanePerHour).toBe(0.1);
  });

  it('detailed monitoring costs where the NodeClass has it', () => {
    expect(instanceExtras('m5.large', nodeClass({ detailedMonitoring: true }), prices).monitoringPerHour).toBeCloseTo(
      2.1 / 730,
      12,
    );
    expect(instanceExtras('m5.large', nodeClass(), prices).monitoringPerHour).toBe(0);
  });

  it('t4g pays less for CPU above its baseline than t3, t2 and m5 nothing', () => {
    const surplus = (type: string) => instanceExtras(type, nodeClass(), prices).unlimited?.dollarsPerVcpuHour;
    expect(['t3.medium', 't3a.small', 't4g.large', 't2.medium', 'm5.large'].map(surplus)).toEqual([
      0.05,
      0.05,
      0.04,
      undefined,
      undefined,
    ]);
  });
});

describe('CPU above the baseline of an unlimited instance (aws.md §18)', () => {
  const medium = { vcpus: 2, baselineMilli: 400 };
  const steady = (cpuMilli: number, hours: number) =>
    surplusVcpuHours(medium, [{ atMs: 0, cpuMilli }], 0, hours * HOUR);

  it.each([
    ['t3.nano', 2, 100],
    ['t3.micro', 2, 200],
    ['t3.medium', 2, 400],
    ['t3a.large', 2, 600],
    ['t4g.xlarge', 4, 1600],
    ['t3.2xlarge', 8, 3200],
  ])('%s has %d vCPUs and a baseline of %d milli', (type, vcpus, baselineMilli) => {
    expect(unlimitedType(type)).toMatchObject({ vcpus, baselineMilli });
  });

  it.each(['t3.mega', 't3.constructor', 'm5.large', 't2.micro', ''])('%j has none', (type) => {
    expect(unlimitedType(type)).toBeUndefined();
  });

  it('costs nothing at or below the baseline, however long', () => {
    expect(steady(400, 1000)).toBe(0);
    expect(steady(10, 1000)).toBe(0);
  });

  it('is what lies above the baseline, for an instance that never rested', () => {
    expect(steady(1400, 0.5)).toBeCloseTo(0.5, 12);
    expect(steady(1400, 100)).toBeCloseTo(100, 9);
  });

  it('a spot t3.medium at full load costs more in surplus than in spot price', () => {
    expect(steady(2000, 1) * 0.05).toBeCloseTo(0.08, 12);
  });

  it('no instance uses more than its vCPUs', () => {
    expect(steady(9000, 1)).toBeCloseTo(1.6, 12);
  });

  it('rest before a burst pays for it, and rest after it pays back', () => {
    const restThenBurst = [
      { atMs: 0, cpuMilli: 0 },
      { atMs: 4 * HOUR, cpuMilli: 2000 },
    ];
    expect(surplusVcpuHours(medium, restThenBurst, 0, 5 * HOUR)).toBe(0);
    const burstThenRest = [
      { atMs: 0, cpuMilli: 2000 },
      { atMs: HOUR, cpuMilli: 0 },
    ];
    expect(surplusVcpuHours(medium, burstThenRest, 0, 5 * HOUR)).toBe(0);
    expect(surplusVcpuHours(medium, burstThenRest, 0, 2 * HOUR)).toBeCloseTo(1.2, 12);
  });

  it('saves a day of earnings at most, and debt above a day is charged at once', () => {
    const idleForDays = [
      { atMs: 0, cpuMilli: 0 },
      { atMs: 240 * HOUR, cpuMilli: 1400 },
    ];
    // 9.6 vCPU-hours saved, 20 used above the baseline.
    expect(surplusVcpuHours(medium, idleForDays, 0, 260 * HOUR)).toBeCloseTo(20 - 9.6, 9);
    const burstThenRest = [
      { atMs: 0, cpuMilli: 1400 },
      { atMs: 20 * HOUR, cpuMilli: 0 },
    ];
    expect(surplusVcpuHours(medium, burstThenRest, 0, 500 * HOUR)).toBeCloseTo(20 - 9.6, 9);
  });

  it('is never negative, and never more than all that lies above the baseline', () => {
    const sample = fc.record({ atMs: fc.nat(48 * HOUR), cpuMilli: fc.nat(3000) });
    fc.assert(
      fc.property(fc.array(sample), fc.nat(48 * HOUR), (samples, toMs) => {
        const sorted = [...samples].sort((a, b) => a.atMs - b.atMs);
        const surplus = surplusVcpuHours(medium, sorted, 0, toMs);
        const above = sorted.reduce((sum, { atMs, cpuMilli }, index) => {
          const untilMs = Math.min(toMs, sorted[index + 1]?.atMs ?? toMs);
          return sum + (Math.max(0, untilMs - atMs) * Math.max(0, Math.min(cpuMilli, 2000) - 400)) / 1000 / HOUR;
        }, 0);
        expect(surplus).toBeGreaterThanOrEqual(0);
        expect(surplus).toBeLessThanOrEqual(above + 1e-9);
      }),
    );
  });
});

describe('spot that EC2 takes back in the first hour (aws.md §18)', () => {
  it.each([
    ['spot', true, 59.9, true],
    ['spot', true, 60, false],
    ['spot', false, 10, false],
    ['on-demand', true, 10, false],
  ])('%s, reclaimed %s after %d min: free %s', (capacityType, reclaimed, minutes, free) => {
    expect(isFreeFirstHour(capacityType, reclaimed, 0, minutes * 60_000)).toBe(free);
  });
});
