import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measure } from '../../src/analysis/metrics.js';
import { analyse } from '../../src/analysis/run-analysis.js';
import { replicate, type ReplicationOptions } from '../../src/experiment/replicate.js';
import type { ReplicationVariant } from '../../src/experiment/replication.js';
import { runIdentity } from '../../src/experiment/results-file.js';
import { workerPool } from '../../src/experiment/run-pool.js';
import { withCommitment } from '../../src/scenario/with-commitment.js';
import { simulate } from '../../src/simulation/simulate.js';
import { ON_DEMAND_POOL, smallSpec } from '../simulation/small-cluster.js';
import type { DeadlyWork } from './dying-worker.js';
import { scriptedPool, type ScriptedTask } from './scripted-pool.js';

const patient: ReplicationVariant = { name: 'patient', spec: smallSpec({ duration: '10m', replicas: 3 }) };
const hasty: ReplicationVariant = {
  name: 'hasty',
  spec: smallSpec({
    duration: '10m',
    replicas: 3,
    nodePoolSpec: ON_DEMAND_POOL.replace('consolidateAfter: 60s', 'consolidateAfter: 0s'),
  }),
};
const folder = mkdtempSync(join(tmpdir(), 'karpsim-replicate-'));
const options = (more: Partial<ReplicationOptions> = {}): ReplicationOptions => ({
  seeds: 3,
  simulatorVersion: 'test',
  workers: 2,
  ...more,
});

/** A cost that depends on variant and seed, and moves less and less. */
const cost = ({ variant, seed }: ScriptedTask) => ({ cost: 100 + variant.length + Math.sin(Number(seed)) });

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('replication on worker threads', () => {
  const pool = workerPool(2);
  let onTwo: string;

  beforeAll(async () => {
    onTwo = JSON.stringify(await replicate([patient, hasty], options({ pool })));
  });
  afterAll(() => pool.close());

  it('does another replication on the same threads', async () => {
    const { variants } = await replicate([hasty], options({ pool, seeds: 1 }));
    const before = JSON.parse(onTwo) as Awaited<ReturnType<typeof replicate>>;
    expect(variants[0]?.runs).toEqual(before.variants[1]?.runs.slice(0, 1));
  });

  it('gives the same bytes whatever the number of workers', async () => {
    expect(JSON.stringify(await replicate([patient, hasty], options({ workers: 1 })))).toBe(onTwo);
  });

  it('gives every variant the same seeds, and the figures that a single run of them has', () => {
    const { variants } = JSON.parse(onTwo) as Awaited<ReturnType<typeof replicate>>;
    expect(variants.map(({ runs }) => runs.map(({ seed }) => seed))).toEqual([
      ['1', '2', '3'],
      ['1', '2', '3'],
    ]);
    const alone = analyse(simulate({ ...hasty.spec, seed: '3' }, { simulatorVersion: 'test' }).log);
    expect(variants[1]?.runs[2]?.metrics).toEqual(measure(alone, hasty.spec.cluster));
  });

  it('replaces a worker that dies and repeats its run', async () => {
    const deaths = new SharedArrayBuffer(4);
    const work: DeadlyWork = { deaths };
    const deadly = workerPool(2, { url: new URL('./dying-worker.ts', import.meta.url), workerData: work });
    const result = await replicate([patient, hasty], options({ pool: deadly }));
    await deadly.close();
    expect(new Int32Array(deaths)[0]).toBe(7);
    expect(JSON.stringify(result)).toBe(onTwo);
  });
});

