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
  const timed = async (pool: RunPool, seeds: number): Promise<{ readonly seconds: number; readonly text: string }> => {
    const start = performance.now();
    const { variants: done } = await replicate(variants, { seeds, pool, simulatorVersion: 'bench' });
    assert(done.every(({ runs }) => runs.length === seeds));
    return { seconds: (performance.now() - start) / 1000, text: JSON.stringify(done) };
  };
  // Sources are compiled as each thread starts: that is no part of the work.
  const pools = [workerPool(1), workerPool(2)] as const;
  const short = variants.map(({ name, spec }) => ({ name, spec: { ...spec, durationMs: 600_000 } }));
  for (const pool of pools) {
    await Promise.all(
      Array.from({ length: pool.workers }, () => replicate(short, { seeds: 1, pool, simulatorVersion: 'bench' })),
    );
  }
  const [one, two] = [await timed(pools[0], SAMPLE_SEEDS), await timed(pools[1], SAMPLE_SEEDS)];
  assert.equal(two.text, one.text, 'the number of workers changes the result');
  const speedup = one.seconds / two.seconds;
  const runs = SAMPLE_SEEDS * variants.length;
  const whole = isWhole ? await timed(pools[1], TARGET.seeds) : undefined;
  const seconds = whole?.seconds ?? (two.seconds / SAMPLE_SEEDS) * TARGET.seeds;
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  await Promise.all(pools.map((pool) => pool.close()));
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

function loadVariants(): readonly ReplicationVariant[] {
  const catalogue = pricingDataCatalogue();
  return VARIANTS.map(([name, set]) => {
    const { spec } = loadScenario({ file: SCENARIO, catalogue, set });
    assert(spec !== undefined, `${name} does not load`);
    return { name, spec };
  });
}
