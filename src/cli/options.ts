import type { KarpenterVersion } from '../karpenter/settings.js';
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

/** The value of an option that may stand once; yargs makes a list of one that stands twice. */
export function onlyOnce(name: string, value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new BadInput(`--${name}: given ${value.length} times (expected once)`);
  if (value === '') throw new BadInput(`--${name}: the value is empty`);
  return value;
}