describe('variants that differ in their commitment alone', () => {
  const committed = { name: 'committed', spec: withCommitment(patient.spec, 'savings-plan-1y') };

  it('are one run, which each of them has at its price', async () => {
    const { pool, asked } = scriptedPool(cost, { workers: 1 });
    await replicate([patient, hasty, committed], options({ seeds: 2, pool }));
    expect(asked).toEqual(['patient+committed/1', 'hasty/1', 'patient+committed/2', 'hasty/2']);
    const { variants } = await replicate([patient, committed], options({ seeds: 1 }));
    const figures = [patient, committed].map(({ spec }) =>
      measure(analyse(simulate(spec, { simulatorVersion: 'test' }).log), spec.cluster),
    );
    expect(variants.map(({ runs }) => runs[0]?.metrics)).toEqual(figures);
    expect(figures[1]?.['bill']).toBeLessThan(figures[0]?.['bill'] ?? 0);
  });

  it('are runs of their own when their luck is', async () => {
    const { pool, asked } = scriptedPool(cost, { workers: 1 });
    await replicate([patient, committed], options({ seeds: 1, independent: true, pool }));
    expect(asked).toEqual(['patient/1', 'committed/2']);
  });
});

describe('the seeds of a replication', () => {
  it('are the variant’s own when luck is independent, and no two runs share one', async () => {
    const { pool } = scriptedPool(cost);
    const { variants } = await replicate([patient, hasty], options({ independent: true, pool }));
    const seeds = variants.flatMap(({ runs }) => runs.map(({ seed }) => seed));
    expect(new Set(seeds).size).toBe(6);
  });

  it('follow the first one that is asked for', async () => {
    const { pool } = scriptedPool(cost);
    const { variants } = await replicate([patient], options({ firstSeed: '40', pool }));
    expect(variants[0]?.runs.map(({ seed }) => seed)).toEqual(['40', '41', '42']);
  });

  it('must be one or more', async () => {
    await expect(replicate([patient], options({ seeds: 0 }))).rejects.toThrow('0 seeds: expected a whole number');
  });

  it('are not given to runs of different length', async () => {
    const longer = { name: 'longer', spec: smallSpec({ duration: '20m' }) };
    await expect(replicate([patient, longer], options())).rejects.toThrow(
      'patient lasts 600 s and longer 1200 s: runs of different length cannot be compared',
    );
  });
});

describe('stopping early', () => {
  const precision = { metric: 'cost', relative: 0.005 };
  const run = async (order: string, workers: number): Promise<Awaited<ReturnType<typeof replicate>>> => {
    const { pool } = scriptedPool(cost, { order, workers });
    return await replicate([patient], options({ seeds: 400, precision, pool }));
  };

  it('is decided on the first seeds, whichever finish first', async () => {
    const one = await run('a', 1);
    expect(one.ended).toBe('precise');
    expect(one.variants[0]?.runs.length).toBeGreaterThan(5);
    expect(one.variants[0]?.runs.length).toBeLessThan(400);
    for (const [order, workers] of [
      ['b', 2],
      ['c', 5],
      ['d', 16],
    ] as const) {
      expect(await run(order, workers)).toEqual(one);
    }
  });

  it('never happens for a metric that the runs do not have', async () => {
    const { pool } = scriptedPool(() => ({ cost: null }));
    expect(await replicate([patient], options({ seeds: 9, precision, pool }))).toMatchObject({ ended: 'all' });
  });

  it('refuses a metric that does not exist, with the one that was meant and all others', async () => {
    const error = await replicate([patient], options({ precision: { metric: 'pendin.p99', relative: 0.1 } })).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ message: 'there is no metric "pendin.p99"', hint: 'did you mean pending.p99?' });
    expect(error).toHaveProperty('expected', expect.stringContaining('cost, bill, pending.p50'));
  });
});

