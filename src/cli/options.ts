import { BASELINE_KINDS, type BaselineKind } from '../baseline/baseline.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { EDITION_YEARS, type Edition } from '../cloud/prices/editions.js';
import { COMMITMENT_PLANS, type CommitmentPlan } from '../cloud/prices/commitment.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import { parseUtc } from '../scenario/clock.js';
import { parseGoDuration } from '../kubernetes/duration.js';
import { BadInput } from './exit.js';

const KARPENTER_VERSIONS: readonly KarpenterVersion[] = ['v1.14.1', 'v0.32.0'];

/** Reads `--seed`: a whole number that a double holds exactly. */
export function seedOption(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seed = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(seed)) {
    throw new BadInput(
      `--seed: "${value}" is not a seed (expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}) — try --seed 7`,
    );
  }
  return seed;
}

/** Reads `--karpenter`: a supported version. */
export function karpenterOption(value: string | undefined): KarpenterVersion | undefined {
  const version = KARPENTER_VERSIONS.find((known) => known === value);
  if (value === undefined || version !== undefined) return version;
  const hint = didYouMean(value, KARPENTER_VERSIONS) ?? `try --karpenter ${KARPENTER_VERSIONS[0] ?? ''}`;
  throw new BadInput(
    `--karpenter: version "${value}" cannot be simulated (expected ${KARPENTER_VERSIONS.join(' or ')}) — ${hint}`,
  );
}

/** Reads `--baseline`: one of the baselines, or `all`. */
export function baselineOption(value: string | undefined): BaselineKind | 'all' | undefined {
  const known = [...BASELINE_KINDS, 'all'] as const;
  const kind = known.find((name) => name === value);
  if (value === undefined || kind !== undefined) return kind;
  const hint = didYouMean(value, known) ?? 'try --baseline all';
  throw new BadInput(`--baseline: there is no baseline "${value}" (expected ${known.join(', ')}) — ${hint}`);
}

/** Reads `--commitment`: a plan, or `none`. */
export function commitmentOption(value: string | undefined): CommitmentPlan | 'none' | undefined {
  const known = ['none', ...COMMITMENT_PLANS] as const;
  const plan = known.find((name) => name === value);
  if (value === undefined || plan !== undefined) return plan;
  const hint = didYouMean(value, known) ?? 'try --commitment savings-plan-1y';
  throw new BadInput(`--commitment: there is no plan "${value}" (expected ${known.join(' or ')}) — ${hint}`);
}

/** Names between commas; an empty value is an empty list. */
export function namesOption(
  name: string,
  value: string | readonly string[] | undefined,
): readonly string[] | undefined {
  if (value === undefined || value === '') return value === '' ? [] : undefined;
  return nameList(onlyOnce(name, value) ?? '');
}

/** Names between commas, spaces or lines; what follows a # is a comment. */
export function nameList(text: string): readonly string[] {
  const names = text.replaceAll(/#.*/g, '').split(/[\s,]+/);
  return [...new Set(names.filter((name) => name !== ''))];
}

/** Reads a whole number, 0 or more. */
export function countOption(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number)) {
    throw new BadInput(`--${name}: "${value}" is not a count (expected a whole number, 0 or more) — try --${name} 10`);
  }
  return number;
}

/** Reads a duration of a minute or more, into ms. */
export function durationOption(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = parseGoDuration(value);
  if (ms === undefined || ms < 60_000) {
    throw new BadInput(`--${name}: "${value}" is not a duration of a minute or more — try --${name} 5m`);
  }
  return ms;
}

/** An option without which the command cannot work. */
export function requiredOption(name: string, value: string | undefined, expected: string): string {
  if (value === undefined) throw new BadInput(`--${name} is missing (expected ${expected})`);
  return value;
}

/** Reads a date (its midnight) or a time, both UTC, into epoch ms. */
export function timeOption(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const written = /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value;
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(written) ? parseUtc(written) : NaN;
  if (Number.isNaN(ms)) {
    throw new BadInput(
      `--${name}: "${value}" is not a date (expected a date such as 2026-03-23 or a time such as 2026-03-23T14:00:00Z, in UTC)`,
    );
  }
  return ms;
}

/** Reads `--year`: one of the shipped price lists. */
export function yearOption(value: string | undefined): Edition | undefined {
  const year = EDITION_YEARS.find((known) => String(known) === value);
  if (value === undefined || year !== undefined) return year;
  throw new BadInput(
    `--year: there are no prices of ${JSON.stringify(value)} (expected ${EDITION_YEARS.join(' or ')})`,
  );
}

/** Reads `--region`: a name of letters, digits and dashes. */
export function regionOption(value: string | undefined): string | undefined {
  if (value === undefined || /^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(value)) return value;
  throw new BadInput(`--region: ${JSON.stringify(value)} is no AWS region — try --region us-east-1`);
}

/** The value of an option that may stand once; yargs makes a list of one that stands twice. */
export function onlyOnce(name: string, value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new BadInput(`--${name}: given ${value.length} times (expected once)`);
  if (value === '') throw new BadInput(`--${name}: the value is empty`);
  return value;
}
