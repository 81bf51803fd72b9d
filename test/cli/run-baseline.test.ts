import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim } from './karpsim.js';

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
  desk.scenario('short.yaml');
});
afterEach(() => {
  desk.clear();
});

interface Written {
  readonly nodesFrom: string;
  readonly baselines?: readonly { readonly name: string; readonly metrics: Readonly<Record<string, number | null>> }[];
}

describe('karpsim run --baseline', () => {
  it('runs the baseline into a folder of its own and names it, without Karpenter’s steps', async () => {
    const { code, stdout, stderr } = await karpsim(['run', 'short.yaml', '--baseline', 'static'], { cwd: desk.folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^short: static on-demand fleet in place of Karpenter, seed 3/);
    expect(stdout).toMatch(/^ {2}banking-general +t3\.medium +on-demand/m);
    expect(stdout).not.toContain('Karpenter trigger');
    expect(stdout).toContain('Written to reports/out/short-static:');
    const summary = readFileSync(join(desk.folder, 'reports/out/short-static/summary.json'), 'utf8');
    expect((JSON.parse(summary) as Written).nodesFrom).toBe('static');
  });

  it('all: runs Karpenter and puts every baseline beside it, in the answer and in the JSON', async () => {
    const text = await karpsim(['run', 'short.yaml', '--baseline', 'all', '--out', 'a'], { cwd: desk.folder });
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^short: Karpenter v1\.14\.1/);
    expect(text.stdout).toMatch(/^ {2}Karpenter +\d+/m);
    expect(text.stdout).toMatch(/^ {2}static on-demand fleet +\d+/m);
    expect(text.stdout).toMatch(/^ {2}Cluster Autoscaler +\d+/m);
    const written = JSON.parse(readFileSync(desk.path('a/summary.json'), 'utf8')) as Written;
    expect(written.nodesFrom).toBe('karpenter');
    expect(written.baselines?.map(({ name }) => name)).toEqual([
      'karpenter',
      'static',
      'static-savings-plan-1y',
      'cluster-autoscaler',
    ]);
    const [karpenter, fleet, committed] = (written.baselines ?? []).map(({ metrics }) => metrics);
    expect(fleet?.['pending.p99']).toBeLessThan(karpenter?.['pending.p99'] ?? 0);
    expect(committed?.['nodeHours']).toBe(fleet?.['nodeHours']);
    expect(committed?.['bill']).toBeLessThan(fleet?.['bill'] ?? 0);
  });

  it('tells which baselines there are', async () => {
    const { code, stderr } = await karpsim(['run', 'short.yaml', '--baseline', 'statik'], { cwd: desk.folder });
    expect(code).toBe(2);
    expect(stderr).toContain('--baseline: there is no baseline "statik"');
    expect(stderr).toContain('did you mean "static"?');
    const plan = await karpsim(['run', 'short.yaml', '--commitment', 'savings-plan'], { cwd: desk.folder });
    expect(plan.code).toBe(2);
    expect(plan.stderr).toContain('--commitment: there is no plan "savings-plan" (expected none or savings-plan-1y)');
  });
});