describe('an interrupted replication', () => {
  it('keeps the seeds that every variant has finished', async () => {
    const interrupt = new AbortController();
    const { pool } = scriptedPool(cost);
    const result = await replicate(
      [patient, hasty],
      options({
        seeds: 20,
        pool,
        signal: interrupt.signal,
        onProgress: ({ done, total }) => {
          expect(total).toBe(40);
          if (done === 13) interrupt.abort();
        },
      }),
    );
    expect(result).toMatchObject({ ended: 'interrupted', seedsAsked: 20 });
    expect(result.variants.map(({ runs }) => runs.length)).toEqual([6, 6]);
  });

  it('is continued from its results file, and nothing is simulated or counted twice', async () => {
    const resultsFile = join(folder, 'continued.jsonl');
    const first = scriptedPool(cost);
    const interrupt = new AbortController();
    await replicate(
      [patient, hasty],
      options({
        seeds: 10,
        resultsFile,
        pool: first.pool,
        signal: interrupt.signal,
        onProgress: ({ done }) => {
          if (done === 9) interrupt.abort();
        },
      }),
    );
    // What a cut-off write leaves.
    appendFileSync(resultsFile, '{"run":"half');
    const second = scriptedPool(cost);
    const whole = await replicate([patient, hasty], options({ seeds: 10, resultsFile, pool: second.pool }));
    expect(second.asked).toHaveLength(11);
    expect(whole).toEqual(await replicate([patient, hasty], options({ seeds: 10, pool: scriptedPool(cost).pool })));
    expect(readFileSync(resultsFile, 'utf8').trimEnd().split('\n')).toHaveLength(20);
    const third = scriptedPool(cost);
    await replicate([patient, hasty], options({ seeds: 10, resultsFile, pool: third.pool }));
    expect(third.asked).toEqual([]);
  });

  it('knows a run by its scenario, however that came to be in memory', () => {
    // Text and numbers that are cut out of larger ones are held differently from those that stand alone.
    const cut = {
      ...patient.spec,
      name: `${patient.spec.name}→`.slice(0, -1),
      durationMs: (patient.spec.durationMs * 1.5) / 1.5,
    };
    expect(runIdentity(cut, 'test')).toBe(runIdentity(patient.spec, 'test'));
    expect(runIdentity({ ...patient.spec, seed: '7' }, 'test')).toBe(runIdentity(patient.spec, 'test'));
    const others = [
      hasty.spec,
      { ...patient.spec, latency: undefined, durationMs: 1 },
      withCommitment(patient.spec, 'savings-plan-1y'),
    ];
    for (const other of others) expect(runIdentity(other, 'test')).not.toBe(runIdentity(patient.spec, 'test'));
  });

  it('does not take the figures of a scenario that was changed since', async () => {
    const resultsFile = join(folder, 'changed.jsonl');
    await replicate([patient], options({ resultsFile, pool: scriptedPool(cost).pool }));
    const { pool, asked } = scriptedPool(cost);
    await replicate([hasty], options({ resultsFile, pool }));
    expect(asked).toHaveLength(3);
  });

  it('refuses a file that is something else, and one that answers a question twice', async () => {
    const resultsFile = join(folder, 'other.jsonl');
    writeFileSync(resultsFile, '{"seq":0}\n');
    const attempt = () => replicate([patient], options({ resultsFile, pool: scriptedPool(cost).pool }));
    await expect(attempt()).rejects.toMatchObject({ file: resultsFile, line: 1 });
    const line = (figure: number) => `{"run":"r","seed":"1","metrics":{"cost":${figure}}}\n`;
    writeFileSync(resultsFile, line(1) + line(2));
    await expect(attempt()).rejects.toMatchObject({ line: 2, message: expect.stringContaining('twice') as string });
  });
});

describe('a run that cannot be done', () => {
  it('is tried three times before the work is given up', async () => {
    const failing = new Map([['patient/2', 2]]);
    const { pool, asked } = scriptedPool(cost, { failing });
    expect((await replicate([patient], options({ pool }))).variants[0]?.runs).toHaveLength(3);
    expect(asked.filter((name) => name === 'patient/2')).toHaveLength(3);
    const hopeless = scriptedPool(cost, { failing: new Map([['patient/2', 9]]) });
    await expect(replicate([patient], options({ pool: hopeless.pool }))).rejects.toThrow('worker exited');
  });
});
