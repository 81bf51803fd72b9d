import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { BaselineKind } from '../baseline/baseline.js';
import type { CommitmentPlan } from '../cloud/prices/commitment.js';
import type { DerivedVariant } from '../experiment/second-range.js';
import type { SpecChange } from '../experiment/uncertainty.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { loadScenario, type LoadOptions } from '../scenario/load-scenario.js';
import { readScenarioSource } from '../scenario/scenario-source.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { withBaseline } from '../scenario/with-baseline.js';
import { withCommitment } from '../scenario/with-commitment.js';
import { fromCaller } from './caller-folder.js';

/** What is compared: a scenario with another, with other NodePools, with itself under another version or on a baseline. */
export interface ComparedSides {
  readonly scenario: string;
  readonly other?: string | undefined;
  /** File of changed NodePools. */
  readonly with?: string | undefined;
  /** Version of both, or that of A and that of B. */
  readonly karpenter: readonly KarpenterVersion[];
  /** A is the scenario without Karpenter. */
  readonly baseline?: BaselineKind | undefined;
  /** B pays for its on-demand usage under this plan, A list price. */
  readonly commitment?: CommitmentPlan | undefined;
}

/** A and B, ready to run, or everything that is wrong with either. */
export type LoadedSides =
  | { readonly sides: readonly [DerivedVariant, DerivedVariant]; readonly problems?: undefined }
  | { readonly sides?: undefined; readonly problems: readonly Problem[] };

/** Loads both sides; a mistake that both have is told once. */
export function loadSides(
  { scenario, other, with: nodePools, karpenter, baseline, commitment }: ComparedSides,
  options: Omit<LoadOptions, 'file'>,
): LoadedSides {
  const [versionA, versionB = versionA] = karpenter;
  const fileA = fromCaller(scenario);
  const fileB = other === undefined ? fileA : fromCaller(other);
  const replacing = nodePools === undefined ? undefined : fromCaller(nodePools);
  const a = loadScenario({ ...options, file: fileA, karpenterVersion: versionA });
  const b = loadScenario({ ...options, file: fileB, karpenterVersion: versionB, replacing });
  const problems = distinct([...(a.problems ?? []), ...(b.problems ?? [])]);
  if (a.spec === undefined || b.spec === undefined) return { problems };
  if (a.spec.durationMs !== b.spec.durationMs) {
    return { problems: [differentLength(fileB, b.spec.durationMs, scenario, a.spec.durationMs)] };
  }
  const { spec } = a;
  if (baseline !== undefined) {
    return {
      sides: [
        side(`${spec.name} on ${baseline}`, (change) => withBaseline(change(spec), baseline)),
        side(spec.name, (change) => change(spec)),
      ],
    };
  }
  if (commitment !== undefined) {
    return {
      sides: [
        side(`${spec.name} at list price`, (change) => withCommitment(change(spec), undefined)),
        side(`${spec.name} under ${commitment}`, (change) => withCommitment(change(spec), commitment)),
      ],
    };
  }
  const [nameA, nameB] =
    versionA !== versionB
      ? [`${a.spec.name}, Karpenter ${versionA ?? ''}`, `${b.spec.name}, Karpenter ${versionB ?? ''}`]
      : replacing !== undefined
        ? [a.spec.name, `${b.spec.name} with ${basename(replacing)}`]
        : a.spec.name === b.spec.name
          ? [scenario, other ?? scenario]
          : [a.spec.name, b.spec.name];
  const specB = b.spec;
  return { sides: [side(nameA, (change) => change(spec)), side(nameB, (change) => change(specB))] };
}

function side(name: string, under: (change: SpecChange) => ScenarioSpec): DerivedVariant {
  return { name, under, spec: under((spec) => spec) };
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function differentLength(file: string, durationMs: number, other: string, otherMs: number): Problem {
  const source = readScenarioSource(file, (path) => readFileSync(path, 'utf8'));
  return {
    ...('value' in source ? source.placeOf(['duration'], 'value') : { file, line: 1, column: 1 }),
    path: 'duration',
    code: 'invalid-value',
    message: `lasts ${durationMs / 60_000} min, but ${other} lasts ${otherMs / 60_000} min: a different story has a different bill`,
    expected: 'two runs of the same length',
    hint: `try --set duration=${Math.min(durationMs, otherMs) / 60_000}m, which holds for both`,
  };
}
