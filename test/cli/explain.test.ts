import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Desk, karpsim, type Finished } from './karpsim.js';

const desk = new Desk();
const RUN = 'reports/out/short';

function explain(...args: readonly string[]): Promise<Finished> {
  return karpsim(['explain', ...args], { cwd: desk.folder });
}

async function refused(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await explain(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return stderr;
}

interface Listed {
  readonly atMs: number;
  readonly nodes: readonly {
    readonly node: { readonly node: string; readonly nodeClaim: string; readonly managed: boolean };
    readonly standing: { readonly state: string; readonly reasons: readonly { readonly code: string }[] };
  }[];
}

let nodes: Listed['nodes'];

beforeAll(async () => {
  const { code } = await karpsim(['run', desk.scenario('short.yaml'), '--json'], { cwd: desk.folder });
  expect(code).toBe(0);
  const { stdout } = await explain(RUN, '--json');
  const listed = JSON.parse(stdout) as Listed;
  expect(listed.atMs).toBe(300_000);
  ({ nodes } = listed);
});
afterAll(() => {
  desk.clear();
});

describe('karpsim explain', () => {
  it('lists every node of the moment with its reason, at the end unless told otherwise', async () => {
    const ours = nodes.filter(({ node }) => !node.managed);
    expect(ours.length).toBeGreaterThan(0);
    const { code, stdout, stderr } = await explain(RUN, '--at', '09:05');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('nodes at Fri 2026-03-27 09:05:00 UTC');
    for (const { node } of ours) expect(stdout).toContain(node.node);
    expect((await explain(RUN, '--at', '+0s')).stdout).toMatch(/^2 nodes at .*\n\nsystem\n/);
  });

  it('tells one node’s life, or what it was in at a moment, by its full or short name', async () => {
    const found = nodes.find(({ node }) => !node.managed && node.node !== '');
    const name = found?.node.node ?? '';
    const whole = await explain(RUN, '--node', name);
    expect(whole.stdout).toMatch(/created 09:\d\d:\d\d, launched .* initialized/);
    const moment = await explain(RUN, '--node', name.split('.')[0] ?? '', '--at', '09:05:00');
    expect(moment.stdout).toContain(`At 09:05:00: ${found?.standing.state ?? ''}`);
    const before = await explain(RUN, '--node', name, '--at', '09:00', '--json');
    expect(JSON.parse(before.stdout)).toMatchObject({ at: '2026-03-27T09:00:00Z', standing: null });
  });

  it('follows a pod, a NodeClaim and a NodePool, and looks for loops', async () => {
    const claim = nodes.find(({ node }) => !node.managed)?.node.nodeClaim ?? '';
    const ofClaim = await explain(RUN, '--nodeclaim', claim, '--json');
    const { nodeClaim } = JSON.parse(ofClaim.stdout) as { nodeClaim: { created: { pods: string[] } } };
    const [pod = ''] = nodeClaim.created.pods;
    const ofPod = await explain(RUN, '--pod', pod.split('/')[1] ?? '');
    expect(ofPod.stdout).toMatch(new RegExp(`^${pod}\\n`));
    expect(ofPod.stdout).toMatch(/Pending for \d+\.\d s; planned on banking-/);
    const ofPool = await explain(RUN, '--nodepool', 'banking-general');
    expect(ofPool.stdout).toContain(
      'karpenter_nodeclaims_created_total{nodepool="banking-general",reason="provisioned"}',
    );
    const churn = await explain(RUN, '--churn');
    expect(churn.stdout).toContain('Nodes replaced by the same machine\n  None.');
  });

  it('says what was probably meant by a name that the run has not', async () => {
    const claim = nodes.find(({ node }) => !node.managed)?.node.nodeClaim ?? '';
    expect(await refused(RUN, '--nodeclaim', `${claim}x`)).toContain(`did you mean ${claim}?`);
    expect(await refused(RUN, '--nodepool', 'banking-genral')).toBe(
      'karpsim: --nodepool: the run has no nodepool "banking-genral" — did you mean banking-general?\n',
    );
  });

  it('refuses a moment outside the run with its range', async () => {
    expect(await refused(RUN, '--at', '10:00')).toContain('2026-03-27T09:00:00Z to 2026-03-27T09:05:00Z');
    expect(await refused(RUN, '--at', 'noon')).toContain('"noon" is no time');
  });

  it('refuses two subjects, and a moment where it has no meaning', async () => {
    expect(await refused(RUN, '--node', 'a', '--churn')).toContain('--node and --churn: ask one thing at a time');
    expect(await refused(RUN, '--churn', '--at', '09:01')).toContain('--at: has no meaning with --churn');
  });

  it('refuses what is no saved run, with the line where it is cut off', async () => {
    expect(await refused('nowhere')).toContain('no such folder');
    expect(await refused('short.yaml')).toContain('short.yaml: is not a run folder');
    const lines = readFileSync(desk.path(`${RUN}/events.jsonl`), 'utf8').split('\n');
    writeFileSync(desk.path('cut.jsonl'), lines.slice(0, 50).join('\n'));
    expect(await refused('cut.jsonl')).toContain('cut.jsonl:50: the log is cut off here');
  });
});
