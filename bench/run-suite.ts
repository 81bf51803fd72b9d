import { add, configure, save, suite } from 'benny';

/** One measured way of doing the work of a suite. */
export interface BenchCase {
  readonly name: string;
  /** Builds what `run` works on; not measured. `run` asserts its own result and returns a value, so that it is not optimised away. */
  readonly prepare: () => () => unknown;
}

export interface BenchSuite {
  /** Also the name of the saved file. */
  readonly name: string;
  /** What is counted, in the singular, and how many of it one call of `run` does. */
  readonly unit: string;
  readonly unitsPerRun: number;
  /** Samples a case needs at least; benny's default is right for anything under a second. */
  readonly minSamples?: number | undefined;
  readonly cases: readonly BenchCase[];
}

const RESULTS_FOLDER = 'reports/out/bench';

/** Measures the cases one after another, prints a line for each, and saves the figures as JSON. */
export async function runSuite({ name, unit, unitsPerRun, minSamples, cases }: BenchSuite): Promise<void> {
  const summary = await suite(
    name,
    ...cases.map((entry) => add(entry.name, once(entry.prepare))),
    configure({ cases: minSamples === undefined ? {} : { minSamples }, minDisplayPrecision: 3 }),
    save({ folder: RESULTS_FOLDER, file: name, format: 'json' }),
  );
  const width = Math.max(...summary.results.map((result) => result.name.length));
  for (const result of summary.results) {
    const perSecond = result.ops * unitsPerRun;
    console.log(
      `  ${result.name.padEnd(width)}  ${formatRate(perSecond).padStart(10)} ${unit}s/s  ` +
        `${formatDuration(1 / perSecond).padStart(10)} per ${unit}  ±${result.margin} %`,
    );
  }
}

/** benny calls a case's set-up several times to learn what it returns; large states must be built only once. */
function once(prepare: () => () => unknown): () => () => unknown {
  let run: (() => unknown) | undefined;
  return () => (run ??= prepare());
}

function formatRate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(2)} M`;
  if (perSecond >= 1e3) return `${(perSecond / 1e3).toFixed(1)} k`;
  return perSecond.toFixed(3);
}

function formatDuration(seconds: number): string {
  if (seconds < 1e-6) return `${(seconds * 1e9).toFixed(0)} ns`;
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(1)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(1)} ms`;
  return `${seconds.toFixed(2)} s`;
}
