import { dirname, isAbsolute, join } from 'node:path';
import type { FittedLatency } from '../cloud/launch/fitted-latency.js';
import { readLatencyFile } from '../cloud/launch/latency-file.js';
import type { KnownOfferings } from '../cloud/prices/known-offerings.js';
import { EDITION_YEARS, type Edition } from '../cloud/prices/editions.js';
import { readOnDemandFile } from '../cloud/prices/on-demand-file.js';
import type { OwnOnDemandPrices, PriceSelection } from '../cloud/prices/price-book.js';
import { readSpotHistory } from '../cloud/prices/spot-history.js';
import type { PathKey } from '../kubernetes/manifest/field-path.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { readFailure, tryRead, type ReadFile } from './file-reading.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';
import type { ScenarioDocument } from './scenario-document.js';

/** Prices and latency of a run. */
export interface ScenarioData {
  readonly prices: PriceSelection;
  readonly latency?: FittedLatency | undefined;
  readonly problems: readonly Problem[];
  /** What the user must know of their own files. */
  readonly remarks: readonly string[];
}

/** A file with thousands of bad rows is told by its first ones. */
const MOST_PROBLEMS = 20;

/** Reads the user's own price and latency files that a scenario names. */
export function resolveData(
  document: ScenarioDocument,
  context: { readonly catalogue: ScenarioCatalogue; readonly readFile: ReadFile },
): ScenarioData {
  return new DataResolver(document, context.readFile, context.catalogue).resolve();
}

class DataResolver {
  readonly #problems: Problem[] = [];
  readonly #remarks: string[] = [];
  #known: KnownOfferings | undefined;

  constructor(
    private readonly document: ScenarioDocument,
    private readonly readFile: ReadFile,
    private readonly catalogue: ScenarioCatalogue,
  ) {}

  resolve(): ScenarioData {
    const { prices } = this.document.content;
    const latency = this.#latency();
    return {
      prices: {
        onDemand: this.#onDemand(),
        spotHistory: this.#spotHistory(),
        spotMovement: prices?.spotMovement,
        spotLevel: prices?.spotLevel,
      },
      latency,
      problems: this.#problems,
      remarks: this.#remarks,
    };
  }

  #onDemand(): Edition | OwnOnDemandPrices | undefined {
    const { prices, region } = this.document.content;
    const selected = prices?.onDemand;
    if (typeof selected !== 'string') return EDITION_YEARS.find((year) => year === selected);
    const at = ['prices', 'onDemand'];
    const source = this.#read(selected, at);
    if (source === undefined) return undefined;
    const { prices: rows, problems } = readOnDemandFile(source.path, source.text, this.#offerings());
    this.#report(problems, selected);
    if (problems.length === 0 && !rows.some((row) => row.region === region)) {
      const message = `${selected} has no price of ${region}`;
      const hint = `karpsim pricing refresh --region ${region} writes them`;
      this.#problems.push(this.document.problem(at, { code: 'missing-reference', message, hint }));
    }
    return { file: selected, prices: rows };
  }

  #spotHistory(): PriceSelection['spotHistory'] {
    const selected = this.document.content.prices?.spotHistory;
    if (selected === undefined) return undefined;
    const source = this.#read(selected, ['prices', 'spotHistory']);
    if (source === undefined) return undefined;
    const { history, problems, unknown, otherProducts } = readSpotHistory(source.path, source.text, this.#offerings());
    this.#report(problems, selected);
    const [first] = unknown;
    if (first !== undefined) {
      this.#remarks.push(
        `${unknown.length} records of ${selected} are left out: they are of instance types or zones that there is no data for ` +
          `(the first, line ${first.line}: ${first.message}).`,
      );
    }
    if (otherProducts > 0)
      this.#remarks.push(`${otherProducts} records of ${selected} are left out: they are not of Linux.`);
    return history === undefined ? undefined : { file: selected, ...history };
  }

  #latency(): FittedLatency | undefined {
    const selected = this.document.content.latency;
    if (selected === undefined) return undefined;
    const source = this.#read(selected, ['latency']);
    if (source === undefined) return undefined;
    const { latency, problems } = readLatencyFile(source.path, source.text);
    this.#report(problems, selected);
    return latency === undefined ? undefined : { ...latency, source: selected };
  }

  #offerings(): KnownOfferings {
    const none = new Set<string>();
    this.#known ??= this.catalogue.knownOfferings?.() ?? { regions: none, types: none, zones: none };
    return this.#known;
  }

  #read(path: string, at: readonly PathKey[]): { readonly path: string; readonly text: string } | undefined {
    const folder = dirname(this.document.file);
    const file = isAbsolute(path) ? path : join(folder, path);
    const text = tryRead(this.readFile, file);
    if (typeof text === 'string') return { path: file, text };
    const detail = readFailure(path, text, folder);
    this.#problems.push(this.document.problem(at, { ...detail, expected: 'a readable file' }));
    return undefined;
  }

  #report(problems: readonly Problem[], file: string): void {
    this.#problems.push(...problems.slice(0, MOST_PROBLEMS));
    const left = problems.length - MOST_PROBLEMS;
    const [first] = problems;
    if (left <= 0 || first === undefined) return;
    const message = `${left} more problems in this file`;
    const hint = `karpsim pricing check ${file} tells them all`;
    this.#problems.push({ ...first, line: 0, column: 0, path: '', message, expected: undefined, hint });
  }
}
