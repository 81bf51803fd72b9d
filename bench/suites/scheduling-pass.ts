import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { runSuite } from '../run-suite.js';
import { SolverCase, type PassCounts } from '../solver-case.js';

const CASES = fileURLToPath(new URL('../cases/', import.meta.url));

/** What the real controller, v1.14.1, decides about each case: its NodeClaims, placed pods and failed pods. */
const DECIDED: Readonly<Record<string, PassCounts>> = {
  'karpenter-mix-500': { newNodes: 100, podsScheduled: 500, podErrors: 0 },
  'karpenter-mix-1000': { newNodes: 200, podsScheduled: 1000, podErrors: 0 },
  'karpenter-mix-5000': { newNodes: 1000, podsScheduled: 5000, podErrors: 0 },
  'aws-mix-5000': { newNodes: 336, podsScheduled: 4336, podErrors: 664 },
  'karpenter-mix-10000': { newNodes: 2000, podsScheduled: 10_000, podErrors: 0 },
  'karpenter-mix-20000': { newNodes: 4000, podsScheduled: 20_000, podErrors: 0 },
};

/** Karpenter's own benchmark mix: five equal classes of pods, 400 types (1,318 in the aws case), one NodePool. */
export default async function schedulingPass(): Promise<void> {
  for (const [name, decided] of Object.entries(DECIDED)) {
    const solverCase = new SolverCase(`${CASES}${name}.json.gz`);
    await runSuite({
      name: `scheduling-pass-${name}`,
      unit: 'pass',
      unitsPerRun: 1,
      minSamples: 3,
      cases: [
        {
          name,
          prepare: () => () => {
            const counts = solverCase.pass(solverCase.fresh());
            assert.deepEqual(counts, decided);
            return counts;
          },
        },
      ],
    });
  }
  console.log(`  peak memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
}
