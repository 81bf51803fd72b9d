import type { PriceChange, PriceComparison } from '../cloud/prices/price-comparison.js';
import type { PriceList } from '../cloud/prices/price-list.js';
import { count, dollars, whole } from './terminal/figures.js';
import { alignedTable } from './terminal/table.js';
import { WIDTH, wrap } from './terminal/wrap.js';

/** What a refresh of prices found and did. */
export interface RefreshReport {
  readonly region: string;
  readonly comparison: PriceComparison;
  readonly list: PriceList;
  /** Priced types that the instance type data does not describe. */
  readonly unknown: readonly string[];
  readonly outcome: { readonly refused: boolean; readonly written: boolean; readonly dryRun: boolean };
  /** File of the old prices, as the reader would write it. */
  readonly against: string;
  readonly out: string;
}

const MOST_NAMES = 20;

/** A refresh in words; ends with a newline. */
export function refreshText({ region, comparison, list, unknown, outcome, against, out }: RefreshReport): string {
  const { added, gone, changed, moved, oldCount, newCount } = comparison;
  const source = `${region}: ${count(newCount, 'price')} from AWS's price list (${count(list.pages, 'page')})`;
  const compared = [
    `${source}, compared with ${whole(oldCount)} in ${against}`,
    ...named('added', added),
    ...named('gone', gone),
    `  changed by more than 5 %: ${orNone(changed.length)}; by 5 % or less: ${orNone(moved)}`,
    ...(changed.length === 0 ? [] : [changes(changed)]),
  ];
  const lines = [
    ...(oldCount === 0 ? [`${source}; ${against} has none to compare with`] : compared),
    ...named('left out, since there is no instance type data of them', unknown),
    ...named('left out of the answer', list.refused, '; '),
    verdict(comparison, outcome, out),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function named(what: string, names: readonly string[], separator = ', '): readonly string[] {
  if (names.length === 0) return what === 'added' || what === 'gone' ? [`  ${what}: none`] : [];
  const more = names.length > MOST_NAMES ? `${separator}and ${whole(names.length - MOST_NAMES)} more` : '';
  const text = `${what}: ${whole(names.length)} (${names.slice(0, MOST_NAMES).join(separator)}${more})`;
  return [wrap(text, WIDTH, '  ', '    ')];
}

function orNone(number: number): string {
  return number === 0 ? 'none' : whole(number);
}

function changes(changed: readonly PriceChange[]): string {
  const rows = changed.slice(0, MOST_NAMES).map(({ type, before, after }) => {
    const percent = Math.round((after / before - 1) * 100);
    return [`  ${type}`, dollars(before), '→', dollars(after), `${percent > 0 ? '+' : ''}${percent} %`];
  });
  const more = changed.length - MOST_NAMES;
  return alignedTable(rows, 1) + (more > 0 ? `\n    and ${whole(more)} more` : '');
}

function verdict({ gone, oldCount }: PriceComparison, outcome: RefreshReport['outcome'], out: string): string {
  if (outcome.refused) {
    return (
      `Not written: ${whole(gone.length)} of ${whole(oldCount)} types are gone, which looks like a broken answer rather than ` +
      `a new price list. ${out} is as it was; --force replaces it all the same.`
    );
  }
  return outcome.written ? `Written to ${out}.` : `Nothing was written (--dry-run); it would be ${out}.`;
}
