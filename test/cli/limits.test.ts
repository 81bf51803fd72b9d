import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim } from './karpsim.js';

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => {
  desk.clear();
});

const limits = (...args: string[]) => karpsim(['limits', ...args], { cwd: desk.folder });

describe('karpsim limits', () => {
  it('prices the NodePools of a scenario and says aloud which of them nothing bounds', async () => {
    desk.scenario('short.yaml');
    const { code, stdout } = await limits('short.yaml', '--set', 'NodePool/banking-general.spec.limits=null');
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.trim().replace(/  +/g, ' '));
    expect(lines).toContainEqual(expect.stringMatching(/^banking-compute-optimized cpu 500, memory 500Gi – – \$/));
    expect(lines).toContain('All together, each at its dearer price: there is no bound.');
    expect(stdout.replace(/\s+/g, ' ')).toContain('UNBOUNDED: NodePool banking-general has no limits.');
  });

  it('prints one JSON object', async () => {
    desk.scenario('short.yaml');
    const { stdout } = await limits('short.yaml', '--json');
    const report = JSON.parse(stdout) as { perHour: number; perMonth: number; nodePools: object[] };
    expect(report.nodePools).toMatchObject([
      { name: 'banking-general', limits: { cpu: '1000', memory: '1000Gi' }, bounded: true },
      { name: 'banking-compute-optimized', ceilings: { 'on-demand': 'not-admitted' } },
    ]);
    expect(report.perMonth / report.perHour).toBeCloseTo(730);
  });
});
