import type { MetricsRecord } from '../../src/analysis/metrics.js';
import type { RunPool } from '../../src/experiment/run-pool.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';

/** A variant's part in a run. */
export interface ScriptedTask {
  readonly variant: number;
  readonly seed: string;
}

export interface ScriptedPool {
  readonly make: () => RunPool;
  /** Runs that were asked for, `variant/seed` or `variant+variant/seed`, in order. */
  readonly asked: string[];
}

/**
 * Answers runs from a function instead of simulating them, in an order that `order` shuffles; `failing` runs are refused so
 * many times first.
 */
export function scriptedPool(
  answer: (task: ScriptedTask) => MetricsRecord,
  { order = 'a', failing = new Map<string, number>() }: { order?: string; failing?: Map<string, number> } = {},
): ScriptedPool {
  const asked: string[] = [];
  const luck = new RandomStreams(order).stream('order');
  const make = (): RunPool => ({
    async run(task, signal) {
      const name = `${task.variants.join('+')}/${task.seed}`;
      asked.push(name);
      for (let turns = luck.int(6); turns > 0; turns--) await Promise.resolve();
      if (signal.aborted) throw new Error('aborted');
      const left = failing.get(name) ?? 0;
      failing.set(name, left - 1);
      if (left > 0) throw new Error('worker exited with code: 1');
      return task.variants.map((variant) => answer({ variant, seed: task.seed }));
    },
    close: () => Promise.resolve(),
  });
  return { make, asked };
}
