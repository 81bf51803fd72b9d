import { readFileSync } from 'node:fs';
import type { KarpenterVersion } from '../karpenter/settings.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { ReadFile } from './file-reading.js';
import { parseOverrides, parseSettings } from './overrides.js';
import { parseScales, scaleTraffic } from './scale-traffic.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';
import { readScenarioDocument } from './scenario-document.js';
import { ScenarioLoader } from './scenario-loader.js';
import { readScenarioSource } from './scenario-source.js';
import type { AppliedChange, ScenarioSpec } from './scenario-spec.js';

/** What to load, and what the command line says about it. */
export interface LoadOptions {
  readonly file: string;
  readonly catalogue: ScenarioCatalogue;
  /** Default: the file system, UTF-8. Throws when there is nothing to read. */
  readonly readFile?: ReadFile | undefined;
  /** Takes precedence over the file's `karpenter.version`. */
  readonly karpenterVersion?: KarpenterVersion | undefined;
  /** Takes precedence over the file's `seed`: a whole number, 0 or more. */
  readonly seed?: number | undefined;
  /** `path=value`, applied before validation. */
  readonly set?: readonly string[] | undefined;
  /** `traffic=2x` or `traffic.NAME=2x`: factors on the demand, on top of the file's own `scale`. */
  readonly scale?: readonly string[] | undefined;
  /** A manifest file that is applied during the run, and when; the two are answered separately from the spec. */
  readonly change?: { readonly file: string; readonly at: string } | undefined;
  /** A manifest file whose NodePools and EC2NodeClasses stand in the place of those of the same name, from the start. */
  readonly replacing?: string | undefined;
}

/** A scenario ready to run, or everything that is wrong with it. */
export type LoadedScenario =
  | {
      readonly spec: ScenarioSpec;
      /** The file that the scenario extends. */
      readonly base?: string | undefined;
      /** The change that was asked for; not among the spec's events. */
      readonly change?: AppliedChange | undefined;
      readonly problems?: undefined;
    }
  | {
      readonly spec?: undefined;
      readonly base?: undefined;
      readonly change?: undefined;
      readonly problems: readonly Problem[];
    };

/** Reads a scenario file and its manifests, checks everything, and resolves it into one immutable spec. */
export function loadScenario(options: LoadOptions): LoadedScenario {
  const given = parseOverrides(options.set ?? []);
  const scales = parseScales(options.scale ?? []);
  const problems = [...given.problems, ...scales.problems];
  if (options.seed !== undefined && !(Number.isSafeInteger(options.seed) && options.seed >= 0)) {
    problems.push({
      file: '--seed',
      line: 1,
      column: 1,
      path: 'seed',
      code: 'invalid-value',
      message: `${options.seed} is not a seed`,
      expected: 'a whole number, 0 or more',
    });
  }
  const readFile = options.readFile ?? ((path: string) => readFileSync(path, 'utf8'));
  const source = readScenarioSource(options.file, readFile);
  if (!('value' in source)) return { problems: [...problems, ...source] };
  const written = parseSettings(source.settings);
  problems.push(...written.problems);
  const overrides = [...written.overrides, ...given.overrides];
  const document = readScenarioDocument(options.file, source, overrides);
  if (!('content' in document)) return { problems: [...problems, ...document] };
  const version = options.karpenterVersion ?? document.content.karpenter?.version ?? 'v1.14.1';
  const loader = new ScenarioLoader(document, { ...options, readFile, version, overrides });
  const spec = loader.load();
  const scaled = scaleTraffic(spec.services, [...loader.scales(), ...scales.scales]);
  const all = [...problems, ...loader.problems, ...scaled.problems];
  if (all.length > 0) return { problems: all };
  return { spec: { ...spec, services: scaled.services }, base: source.base, change: loader.change };
}
