import { quantileSorted } from 'd3-array';
import {
  drawnTotals,
  ENOUGH_ROWS_OF_FAMILY,
  type FittedLatency,
  type LatencyGroup,
} from '../cloud/launch/fitted-latency.js';
import { RELIABLE_ROWS } from '../cloud/launch/launch-latency.js';
import type { LatencyRow } from '../cloud/launch/latency-rows.js';
import { count, duration } from './terminal/figures.js';
import { alignedTable } from './terminal/table.js';
import { WIDTH, wrap } from './terminal/wrap.js';

/** A fit of launch latency with what it was made from. */
export interface LatencyFitReport {
  readonly fit: FittedLatency;
  readonly rows: readonly LatencyRow[];
  /** Launches without an end, left out. */
  readonly unfinished: number;
  readonly out: string;
}

const ENOUGH_TO_JUDGE = 5;

/** A fit in words; ends with a newline. */
export function latencyFitText({ fit, rows, unfinished, out }: LatencyFitReport): string {
  const head = ['family', 'launches', 'fitted on', 'p50', 'p90', 'p99', 'held out', 'KS', 'limit', ''];
  const table = fit.groups.map((group) => {
    const { p50, p90, p99 } = quantiles(group);
    const { heldOut } = group;
    return [
      group.family === '' ? 'all' : group.family,
      String(group.rows + (heldOut?.rows ?? 0)),
      String(group.rows),
      duration(p50),
      duration(p90),
      duration(p99),
      String(heldOut?.rows ?? 0),
      heldOut?.ksDistance.toFixed(3) ?? '–',
      heldOut?.limit.toFixed(3) ?? '–',
      verdict(group),
    ];
  });
  const left = unfinished === 0 ? '' : `, and ${unfinished} without an end, which are left out`;
  const without = familiesWithoutFit(fit, rows);
  const notes = [
    'Seconds from NodeClaim created to initialized, as the fit has them. KS: the largest distance between the distribution ' +
      'of the fit and that of the launches held out of it (every fourth); a right fit keeps within the limit 19 times of 20.',
    ...(without.length === 0
      ? []
      : [
          `Families with fewer than ${ENOUGH_ROWS_OF_FAMILY} launches, drawn from the fit of all: ${without.join(', ')}.`,
        ]),
    ...(fit.groups[0]?.distribution.of === 'total'
      ? [
          'The rows have no phases: call, boot and readiness share each draw as the shipped launches do (5, 47.5 and 47.5 %).',
        ]
      : []),
  ];
  return (
    `${fit.source}: ${count(rows.length, 'launch', 'launches')}${left}\n\n` +
    `${alignedTable([head, ...table], 1)}\n\n` +
    `${notes.map((note) => wrap(note, WIDTH, '  ', '  ')).join('\n')}\n\n` +
    `Written to ${out}; a scenario beside it uses it with latency: ${out.slice(out.lastIndexOf('/') + 1)}\n`
  );
}

/** The same as one JSON object with a newline. */
export function latencyFitObject({ fit, rows, unfinished, out }: LatencyFitReport): string {
  const groups = fit.groups.map((group) => ({
    ...group,
    extrapolated: isExtrapolated(group),
    fits: agrees(group) ?? null,
    seconds: quantiles(group),
  }));
  const object = { source: fit.source, launches: rows.length, unfinished, file: out, groups };
  return `${JSON.stringify({ ...object, familiesWithoutFit: familiesWithoutFit(fit, rows) }, undefined, 2)}\n`;
}

function verdict(group: LatencyGroup): string {
  const fits = agrees(group);
  const judged = fits === undefined ? 'too few to judge' : fits ? 'fits' : 'does not fit';
  return isExtrapolated(group) ? `${judged}, extrapolated` : judged;
}

/** Undefined where too few launches were held out for any distance to say something. */
function agrees({ heldOut }: LatencyGroup): boolean | undefined {
  if (heldOut === undefined || heldOut.rows < ENOUGH_TO_JUDGE) return undefined;
  return heldOut.ksDistance <= heldOut.limit;
}

/** Of all launches, not of those fitted alone: holding rows out must not make a group look smaller than it is. */
function isExtrapolated({ rows, heldOut }: LatencyGroup): boolean {
  return rows + (heldOut?.rows ?? 0) < RELIABLE_ROWS;
}

function quantiles(group: LatencyGroup): { readonly p50: number; readonly p90: number; readonly p99: number } {
  const totals = [...drawnTotals(group)];
  const at = (p: number): number => Math.round((quantileSorted(totals, p) ?? 0) * 1000) / 1000;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/** Each with its count, by name. */
function familiesWithoutFit({ groups }: FittedLatency, rows: readonly LatencyRow[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { instanceType } of rows) {
    const [family = ''] = instanceType.split('.');
    if (family !== '') counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  return [...counts]
    .filter(([family]) => !groups.some((group) => group.family === family))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, launches]) => `${family} (${launches})`);
}
