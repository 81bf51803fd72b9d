import type { Estimate } from '../../experiment/interval.js';
import type { Waterfall } from '../../experiment/waterfall/waterfall.js';

/** A row of a waterfall: a level, or a step from one level to the next. Dollars a day. */
export type WaterfallRow =
  | { readonly kind: 'level'; readonly name: string; readonly value: Estimate }
  | {
      readonly kind: 'step';
      readonly id: string;
      readonly name: string;
      /** Negative saves. */
      readonly change: Estimate;
      /** Order-free; undefined for a step that is no factor. */
      readonly orderFree: Estimate | undefined;
      /** Before the step, in the sequential order. */
      readonly from: number;
    };

/** From the static fleet to a cluster with every factor on. */
export function waterfallRows({ staticFleet, reserve, shares, end }: Waterfall): readonly WaterfallRow[] {
  const rows: WaterfallRow[] = [{ kind: 'level', name: 'static on-demand fleet', value: staticFleet }];
  let at = staticFleet.mean;
  const step = (id: string, name: string, change: Estimate, orderFree: Estimate | undefined): void => {
    rows.push({ kind: 'step', id, name, change, orderFree, from: at });
    at += change.mean;
  };
  step('reserve', 'reserve for a lost zone', reserve, undefined);
  for (const { factor, sequential, orderFree } of shares) step(factor.id, factor.name, sequential, orderFree);
  rows.push({ kind: 'level', name: 'every factor on', value: end });
  return rows;
}

/** How the order-free figures came about. */
export function orderWords({ orders, runs, seeds, seedsAsked }: Waterfall): string {
  const how =
    orders === undefined
      ? 'exactly, over every order of the factors'
      : `over ${orders} of the 720 orders, in pairs of one and its reverse`;
  const cutOff = seeds < seedsAsked ? ` (interrupted, ${seedsAsked} were meant)` : '';
  return `${runs} runs, ${seeds} seeds of each${cutOff}; order-free shares (Shapley) ${how}; intervals are 95 %, of luck alone.`;
}
