import { csvRecords, shownCell, type CsvCell, type CsvRecord } from '../cloud/data/csv-records.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { isQuantityError, parseAmount } from '../kubernetes/quantity.js';
import { usageOfSamples, type UsageByWorkload } from '../workload/pod-usage.js';

/** What a file says of the usage of pods, and everything that is wrong with it. */
export interface UsageFile {
  readonly usage: UsageByWorkload;
  readonly problems: readonly Problem[];
}

type Column = 'namespace' | 'pod' | 'container' | 'cpu' | 'memory';

/** Names that kubectl and Prometheus exports have for a column, in lower case. */
const NAMES: Readonly<Record<Column, readonly string[]>> = {
  namespace: ['namespace'],
  pod: ['pod', 'name', 'workload', 'deployment'],
  container: ['container'],
  cpu: ['cpu', 'cpu(cores)', 'cpu_cores'],
  memory: ['memory', 'memory(bytes)', 'memory_bytes'],
};
const REQUIRED: readonly Column[] = ['namespace', 'pod', 'cpu', 'memory'];
/** Columns of an export that say nothing about usage. */
const IGNORED: ReadonlySet<string> = new Set(['timestamp', 'time', 'node']);

interface Samples {
  readonly cpu: number[];
  readonly memory: number[];
}

/**
 * Reads usage of pods: the output of `kubectl top pods -A` (several in a row are several samples), with `--containers` too, or CSV
 * with columns namespace, pod, cpu and memory, one line a sample. CPU is in cores or `120m`, memory in bytes or `300Mi`. Pods of
 * other workloads are passed over.
 *
 * @param workloads - `namespace/name` of those that may be meant
 */
export function readUsageFile(file: string, text: string, workloads: readonly string[]): UsageFile {
  const isCsv = (text.split('\n').find((line) => line.trim() !== '') ?? '').includes(',');
  const read = isCsv ? csvRecords(file, text) : { records: columnsOf(text) };
  if ('problem' in read && read.problem !== undefined) return { usage: new Map(), problems: [read.problem] };
  return new UsageReader(file, workloads).read(read.records);
}

/** Lines of a table that is aligned with spaces. */
function columnsOf(text: string): readonly CsvRecord[] {
  return text.split('\n').flatMap((line, index) => {
    const cells = [...line.matchAll(/\S+/g)].map((match) => ({ text: match[0], column: match.index + 1 }));
    return cells.length === 0 ? [] : [{ line: index + 1, cells }];
  });
}

class UsageReader {
  readonly #problems: Problem[] = [];
  readonly #samples = new Map<string, Samples>();
  /** How often each container of a pod was seen: that many samples of the pod there are. */
  readonly #seen = new Map<string, number>();
  readonly #podSample = new Map<string, { readonly samples: Samples; readonly index: number }>();

  constructor(
    private readonly file: string,
    private readonly workloads: readonly string[],
  ) {}

