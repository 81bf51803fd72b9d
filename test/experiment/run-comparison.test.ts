import { describe, expect, it } from 'vitest';
import { runComparison } from '../../src/experiment/run-comparison.js';
import type { DerivedVariant } from '../../src/experiment/second-range.js';
import { UNCERTAINTIES, type SpecChange } from '../../src/experiment/uncertainty.js';
import type { ScenarioSpec } from '../../src/scenario/scenario-spec.js';
import { ON_DEMAND_POOL, smallSpec } from '../simulation/small-cluster.js';
import { scriptedPool, type ScriptedTask } from './scripted-pool.js';

const onDemand = smallSpec({ duration: '10m' });
const spot = smallSpec({ duration: '10m', nodePoolSpec: ON_DEMAND_POOL.replace('[on-demand]', '[spot]') });
const side = (name: string, spec: ScenarioSpec): DerivedVariant => {
  const under = (change: SpecChange): ScenarioSpec => change(spec);
  return { name, under, spec };
};
const settings = UNCERTAINTIES.flatMap((unknown) => unknown.settings);

/** B costs a dollar less, and luck moves both alike. */
const figures = ({ variant, seed }: ScriptedTask) => ({ cost: Number(seed) + (variant.startsWith('b') ? 9 : 10) });

async function run(
  sides: readonly [DerivedVariant, DerivedVariant],
  answer: (task: ScriptedTask) => { readonly cost: number },
  more: { readonly independent?: boolean; readonly settings?: typeof settings; readonly signal?: AbortSignal } = {},
) {
  const { pool, asked } = scriptedPool(answer, { workers: 1 });
  const progress: { readonly done: number; readonly total: number }[] = [];
  const result = await runComparison(sides, {
    seeds: 3,
    settings,
    simulatorVersion: 'test',
    pool,
    tolerances: [],
    onProgress: (one) => progress.push(one),
    ...more,
  });
  return { ...result, asked: asked.filter((name) => name.includes(' with ')), progress };
}

describe('the runs of a comparison', () => {
  it('try what nobody knows at each level that changes a side, with the first seed', async () => {
    const { asked, comparison, progress } = await run([side('a', onDemand), side('b', spot)], figures);
    expect(asked).toEqual([
      'b with spot prices 15 % lower/1',
      'b with spot prices 35 % higher/1',
      'b with half the interruptions/1',
      'b with twice the interruptions/1',
      'a with lean nodes/1',
      'b with lean nodes/1',
      'a with slow nodes/1',
      'b with slow nodes/1',
    ]);
    expect(comparison?.secondRange).toMatchObject({ count: 8, seeds: 1 });
    expect(comparison?.metrics[0]).toMatchObject({ verdict: 'better', second: { flips: [] } });
    expect(progress[0]).toEqual({ done: 0, total: 14 });
    expect(progress.at(-1)).toEqual({ done: 14, total: 14 });
  });

  it('try none of it where luck has decided nothing, or where it is not asked', async () => {
    const same = await run([side('a', spot), side('a', spot)], figures);
    expect(same.asked).toEqual([]);
    expect(same.comparison?.secondRange).toBeUndefined();
    expect((await run([side('a', spot), side('b', spot)], figures, { settings: [] })).asked).toEqual([]);
  });

  it('have on each side the seeds that it had, where luck is independent', async () => {
    const apart = ({ variant }: ScriptedTask) => ({ cost: variant.startsWith('b') ? 1 : 10 });
    const { asked } = await run([side('a', onDemand), side('b', onDemand)], apart, { independent: true });
    expect(asked).toEqual(['a with lean nodes/1', 'b with lean nodes/4', 'a with slow nodes/1', 'b with slow nodes/4']);
  });

  it('leave the verdicts of luck where a signal cuts them off', async () => {
    const interrupt = new AbortController();
    const cutOff = (task: ScriptedTask) => {
      if (task.variant.includes(' with ')) interrupt.abort();
      return figures(task);
    };
    const { comparison, secondRangeInterrupted } = await run([side('a', spot), side('b', spot)], cutOff, {
      signal: interrupt.signal,
    });
    expect(secondRangeInterrupted).toBe(true);
    expect(comparison?.secondRange).toBeUndefined();
    expect(comparison?.metrics[0]).toMatchObject({ verdict: 'better', second: undefined });
  });
});
