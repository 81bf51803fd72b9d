import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { fitLatency } from '../../src/cloud/launch/fitted-latency.js';
import { latencyFileText } from '../../src/cloud/launch/latency-file.js';
import { problemLines } from '../../src/report/problem-lines.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import { Ec2 } from '../../src/simulation/ec2.js';
import { simulate } from '../../src/simulation/simulate.js';

const folder = mkdtempSync(join(tmpdir(), 'karpsim-data-'));
const banking = relative(folder, fileURLToPath(new URL('../../scenarios/banking', import.meta.url)));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function load(extra: string, files: Readonly<Record<string, string>> = {}, set: readonly string[] = []) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const file = join(folder, 'scenario.yaml');
  writeFileSync(
    file,
    `name: own
region: us-east-1
zones: [us-east-1a, us-east-1b]
start: 2026-03-27T09:00:00Z
duration: 5m
manifests:
  common: [${banking}/services.yaml, ${banking}/autoscalers.yaml, ${banking}/system.yaml]
  v1.14.1: [${banking}/nodepools.yaml, ${banking}/nodeclasses.yaml]
${extra}`,
  );
  return loadScenario({ file, catalogue: pricingDataCatalogue(), set });
}

function launches(extra: string, files: Readonly<Record<string, string>> = {}) {
  const { spec } = load(extra, files);
  if (spec === undefined) throw new Error('the scenario has problems');
  const { log } = simulate(spec, { simulatorVersion: '0' });
  return {
    launched: log.filter((event) => event.type === 'NodeClaimLaunched'),
    notes: analyse(log).facts.notes.map(({ text }) => text),
    nodes: analyse(log).nodes,
  };
}

const messages = (extra: string, files: Readonly<Record<string, string>> = {}): string =>
  problemLines(load(extra, files).problems ?? [], (file) => relative(folder, file));

const history = (records: readonly (readonly [type: string, zone: string, price: string, time: string])[]): string =>
  JSON.stringify({
    SpotPriceHistory: records.map(([InstanceType, AvailabilityZone, SpotPrice, Timestamp]) => ({
      InstanceType,
      AvailabilityZone,
      SpotPrice,
      Timestamp,
      ProductDescription: 'Linux/UNIX',
    })),
  });

describe("a scenario with prices of one's own", () => {
  it('takes a shipped list by its year, or a price file beside the scenario; the notes say which', () => {
    expect(launches('prices: { onDemand: 2023 }').notes.join()).toContain('on-demand prices as of 2023-09-18');
    const csv = 'region,type,usd_per_hour,generated_at\nus-east-1,c5.large,0.05,2026-05-01T00:00:00Z\n';
    const own = 't3.medium t3.large t3.xlarge m5.large m5.xlarge c5.xlarge c5.2xlarge c5.4xlarge'
      .split(' ')
      .map((type) => `us-east-1,${type},4.0,2026-05-01T00:00:00Z\n`);
    const { launched, notes } = launches('prices: { onDemand: my.csv, spotMovement: false }', {
      'my.csv': csv + own.join(''),
    });
    expect(notes).toContain('on-demand prices as of 2026-05-01: my.csv');
    const c5 = launched.find(({ instanceType }) => instanceType === 'c5.large');
    expect(c5?.pricePerHour).toBeLessThan(0.03);
  });

  it('takes a spot price history as the AWS command line prints it: for Karpenter and for the bill', () => {
    const types = ['t3.medium', 't3.large', 't3.xlarge', 'm5.large', 'm5.xlarge'];
    const zones = ['us-east-1a', 'us-east-1b'];
    const price = (type: string, zone: string): string => `0.00${1 + types.indexOf(type)}${zones.indexOf(zone)}`;
    const records = types.flatMap((type) =>
      zones.map((zone) => [type, zone, price(type, zone), '2026-03-27T08:00:00+00:00'] as const),
    );
    const { launched, notes } = launches('prices: { spotHistory: spot.json }', {
      'spot.json': history([...records, ['x99.large', 'us-east-1a', '0.1', '2026-03-27T08:00:00Z']]),
    });
    const general = launched.filter(({ nodePool }) => nodePool === 'banking-general');
    expect(general.length).toBeGreaterThan(0);
    for (const { instanceType, zone, pricePerHour } of general) {
      expect(pricePerHour).toBe(Number(price(instanceType, zone)));
    }
    expect(notes.join('\n')).toContain('observed spot prices as of 2026-03-27: spot.json, 10 pools');
    expect(notes.join('\n')).toContain('1 records of spot.json are left out');
  });

  it('tells every mistake of the files with line and column', () => {
    const text = messages('prices: { onDemand: bad.csv, spotHistory: bad.json }\nlatency: bad.latency.json', {
      'bad.csv': 'region,type,usd_per_hour\nus-east-1,m5.large,=cmd()\nus-east-1,m5.lrage,0.1\n',
      'bad.json': history([['m5.large', 'us-east-1a', '-1', '2026-03-27T08:00:00Z']]),
      'bad.latency.json': '{}',
    });
    expect(text).toContain('bad.csv:2:20: usd_per_hour: "=cmd()" is a spreadsheet formula');
    expect(text).toContain('bad.csv:3:11: type: "m5.lrage" is no instance type that karpsim knows');
    expect(text).toMatch(/bad\.json:1:\d+: SpotPriceHistory\[0\]\.SpotPrice: "-1" is not a price/);
    expect(text).toContain('bad.latency.json:1:1: kind: ');
  });

  it.each([
    ['prices: { onDemand: 2024 }', 'prices.onDemand: 2024 is not valid (expected 2023, 2026, or a price file'],
    ['prices: { onDemand: none.csv }', 'cannot read none.csv: no such file'],
    ['prices: { onDemand: cn.csv }', 'cn.csv has no price of us-east-1'],
    ['prices: { spot: 1 }', 'prices.spot: unknown key "spot"'],
    ['latency: rows.csv', 'run karpsim calibrate latency'],
  ])('refuses %s', (extra, message) => {
    const files = {
      'cn.csv': 'region,type,usd_per_hour,cny_per_hour\ncn-north-1,m5.large,,0.65\n',
      'rows.csv': 'seconds\n44\n',
    };
    expect(messages(extra, files)).toContain(message);
  });

  it('tells of a file with a thousand bad rows by the first twenty', () => {
    const rows = Array.from({ length: 1000 }, () => 'us-east-1,m5.lrage,0.1\n').join('');
    const lines = messages('prices: { onDemand: long.csv }', { 'long.csv': `region,type,usd_per_hour\n${rows}` });
    expect(lines.trim().split('\n')).toHaveLength(21);
    expect(lines).toContain('980 more problems in this file');
  });
});

