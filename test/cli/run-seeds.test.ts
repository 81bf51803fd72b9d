import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, karpsim } from './karpsim.js';

interface Repeated {
  readonly seed: number;
  readonly cost: { readonly total: number };
  readonly simulatedSeconds: number;
  readonly replication: {
    readonly seeds: readonly string[];
    readonly metrics: readonly {
      readonly name: string;
      readonly mean: number;
      readonly low: number;
      readonly high: number;
    }[];
  };
}

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
  desk.scenario('short.yaml');
});
afterEach(() => {
  desk.clear();
});

describe('karpsim run --seeds', () => {
  it('repeats the run under the seeds that follow, and tells means with their intervals', async () => {
    const { code, stdout } = await karpsim(['run', 'short.yaml', '--seeds', '3', '--out', 'out'], { cwd: desk.folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The same run under 3 seeds \(3 to 5\)$/m);
    expect(stdout).toMatch(/^ {2}cost +a day +\$[\d.]+ +\$[\d.]+ … \$[\d.]+ +\$[\d.]+ +\$[\d.]+$/m);
    const summary = JSON.parse(readFileSync(join(desk.folder, 'out/summary.json'), 'utf8')) as Repeated;
    expect(summary.replication.seeds).toEqual(['3', '4', '5']);
    const cost = summary.replication.metrics.find(({ name }) => name === 'cost');
    if (cost === undefined) throw new Error('every run costs something');
    expect(cost.low).toBeLessThanOrEqual(cost.mean);
    expect(cost.high).toBeGreaterThanOrEqual(cost.mean);
    // The three are alike: the one that was written is not far from their mean.
    expect((summary.cost.total * 86_400) / summary.simulatedSeconds / cost.mean).toBeCloseTo(1, 0);
  });

  it('refuses none', async () => {
    const { code, stderr } = await karpsim(['run', 'short.yaml', '--seeds', '0'], { cwd: desk.folder });
    expect(code).toBe(2);
    expect(stderr).toContain('--seeds: 0 seeds tell nothing');
  });
});
