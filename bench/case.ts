import { median } from 'd3-array';
import { performance } from 'node:perf_hooks';
import yargs from 'yargs';
import { fromCaller } from '../src/cli/caller-folder.js';
import { SolverCase } from './solver-case.js';

const { _: files, runs } = yargs(process.argv.slice(2))
  .scriptName('npm run --silent bench:case --')
  .usage('$0 FILE [--runs N]\n\nTimes whole scheduling passes over one provisioning case (.json or .json.gz).')
  .option('runs', { type: 'number', default: 5, requiresArg: true, describe: 'How often; the first run is cold' })
  .check(({ _, runs: wanted }) => {
    if (_.length !== 1) throw new Error('one case file is expected');
    if (!Number.isInteger(wanted) || wanted < 1) throw new Error('--runs: a whole number from 1 is expected');
    return true;
  })
  .strictOptions()
  .version(false)
  .locale('en')
  .parseSync();

try {
  const solverCase = new SolverCase(fromCaller(String(files[0])));
  const timed = Array.from({ length: runs }, () => {
    const cluster = solverCase.fresh();
    const start = performance.now();
    const counts = solverCase.pass(cluster);
    return { scheduleSeconds: (performance.now() - start) / 1000, ...counts };
  });
  const medianSeconds = median(timed, ({ scheduleSeconds }) => scheduleSeconds);
  console.log(JSON.stringify({ name: solverCase.name, runs: timed, medianSeconds }, undefined, 2));
} catch (error) {
  console.error(`bench:case: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
