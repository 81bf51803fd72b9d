import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { METRICS } from '../../analysis/metrics.js';
import type { UsageByWorkload } from '../../workload/pod-usage.js';
import { didYouMean } from '../../kubernetes/manifest/closest-name.js';
import { isRecord, renderPath, type PathKey } from '../../kubernetes/manifest/field-path.js';
import type { ProblemDetail } from '../../kubernetes/manifest/field-reader.js';
import type { Problem } from '../../kubernetes/manifest/problem.js';
import { claimsFileSchema, claimsKeys, type ClaimFile, type ClaimRunFile } from '../../scenario/claims-schema.js';
import { readFailure, tryRead, type ReadFile } from '../../scenario/file-reading.js';
import { loadScenario, type LoadOptions } from '../../scenario/load-scenario.js';
import { knownKeysOf } from '../../scenario/scenario-json-schema.js';
import { readScenarioSource, type ScenarioSource } from '../../scenario/scenario-source.js';
import type { ScenarioSpec } from '../../scenario/scenario-spec.js';
import { schemaProblems } from '../../scenario/schema-problems.js';
import { readUsageFile } from '../../scenario/usage-file.js';
import { namespacedName } from '../../scenario/workload-checks.js';
import { claimAmount } from './claim-amount.js';
import { claimMetric, SPOT_DISCOUNT, type ClaimMetric } from './claim-metric.js';
import { AS_GIVEN, STANDARD_RUNS } from './claim-runs.js';
import type { Condition } from './verdict.js';

/** A sentence with what would make it true. */
export interface Claim {
  readonly id: string;
  readonly sentence: string;
  readonly source: string;
  readonly metric: ClaimMetric;
  readonly condition: Condition;
  /** Name of the run whose figure it is. */
  readonly run: string;
  /** Name of the run that it is compared with. */
  readonly baseline?: string | undefined;
}

/** Where it is known from what pods use. */
export type UsageSource =
  /** Nobody measured it: the load of the scenario is an assumption. */
  | 'assumed'
  /** The load of the scenario was measured, says the file. */
  | 'scenario'
  | { readonly file: string; readonly usage: UsageByWorkload };

/** Claims about a scenario, and the runs that they refer to. */
export interface Claims {
  readonly spec: ScenarioSpec;
  readonly claims: readonly Claim[];
  /** Further runs, by name. */
  readonly ownRuns: ReadonlyMap<string, ScenarioSpec>;
  readonly usage: UsageSource;
}

/** Claims, or everything that is wrong with their files. */
export type LoadedClaims =
  | { readonly loaded: Claims; readonly problems?: undefined }
  | { readonly loaded?: undefined; readonly problems: readonly Problem[] };

const inScenarioSchema = z.looseObject({
  claims: claimsKeys.claims,
  runs: claimsKeys.runs.optional(),
  usage: claimsKeys.usage.optional(),
});

/** Reads a file of claims, or a scenario with claims; `options.file` is that file. */
export function loadClaims(options: LoadOptions): LoadedClaims {
  const readFile = options.readFile ?? ((path: string) => readFileSync(path, 'utf8'));
  const source = readScenarioSource(options.file, readFile);
  if (!('value' in source)) return { problems: source };
  const { value } = source;
  const isClaimsFile = isRecord(value) && !('manifests' in value);
  const parsed = (isClaimsFile ? claimsFileSchema : inScenarioSchema).safeParse(value);
  if (!parsed.success) {
    const keys = isClaimsFile ? knownKeysOf(claimsFileSchema) : undefined;
    return { problems: schemaProblems(parsed.error.issues, value, source.placeOf, keys) };
  }
  const { data } = parsed;
  const scenario = 'scenario' in data && typeof data.scenario === 'string' ? data.scenario : undefined;
  const file = isClaimsFile && scenario !== undefined ? join(dirname(options.file), scenario) : options.file;
  const reader = new ClaimsReader(source, options, readFile);
  const missing = isClaimsFile ? reader.missingScenario(file, scenario ?? '') : [];
  if (missing.length > 0) return { problems: missing };
  const base = loadScenario({ ...options, file });
  if (base.problems !== undefined) return { problems: base.problems };
  const ownRuns = reader.runs(file, base.spec, data.runs ?? {});
  const claims = reader.claims(data.claims, base.spec, [...STANDARD_RUNS, ...Object.keys(data.runs ?? {})]);
  const usage = reader.usage(data.usage, base.spec);
  return reader.problems.length > 0
    ? { problems: reader.problems }
    : { loaded: { spec: base.spec, claims, ownRuns, usage } };
}