describe('spot prices that move', () => {
  const types = ['t3.medium', 't3.large', 't3.xlarge', 'm5.large', 'm5.xlarge'];
  const zones = ['us-east-1a', 'us-east-1b'];
  const rising = history(
    types.flatMap((type) =>
      zones.flatMap((zone) => [
        [type, zone, '0.0100', '2026-03-27T08:00:00Z'] as const,
        [type, zone, '0.0200', '2026-03-27T10:20:00Z'] as const,
      ]),
    ),
  );
  const files = { 'rising.json': rising };
  const extra = 'prices: { spotHistory: rising.json }';

  it('are read by Karpenter at its start and every 12 hours (aws.md §7)', () => {
    const { spec } = load(extra, files);
    if (spec === undefined) throw new Error('the scenario has problems');
    const ec2 = new Ec2(spec, new RandomStreams('1'));
    const [nodePool] = spec.cluster.nodePools;
    if (nodePool === undefined) throw new Error('no NodePool');
    const seen = (hours: number): number | undefined =>
      ec2
        .instanceTypes(nodePool, hours * 3_600_000)
        .find(({ name }) => name === 'm5.large')
        ?.offerings.find(({ capacityType }) => capacityType === 'spot')?.price;
    expect([seen(0), seen(2), seen(11.99), seen(12), seen(12.5)]).toEqual([0.01, 0.01, 0.01, 0.02, 0.02]);
    expect(ec2.prices.spot('m5.large', 'us-east-1a', 2 * 3_600_000)).toBe(0.02);
  });

  it('are charged from the next hour of each running instance on', () => {
    const never = ['duration=4h', 'NodePool/banking-general.spec.template.spec.expireAfter=Never'];
    const { spec } = load(extra, files, never);
    if (spec === undefined) throw new Error('the scenario has problems');
    const { log } = simulate(spec, { simulatorVersion: '0' });
    const general = analyse(log).nodes.filter(({ nodePool, instance, terminatingMs }) => {
      const lived = (terminatingMs ?? 4 * 3_600_000) - (instance?.launchedMs ?? Infinity);
      return nodePool === 'banking-general' && lived > 2.5 * 3_600_000;
    });
    expect(general.length).toBeGreaterThan(0);
    for (const { instance } of general) {
      // Launched a few minutes after nine at the latest, so that the hour after 10:20 is the third one of its life.
      expect(instance?.priceChanges).toEqual([
        { atMs: (instance?.launchedMs ?? 0) + 2 * 3_600_000, pricePerHour: 0.02 },
      ]);
    }
  });
});

describe("a scenario with launch latency of one's own", () => {
  it('draws its nodes from the fit, and says so', () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({
      instanceType: index % 2 === 0 ? 't3.medium' : 'c5.large',
      phases: [1, 3 + index / 100, 4 + index / 100] as const,
      total: 8 + index / 50,
    }));
    const { nodes, notes } = launches('latency: fast.json', {
      'fast.json': latencyFileText(fitLatency('elsewhere.csv', rows)),
    });
    const toReady = nodes.flatMap(({ instance, readyMs }) =>
      instance === undefined || readyMs === undefined ? [] : [(readyMs - instance.launchedMs) / 1000],
    );
    expect(toReady.length).toBeGreaterThan(0);
    expect(Math.max(...toReady)).toBeLessThan(12);
    expect(notes.join('\n')).toMatch(/launch latency of .* a fit to launches of family c5, in fast\.json/);
  });
});
