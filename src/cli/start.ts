import { join } from 'node:path';
import { EXIT, type ExitCode } from './exit.js';
import { PACKAGE_ROOT } from './package-info.js';
import { runScenario } from './run.js';

const SCENARIOS = ['traffic-spike', 'underutilization'];

/** Runs the shipped scenarios one after the other and prints their answers, without their variants: this is the first look. */
export async function start(): Promise<ExitCode> {
  for (const [i, name] of SCENARIOS.entries()) {
    if (i > 0) process.stdout.write('\n');
    const code = await runScenario({ scenario: join(PACKAGE_ROOT, 'scenarios', `${name}.yaml`), variants: false });
    if (code !== EXIT.done) return code;
  }
  return EXIT.done;
}
