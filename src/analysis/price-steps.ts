import { nanoDollarsPerHour } from '../cloud/billing.js';
import type { LaunchedInstance } from './node-history.js';

/** A price that an instance had for a time; `toMs` is undefined for the last one. */
export interface PriceStep {
  readonly fromMs: number;
  readonly toMs: number | undefined;
  /** Integer nano-dollars. */
  readonly nanoPerHour: number;
}

/** The prices of an instance over its life: one, unless it is spot and the price moved. */
export function priceSteps({ launchedMs, pricePerHour, priceChanges }: LaunchedInstance): readonly PriceStep[] {
  const first = { atMs: launchedMs, pricePerHour };
  return [first, ...priceChanges].map(({ atMs, pricePerHour: price }, index) => ({
    fromMs: atMs,
    toMs: priceChanges[index]?.atMs,
    nanoPerHour: nanoDollarsPerHour(price),
  }));
}

/** Nano-dollars an hour of an instance at a time. */
export function rateAt(instance: LaunchedInstance, atMs: number): number {
  const steps = priceSteps(instance);
  return (steps.findLast(({ fromMs }) => fromMs <= atMs) ?? steps[0])?.nanoPerHour ?? 0;
}
