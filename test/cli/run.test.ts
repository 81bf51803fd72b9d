import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Summary } from '../../src/analysis/summary.js';
import { Desk, karpsim, MAIN, ROOT } from './karpsim.js';

const FILES = ['events.jsonl', 'ledger.csv', 'nodes.csv', 'pods.csv', 'summary.json', 'timeline.csv'];

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => {
  desk.clear();
});

function summaryIn(folder: string): Summary {
  return JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;
}

describe('karpsim run', () => {
  it('prints one JSON object, which is summary.json, and writes the folder of the scenario’s name', async () => {
    desk.scenario('short.yaml');
    const { code, stdout, stderr } = await karpsim(['run', 'short.yaml', '--json'], { cwd: desk.folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const folder = desk.path('reports/out/short');
    expect(readdirSync(folder).sort()).toEqual(FILES);
    expect(stdout).toBe(readFileSync(join(folder, 'summary.json'), 'utf8'));
    const summary = JSON.parse(stdout) as Summary;
    expect(summary).toMatchObject({ scenario: 'short', seed: 3, karpenterVersion: 'v1.14.1', simulatedSeconds: 300 });
    expect(summary.pods.bound).toBeGreaterThan(10);
    expect(summary.events).toBe(readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n').length);
  });

  it('prints an answer, in colour where that is forced and NO_COLOR does not forbid it; the bytes stay the same', async () => {
    desk.scenario('short.yaml');
    const run = (out: string, env: Readonly<Record<string, string>>) =>
      karpsim(['run', 'short.yaml', '--out', out], { cwd: desk.folder, env });
    const plain = await run('a', {});
    const [coloured, forbidden] = await Promise.all([
      run('b', { FORCE_COLOR: '1' }),
      run('c', { FORCE_COLOR: '1', NO_COLOR: '1' }),
    ]);
    expect(plain.code).toBe(0);
    expect(plain.stdout).toMatch(/^short: Karpenter v1\.14\.1, seed 3, 5 min from Fri 2026-03-27 09:00 UTC/);
    expect(plain.stdout).toContain('Written to a:');
    expect(plain.stdout).not.toContain('\u001b');
    expect(coloured.stdout).toContain('\u001b');
    expect(forbidden.stdout).not.toContain('\u001b');
    for (const file of FILES) {
      const [a, b, c] = ['a', 'b', 'c'].map((folder) => readFileSync(join(desk.path(folder), file), 'utf8'));
      expect(b === a && c === a, file).toBe(true);
    }
  });

  it('takes seed, folder and changed fields from the command line, and npm’s word for the caller’s folder', async () => {
    desk.scenario('short.yaml');
    const set = ['--set', 'duration=2m', '--set', 'NodePool/banking-general.spec.disruption.consolidateAfter=5m'];
    const env = {
      INIT_CWD: desk.folder,
      npm_lifecycle_event: 'karpsim',
      npm_package_json: join(ROOT, 'package.json'),
    };
    const args = ['run', 'short.yaml', '--seed', '11', '--out', 'here', ...set];
    expect(await karpsim(args, { cwd: ROOT, env })).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(desk.folder).sort()).toEqual(['here', 'short.yaml']);
    expect(summaryIn(desk.path('here'))).toMatchObject({ seed: 11, simulatedSeconds: 120 });
  });
});

describe('bad input', () => {
  async function refused(args: readonly string[], cwd = desk.folder): Promise<string> {
    const before = readdirSync(desk.folder).sort();
    const { code, stdout, stderr } = await karpsim(args, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(readdirSync(desk.folder).sort(), 'nothing written').toEqual(before);
    return stderr;
  }

  it('is named with file, line, column, field, what was expected and what to try, all at once', async () => {
    desk.scenario('short.yaml', 'trafic: {}\nnotes: 7\n');
    const lines = (await refused(['run', 'short.yaml', '--json'])).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines.find((line) => line.includes('trafic'))).toMatch(
      /^short\.yaml:12:1: trafic: unknown key "trafic" \(expected one of .*\) — did you mean "traffic"\?$/,
    );
    expect(lines.find((line) => line.includes('notes'))).toMatch(/^short\.yaml:13:8: notes: .*\(expected a list\)$/);
  });

  it('may be a file that is not there', async () => {
    expect(await refused(['run', 'gone.yaml'])).toMatch(/^gone\.yaml:1:1: .*\n$/);
  });

  it('may be a value set on the command line', async () => {
    desk.scenario('short.yaml');
    expect(await refused(['run', 'short.yaml', '--set', 'duration=0s'])).toMatch(
      /^--set duration=0s: duration: .*\(expected a duration above zero/,
    );
  });

  it.each([
    [['run'], 'karpsim: the scenario file is missing — try karpsim run scenarios/traffic-spike.yaml\n'],
    [[], 'karpsim: a command is missing — try karpsim --help\n'],
    [['rum', 'x.yaml'], 'karpsim: Unknown commands: rum, x.yaml — did you mean run?\n'],
    [['run', 'x.yaml', '--sed', '3'], 'karpsim: Unknown argument: sed — did you mean --seed?\n'],
    [['run', 'x.yaml', '--seed'], 'karpsim: --seed needs a value — try karpsim --help\n'],
    [['run', 'x.yaml', '--out', 'a', '--out', 'b'], 'karpsim: --out: given 2 times (expected once)\n'],
  ])('may be the command line itself: %j', async (args, message) => {
    expect(await refused(args)).toBe(message);
  });

  it('may be a negative seed', async () => {
    desk.scenario('short.yaml');
    expect(await refused(['run', 'short.yaml', '--seed', '-5'])).toMatch(/^karpsim: --seed: "-5" .*— try --seed 7\n$/);
  });

  it('may be a version that cannot be simulated, or that the scenario has no manifests for', async () => {
    desk.scenario('short.yaml');
    expect(await refused(['run', 'short.yaml', '--karpenter', 'v1.14.0'])).toMatch(/did you mean "v1\.14\.1"\?/);
    expect(await refused(['run', 'short.yaml', '--karpenter', 'v0.32.0'])).toMatch(/^short\.yaml:\d+:\d+: .*v0\.32\.0/);
  });

  it('may be an output folder that is a file or lies under one', async () => {
    desk.scenario('short.yaml');
    writeFileSync(desk.path('taken'), '');
    for (const out of ['taken', 'taken/below']) {
      expect(await refused(['run', 'short.yaml', '--out', out])).toMatch(
        /^karpsim: --out: .*taken is a file, not a folder — try another folder\n$/,
      );
    }
  });
});

describe('a run that is interrupted', () => {
  it('ends at once and leaves no folder, nor anything beside it', async () => {
    mkdirSync(desk.path('out'));
    const scenario = join(ROOT, 'scenarios/traffic-spike.yaml');
    const { signal, stdout } = await karpsim(['run', scenario, '--out', 'out/day'], {
      cwd: desk.folder,
      started: (child) => setTimeout(() => child.kill('SIGINT'), 700),
    });
    expect({ signal, stdout }).toEqual({ signal: 'SIGINT', stdout: '' });
    expect(readdirSync(desk.path('out'))).toEqual([]);
  });

  it('finishes what it is writing first', async () => {
    const script = `
      import { writeFileSync } from 'node:fs';
      import { uninterrupted } from ${JSON.stringify(join(ROOT, 'dist/cli/signals.js'))};
      await uninterrupted(() => {
        process.kill(process.pid, 'SIGTERM');
        writeFileSync('whole', 'all of it');
      });
      writeFileSync('too-late', '');`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: desk.folder });
    await expect(run).rejects.toMatchObject({ signal: 'SIGTERM' });
    expect(readdirSync(desk.folder)).toEqual(['whole']);
  });
});

describe('the command line', () => {
  it('tells its version and its usage', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await karpsim(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
    const help = await karpsim(['run', '--help'], { env: { LANG: 'de_DE.UTF-8' } });
    expect(help.code).toBe(0);
    for (const option of ['--seed', '--karpenter', '--json', '--out', '--set']) expect(help.stdout).toContain(option);
    expect(help.stdout).toContain('Show help');
  });

  it('takes a reader that goes away for no failure', async () => {
    desk.scenario('short.yaml');
    const command = `set -o pipefail; "${process.execPath}" "${MAIN}" run short.yaml --json | head -c 1 >/dev/null`;
    await expect(promisify(execFile)('bash', ['-c', command], { cwd: desk.folder })).resolves.toBeDefined();
    expect(readdirSync(desk.path('reports/out/short')).sort()).toEqual(FILES);
  });
});

describe('variants', () => {
  const VARIANTS = `variants:
  - { name: patient, set: [NodePool/banking-general.spec.disruption.consolidateAfter=5m] }
  - { name: daily, set: [NodePool/banking-general.spec.disruption.consolidateAfter=1d] }
`;

  it('are compared in a table and stand in the summary, or are left out', async () => {
    desk.scenario('short.yaml', VARIANTS);
    const { code, stdout } = await karpsim(['run', 'short.yaml'], { cwd: desk.folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The same 5 min with other settings, seed 3/m);
    expect(stdout).toMatch(/^ {4}patient +0 /m);
    expect(stdout.replace(/\s+/g, ' ')).toContain('daily: v1.14.1 refuses it: "1d" is not a duration');
    const { variants } = summaryIn(desk.path('reports/out/short')) as Summary & { variants: unknown[] };
    expect(variants).toMatchObject([
      { name: 'this run', figures: { karpenterVersion: 'v1.14.1' } },
      { name: 'patient', refused: [] },
      { name: 'daily', figures: null, refused: [expect.stringContaining('[nodepool/consolidate-after]')] },
    ]);
    const without = await karpsim(['run', 'short.yaml', '--no-variants'], { cwd: desk.folder });
    expect(without.stdout).toContain('2 variants of its settings were left out: karpsim run short.yaml compares them.');
    expect(summaryIn(desk.path('reports/out/short'))).not.toHaveProperty('variants');
  });

  it('with a mistake stop the run before anything is simulated', async () => {
    desk.scenario('short.yaml', 'variants:\n  - { name: x, set: [trafic=1] }\n');
    const { code, stderr } = await karpsim(['run', 'short.yaml'], { cwd: desk.folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^short\.yaml:13:22: variants\[0\]\.set\[0\]: variant "x": trafic: unknown key "trafic"/);
    expect(readdirSync(desk.folder)).toEqual(['short.yaml']);
  });
});
