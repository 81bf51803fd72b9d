import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim, ROOT } from './karpsim.js';

const POOLS = readFileSync(join(ROOT, 'scenarios/banking/nodepools.yaml'), 'utf8');

interface ComparisonJson {
  readonly a: string;
  readonly b: string;
  readonly seeds: number;
  readonly metrics: readonly Readonly<Record<string, string | number | null>>[];
  readonly secondRange: { readonly runs: number; readonly unknowns: readonly string[] } | null;
}

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
  desk.scenario('short.yaml');
});
afterEach(() => {
  desk.clear();
});

const compare = (...args: string[]) => karpsim(['compare', ...args], { cwd: desk.folder });
const json = async (...args: string[]): Promise<ComparisonJson> =>
  JSON.parse((await compare(...args, '--json')).stdout) as ComparisonJson;

describe('karpsim compare', () => {
  it('shows no difference at all between a scenario and itself with its own NodePools', async () => {
    writeFileSync(desk.path('same.yaml'), POOLS);
    const found = await json('short.yaml', '--with', 'same.yaml', '--seeds', '2');
    expect(found).toMatchObject({ a: 'short', b: 'short with same.yaml', seeds: 2, secondRange: null });
    for (const metric of found.metrics) {
      expect(Object.keys(metric)).toEqual(['name', 'unit', 'a', 'b', 'difference', 'low', 'high', 'verdict']);
      expect(metric['verdict']).toBe('no difference shown');
      expect(
        [metric['difference'], metric['low'], metric['high']].every((value) => value === 0 || value === null),
      ).toBe(true);
    }
  });

  it('tells which figures a changed NodePool moves, and fails at limits whose whole interval is exceeded', async () => {
    writeFileSync(
      desk.path('on-demand.yaml'),
      POOLS.replaceAll('values: [spot, on-demand]', 'values: [on-demand]').replaceAll(
        'values: [spot]',
        'values: [on-demand]',
      ),
    );
    const args = ['short.yaml', '--with', 'on-demand.yaml', '--seeds', '3', '--no-second-range'];
    const limits = ['--fail-if', 'cost>+5%', '--fail-if', 'pending.p99>1h'];
    const { code, stdout, stderr } = await compare(...args, ...limits);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^karpsim: cost>\+5%: failed: all of the interval is above \+5\.0 % \(.*\)\n$/);
    expect(stdout).toMatch(/^ {2}cost +a day .* worse$/m);
    expect(stdout).toMatch(/^ {2}pending\.p99/m);
    // Nobody sends requests.
    expect(stdout).not.toContain('lostRequests');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /pending\.p99>1h: passed: none of the interval is above 1h00m \(.*; 3 seeds can detect a difference of/,
    );
    const markdown = await compare(...args, '--format', 'markdown', '--resume', ...limits);
    expect(markdown.stdout).toMatch(/^### karpsim: \+\$.* a day \(\+.* %\) to \$.*, pending\.p99 /);
    expect(markdown.stdout).toContain('| cost, a day |');
    expect(markdown.stdout).toContain('❌ cost\\>+5%: failed');
    expect(markdown.stdout).toContain('<details>');
  });

  it('compares versions of Karpenter', async () => {
    const old = ['nodepools-v1beta1.yaml', 'nodeclasses-v1beta1.yaml'].map((name) =>
      relative(desk.folder, join(ROOT, 'scenarios/banking', name)),
    );
    const both = `\n  v0.32.0: [${old.join(', ')}]`;
    const text = readFileSync(desk.path('short.yaml'), 'utf8');
    writeFileSync(desk.path('both.yaml'), text.replace(/( {2}v1\.14\.1: .*)/, `$1${both}`));
    expect(await json('both.yaml', '--karpenter', 'v0.32.0,v1.14.1', '--seeds', '1')).toMatchObject({
      a: 'short, Karpenter v0.32.0',
      b: 'short, Karpenter v1.14.1',
    });
  });

  it('compares Karpenter with a baseline, which is A, and tries what nobody knows', async () => {
    const { a, b, metrics, secondRange } = await json('short.yaml', '--baseline', 'static', '--seeds', '2');
    expect({ a, b }).toEqual({ a: 'short on static', b: 'short' });
    // Nothing of spot or of launches concerns the static fleet, and nobody sends requests.
    expect(secondRange).toMatchObject({ runs: 6 });
    expect(secondRange?.unknowns).toContain('slow nodes');
    const cost = metrics.find(({ name }) => name === 'cost');
    expect(cost?.['a']).not.toBe(cost?.['b']);
  });

  it('compares list price with a commitment, on the same runs', async () => {
    const { a, b, metrics } = await json('short.yaml', '--commitment', 'savings-plan-1y', '--seeds', '2');
    expect({ a, b }).toEqual({ a: 'short at list price', b: 'short under savings-plan-1y' });
    const differs = metrics.filter(({ difference }) => (difference ?? 0) !== 0).map(({ name }) => name);
    expect(differs).toEqual(['bill']);
  });

  it('keeps what is finished when it is interrupted, and continues with --resume', async () => {
    const args = ['short.yaml', 'short.yaml', '--seeds', '40', '--workers', '1', '--results', 'kept.jsonl'];
    const interrupted = await karpsim(['compare', ...args], {
      cwd: desk.folder,
      started: (child) => {
        const poll = setInterval(() => {
          const kept = existsSync(desk.path('kept.jsonl')) ? readFileSync(desk.path('kept.jsonl'), 'utf8') : '';
          if (kept.split('\n').length <= 5) return;
          clearInterval(poll);
          child.kill('SIGINT');
        }, 20);
      },
    });
    expect(interrupted).toMatchObject({ signal: 'SIGINT' });
    expect(interrupted.stderr).toMatch(/interrupted after \d+ of 40 seeds\. Finished runs are kept in kept\.jsonl/);
    expect(interrupted.stdout).toContain('interrupted, 40 were asked for');
    const before = readFileSync(desk.path('kept.jsonl'), 'utf8');
    const seeds = before.trimEnd().split('\n').length >> 1;
    const resumed = await json(
      'short.yaml',
      'short.yaml',
      '--seeds',
      String(seeds),
      '--results',
      'kept.jsonl',
      '--resume',
    );
    expect(resumed.seeds).toBe(seeds);
    // Everything was there.
    expect(readFileSync(desk.path('kept.jsonl'), 'utf8')).toBe(before);
  });
});

describe('a comparison that makes no sense', () => {
  it('is refused before anything is simulated', async () => {
    const { code, stdout, stderr } = await compare('short.yaml', 'short.yaml', '--fail-if', 'cots>+5%');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^karpsim: --fail-if 'cots>\+5%': there is no metric "cots" \(expected one of cost, .*\) — did you mean cost\?\n$/,
    );
  });

  it('is refused when the two last differently long, at the place that says so', async () => {
    const text = readFileSync(desk.path('short.yaml'), 'utf8');
    writeFileSync(desk.path('long.yaml'), text.replace('duration: 5m', 'duration: 9m'));
    const { code, stderr } = await compare('short.yaml', 'long.yaml');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^long\.yaml:5:11: duration: lasts 9 min, but short\.yaml lasts 5 min: .*--set duration=5m/);
  });
});
