import { renderPath, type PathKey } from '../kubernetes/manifest/field-path.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import { parseManifestStream } from '../kubernetes/manifest/manifest-document.js';
import type { PositionOf } from '../kubernetes/manifest/position.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import { knownKeys } from './scenario-json-schema.js';
import { applyOverrides, blameOverrides, type Override } from './overrides.js';
import { scenarioFileSchema, type ScenarioFile } from './scenario-file.js';
import { schemaProblems } from './schema-problems.js';

/** A scenario file that satisfies the schema, with the place of each of its fields. */
export class ScenarioDocument {
  constructor(
    readonly file: string,
    readonly content: ScenarioFile,
    private readonly positionOf: PositionOf,
    private readonly overrides: readonly Override[],
  ) {}

  /** A problem at a field; at the field's override, if one wrote it. */
  problem(path: readonly PathKey[], detail: ProblemDetail): Problem {
    const problem = { file: this.file, ...this.positionOf(path, 'value'), path: renderPath(path), ...detail };
    return blameOverrides([problem], this.overrides)[0] ?? problem;
  }
}

/** Reads a scenario file, applies overrides and validates it. */
export function readScenarioDocument(
  file: string,
  text: string,
  allOverrides: readonly Override[],
): ScenarioDocument | readonly Problem[] {
  const { documents, problems } = parseManifestStream(file, text);
  if (problems.length > 0) return problems;
  const [document] = documents;
  if (document === undefined || documents.length > 1) {
    const message = document === undefined ? 'the file is empty' : `the file holds ${documents.length} YAML documents`;
    return [{ file, line: 1, column: 1, path: '', code: 'wrong-type', message, expected: 'one scenario' }];
  }
  const overrides = allOverrides.filter(({ object }) => object === undefined);
  const { value, problems: deadEnds } = applyOverrides(document.value, overrides);
  const unapplied = deadEnds.map((problem) => ({ ...problem, hint: keyHint(problem.path) }));
  const parsed = scenarioFileSchema.safeParse(value);
  const positionOf = document.positionOf;
  if (!parsed.success) {
    const invalid = schemaProblems(parsed.error.issues, value, file, positionOf);
    return [...unapplied, ...blameOverrides(invalid, overrides)];
  }
  return unapplied.length > 0 ? unapplied : new ScenarioDocument(file, parsed.data, positionOf, overrides);
}

function keyHint(path: string): string | undefined {
  const [key = ''] = path.split(/[.[]/);
  const known = knownKeys([]);
  return known.includes(key) ? undefined : didYouMean(key, known);
}
