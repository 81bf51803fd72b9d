import type { DataSource } from '../cloud/prices/price-book.js';
import type { InterruptionBucket, SpotAdvice } from '../cloud/prices/spot-advisor.js';
import { dollars } from './terminal/figures.js';
import { alignedTable } from './terminal/table.js';
import { WIDTH, wrap } from './terminal/wrap.js';

/** Prices of one instance type, dollars an hour. */
export interface ShownPrice {
  readonly type: string;
  readonly onDemand: number | undefined;
  /** By zone; a zone that does not sell the type is missing. */
  readonly spot: ReadonlyMap<string, number>;
  readonly advice: SpotAdvice | undefined;
}

const BUCKETS: Readonly<Record<InterruptionBucket, string>> = {
  0: '< 5 %',
  1: '5–10 %',
  2: '10–15 %',
  3: '15–20 %',
  4: '> 20 %',
};

/** A table of prices with their dates and sources below it; ends with a newline. */
export function priceTable(
  region: string,
  shown: readonly ShownPrice[],
  zones: readonly string[],
  sources: readonly DataSource[],
): string {
  const letters = zones.map((zone, index) => `${index === 0 ? 'spot ' : ''}${zone.slice(region.length)}`);
  const head = ['type', 'on-demand', ...letters, 'saving', 'reclaimed'];
  const rows = shown.map(({ type, onDemand, spot, advice }) => [
    type,
    price(onDemand),
    ...zones.map((zone) => price(spot.get(zone))),
    advice === undefined ? '–' : `${advice.savingsPercent} %`,
    advice === undefined ? '–' : BUCKETS[advice.interruptionBucket],
  ]);
  const notes = [
    `${region}, dollars an hour: on demand, then spot by zone. Saving: spot against on-demand, mean of zones and a month. ` +
      'Reclaimed: share of spot capacity that EC2 took back in a month.',
    ...sources.map(({ name, asOf, source }) => `${name} as of ${asOf}: ${source}`),
  ];
  return `${alignedTable([head, ...rows], 1)}\n\n${notes.map((note) => wrap(note, WIDTH, '  ', '    ')).join('\n')}\n`;
}

function price(value: number | undefined): string {
  return value === undefined ? '–' : dollars(value);
}
