import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim, type Finished } from './karpsim.js';

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
  desk.scenario('short.yaml');
  writeFileSync(
    desk.path('claims.yaml'),
    `scenario: short.yaml
claims:
  - { id: a, sentence: s, source: t, metric: cost, comparator: '>', value: $1 }
`,
  );
});
afterEach(() => {
  desk.clear();
});

const kept = (): readonly string[] =>
  existsSync(desk.path('kept.jsonl')) ? readFileSync(desk.path('kept.jsonl'), 'utf8').split('\n').slice(0, -1) : [];

/** Sends Ctrl-C as soon as so many runs are finished. */
const interruptedAfter = (runs: number, args: readonly string[]): Promise<Finished> =>
  karpsim([...args, '--workers', '1', '--results', 'kept.jsonl'], {
    cwd: desk.folder,
    started: (child) => {
      const poll = setInterval(() => {
        if (kept().length < runs) return;
        clearInterval(poll);
        child.kill('SIGINT');
      }, 20);
    },
  });

describe.each([
  ['run', ['run', 'short.yaml', '--out', 'out'], /^The same run under \d+ seeds .*interrupted: 60 were asked for$/m],
  ['claims', ['claims', 'claims.yaml', '--no-second-range'], /Interrupted: these are the verdicts of the seeds/],
])('an interrupted karpsim %s', (_, args, told) => {
  it('tells what is finished, and continues with --resume where it was', async () => {
    const { signal, stdout, stderr } = await interruptedAfter(4, [...args, '--seeds', '60']);
    expect(signal).toBe('SIGINT');
    expect(stdout).toMatch(told);
    expect(stderr).toMatch(/^karpsim: interrupted after \d+ of 60 seeds\. Finished runs are kept in kept\.jsonl; /);
    const before = kept();
    const again = ['--seeds', String(before.length), '--results', 'kept.jsonl', '--resume'];
    const resumed = await karpsim([...args, ...again], { cwd: desk.folder });
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(kept()).toEqual(before);
  });
});

describe('an interrupted karpsim waterfall', () => {
  it('has nothing to tell before the second seed is finished, and keeps its runs', async () => {
    const { signal, stdout, stderr } = await interruptedAfter(1, ['waterfall', 'short.yaml', '--runs', '28']);
    expect({ signal, stdout }).toEqual({ signal: 'SIGINT', stdout: '' });
    expect(stderr).toMatch(
      /^karpsim: interrupted before the second seed was finished\. Finished runs are kept in kept/,
    );
    expect(kept().length).toBeGreaterThanOrEqual(1);
  });
});

describe('a file of finished runs that cannot be written', () => {
  it('is told before anything is simulated', async () => {
    const args = ['claims', 'claims.yaml', '--results', 'short.yaml/kept.jsonl'];
    const { code, stdout, stderr } = await karpsim(args, { cwd: desk.folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^karpsim: short\.yaml\/kept\.jsonl: cannot be .*ENOTDIR.* — try another --results file\n$/);
  });
});

describe('a call with --resume', () => {
  it('needs seeds to continue', async () => {
    const { code, stderr } = await karpsim(['run', 'short.yaml', '--resume'], { cwd: desk.folder });
    expect(code).toBe(2);
    expect(stderr).toBe('karpsim: --resume is about the runs of --seeds, which is not given — try --seeds 10\n');
  });

  it('is refused where there is nothing to continue', async () => {
    const { code, stderr } = await karpsim(['claims', 'claims.yaml', '--resume'], { cwd: desk.folder });
    expect(code).toBe(2);
    expect(stderr).toBe(
      'karpsim: --resume: there is no reports/out/claims/short.jsonl to continue from — leave it out to begin anew\n',
    );
  });
});
