import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import { simulate } from '../../src/simulation/simulate.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = join(ROOT, 'dist/cli/main.js');
const outDirectory = mkdtempSync(join(tmpdir(), 'karpsim-determinism-'));

afterAll(() => {
  rmSync(outDirectory, { recursive: true, force: true });
});

/** Parts of the shipped scenarios: the spike itself, the evening, and the evening under v0.32.0. */
const RUNS = [
  {
    name: 'spike',
    args: [
      'scenarios/traffic-spike.yaml',
      '--set',
      'start=2026-03-27T08:40:00Z',
      '--set',
      'duration=70m',
      '--set',
      'window=null',
    ],
  },
  { name: 'evening', args: ['scenarios/underutilization.yaml', '--set', 'duration=90m', '--set', 'window=null'] },
  {
    name: 'evening-v0',
    args: [
      'scenarios/underutilization.yaml',
      '--karpenter',
      'v0.32.0',
      '--set',
      'duration=90m',
      '--set',
      'window=null',
    ],
  },
];

/** Hash of the event log of a run in a process of its own. */
function hashOfRun(name: string, args: readonly string[], zone: string): string {
  const out = join(outDirectory, name);
  execFileSync(process.execPath, [CLI, 'run', ...args, '--out', out, '--json'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], TZ: zone, LANG: zone === 'UTC' ? 'C' : 'de_DE.UTF-8' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return createHash('sha256')
    .update(readFileSync(join(out, 'events.jsonl')))
    .digest('hex');
}

describe('two processes with the same scenario, seed and version', () => {
  it.each(RUNS)('write the same bytes, wherever they run: $name', ({ name, args }) => {
    const first = hashOfRun(`${name}-1`, args, 'UTC');
    const second = hashOfRun(`${name}-2`, args, 'Asia/Kolkata');
    expect(second).toBe(first);
  });

  it('write other bytes with another seed', () => {
    const [run] = RUNS.slice(1);
    const args = run?.args ?? [];
    expect(hashOfRun('seed-2', [...args, '--seed', '2'], 'UTC')).not.toBe(hashOfRun('seed-1', args, 'UTC'));
  });
});

describe('the luck of a run', () => {
  it('is the same for two variants of a scenario: demand does not move when a NodePool changes', () => {
    const demandOf = (set: readonly string[]): string => {
      const { spec } = loadScenario({
        file: join(ROOT, 'scenarios/underutilization.yaml'),
        catalogue: pricingDataCatalogue(),
        set: ['duration=30m', 'window=null', ...set],
      });
      if (spec === undefined) throw new Error('the shipped scenario does not load');
      const { log } = simulate(spec, { simulatorVersion: 'test' });
      return log
        .filter((event) => event.type === 'Demand')
        .map((event) => `${event.timeMs} ${event.service} ${event.requestsPerSecond}`)
        .join('\n');
    };
    const plain = demandOf([]);
    expect(plain.length).toBeGreaterThan(1000);
    expect(demandOf(['NodePool/banking-general.spec.disruption.consolidateAfter=10m'])).toBe(plain);
  });
});
