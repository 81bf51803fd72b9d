import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim, ROOT } from './karpsim.js';

const [GENERAL = ''] = readFileSync(join(ROOT, 'scenarios/banking/nodepools.yaml'), 'utf8').split('---\n');

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => {
  desk.clear();
});

const rollout = (...args: string[]) => karpsim(['rollout', ...args], { cwd: desk.folder });

describe('karpsim rollout', () => {
  const changed = GENERAL.replace('expireAfter: 30m', 'expireAfter: 24h');

  it('tells what drifts, how long it takes, the timeline, and the run without the change beside', async () => {
    desk.scenario('short.yaml');
    writeFileSync(desk.path('pool.yaml'), changed);
    const args = ['short.yaml', '--with', 'pool.yaml', '--at', '+3m', '--set', 'duration=15m', '--every', '2m'];
    const { code, stdout, stderr } = await rollout(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('short: pool.yaml applied on Fri 09:03 UTC, Karpenter v1.14.1, seed 3');
    expect(text).toContain(
      'NodePool banking-general: spec.template.spec.expireAfter changed; every node of it drifts.',
    );
    expect(text).toMatch(
      /After [\d.ms]+, at 09:\d\d, (none of the \d nodes of the old spec is left|the one node of the old spec is gone)/,
    );
    expect(stdout).toMatch(/^ {2}09:03 +[1-9]\d* +0 /m);
    expect(stdout).toMatch(/^ {2}09:05 /m);
    const json = JSON.parse((await rollout(...args, '--json')).stdout) as {
      driftedNodes: number;
      seconds: number;
      byReason: Record<string, number>;
      timeline: { oldNodes: number }[];
    };
    expect(json.byReason['Drifted']).toBe(json.driftedNodes);
    expect(json.timeline[0]?.oldNodes).toBe(json.driftedNodes);
    expect(json.timeline.at(-1)?.oldNodes).toBe(0);
    expect(json.seconds).toBeGreaterThan(30);
  });

  it('says so when nothing drifts', async () => {
    desk.scenario('short.yaml');
    writeFileSync(desk.path('pool.yaml'), GENERAL.replace('consolidateAfter: 30s', 'consolidateAfter: 5m'));
    const { stdout } = await rollout('short.yaml', '--with', 'pool.yaml', '--at', '+3m');
    expect(stdout).toContain('Nothing drifts: only spec.disruption changed.');
  });

  it.each([
    [
      ['--with', 'gone.yaml', '--at', '+3m'],
      /^gone\.yaml:1:1: cannot read .*: no such file .* — give a manifest with the changed NodePool\n$/,
    ],
    [['--with', 'short.yaml', '--at', '+3m'], /^short\.yaml:1:1: apiVersion: apiVersion is required/],
    [
      ['--with', 'pool.yaml', '--at', '14:00'],
      /^--at 14:00: is outside the run \(expected a time within 2026-03-27T09:00:00Z to 2026-03-27T09:05:00Z/,
    ],
    [['--with', 'pool.yaml'], /--at is missing \(expected a time of the run/],
    [['--at', '+3m'], /--with is missing/],
    [['--with', 'pool.yaml', '--at', '+3m', '--every', '5s'], /--every: "5s" is not a duration of a minute or more/],
    [
      ['--with', 'pool.yaml', '--at', '+3m', '--karpenter', 'v0.32.0'],
      /there are no manifests for Karpenter v0\.32\.0/,
    ],
  ])('refuses %j', async (args, message) => {
    desk.scenario('short.yaml');
    writeFileSync(desk.path('pool.yaml'), changed);
    const { code, stdout, stderr } = await rollout('short.yaml', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
