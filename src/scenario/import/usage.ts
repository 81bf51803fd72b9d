import { parse } from 'csv-parse/sync';
import { isRecord } from '../../kubernetes/manifest/field-path.js';
import { isQuantityError, parseAmount } from '../../kubernetes/quantity.js';

/** What pods used, by `namespace/pod`. */
export interface PodUsage {
  /** Mean, milli. */
  readonly cpuMilli?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** Sums by hour of the day (UTC) with the number of samples behind them; absent for a single look. */
  readonly cpuByHour?: readonly { readonly sum: number; readonly samples: number }[] | undefined;
}

/** A file of usage, or the sentence that says why it is none. */
export type UsageFile =
  | { readonly usage: ReadonlyMap<string, PodUsage>; readonly form: string; readonly problem?: undefined }
  | { readonly usage?: undefined; readonly problem: string };

/** From so many a value is memory in bytes and no number of cores. */
const BYTES_FROM = 1_000_000;

/**
 * Reads what pods used: `kubectl top pods -A`, the JSON of a Prometheus range query, or CSV with the columns
 * `timestamp,namespace,pod,value` (or `cpu` and `memory` in place of `value`). Values are cores of CPU, or bytes.
 */
export function readUsage(text: string): UsageFile {
  if (/^\s*\{/.test(text)) return prometheus(text);
  const [header = ''] = text.trimStart().split(/\r?\n/, 1);
  if (/^NAMESPACE\s+NAME\s+CPU\(cores\)\s+MEMORY\(bytes\)/.test(header)) return top(text);
  if (/^NAME\s+CPU\(cores\)/.test(header)) {
    return { problem: 'it tells no namespaces — make it with kubectl top pods -A' };
  }
  if (header.includes(',')) return csv(text);
  return {
    problem: 'it is neither kubectl top pods -A, nor a range query of Prometheus (JSON), nor CSV with a header',
  };
}

class Samples {
  readonly #pods = new Map<string, { cpu: Sum; memory: Sum; hours: Sum[] }>();

  add(pod: string, value: { readonly cpuMilli?: number; readonly memoryBytes?: number }, atMs?: number): void {
    let own = this.#pods.get(pod);
    if (own === undefined) {
      own = { cpu: new Sum(), memory: new Sum(), hours: Array.from({ length: 24 }, () => new Sum()) };
      this.#pods.set(pod, own);
    }
    if (value.memoryBytes !== undefined) own.memory.add(value.memoryBytes);
    if (value.cpuMilli === undefined) return;
    own.cpu.add(value.cpuMilli);
    if (atMs !== undefined) own.hours[new Date(atMs).getUTCHours()]?.add(value.cpuMilli);
  }

  /** A value of Prometheus, told by its size. */
  addValue(pod: string, value: number, atMs: number | undefined): void {
    this.add(pod, value >= BYTES_FROM ? { memoryBytes: value } : { cpuMilli: value * 1000 }, atMs);
  }

  usage(): ReadonlyMap<string, PodUsage> {
    return new Map(
      [...this.#pods].map(([pod, { cpu, memory, hours }]) => [
        pod,
        {
          cpuMilli: cpu.mean,
          memoryBytes: memory.mean,
          cpuByHour: hours.some(({ samples }) => samples > 0)
            ? hours.map(({ sum, samples }) => ({ sum, samples }))
            : undefined,
        },
      ]),
    );
  }
}

class Sum {
  sum = 0;
  samples = 0;

  add(value: number): void {
    this.sum += value;
    this.samples++;
  }

  get mean(): number | undefined {
    return this.samples === 0 ? undefined : this.sum / this.samples;
  }
}

function top(text: string): UsageFile {
  const samples = new Samples();
  for (const [index, line] of text.trim().split(/\r?\n/).slice(1).entries()) {
    const [namespace, name, cpu, memory] = line.trim().split(/\s+/);
    const cpuMilli = parseAmount('cpu', cpu ?? '');
    const memoryBytes = parseAmount('memory', memory ?? '');
    if (isQuantityError(cpuMilli) || isQuantityError(memoryBytes) || namespace === undefined || name === undefined) {
      return { problem: `line ${index + 2} is not NAMESPACE NAME CPU MEMORY: "${line.trim()}"` };
    }
    samples.add(`${namespace}/${name}`, { cpuMilli, memoryBytes });
  }
  return { usage: samples.usage(), form: 'kubectl top pods' };
}

function prometheus(text: string): UsageFile {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    return { problem: `it is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const data = isRecord(answer) && isRecord(answer['data']) ? answer['data'] : undefined;
  const result = data?.['result'];
  if (!Array.isArray(result)) return { problem: 'it has no data.result: the answer of /api/v1/query_range is wanted' };
  const samples = new Samples();
  for (const series of result as readonly Readonly<Record<string, unknown>>[]) {
    const metric = isRecord(series['metric']) ? series['metric'] : {};
    const { namespace, pod } = metric;
    if (typeof namespace !== 'string' || typeof pod !== 'string') {
      return { problem: 'a series has no namespace or pod label — query sum by (namespace, pod) (…)' };
    }
    const values = (series['values'] ?? [series['value']]) as readonly (readonly [number, string] | undefined)[];
    for (const sample of values) {
      const value = Number(sample?.[1]);
      if (sample !== undefined && Number.isFinite(value))
        samples.addValue(`${namespace}/${pod}`, value, sample[0] * 1000);
    }
  }
  return { usage: samples.usage(), form: 'Prometheus' };
}

function csv(text: string): UsageFile {
  const rows = parse(text, { trim: true, skip_empty_lines: true, relax_column_count: true }) as readonly string[][];
  const header = (rows[0] ?? []).map((name) => name.toLowerCase());
  const column = (...names: readonly string[]): number => header.findIndex((name) => names.includes(name));
  const [time, namespace, pod, value, cpu, memory] = [
    column('timestamp', 'time'),
    column('namespace'),
    column('pod', 'name'),
    column('value'),
    column('cpu', 'cores'),
    column('memory', 'bytes'),
  ];
  if (namespace < 0 || pod < 0 || (value < 0 && cpu < 0 && memory < 0)) {
    return { problem: `its columns are ${header.join(', ')}; timestamp, namespace, pod and value are wanted` };
  }
  const samples = new Samples();
  for (const row of rows.slice(1)) {
    const key = `${row[namespace] ?? ''}/${row[pod] ?? ''}`;
    const stamp = time < 0 ? '' : (row[time] ?? '');
    const parsed = /^\d+(\.\d+)?$/.test(stamp) ? Number(stamp) * (Number(stamp) > 1e11 ? 1 : 1000) : Date.parse(stamp);
    const atMs = Number.isFinite(parsed) ? parsed : undefined;
    if (value >= 0 && Number.isFinite(Number(row[value]))) samples.addValue(key, Number(row[value]), atMs);
    if (cpu >= 0 && Number.isFinite(Number(row[cpu]))) samples.add(key, { cpuMilli: Number(row[cpu]) * 1000 }, atMs);
    if (memory >= 0 && Number.isFinite(Number(row[memory])))
      samples.add(key, { memoryBytes: Number(row[memory]) }, atMs);
  }
  return { usage: samples.usage(), form: 'CSV' };
}