/** Resolves the parts of a valid file of claims, and keeps what is wrong with them. */
class ClaimsReader {
  readonly problems: Problem[] = [];

  constructor(
    private readonly source: ScenarioSource,
    private readonly options: LoadOptions,
    private readonly readFile: ReadFile,
  ) {}

  missingScenario(file: string, written: string): readonly Problem[] {
    const text = tryRead(this.readFile, file);
    return text instanceof Error
      ? [this.#at(['scenario'], readFailure(written, text, dirname(this.options.file)))]
      : [];
  }

  runs(
    file: string,
    base: ScenarioSpec,
    runs: Readonly<Record<string, ClaimRunFile>>,
  ): ReadonlyMap<string, ScenarioSpec> {
    const specs = new Map<string, ScenarioSpec>();
    for (const [name, run] of Object.entries(runs)) {
      if (STANDARD_RUNS.includes(name)) {
        const message = `${name} is a run that there always is`;
        this.#problem(['runs', name], { code: 'duplicate-name', message, expected: 'another name' });
        continue;
      }
      const loaded = this.#ownRun(file, name, run);
      if (loaded === undefined) continue;
      if (loaded.durationMs === base.durationMs) specs.set(name, loaded);
      else {
        const message = `${name} lasts ${loaded.durationMs / 1000} s and the scenario ${base.durationMs / 1000} s`;
        this.#problem(['runs', name], { code: 'invalid-value', message, expected: 'runs of equal length' });
      }
    }
    return specs;
  }

  #ownRun(file: string, name: string, { scenario, set = [], scale = {} }: ClaimRunFile): ScenarioSpec | undefined {
    const own = scenario === undefined ? file : join(dirname(this.options.file), scenario);
    if (scenario !== undefined) {
      const text = tryRead(this.readFile, own);
      if (text instanceof Error) {
        this.#problem(['runs', name, 'scenario'], readFailure(scenario, text, dirname(this.options.file)));
        return undefined;
      }
    }
    const scales = Object.entries(scale).map(([key, factor]) => `${key}=${factor}`);
    const loaded = loadScenario({
      ...this.options,
      file: own,
      set: [...(this.options.set ?? []), ...set],
      scale: [...(this.options.scale ?? []), ...scales],
    });
    if (loaded.problems === undefined) return loaded.spec;
    for (const problem of loaded.problems) {
      const setting = set.findIndex((text) => problem.file === `--set ${text}`);
      const scaled = scales.findIndex((text) => problem.file === `--scale ${text}`);
      if (setting === -1 && scaled === -1) {
        this.problems.push(problem);
        continue;
      }
      const path =
        setting === -1 ? ['runs', name, 'scale', Object.keys(scale)[scaled] ?? ''] : ['runs', name, 'set', setting];
      const place = problem.path === '' ? '' : `${problem.path}: `;
      this.problems.push({
        ...problem,
        ...this.source.placeOf(path, 'value'),
        path: renderPath(path),
        message: `${place}${problem.message}`,
      });
    }
    return undefined;
  }

  claims(written: readonly ClaimFile[], spec: ScenarioSpec, runs: readonly string[]): readonly Claim[] {
    const ids = written.map(({ id }) => id);
    return written.flatMap((claim, index): readonly Claim[] => {
      const path = ['claims', index];
      if (ids.indexOf(claim.id) !== index) {
        const message = `there is another claim ${claim.id}`;
        this.#problem([...path, 'id'], { code: 'duplicate-name', message, expected: 'each id once' });
      }
      this.#checkService(claim.service, [...path, 'service'], spec);
      for (const field of ['run', 'baseline'] as const) this.#checkRun(claim[field], [...path, field], runs);
      const metric = claimMetric(claim.metric, claim.service);
      if ('detail' in metric) {
        this.#problem([...path, metric.at], metric.detail);
        return [];
      }
      this.#checkBaseline(claim, metric, path, runs);
      const condition = this.#condition(claim, metric.unit, path);
      if (condition === undefined) return [];
      const { id, sentence, source, run = AS_GIVEN, baseline } = claim;
      return [{ id, sentence, source, metric, condition, run, baseline }];
    });
  }

