import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { renderPath } from '../kubernetes/manifest/field-path.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { loadScenario, type LoadOptions } from './load-scenario.js';
import { readScenarioSource } from './scenario-source.js';
import type { ScenarioSpec, VariantDeclaration } from './scenario-spec.js';

/** A variant of a scenario: a run of its own, a run that is there already, or settings that the version does not take. */
export type Variant = { readonly declared: VariantDeclaration } & (
  | { readonly outcome: 'run'; readonly spec: ScenarioSpec }
  /** Resolves to the same as the scenario itself (undefined) or as an earlier variant. */
  | { readonly outcome: 'same'; readonly as: VariantDeclaration | undefined }
  /** What the API server and its webhooks refuse. */
  | { readonly outcome: 'refused'; readonly refusals: readonly Problem[] }
);

/**
 * Resolves the variants that a scenario declares, on top of what `options` changes. Settings that a version of Karpenter refuses
 * are an answer; any other mistake in a variant is a problem at its place in the scenario file.
 */
export function loadVariants(
  options: LoadOptions,
  base: ScenarioSpec,
): { readonly variants: readonly Variant[]; readonly problems: readonly Problem[] } {
  const variants: Variant[] = [];
  const problems: Problem[] = [];
  for (const [index, declared] of base.variants.entries()) {
    const loaded = loadScenario({
      ...options,
      karpenterVersion: declared.karpenterVersion ?? options.karpenterVersion,
      set: [...(options.set ?? []), ...declared.set],
    });
    if (loaded.spec !== undefined) {
      const { spec } = loaded;
      const twin = variants.find((other) => other.outcome === 'run' && isDeepStrictEqual(other.spec, spec));
      if (isDeepStrictEqual(spec, base)) variants.push({ declared, outcome: 'same', as: undefined });
      else if (twin !== undefined) variants.push({ declared, outcome: 'same', as: twin.declared });
      else variants.push({ declared, outcome: 'run', spec });
    } else if (loaded.problems.every(({ rule }) => rule !== undefined)) {
      variants.push({ declared, outcome: 'refused', refusals: loaded.problems });
    } else {
      problems.push(...loaded.problems.map((problem) => atDeclaration(problem, options, declared, index)));
    }
  }
  return { variants, problems };
}

/** A problem with one of the variant's own settings belongs to the line that has it. */
function atDeclaration(
  problem: Problem,
  options: LoadOptions,
  { name, set }: VariantDeclaration,
  index: number,
): Problem {
  const setting = set.findIndex((text) => problem.file === `--set ${text}`);
  const path = setting === -1 ? ['variants', index] : ['variants', index, 'set', setting];
  const readFile = options.readFile ?? ((file: string) => readFileSync(file, 'utf8'));
  const source = readScenarioSource(options.file, readFile);
  const position = 'value' in source ? source.placeOf(path, 'value') : { file: options.file, line: 1, column: 1 };
  const place = problem.path === '' ? '' : `${problem.path}: `;
  return {
    ...problem,
    ...position,
    path: renderPath(path),
    message: `variant "${name}": ${place}${problem.message}`,
  };
}
