import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { replicate } from '../../src/experiment/replicate.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';

const SCENARIO = fileURLToPath(new URL('../../scenarios/traffic-spike.yaml', import.meta.url));
const SEEDS = 30;
const POOL = 'NodePool/banking-general.spec';
const VARIANTS: readonly (readonly [name: string, set: readonly string[]])[] = [
  ['as written', []],
  ['patient', [`${POOL}.disruption.consolidateAfter=5m`]],
  ['long-lived', [`${POOL}.template.spec.expireAfter=24h`]],
  ['when empty', [`${POOL}.disruption.consolidationPolicy=WhenEmpty`]],
];

/**
 * Thirty seeds of four variants of the banking day, the work of a comparison: wall clock, memory, and how much a second core
 * helps. One measurement of minutes says more than many, so this is no benny suite.
 */
export default async function replication(): Promise<void> {
  const catalogue = pricingDataCatalogue();
  const variants = VARIANTS.map(([name, set]) => {
    const { spec } = loadScenario({ file: SCENARIO, catalogue, set });
    assert(spec !== undefined, `${name} does not load`);
    return { name, spec };
  });
  const timed = async (seeds: number, workers: number) => {
    const start = performance.now();
    const { variants: done } = await replicate(variants, { seeds, workers, simulatorVersion: 'bench' });
    return { seconds: (performance.now() - start) / 1000, text: JSON.stringify(done) };
  };
  const cores = availableParallelism();
  const whole = await timed(SEEDS, cores);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  const [one, two] = [await timed(2, 1), await timed(2, Math.min(2, cores))];
  assert.equal(two.text, one.text, 'the number of workers changes the result');
  assert.equal((JSON.parse(whole.text) as readonly { runs: readonly unknown[] }[])[3]?.runs.length, SEEDS);
  const speedup = one.seconds / two.seconds;
  console.log(
    `  ${SEEDS} seeds x ${variants.length} variants of the banking day on ${cores} cores: ${whole.seconds.toFixed(1)} s, ` +
      `${megabytes} MB; two workers are ${speedup.toFixed(2)} times as fast as one`,
  );
  assert(megabytes < 1024, 'more than 1 GB of memory');
  if (cores === 2) assert(whole.seconds < 180, 'more than 180 s');
  if (cores >= 2) assert(speedup >= 1.8, 'a second core helps too little');
}