  #checkService(service: string | undefined, path: readonly PathKey[], { cluster }: ScenarioSpec): void {
    const names = [...cluster.deployments, ...cluster.statefulSets].map(namespacedName);
    if (service === undefined || names.includes(service)) return;
    const message = `there is no workload ${service} in the manifests`;
    const expected = `one of ${names.join(', ')}`;
    this.#problem(path, { code: 'missing-reference', message, expected, hint: didYouMean(service, names) });
  }

  #checkRun(run: string | undefined, path: readonly PathKey[], runs: readonly string[]): void {
    if (run === undefined || runs.includes(run)) return;
    const message = `there is no run "${run}"`;
    const expected = `one of ${runs.join(', ')}, or a name under runs`;
    this.#problem(path, { code: 'missing-reference', message, expected, hint: didYouMean(run, runs) });
  }

  /** What is saved or differs does so against something; a figure by itself does not. */
  #checkBaseline(
    { baseline, run = AS_GIVEN }: ClaimFile,
    metric: ClaimMetric,
    path: PathKey[],
    runs: readonly string[],
  ): void {
    const compares = metric.kind === 'saving' || metric.kind === 'difference';
    if (compares && baseline === undefined) {
      const message = `${metric.name} needs a baseline: nothing is saved or differs by itself`;
      this.#problem(path, { code: 'missing-field', message, expected: `baseline: one of ${runs.join(', ')}` });
    }
    if (compares && baseline === run) {
      const message = `${run} is compared with itself`;
      this.#problem([...path, 'baseline'], { code: 'invalid-value', message, expected: 'another run' });
    }
    if (!compares && baseline !== undefined) {
      const message = `${metric.name} is a figure by itself, and is not compared`;
      const other = METRICS.some(({ name }) => name === metric.name) ? `saving.${metric.name}` : 'saving.METRIC';
      const hint = metric.name === SPOT_DISCOUNT ? 'leave baseline out' : `try metric: ${other}, or leave baseline out`;
      this.#problem([...path, 'baseline'], { code: 'unsupported-value', message, hint });
    }
  }

  #condition(claim: ClaimFile, unit: string, path: readonly PathKey[]): Condition | undefined {
    const { comparator, value, range } = claim;
    const wanted = comparator === 'between' ? 'range' : 'value';
    const other = comparator === 'between' ? 'value' : 'range';
    if (claim[other] !== undefined) {
      const message = `${comparator} does not go with a ${other}`;
      const detail = { code: 'unsupported-value', message, expected: `${wanted} alone` } as const;
      this.#problem([...path, other], detail);
      return undefined;
    }
    if (claim[wanted] === undefined) {
      const message = `${wanted} is required with ${comparator}`;
      this.#problem(path, {
        code: 'missing-field',
        message,
        expected: wanted === 'range' ? 'range: [low, high]' : 'value',
      });
      return undefined;
    }
    if (comparator !== 'between') {
      const amount = this.#amount(value ?? NaN, unit, [...path, 'value']);
      return amount === undefined ? undefined : { comparator, value: amount };
    }
    const low = this.#amount(range?.[0] ?? NaN, unit, [...path, 'range', 0]);
    const high = this.#amount(range?.[1] ?? NaN, unit, [...path, 'range', 1]);
    if (low === undefined || high === undefined) return undefined;
    if (low > high) {
      const message = `the range is upside down: ${range?.join(' is above ') ?? ''}`;
      this.#problem([...path, 'range'], { code: 'invalid-value', message, expected: 'the lower end first' });
      return undefined;
    }
    return { comparator, low, high };
  }

  #amount(written: number | string, unit: string, path: readonly PathKey[]): number | undefined {
    const amount = claimAmount(written, unit);
    if (typeof amount === 'number') return amount;
    this.#problem(path, {
      code: 'invalid-value',
      message: `${written} does not fit the metric`,
      expected: amount.expected,
    });
    return undefined;
  }

  usage(written: string | undefined, spec: ScenarioSpec): UsageSource {
    if (written === undefined) return 'assumed';
    if (written === 'scenario') return 'scenario';
    const file = join(dirname(this.options.file), written);
    const text = tryRead(this.readFile, file);
    if (text instanceof Error) {
      this.#problem(['usage'], readFailure(written, text, dirname(this.options.file)));
      return 'assumed';
    }
    const workloads = [...spec.cluster.deployments, ...spec.cluster.statefulSets].map(namespacedName);
    const { usage, problems } = readUsageFile(file, text, workloads);
    this.problems.push(...problems);
    return { file: written, usage };
  }

  #problem(path: readonly PathKey[], detail: ProblemDetail): void {
    this.problems.push(this.#at(path, detail));
  }

  #at(path: readonly PathKey[], detail: ProblemDetail): Problem {
    return { ...this.source.placeOf(path, 'value'), path: renderPath(path), ...detail };
  }
}
