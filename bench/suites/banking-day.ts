import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import { summaryJson } from '../../src/report/summary-json.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import { simulate } from '../../src/simulation/simulate.js';
import { runSuite } from '../run-suite.js';

const SCENARIOS = fileURLToPath(new URL('../../scenarios/', import.meta.url));

/** Runs before the measured ones: Node compiles what is used much while they last. */
const WARM_UPS = 4;

/** A banking day is to take less, however often it is run. */
const MEGABYTES = 300;

/** What the first run of this process took, and the most memory that it had taken after the first warm-up. */
let first: { readonly coldSeconds: number; readonly megabytes: number } | undefined;

/** One shipped scenario from file to summary; every run must decide the same, and serve everybody it can. */
function scenario(file: string, karpenterVersion: KarpenterVersion): () => unknown {
  const catalogue = pricingDataCatalogue();
  let decided: string | undefined;
  const run = (): unknown => {
    const { spec } = loadScenario({ file: SCENARIOS + file, catalogue, karpenterVersion });
    assert(spec !== undefined, `${file} does not load`);
    const { log } = simulate(spec, { simulatorVersion: 'bench' });
    const summary = summarise(analyse(log));
    const text = summaryJson(summary);
    decided ??= text;
    assert.equal(text, decided, 'two runs of one seed differ');
    assert.equal(summary.simulatedSeconds, spec.durationMs / 1000);
    assert(summary.pods.bound > 500 && summary.pods.unschedulable < 20, 'pods were left without a node');
    assert(summary.nodes.max > summary.nodes.mean && summary.cost.total > 1, 'nothing scaled');
    assert(summary.requests.total > 1e6 && summary.requests.lostShare < 0.1, 'requests were left unanswered');
    return summary.events;
  };
  const start = performance.now();
  run();
  const coldSeconds = (performance.now() - start) / 1000;
  for (let done = 1; done < WARM_UPS; done++) run();
  first ??= { coldSeconds, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) };
  return run;
}

/** Whole days of the banking application, the work of `npm start`. */
export default async function bankingDay(): Promise<void> {
  await runSuite({
    name: 'banking-day',
    unit: 'run',
    unitsPerRun: 1,
    minSamples: 5,
    cases: [
      { name: '24 h, payday spike, v1.14.1', prepare: () => scenario('traffic-spike.yaml', 'v1.14.1') },
      { name: '24 h, payday spike, v0.32.0', prepare: () => scenario('traffic-spike.yaml', 'v0.32.0') },
      { name: '12 h, quiet night, v1.14.1', prepare: () => scenario('underutilization.yaml', 'v1.14.1') },
      { name: '6 h, recorded flash crowd, v1.14.1', prepare: () => scenario('flash-crowd.yaml', 'v1.14.1') },
    ],
  });
  const { coldSeconds, megabytes } = first ?? { coldSeconds: NaN, megabytes: NaN };
  console.log(`  the first run of the process, which Node compiles meanwhile: ${coldSeconds.toFixed(2)} s`);
  console.log(`  peak memory after ${WARM_UPS} banking days in one process: ${megabytes} MB`);
  assert(megabytes < MEGABYTES, `more than ${MEGABYTES} MB of memory`);
}
