import { parseGate } from '../experiment/gate.js';
import { parseTolerance } from '../experiment/service-tolerance.js';
import type { CompareFormat, CompareOptions } from './compare.js';
import { BadInput } from './exit.js';
import { baselineOption, commitmentOption, karpenterOption, namesOption, onlyOnce, seedOption } from './options.js';
import { keptRunsOptions, precisionOption, seedsOption, writtenLimit } from './replication-options.js';

/** An option as the parser returns it: a list when it stood several times. */
type Written = string | readonly string[] | undefined;

/** The options of `karpsim compare` as the parser returns them. */
export interface WrittenCompareOptions {
  readonly scenario: string;
  readonly other?: string | undefined;
  readonly with?: Written;
  readonly karpenter?: Written;
  readonly baseline?: Written;
  readonly commitment?: Written;
  readonly seeds?: Written;
  readonly seed?: Written;
  readonly set?: readonly string[] | undefined;
  readonly scale?: readonly string[] | undefined;
  readonly 'second-range'?: boolean | readonly boolean[] | undefined;
  readonly independent?: boolean | readonly boolean[] | undefined;
  readonly precision?: Written;
  readonly 'fail-if'?: readonly string[] | undefined;
  readonly tolerance?: readonly string[] | undefined;
  readonly format?: Written;
  readonly json?: boolean | readonly boolean[] | undefined;
  readonly workers?: Written;
  readonly results?: Written;
  readonly resume?: boolean | readonly boolean[] | undefined;
}

const DEFAULT_SEEDS = 10;
const FORMATS: readonly CompareFormat[] = ['text', 'markdown', 'json'];

/** Checks the options as far as they alone can tell. @throws BadInput */
export function checkedCompareOptions(options: WrittenCompareOptions): CompareOptions {
  const checked: CompareOptions = {
    ...keptRunsOptions(options),
    scenario: options.scenario,
    other: options.other,
    with: onlyOnce('with', options.with),
    karpenter: versionsOption(options.karpenter),
    baseline: oneBaseline(onlyOnce('baseline', options.baseline)),
    commitment: planOption(onlyOnce('commitment', options.commitment)),
    seeds: seedsOption(onlyOnce('seeds', options.seeds)) ?? DEFAULT_SEEDS,
    seed: seedOption(onlyOnce('seed', options.seed)),
    set: options.set ?? [],
    scale: options.scale ?? [],
    secondRange: ![options['second-range']].flat().includes(false),
    independent: isGiven(options.independent),
    precision: precisionOption(onlyOnce('precision', options.precision)),
    gates: (options['fail-if'] ?? []).map((text) => writtenLimit('fail-if', text, parseGate)),
    tolerances: (options.tolerance ?? []).map((text) => writtenLimit('tolerance', text, parseTolerance)),
    format: formatOption(onlyOnce('format', options.format), isGiven(options.json)),
  };
  checkSides(checked);
  if (checked.gates.length > 0 && checked.seeds < 2) {
    throw new BadInput('--fail-if tests an interval, which one seed does not have — try --seeds 10');
  }
  return checked;
}

function isGiven(flag: boolean | readonly boolean[] | undefined): boolean {
  return [flag].flat().includes(true);
}

function versionsOption(value: string | readonly string[] | undefined): CompareOptions['karpenter'] {
  const names = namesOption('karpenter', value) ?? [];
  if (names.length > 2) throw new BadInput(`--karpenter: ${names.length} versions given (expected one or two)`);
  return names.flatMap((name) => karpenterOption(name) ?? []);
}

function oneBaseline(value: string | undefined): CompareOptions['baseline'] {
  const kind = baselineOption(value);
  if (kind === 'all') throw new BadInput('--baseline: one is compared at a time — try --baseline static');
  return kind;
}

function planOption(value: string | undefined): CompareOptions['commitment'] {
  const plan = commitmentOption(value);
  if (plan === 'none')
    throw new BadInput('--commitment: A has none (expected the plan of B) — try --commitment savings-plan-1y');
  return plan;
}

function formatOption(value: string | undefined, json: boolean): CompareFormat {
  const format = FORMATS.find((known) => known === value);
  if (value !== undefined && format === undefined) {
    throw new BadInput(`--format: there is no format "${value}" (expected ${FORMATS.join(', ')})`);
  }
  if (json && format !== undefined && format !== 'json') {
    throw new BadInput(`--json and --format ${format} ask for two formats (expected one)`);
  }
  return json ? 'json' : (format ?? 'text');
}

/** Exactly one thing makes B another than A. */
function checkSides({ other, with: nodePools, karpenter, baseline, commitment }: CompareOptions): void {
  const given = [
    ...(other === undefined ? [] : [other]),
    ...(nodePools === undefined ? [] : ['--with']),
    ...(baseline === undefined ? [] : ['--baseline']),
    ...(commitment === undefined ? [] : ['--commitment']),
    ...(karpenter.length === 2 ? ['--karpenter with two versions'] : []),
  ];
  if (given.length === 1) return;
  const expected =
    'a second scenario, --with nodepool.yaml, --baseline static, --commitment savings-plan-1y, or --karpenter v0.32.0,v1.14.1';
  throw new BadInput(
    given.length === 0
      ? `there is nothing to compare with (expected ${expected})`
      : `${given.join(' and ')} ask for different comparisons (expected one of ${expected})`,
  );
}