  read([header, ...rows]: readonly CsvRecord[]): UsageFile {
    const columns = this.#columns(header);
    if (columns !== undefined) {
      for (const row of rows) if (!isHeader(row, header)) this.#row(row, columns);
      if (this.#samples.size === 0 && this.#problems.length === 0) {
        const message = 'no pod belongs to a workload of the scenario';
        this.#problem(header, undefined, {
          code: 'missing-reference',
          message,
          expected: `pods of ${this.workloads.join(', ')}`,
        });
      }
    }
    const usage = new Map(
      [...this.#samples].map(([workload, { cpu, memory }]) => [workload, usageOfSamples(cpu, memory)]),
    );
    return { usage, problems: this.#problems };
  }

  #columns(header: CsvRecord | undefined): ReadonlyMap<Column, number> | undefined {
    const columns = new Map<Column, number>();
    const all = Object.entries(NAMES) as [Column, readonly string[]][];
    const names = (header?.cells ?? []).map(({ text }) => text.trim().toLowerCase());
    // kubectl top --containers has the pod under POD and the container under NAME.
    const containers = names.includes('pod') && names.includes('name');
    for (const [index, name] of names.entries()) {
      if (IGNORED.has(name)) continue;
      const column = containers && name === 'name' ? 'container' : all.find(([, known]) => known.includes(name))?.[0];
      if (column === undefined) {
        const known = all.flatMap(([, own]) => own);
        const message = `unknown column ${shownCell(name)}`;
        const expected = 'columns namespace, pod, cpu, memory';
        this.#problem(header, header?.cells[index], {
          code: 'unknown-field',
          message,
          expected,
          hint: didYouMean(name, known),
        });
      } else columns.set(column, index);
    }
    const missing = REQUIRED.filter((column) => !columns.has(column));
    if (missing.length > 0) {
      const message = header === undefined ? 'the file is empty' : `there is no column ${missing.join(', ')}`;
      const expected = 'the output of kubectl top pods -A, or CSV with namespace, pod, cpu, memory';
      this.#problem(header, undefined, { code: 'missing-field', message, expected });
    }
    return this.#problems.length > 0 ? undefined : columns;
  }

  #row(row: CsvRecord, columns: ReadonlyMap<Column, number>): void {
    const cell = (column: Column): CsvCell | undefined => row.cells[columns.get(column) ?? -1];
    const text = (column: Column): string => cell(column)?.text.trim() ?? '';
    const cpu = this.#amount(row, cell('cpu'), 'cpu');
    const memory = this.#amount(row, cell('memory'), 'memory');
    const pod = text('pod');
    const workload = this.#workloadOf(text('namespace'), pod);
    if (workload === undefined || cpu === undefined || memory === undefined) return;
    let samples = this.#samples.get(workload);
    if (samples === undefined) this.#samples.set(workload, (samples = { cpu: [], memory: [] }));
    const podKey = `${text('namespace')}/${pod}`;
    const containerKey = `${podKey} ${text('container')}`;
    const nth = (this.#seen.get(containerKey) ?? 0) + 1;
    this.#seen.set(containerKey, nth);
    // Containers of one pod add up; the same container again is the next sample.
    const known = columns.has('container') ? this.#podSample.get(`${podKey} ${nth}`) : undefined;
    if (known !== undefined) {
      known.samples.cpu[known.index] = (known.samples.cpu[known.index] ?? 0) + cpu;
      known.samples.memory[known.index] = (known.samples.memory[known.index] ?? 0) + memory;
      return;
    }
    this.#podSample.set(`${podKey} ${nth}`, { samples, index: samples.cpu.length });
    samples.cpu.push(cpu);
    samples.memory.push(memory);
  }

  #amount(row: CsvRecord, cell: CsvCell | undefined, resource: 'cpu' | 'memory'): number | undefined {
    const text = cell?.text.trim() ?? '';
    const amount = /^\d/.test(text) ? parseAmount(resource, text) : undefined;
    if (amount !== undefined && !isQuantityError(amount)) return amount;
    const message = `${shownCell(text)} is no amount of ${resource}`;
    const expected = resource === 'cpu' ? 'cores such as 0.12 or 120m' : 'bytes such as 314572800 or 300Mi';
    this.#problem(row, cell, { code: 'invalid-value', message, expected });
    return undefined;
  }

  /** The workload itself, or that of a pod of a Deployment (`web-7f9c5-x2x4p`) or StatefulSet (`web-0`). */
  #workloadOf(namespace: string, pod: string): string | undefined {
    const owner = pod.replace(/-[a-z0-9]{1,10}-[a-z0-9]{5}$|-\d+$/, '');
    return this.workloads.find(
      (workload) => workload === `${namespace}/${pod}` || workload === `${namespace}/${owner}`,
    );
  }

  #problem(
    row: CsvRecord | undefined,
    cell: CsvCell | undefined,
    detail: Omit<Problem, 'file' | 'line' | 'column' | 'path'>,
  ): void {
    this.#problems.push({ file: this.file, line: row?.line ?? 1, column: cell?.column ?? 1, path: '', ...detail });
  }
}

/** kubectl top, run again and again into one file, repeats its header. */
function isHeader(row: CsvRecord, header: CsvRecord | undefined): boolean {
  const text = (record: CsvRecord | undefined): string => (record?.cells ?? []).map((cell) => cell.text).join(' ');
  return text(row) === text(header);
}
