import { dirname, isAbsolute, join } from 'node:path';
import type { PathKey } from '../kubernetes/manifest/field-path.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { fitTrace, type FittedTrace, type TraceReplay } from '../workload/trace/fit-trace.js';
import type { RequestTrace } from '../workload/trace/request-trace.js';
import { readTraceFile, type TraceFile } from '../workload/trace/trace-file.js';
import { durationMs, parseUtc } from './clock.js';
import { readFailure, tryRead, type ReadFile } from './file-reading.js';
import { timeWithinRun } from './resolve-events.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ScenarioFile } from './scenario-file.js';

type Trace = NonNullable<NonNullable<ScenarioFile['traffic']>[string]['trace']>;

/** A file with thousands of bad rows is told by its first ones; and so are gaps. */
const MOST_PROBLEMS = 20;
const MOST_GAPS = 3;

/** Reads the traces of a scenario and fits them to its run. */
export class TraceResolver {
  readonly problems: Problem[] = [];
  /** Gaps that are bridged, and where a trace does not cover the run. */
  readonly remarks: string[] = [];

  constructor(
    private readonly document: ScenarioDocument,
    private readonly run: { readonly startTimeMs: number; readonly durationMs: number },
    private readonly readFile: ReadFile,
  ) {}

  /** The trace of a curve; undefined when it cannot be used, which is then a problem. */
  resolve(curve: string, trace: Trace): RequestTrace | undefined {
    const path = ['traffic', curve, 'trace'];
    const file = this.#read(trace, [...path, 'file']);
    if (file === undefined) return undefined;
    const atMs =
      trace.at === undefined ? 0 : timeWithinRun(this.document, [...path, 'at'], trace.at, this.run, this.problems);
    const fromMs = this.#traceTime(file, trace.from, [...path, 'from']);
    const toMs = this.#traceTime(file, trace.to, [...path, 'to']);
    if (fromMs !== undefined && toMs !== undefined && toMs <= fromMs) {
      this.#problem([...path, 'to'], {
        code: 'invalid-value',
        message: 'the part of the trace ends before it begins',
        expected: `a time after ${trace.from ?? 'its beginning'}`,
      });
      return undefined;
    }
    const fitted = fitTrace(file, { fromMs, toMs, atMs, speed: trace.speed ?? 1, scale: scaleOf(trace) });
    if (fitted === undefined) {
      this.#problem(path, {
        code: 'invalid-value',
        message: `there are no requests of ${trace.file} to replay in this part`,
        expected: `a part of the trace, which runs ${extent(file)}`,
      });
      return undefined;
    }
    this.#remark(trace, file, fitted);
    return { timesMs: fitted.timesMs, rates: fitted.rates };
  }

  #read({ file, columns = {} }: Trace, at: readonly PathKey[]): TraceFile | undefined {
    const folder = dirname(this.document.file);
    const path = isAbsolute(file) ? file : join(folder, file);
    const text = tryRead(this.readFile, path);
    if (typeof text !== 'string') {
      this.#problem(at, { ...readFailure(file, text, folder), expected: 'a readable CSV file' });
      return undefined;
    }
    const { trace, problems } = readTraceFile(path, text, columns);
    this.problems.push(...problems.slice(0, MOST_PROBLEMS));
    const [first] = problems;
    const left = problems.length - MOST_PROBLEMS;
    if (left > 0 && first !== undefined) {
      const message = `${left} more problems in this file`;
      this.problems.push({ ...first, line: 0, column: 0, message, expected: undefined, hint: undefined });
    }
    return trace;
  }

  /** A time of the trace on its own clock, ms. */
  #traceTime(file: TraceFile, text: string | undefined, path: readonly PathKey[]): number | undefined {
    if (text === undefined) return undefined;
    if (text.startsWith('+')) return (file.timesMs[0] ?? 0) + durationMs(text.slice(1));
    const ms = parseUtc(text);
    if (file.clock === 'offset-s' || Number.isNaN(ms)) {
      this.#problem(path, {
        code: 'invalid-value',
        message: Number.isNaN(ms) ? `${text} does not exist` : 'the trace counts seconds from its own beginning',
        expected: `an offset such as +2h, in a trace that runs ${extent(file)}`,
      });
      return undefined;
    }
    return ms;
  }

  #remark({ file }: Trace, { clock }: TraceFile, { gaps, timesMs }: FittedTrace): void {
    if (gaps.length > 0) {
      const said = gaps.slice(0, MOST_GAPS).map(({ line, fromMs, toMs }) => {
        return `${Math.round((toMs - fromMs) / 1000)} s before line ${line} (from ${traceClock(fromMs, clock)})`;
      });
      const more = gaps.length > MOST_GAPS ? `, and ${gaps.length - MOST_GAPS} more` : '';
      this.remarks.push(
        `${file} has ${gaps.length === 1 ? 'a gap' : `${gaps.length} gaps`}, bridged by straight lines: ${said.join(', ')}${more}.`,
      );
    }
    const first = timesMs[0] ?? 0;
    const last = timesMs.at(-1) ?? 0;
    // The last row speaks of the interval after it, and nobody misses a minute.
    const slackMs = Math.max(60_000, last - (timesMs.at(-2) ?? last));
    const at = (ms: number): string => new Date(this.run.startTimeMs + ms).toISOString().slice(0, 19) + 'Z';
    if (first > slackMs)
      this.remarks.push(`${file} begins at ${at(first)} of the run; until then its first rate holds.`);
    if (last < this.run.durationMs - slackMs) {
      this.remarks.push(`${file} ends at ${at(last)} of the run; from then on its last rate holds.`);
    }
  }

  #problem(path: readonly PathKey[], detail: ProblemDetail): void {
    this.problems.push(this.document.problem(path, detail));
  }
}

function scaleOf({ scale, peak, mean }: Trace): TraceReplay['scale'] {
  if (peak !== undefined) return { by: 'peak', value: peak };
  return mean === undefined ? { by: 'factor', value: scale ?? 1 } : { by: 'mean', value: mean };
}

function traceClock(ms: number, clock: TraceFile['clock']): string {
  return clock === 'offset-s' ? `+${ms / 1000}s` : new Date(ms).toISOString().replace('.000', '');
}

function extent({ timesMs, clock }: TraceFile): string {
  return `from ${traceClock(timesMs[0] ?? 0, clock)} to ${traceClock(timesMs.at(-1) ?? 0, clock)}`;
}
