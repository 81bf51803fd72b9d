import type { KarpenterVersion } from '../karpenter/settings.js';
import { EDITION_YEARS, type Edition } from '../cloud/prices/price-book.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
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
