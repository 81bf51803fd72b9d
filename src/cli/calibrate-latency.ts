import { readFileSync } from 'node:fs';
import { ENOUGH_ROWS, fitLatency } from '../cloud/launch/fitted-latency.js';
import { latencyFileText } from '../cloud/launch/latency-file.js';
import { readLatencyRows } from '../cloud/launch/latency-rows.js';
import { latencyFitObject, latencyFitText } from '../report/latency-fit-text.js';
import { problemLines } from '../report/problem-lines.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { replaceFile } from './replace-file.js';

/** Arguments of `karpsim calibrate latency`. */
export interface CalibrateOptions {
  readonly file: string;
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Fits launch latency to observed launches, saves the fit for scenarios and prints how well it agrees with the rows held out
 * of it.
 *
 * @throws BadInput when the file cannot be read or written, or holds too few launches
 */
export async function calibrateLatency(options: CalibrateOptions): Promise<ExitCode> {
  const path = fromCaller(options.file);
  const { rows, unfinished, problems } = readLatencyRows(path, readText(path, options.file));
  if (problems.length > 0) {
    process.stderr.write(problemLines(problems, toCaller));
    return EXIT.badInput;
  }
  if (rows.length < ENOUGH_ROWS) {
    const left = unfinished === 0 ? '' : `, and ${unfinished} that never became ready`;
    throw new BadInput(
      `${options.file}: ${rows.length} complete launches${left} (expected at least ${ENOUGH_ROWS}) — collect more of them`,
    );
  }
  const out = fromCaller(options.out ?? `${options.file.replace(/\.(csv|txt)$/i, '')}.latency.json`);
  if (out === path) throw new BadInput('--out: that is the file of observed launches itself — try another name');
  const fit = fitLatency(toCaller(path), rows);
  await replaceFile(out, latencyFileText(fit));
  const report = { fit, rows, unfinished, out: toCaller(out) };
  process.stdout.write(options.json === true ? latencyFitObject(report) : latencyFitText(report));
  return EXIT.done;
}

function readText(path: string, asWritten: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BadInput(`cannot read ${asWritten}: ${(error as Error).message}`, { cause: error });
  }
}
