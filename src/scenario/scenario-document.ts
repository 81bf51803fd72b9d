import { renderPath, type PathKey } from '../kubernetes/manifest/field-path.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import { knownKeys } from './scenario-json-schema.js';
import { applyOverrides, blameOverrides, type Override } from './overrides.js';
import { scenarioFileSchema, type ScenarioFile } from './scenario-file.js';
import type { PlaceOf, ScenarioSource } from './scenario-source.js';
import { schemaProblems } from './schema-problems.js';

/** A scenario file that satisfies the schema, with the place of each of its fields. */
export class ScenarioDocument {
  constructor(
    readonly file: string,
    readonly content: ScenarioFile,
    readonly placeOf: PlaceOf,
    private readonly overrides: readonly Override[],
  ) {}

  /** A problem at a field; at the field's override, if one wrote it. */
  problem(path: readonly PathKey[], detail: ProblemDetail): Problem {
    const problem = { ...this.placeOf(path, 'value'), path: renderPath(path), ...detail };
    return blameOverrides([problem], this.overrides)[0] ?? problem;
  }
}

/** Applies overrides to a scenario file and validates it. */
export function readScenarioDocument(
  file: string,
  source: ScenarioSource,
  allOverrides: readonly Override[],
): ScenarioDocument | readonly Problem[] {
  const overrides = allOverrides.filter(({ object }) => object === undefined);
  const { value, problems: deadEnds } = applyOverrides(source.value, overrides);
  const unapplied = deadEnds.map((problem) => ({ ...problem, hint: keyHint(problem.path) }));
  // Compiling the schema takes twice as long as checking one scenario with it.
  const parsed = scenarioFileSchema.safeParse(value, { jitless: true });
  if (!parsed.success) {
    const invalid = schemaProblems(parsed.error.issues, value, source.placeOf);
    return [...unapplied, ...blameOverrides(invalid, overrides)];
  }
  return unapplied.length > 0 ? unapplied : new ScenarioDocument(file, parsed.data, source.placeOf, overrides);
}

function keyHint(path: string): string | undefined {
  const [key = ''] = path.split(/[.[]/);
  const known = knownKeys([]);
  return known.includes(key) ? undefined : didYouMean(key, known);
}
