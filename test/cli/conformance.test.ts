import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim, ROOT, type Finished } from './karpsim.js';

const CARRIED = join(ROOT, 'test/conformance');

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => {
  desk.clear();
});

interface Row {
  readonly kind: string;
  readonly version: string;
  readonly family: string;
  readonly cases: number;
  readonly agreed: number;
}

interface Printed {
  readonly passed: number;
  readonly failed: number;
  readonly rows: readonly Row[];
  readonly failures: readonly { readonly name: string; readonly expected: unknown; readonly got: unknown }[];
}

function conformance(...args: readonly string[]): Promise<Finished> {
  return karpsim(['conformance', ...args], { cwd: desk.folder });
}

async function printed(...args: readonly string[]): Promise<Printed> {
  const { stdout } = await conformance(...args, '--json');
  return JSON.parse(stdout) as Printed;
}

function write(name: string, lines: readonly unknown[]): void {
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  mkdirSync(dirname(desk.path(name)), { recursive: true });
  writeFileSync(desk.path(name), name.endsWith('.gz') ? gzipSync(text) : text);
}

/** The first lines of a file that the project carries. */
function carried(name: string, count: number): unknown[] {
  const lines = gunzipSync(readFileSync(join(CARRIED, name)))
    .toString('utf8')
    .split('\n');
  return lines.slice(0, count).map((line) => JSON.parse(line) as unknown);
}

interface RecordedClaims {
  readonly outcomes: readonly { readonly result: { newNodeClaims: { instanceTypes: string[] }[] } }[];
}

const FAMILY = 'v1.14.1/plain.jsonl.gz';

/** Three cases of the real controller; `change` may alter what was recorded of them. */
function cases(folder: string, change: (recordings: RecordedClaims[]) => unknown[] = (all) => all): void {
  write(`${folder}/cases/${FAMILY}`, carried(`cases/${FAMILY}`, 3));
  write(`${folder}/recordings/${FAMILY}`, change(carried(`recordings/${FAMILY}`, 3) as RecordedClaims[]));
}

/** The first recording names types in another order than any controller would. */
function firstReversed(recordings: RecordedClaims[]): unknown[] {
  for (const claim of recordings[0]?.outcomes[0]?.result.newNodeClaims ?? []) claim.instanceTypes.reverse();
  return recordings;
}

