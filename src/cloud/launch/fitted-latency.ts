import { RandomStream } from '../../kernel/random-streams.js';
import type { LatencyRow } from './latency-rows.js';
import {
  correlation,
  fitShiftedLognormal,
  ksDistance,
  ksLimit,
  scoreOf,
  valueAtScore,
  type ShiftedLognormal,
} from './shifted-lognormal.js';

/** Distribution of launch times of one group of nodes. */
export type LatencyDistribution =
  | {
      readonly of: 'phases';
      /** Created → launched, → registered, → initialized. */
      readonly phases: readonly [ShiftedLognormal, ShiftedLognormal, ShiftedLognormal];
      /** Correlation of the last two phases, on the scale of normal scores; the first is independent of them. */
      readonly correlation: number;
    }
  | {
      /** Only the whole is known; the phases share it. */
      readonly of: 'total';
      readonly total: ShiftedLognormal;
      readonly shares: readonly [number, number, number];
    };

/** How well a fit agrees with rows that it was not made from. */
export interface HeldOutJudgement {
  readonly rows: number;
  /** Kolmogorov–Smirnov distance of created → initialized, 0 to 1. */
  readonly ksDistance: number;
  /** What a right fit keeps within, 19 times of 20. */
  readonly limit: number;
}

/** The fit of one instance family, or of all rows. */
export interface LatencyGroup {
  /** Empty: all rows. */
  readonly family: string;
  /** Rows that the fit was made from. */
  readonly rows: number;
  readonly distribution: LatencyDistribution;
  /** No draw is longer: twice the longest observed. */
  readonly longestSeconds: number;
  /** Undefined when there were too few rows to hold any out. */
  readonly heldOut?: HeldOutJudgement | undefined;
}

/** Launch latency fitted to a user's own rows. */
export interface FittedLatency {
  /** Where the rows are from. */
  readonly source: string;
  /** The first is that of all rows; then families by name. */
  readonly groups: readonly LatencyGroup[];
}

/** A family with fewer rows gets no fit of its own. */
export const ENOUGH_ROWS_OF_FAMILY = 10;
/** No fit is made from fewer rows. */
export const ENOUGH_ROWS = 5;
/** Fewer leave nothing to judge by. */
const ENOUGH_TO_HOLD_OUT = 8;
/** Every fourth row is held out of the fit, and the fit is judged on those. */
const HOLD_OUT_EVERY = 4;
/** Shares of the three phases in the medians of the shipped rows (aws.md §19.3: 2.2, 21.1 and 21.1 s). */
const SHARES = [0.05, 0.475, 0.475] as const;
const JUDGEMENT_DRAWS = 20_000;

/**
 * Fits launch times, of all rows and of each family with enough of them. Each fit is made from three rows of four and judged on
 * the fourth.
 * @param rows at least {@link ENOUGH_ROWS}
 */
export function fitLatency(source: string, rows: readonly LatencyRow[]): FittedLatency {
  const byFamily = new Map<string, LatencyRow[]>();
  for (const row of rows) {
    const family = familyOf(row.instanceType);
    if (family === '') continue;
    const known = byFamily.get(family);
    if (known === undefined) byFamily.set(family, [row]);
    else known.push(row);
  }
  const families = [...byFamily].filter(([, own]) => own.length >= ENOUGH_ROWS_OF_FAMILY);
  const ordered = families.sort(([a], [b]) => (a < b ? -1 : 1));
  return { source, groups: [fitGroup('', rows), ...ordered.map(([family, own]) => fitGroup(family, own))] };
}

/** The group that a type's launches are drawn from: its family's, else that of all rows. */
export function groupOf({ groups }: FittedLatency, instanceType: string): LatencyGroup | undefined {
  return groups.find(({ family }) => family === familyOf(instanceType)) ?? groups[0];
}

/** Draws the three phases of one launch, seconds; six draws are taken of the stream. */
export function drawPhases(group: LatencyGroup, stream: RandomStream): readonly [number, number, number] {
  const scores = [stream.normal(), stream.normal(), stream.normal()] as const;
  const { distribution, longestSeconds } = group;
  if (distribution.of === 'total') {
    const total = Math.min(valueAtScore(distribution.total, scores[0]), longestSeconds);
    const [first, second, third] = distribution.shares;
    return [total * first, total * second, total * third];
  }
  const { phases, correlation: rho } = distribution;
  const drawn: [number, number, number] = [
    valueAtScore(phases[0], scores[0]),
    valueAtScore(phases[1], scores[1]),
    valueAtScore(phases[2], rho * scores[1] + Math.sqrt(1 - rho * rho) * scores[2]),
  ];
  const factor = Math.min(1, longestSeconds / (drawn[0] + drawn[1] + drawn[2]));
  return [drawn[0] * factor, drawn[1] * factor, drawn[2] * factor];
}

/** Totals of many draws, ascending: what quantiles and distances of a fit are read from. Always the same draws. */
export function drawnTotals(group: LatencyGroup): readonly number[] {
  const stream = new RandomStream(`latency-fit/${group.family}`);
  const totals = Array.from({ length: JUDGEMENT_DRAWS }, () => {
    const [first, second, third] = drawPhases(group, stream);
    return first + second + third;
  });
  return totals.sort((a, b) => a - b);
}

function fitGroup(family: string, rows: readonly LatencyRow[]): LatencyGroup {
  const holdsOut = rows.length >= ENOUGH_TO_HOLD_OUT;
  const isHeldOut = (index: number): boolean => holdsOut && index % HOLD_OUT_EVERY === HOLD_OUT_EVERY - 1;
  const used = rows.filter((_, index) => !isHeldOut(index));
  const longestSeconds = 2 * used.reduce((longest, { total }) => Math.max(longest, total), 0);
  const group = { family, rows: used.length, distribution: distributionOf(used), longestSeconds };
  if (!holdsOut) return group;
  const held = rows.filter((_, index) => isHeldOut(index)).map(({ total }) => total);
  const heldOut = {
    rows: held.length,
    ksDistance: ksDistance(held, drawnTotals(group)),
    limit: ksLimit(held.length),
  };
  return { ...group, heldOut };
}

function distributionOf(rows: readonly LatencyRow[]): LatencyDistribution {
  const phases = rows.flatMap((row) => (row.phases === undefined ? [] : [row.phases]));
  if (phases.length < rows.length) {
    return { of: 'total', total: fitShiftedLognormal(rows.map(({ total }) => total)), shares: SHARES };
  }
  const fit = (phase: 0 | 1 | 2): ShiftedLognormal => fitShiftedLognormal(phases.map((row) => row[phase]));
  const fits = [fit(0), fit(1), fit(2)] as const;
  const scores = (phase: 1 | 2): readonly number[] => phases.map((row) => scoreOf(fits[phase], row[phase]));
  return { of: 'phases', phases: fits, correlation: correlation(scores(1), scores(2)) };
}

function familyOf(instanceType: string): string {
  return instanceType.slice(0, Math.max(0, instanceType.indexOf('.')));
}
