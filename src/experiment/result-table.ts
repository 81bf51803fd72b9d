import type { MetricsRecord } from '../analysis/metrics.js';
import type { ReplicatedVariant, ReplicationVariant } from './replication.js';
import { ResultsFile, runIdentity } from './results-file.js';

/** The seed of run i, counted from the first: `run --seed` repeats any of them alone. */
function seedAt(firstSeed: string, index: number): string {
  return /^\d+$/.test(firstSeed) ? String(BigInt(firstSeed) + BigInt(index)) : `${firstSeed}/${index}`;
}

/** What decides which runs there are. */
interface TableOptions {
  readonly seeds: number;
  readonly simulatorVersion: string;
  readonly firstSeed?: string | undefined;
  readonly independent?: boolean | undefined;
  readonly resultsFile?: string | undefined;
}

/** One run that is to be done: `index` is the number of its seed. */
export interface TableTask {
  /** Index of the variant. */
  readonly variant: number;
  readonly seed: string;
  readonly index: number;
}

/** What is there and what is still to do, in the order of the seeds. */
export class ResultTable {
  readonly #rows: (MetricsRecord | undefined)[][];
  readonly #identities: readonly string[];
  readonly #file: ResultsFile | undefined;
  #done = 0;

  constructor(
    private readonly variants: readonly ReplicationVariant[],
    private readonly options: TableOptions,
  ) {
    const { seeds, resultsFile, simulatorVersion } = options;
    this.#rows = Array.from({ length: seeds }, () => variants.map(() => undefined));
    this.#file = resultsFile === undefined ? undefined : ResultsFile.open(resultsFile);
    this.#identities = this.#file === undefined ? [] : variants.map(({ spec }) => runIdentity(spec, simulatorVersion));
    for (const { variant, index, seed } of this.missing()) {
      const metrics = this.#file?.get(this.#identities[variant] ?? '', seed);
      if (metrics !== undefined) this.#put(variant, index, metrics);
    }
  }

  /** Runs that are not there, all variants of a seed before the next seed. */
  missing(): TableTask[] {
    return this.#rows.flatMap((row, index) =>
      row.flatMap((metrics, variant) =>
        metrics === undefined ? [{ variant, index, seed: this.#seed(variant, index) }] : [],
      ),
    );
  }

  /** @param metrics - Figures of each, in their order. */
  addAll(tasks: readonly TableTask[], metrics: readonly MetricsRecord[]): void {
    tasks.forEach((task, index) => {
      const figures = metrics[index];
      if (figures === undefined) throw new Error(`${metrics.length} answers for ${tasks.length} runs`);
      this.#add(task, figures);
    });
  }

  #add({ variant, index, seed }: TableTask, metrics: MetricsRecord): void {
    if (this.#rows[index]?.[variant] !== undefined) throw new Error(`seed ${seed} of variant ${variant} was run twice`);
    this.#file?.add(this.#identities[variant] ?? '', seed, metrics);
    this.#put(variant, index, metrics);
  }

  progress(): { readonly done: number; readonly total: number } {
    return { done: this.#done, total: this.#rows.length * this.variants.length };
  }

  /** How many of the first seeds every variant has done. */
  wholeSeeds(): number {
    const incomplete = this.#rows.findIndex((row) => row.includes(undefined));
    return incomplete === -1 ? this.#rows.length : incomplete;
  }

  /** The runs of the first `count` seeds. */
  prefix(count: number): readonly ReplicatedVariant[] {
    return this.variants.map(({ name }, variant) => ({
      name,
      runs: this.#rows.slice(0, count).flatMap((row, index) => {
        const metrics = row[variant];
        return metrics === undefined ? [] : [{ seed: this.#seed(variant, index), metrics }];
      }),
    }));
  }

  #put(variant: number, index: number, metrics: MetricsRecord): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    row[variant] = metrics;
    this.#done++;
  }

  #seed(variant: number, index: number): string {
    const own = this.variants[variant]?.firstSeed;
    if (own !== undefined) return seedAt(own, index);
    const { firstSeed = this.variants[0]?.spec.seed ?? '1', independent = false, seeds } = this.options;
    return seedAt(firstSeed, independent ? variant * seeds + index : index);
  }
}
