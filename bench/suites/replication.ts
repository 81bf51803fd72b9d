import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { replicate } from '../../src/experiment/replicate.js';
import type { ReplicationVariant } from '../../src/experiment/replication.js';
import { workerPool, type RunPool } from '../../src/experiment/run-pool.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';

const SCENARIO = fileURLToPath(new URL('../../scenarios/traffic-spike.yaml', import.meta.url));
const POOL = 'NodePool/banking-general.spec';
const VARIANTS: readonly (readonly [name: string, set: readonly string[]])[] = [
  ['as written', []],
  ['patient', [`${POOL}.disruption.consolidateAfter=5m`]],
  ['long-lived', [`${POOL}.template.spec.expireAfter=24h`]],
  ['when empty', [`${POOL}.disruption.consolidationPolicy=WhenEmpty`]],
];

/** The work of a comparison: thirty seeds of four variants of the banking day within three minutes on two cores. */
const TARGET = { seeds: 30, seconds: 180, megabytes: 1024, speedup: 1.8 };
/** Enough for the cost of a run, and how much a second core helps. */
const SAMPLE_SEEDS = 4;

/**
 * A replication of the banking day: wall clock, memory, and how much a second worker helps. One measurement of minutes says more than
 * many, so this is no benny suite. By default a sample of four seeds is timed and the whole projected from it; KARPSIM_BENCH_WHOLE=1
 * does the whole work, and fails where a target is missed, which means something on an idle machine alone.
 */
export default async function replication(): Promise<void> {
  const isWhole = process.env['KARPSIM_BENCH_WHOLE'] === '1';
  const variants = loadVariants();
  const [one, two] = [await sampled(variants, 1), await sampled(variants, 2)];
  assert.equal(two.text, one.text, 'the number of workers changes the result');
  const speedup = one.seconds / two.seconds;
  const runs = SAMPLE_SEEDS * variants.length;
  const whole = isWhole ? await withPool(2, (pool) => timed(variants, TARGET.seeds, pool)) : undefined;
  const seconds = whole?.seconds ?? (two.seconds / SAMPLE_SEEDS) * TARGET.seeds;
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `  ${TARGET.seeds} seeds x ${variants.length} variants of the banking day on two workers: ${seconds.toFixed(1)} s` +
      `${whole === undefined ? ` by ${SAMPLE_SEEDS} seeds` : ''}, ${megabytes} MB; a run takes ${(one.seconds / runs).toFixed(2)} s alone, ` +
      `two workers are ${speedup.toFixed(2)} times as fast as one (${availableParallelism()} cores)`,
  );
  assert(megabytes < TARGET.megabytes, `more than ${TARGET.megabytes} MB of memory`);
  if (!isWhole) return;
  assert(seconds < TARGET.seconds, `more than ${TARGET.seconds} s`);
  assert(speedup >= TARGET.speedup, 'a second core helps too little');
}

interface Timing {
  readonly seconds: number;
  readonly text: string;
}

/** A few seeds on threads that have compiled what is used much: each has done every variant before. */
function sampled(variants: readonly ReplicationVariant[], workers: number): Promise<Timing> {
  return withPool(workers, async (pool) => {
    await timed(variants, workers, pool);
    return timed(variants, SAMPLE_SEEDS, pool);
  });
}

async function timed(variants: readonly ReplicationVariant[], seeds: number, pool: RunPool): Promise<Timing> {
  const start = performance.now();
  const { variants: done } = await replicate(variants, { seeds, pool, simulatorVersion: 'bench' });
  assert(done.every(({ runs }) => runs.length === seeds));
  return { seconds: (performance.now() - start) / 1000, text: JSON.stringify(done) };
}

async function withPool<T>(workers: number, work: (pool: RunPool) => Promise<T>): Promise<T> {
  const pool = workerPool(workers);
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

function loadVariants(): readonly ReplicationVariant[] {
  const catalogue = pricingDataCatalogue();
  return VARIANTS.map(([name, set]) => {
    const { spec } = loadScenario({ file: SCENARIO, catalogue, set });
    assert(spec !== undefined, `${name} does not load`);
    return { name, spec };
  });
}
