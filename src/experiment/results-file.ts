import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { METRICS, type MetricsRecord } from '../analysis/metrics.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';

/** A file that is no results file, or holds two answers to one question. */
export class ResultsFileError extends Error {
  override readonly name = 'ResultsFileError';

  constructor(
    readonly file: string,
    /** 1-based; 0: the file as a whole. */
    readonly line: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

interface ResultLine {
  readonly run: string;
  readonly seed: string;
  readonly metrics: MetricsRecord;
}

/**
 * Finished runs on disk, a line of JSON each, appended as they finish. A run is known by what it is (its spec, the simulator's
 * version and the metrics) and its seed, never by its place, so that a file may be continued by another set of variants and no
 * result stands for a scenario that was changed since.
 */
export class ResultsFile {
  readonly #known = new Map<string, MetricsRecord>();

  private constructor(readonly path: string) {}

  /**
   * Opens a file to continue, or begins one. What an interrupted write has left of its last line is cut off.
   * @throws ResultsFileError when it holds anything else than results, or cannot be written
   */
  static open(path: string): ResultsFile {
    const file = new ResultsFile(path);
    const text = file.#onDisk(() => {
      mkdirSync(dirname(path), { recursive: true });
      // Nothing: what cannot be written is known before the first run.
      appendFileSync(path, '');
      return readFileSync(path, 'utf8');
    });
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    for (const [index, line] of whole.split('\n').entries()) if (line !== '') file.#read(line, index + 1);
    if (whole === '' && text !== '') throw new ResultsFileError(path, 1, NOT_A_RESULT);
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
    return file;
  }

  /** The figures of a run that is there. */
  get(run: string, seed: string): MetricsRecord | undefined {
    return this.#known.get(key(run, seed));
  }

  /** Keeps the figures of a run; one that is there already is not written again. @throws ResultsFileError when it cannot be written */
  add(run: string, seed: string, metrics: MetricsRecord): void {
    if (this.get(run, seed) !== undefined) return;
    this.#known.set(key(run, seed), metrics);
    const line: ResultLine = { run, seed, metrics };
    this.#onDisk(() => {
      appendFileSync(this.path, `${JSON.stringify(line)}\n`);
    });
  }

  #onDisk<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ResultsFileError(this.path, 0, `cannot be written: ${reason}`, { cause: error });
    }
  }

  #read(line: string, number: number): void {
    const result = parseResult(line);
    if (result === undefined) throw new ResultsFileError(this.path, number, NOT_A_RESULT);
    const { run, seed, metrics } = result;
    const before = this.get(run, seed);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(metrics)) {
      throw new ResultsFileError(this.path, number, `seed ${seed} stands there twice with different figures`);
    }
    this.#known.set(key(run, seed), metrics);
  }
}

const NOT_A_RESULT = 'is not a result of karpsim (expected a line of JSON with run, seed and metrics)';

/** A name for everything that decides the figures of a run but its seed. */
export function runIdentity(spec: ScenarioSpec, simulatorVersion: string): string {
  const whole = [{ ...spec, seed: '' }, simulatorVersion, METRICS.map(({ name }) => name)];
  // Not v8.serialize: its bytes depend on how strings and numbers happen to be held in memory.
  return createHash('sha256').update(JSON.stringify(whole, plain)).digest('hex').slice(0, 32);
}

/** What JSON would leave out: entries of a Map or a Set, and numbers that are no finite ones. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Map) return { map: [...(value as ReadonlyMap<unknown, unknown>)] };
  if (value instanceof Set) return { set: [...(value as ReadonlySet<unknown>)] };
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function parseResult(line: string): ResultLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { run, seed, metrics } = value as Partial<Record<keyof ResultLine, unknown>>;
  const whole = typeof run === 'string' && typeof seed === 'string' && typeof metrics === 'object' && metrics !== null;
  return whole ? { run, seed, metrics: metrics as MetricsRecord } : undefined;
}

function key(run: string, seed: string): string {
  return `${run}/${seed}`;
}