describe('karpsim conformance', () => {
  it('prints a table and a closing line, and ends with 0 when all cases agree; catalogues are the shipped ones', async () => {
    cases('mine');
    const { code, stdout, stderr } = await conformance('mine');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/provisioning +v1\.14\.1 +plain +3 +3 +100 %/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('3 passed, 0 failed');
  });

  it('ends with 1 when a case was decided otherwise, and shows it side by side', async () => {
    cases('mine', firstReversed);
    const { code, stdout } = await conformance('mine', '--diff');
    expect(code).toBe(1);
    const [name = ''] = /plain\/\S+/.exec(stdout) ?? [];
    expect(stdout).toMatch(/provisioning +v1\.14\.1 +plain +3 +2 +66\.6 %/);
    expect(stdout).toContain(`provisioning v1.14.1 ${name}\n  where `);
    expect(stdout).toMatch(/newNodeClaims\[0\]\.instanceTypes\[0\] +\S+ +\S+/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 passed, 1 failed');
    expect((await conformance('mine')).stdout).toContain('Decided otherwise (--diff shows how):');
  });

  it('prints passed, failed, rows and failures, and nothing else, as one JSON object', async () => {
    cases('mine', firstReversed);
    const { stdout, stderr } = await conformance('mine', '--json');
    const report = JSON.parse(stdout) as Printed;
    expect(stderr).toBe('');
    expect(Object.keys(report)).toEqual(['passed', 'failed', 'rows', 'failures']);
    expect(report).toMatchObject({
      passed: 2,
      failed: 1,
      rows: [{ kind: 'provisioning', version: 'v1.14.1', family: 'plain', cases: 3, agreed: 2 }],
    });
    expect(report.failures.map((failure) => Object.keys(failure))).toEqual([['name', 'expected', 'got']]);
  });

  it('takes a line without gzip, and catalogues of the folder before the shipped ones', async () => {
    cases('mine');
    const [first, second, third] = carried(`cases/${FAMILY}`, 3) as { readonly instanceTypes: string }[];
    const own = { ...first, instanceTypes: 'my-types' };
    write('mine/cases/v1.14.1/own.jsonl', [own, second, third]);
    write('mine/recordings/v1.14.1/own.jsonl', carried(`recordings/${FAMILY}`, 3));
    expect((await printed('mine', '--family', 'own')).failures).toMatchObject([
      { got: { error: expect.stringContaining('no catalogue "my-types"') as string } },
    ]);
    const shipped = join(ROOT, 'pricing-data/catalogs', `${first?.instanceTypes ?? ''}.json`);
    mkdirSync(desk.path('mine/catalogs'));
    cpSync(shipped, desk.path('mine/catalogs/my-types.json'));
    expect(await printed('mine', '--family', 'own')).toMatchObject({ passed: 3, failed: 0 });
  });

  it('narrows by kind, version, family and name', async () => {
    cases('mine');
    write('mine/kubernetes/pdb.jsonl.gz', carried('kubernetes/pdb.jsonl.gz', 4));
    const all = await printed('mine');
    expect(all.rows.map(({ kind, cases: count }) => [kind, count])).toEqual([
      ['provisioning', 3],
      ['kubernetes', 4],
    ]);
    expect(await printed('mine', '--kind', 'kubernetes')).toMatchObject({ passed: 4 });
    expect(await printed('mine', '--karpenter', 'v1.14.1')).toMatchObject({ passed: 3 });
    expect(await printed('mine', '--family', 'pdb')).toMatchObject({ passed: 4 });
    const [first] = carried(`cases/${FAMILY}`, 1) as { readonly name: string }[];
    expect(await printed('mine', '--name', first?.name ?? '')).toMatchObject({ passed: 1, failed: 0 });
  });

  it('takes the folder of one kind, whatever it is called', async () => {
    write('pods/hpa.jsonl.gz', carried('kubernetes/hpa.jsonl.gz', 2));
    write('aws/instance-types.jsonl.gz', carried('aws/instance-types.jsonl.gz', 2));
    expect((await printed('pods')).rows).toEqual([
      { kind: 'kubernetes', version: 'v1.34', family: 'hpa', cases: 2, agreed: 2 },
    ]);
    expect(await printed('aws', '--name', 'a1.large/2')).toMatchObject({ passed: 1, failed: 0 });
  });

  it('counts as failed what is not built, what has no recording and what it cannot read as a case', async () => {
    const [first = {}] = carried(`cases/${FAMILY}`, 1) as object[];
    write('mine/cases/v1.14.1/odd.jsonl', [
      { ...first, name: 'a', kind: 'weather' },
      { ...first, name: 'b' },
      { ...first, name: 'c', pods: [{ spec: 7 }] },
    ]);
    const [recording = {}] = carried(`recordings/${FAMILY}`, 1) as object[];
    const recorded = ['a', 'c'].map((name) => ({ ...recording, name }));
    write('mine/recordings/v1.14.1/odd.jsonl', recorded);
    write('mine/cases/v9.9.9/odd.jsonl', [{ ...first, name: 'd' }]);
    write('mine/recordings/v9.9.9/odd.jsonl', [{ ...recording, name: 'd' }]);
    write('mine/validation/v1.14.1.jsonl', [{ name: 'e', verdict: { accepted: true } }]);
    const report = await printed('mine');
    expect(report).toMatchObject({ passed: 0, failed: 5 });
    const errors = report.failures.map(({ name, got }) => [name, (got as { readonly error: string }).error]);
    expect(Object.fromEntries(errors)).toEqual({
      a: 'this kind is not built yet',
      b: 'the folder has no recording of this case',
      c: expect.stringContaining('metadata') as string,
      d: 'Karpenter v9.9.9 is not simulated',
      e: 'this kind is not built yet',
    });
    expect((await conformance('mine', '--diff')).stdout).toContain(
      'validation: this kind is not built yet, so its 1 case counts as failed',
    );
  });

  it('ends with 1 where there is nothing to check, and says why', async () => {
    mkdirSync(desk.path('empty/bench'), { recursive: true });
    write('empty/bench/mix.jsonl', [{ name: 'ignored' }]);
    expect(await conformance('empty')).toMatchObject({
      code: 1,
      stdout: '0 passed, 0 failed\n',
      stderr: 'karpsim: nothing to check in empty: there are no recordings in it\n',
    });
    cases('mine');
    const { code, stderr } = await conformance('mine', '--family', 'plian', '--json');
    expect(code).toBe(1);
    expect(stderr).toContain('no recording has the family "plian" — did you mean "plain"?');
    expect((await conformance('mine', '--karpenter', 'v0.32.0')).code).toBe(1);
  });

  it('gives the same bytes whether one thread works or several', async () => {
    cases('mine', firstReversed);
    write('mine/kubernetes/scheduler.jsonl.gz', carried('kubernetes/scheduler.jsonl.gz', 120));
    write('mine/aws/instance-types.jsonl.gz', carried('aws/instance-types.jsonl.gz', 400));
    const { checkFolder } = (await import(join(ROOT, 'dist/conformance/check-folder.js'))) as {
      readonly checkFolder: (folder: string, options: { readonly threads: number }) => Promise<unknown>;
    };
    const [one, three] = await Promise.all([1, 3].map((threads) => checkFolder(desk.path('mine'), { threads })));
    expect(three).toEqual(one);
    expect(JSON.stringify(three)).toBe(JSON.stringify(one));
  });
});

describe('recordings that cannot be read', () => {
  async function refused(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await conformance(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    return stderr;
  }

  it('are named with file, line and column, all at once', async () => {
    cases('mine');
    write('mine/cases/v1.14.1/odd.jsonl', [
      '{"name": "a", "kind": "conditions"}',
      '',
      '{"name": }',
      '[]',
      '{"kind": ""}',
    ]);
    write('mine/kubernetes/pdb.jsonl.gz', ['{"name": "x", "case"']);
    writeFileSync(desk.path('mine/kubernetes/hpa.jsonl.gz'), 'no gzip');
    mkdirSync(desk.path('mine/catalogs'));
    writeFileSync(desk.path('mine/catalogs/types.json'), '{\n  "instanceTypes": [\n');
    const lines = (await refused('mine')).trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(
        /^mine\/cases\/v1\.14\.1\/odd\.jsonl:3:\d+: is not JSON: .* \(expected one JSON object a line\)$/,
      ),
      'mine/cases/v1.14.1/odd.jsonl:4:1: is not an object (expected one JSON object a line)',
      'mine/cases/v1.14.1/odd.jsonl:5:1: name: the line has no name',
      expect.stringMatching(/^mine\/kubernetes\/hpa\.jsonl\.gz:1:1: is not a whole gzip file/),
      expect.stringMatching(/^mine\/kubernetes\/pdb\.jsonl\.gz:1:21: is not JSON: /),
      expect.stringMatching(/^mine\/catalogs\/types\.json:3:1: is not JSON: /),
    ]);
  });

  it('may be no folder at all', async () => {
    writeFileSync(desk.path('file'), '');
    expect(await refused('gone')).toMatch(/^gone: there is no such folder \(expected a folder with cases\//);
    expect(await refused('file')).toMatch(/^file: is a file, not a folder/);
  });

  it('and a kind or version that does not exist is bad input too', async () => {
    cases('mine');
    expect(await refused('mine', '--kind', 'provisionning')).toMatch(
      /^karpsim: --kind: "provisionning" is no kind of recording \(expected one of provisioning, .*\) — did you mean "provisioning"\?\n$/,
    );
    expect(await refused('mine', '--karpenter', 'v1.14')).toMatch(/did you mean "v1\.14\.1"\?/);
    expect(await refused()).toBe(
      'karpsim: the folder of recordings is missing — try karpsim conformance test/conformance\n',
    );
    expect(await refused('mine', '--fmaily', 'plain')).toMatch(/did you mean --family\?\n$/);
  });
});
