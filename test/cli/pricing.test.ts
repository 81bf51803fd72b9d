import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim, ROOT } from './karpsim.js';

let desk: Desk;
const run = (...args: string[]) => karpsim(args, { cwd: desk.folder });

beforeEach(() => {
  desk = new Desk();
});

afterEach(() => {
  desk.clear();
});

describe('karpsim pricing show', () => {
  it('prints prices with their date and source, in at most 100 columns', async () => {
    const { code, stdout, stderr } = await run('pricing', 'show', 'm5.large', 'i3.large', 'hpc7a.96xlarge');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/m5\.large +\$0\.0960( +\$0\.03\d\d){4} +– +\$0\.03\d\d +66 % +15–20 %/);
    expect(stdout).toMatch(/hpc7a\.96xlarge( +–){9}/);
    expect(stdout).toContain('on-demand prices as of 2026-07-06: karpenter-provider-aws v1.14.1 price table');
    expect(stdout).toContain('spot prices as of 2025-06-28: derived');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('prints one JSON object; another year, seed or history gives other prices', async () => {
    const show = async (...more: string[]) => {
      const { stdout } = await run('pricing', 'show', 'p5.48xlarge', '--json', ...more);
      const { types } = JSON.parse(stdout) as { types: { onDemand: number; spot: Record<string, number> }[] };
      return types[0];
    };
    writeFileSync(
      desk.path('spot.json'),
      JSON.stringify([
        {
          InstanceType: 'p5.48xlarge',
          AvailabilityZone: 'us-east-1a',
          ProductDescription: 'Linux/UNIX',
          SpotPrice: '12.5',
          Timestamp: '2026-03-27T00:00:00Z',
        },
      ]),
    );
    const [now, old, luck, own] = await Promise.all([
      show(),
      show('--year', '2023'),
      show('--seed', '2'),
      show('--spot-history', 'spot.json'),
    ]);
    expect(old?.onDemand).toBeGreaterThan(now?.onDemand ?? 0);
    expect(luck?.spot['us-east-1b']).not.toBe(now?.spot['us-east-1b']);
    expect(own?.spot['us-east-1a']).toBe(12.5);
    expect(own?.spot['us-east-1b']).toBe(now?.spot['us-east-1b']);
  });

  it.each([
    [['pricing', 'show', 'm5.lrage'], '"m5.lrage" is no instance type in the data — did you mean "m5.large"?'],
    [['pricing', 'show', '__proto__'], '"__proto__" is no instance type in the data'],
    [['pricing', 'show', 'm5.large', '--region', 'eu-west-1'], 'there is no data for region "eu-west-1"'],
    [['pricing', 'show', 'm5.large', '--region', '../x'], '"../x" is no AWS region'],
    [['pricing', 'show', 'm5.large', '--year', '2024'], 'expected 2023 or 2026'],
    [['pricing', 'show', 'm5.large', '--prices', 'none.csv'], '--prices: cannot read none.csv'],
    [['pricing', 'show'], 'an argument is missing'],
    [['pricing', 'shwo'], 'did you mean show?'],
    [['pricing'], 'pricing needs one of show, check, refresh'],
    [['pricing', 'refresh'], 'region'],
    [['pricing', 'refresh', '--region', 'us-moon-1'], '"us-moon-1" is no AWS region that karpsim knows'],
    [['calibrate'], 'latency'],
    [['calibrate', 'latency'], 'the file of observed launches is missing'],
    [['calibrate', 'latency', 'none.csv'], 'cannot read none.csv'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

describe('karpsim pricing check', () => {
  it('passes the shipped prices', async () => {
    const { code, stdout } = await run('pricing', 'check', join(ROOT, 'pricing-data/on-demand-prices.csv'));
    expect([code, stdout]).toEqual([0, expect.stringContaining('2,904 prices of 4 regions: no problems')]);
  });

  it('names every problem by file, line and column on stderr, and exits 2', async () => {
    writeFileSync(desk.path('p.csv'), 'region,type,usd_per_hour\nus-east-1,m5.large,=cmd|x\nus-east-1,c5.large,NaN\n');
    const { code, stdout, stderr } = await run('pricing', 'check', 'p.csv');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'p.csv:2:20: usd_per_hour: "=cmd|x" is a spreadsheet formula (expected a plain value) — do not open this file in a spreadsheet\n' +
        'p.csv:3:20: usd_per_hour: "NaN" is not a price (expected dollars an hour above zero, such as 0.096)\n',
    );
  });

  it('tells the same as one JSON object', async () => {
    writeFileSync(desk.path('h.json'), '{"SpotPriceHistory": [{"InstanceType": "m5.large"}]}');
    const { code, stdout, stderr } = await run('pricing', 'check', 'h.json', '--json');
    expect([code, stderr]).toEqual([2, '']);
    const { kind, problems } = JSON.parse(stdout) as { kind: string; problems: { file: string; line: number }[] };
    expect(kind).toBe('spot price history');
    expect(problems).toHaveLength(4);
    expect(problems[0]).toMatchObject({ file: 'h.json', line: 1, column: 23 });
  });
});

describe('karpsim calibrate latency', () => {
  it('saves a fit that a scenario can name, and prints how it does on the launches held out of it', async () => {
    const shipped = readFileSync(join(ROOT, 'pricing-data/launch-latencies.csv'), 'utf8');
    writeFileSync(desk.path('mine.csv'), shipped);
    const { code, stdout, stderr } = await run('calibrate', 'latency', 'mine.csv');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('mine.csv: 213 launches, and 2 without an end, which are left out');
    expect(stdout).toMatch(/all +213 +160 .* 53 +0\.\d{3} +0\.187 +does not fit/);
    expect(stdout).toMatch(/c7gd +118 +89 .* 29 +0\.\d{3} +0\.253 +fits\n/);
    expect(stdout).toMatch(/i3 +19 +15 .* too few to judge, extrapolated\n/);
    expect(stdout).toContain('t3 (4)');
    const scenario = desk.scenario('s.yaml', 'latency: mine.latency.json\n');
    const ended = await run('run', scenario, '--json');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('a fit to all launches, since too few are c5, in mine.latency.json');
  });

  it('writes nothing for a file with mistakes or with too few launches', async () => {
    writeFileSync(desk.path('bad.csv'), '44\nNaN\n');
    const bad = await run('calibrate', 'latency', 'bad.csv', '--out', 'out.json');
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('bad.csv:2:1: "NaN" is no number of seconds')]);
    writeFileSync(desk.path('few.csv'), '44\n45\n');
    const few = await run('calibrate', 'latency', 'few.csv', '--out', 'out.json');
    expect([few.code, few.stderr]).toEqual([2, expect.stringContaining('2 complete launches (expected at least 5)')]);
    const itself = await run('calibrate', 'latency', 'few.csv', '--out', 'few.csv');
    expect(itself.code).toBe(2);
    expect(() => readFileSync(desk.path('out.json'))).toThrow();
  });
});
