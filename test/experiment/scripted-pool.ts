import type { MetricsRecord } from '../../src/analysis/metrics.js';
import type { RunPool } from '../../src/experiment/run-pool.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';

/** A variant's part in a run. */
export interface ScriptedTask {
  /** Its name. */
  readonly variant: string;
  readonly seed: string;
}

export interface ScriptedPool {
  readonly pool: RunPool;
  /** Runs that were asked for, `variant/seed` or `variant+variant/seed`, in order. */
  readonly asked: string[];
}

/** How a scripted pool behaves. */
export interface Script {
  readonly workers?: number;
  /** Shuffles who is ready first. */
  readonly order?: string;
  /** Runs that are refused so many times first. */
  readonly failing?: Map<string, number>;
}

/** Answers runs from a function instead of simulating them. */
export function scriptedPool(
  answer: (task: ScriptedTask) => MetricsRecord,
  { workers = 2, order = 'a', failing = new Map<string, number>() }: Script = {},
): ScriptedPool {
  const asked: string[] = [];
  const luck = new RandomStreams(order).stream('order');
  const pool: RunPool = {
    workers,
    async run({ variants, seed }, signal) {
      const name = `${variants.map((variant) => variant.name).join('+')}/${seed}`;
      asked.push(name);
      for (let turns = luck.int(6); turns > 0; turns--) await Promise.resolve();
      if (signal.aborted) throw new Error('aborted');
      const left = failing.get(name) ?? 0;
      failing.set(name, left - 1);
      if (left > 0) throw new Error('worker exited with code: 1');
      return variants.map((variant) => answer({ variant: variant.name, seed }));
    },
    close: () => Promise.resolve(),
  };
  return { pool, asked };
}
