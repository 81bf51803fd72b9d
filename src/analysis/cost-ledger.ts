import type { NodeHistory } from './node-history.js';

/** EC2 bills Linux instances by the second, at least a minute each time (aws.md §18). */
const MINIMUM_BILLED_SECONDS = 60;

/** One instance's line in the ledger. */
export interface LedgerEntry {
  readonly history: NodeHistory;
  readonly fromMs: number;
  /** When the instance was terminated or reclaimed, or the end of the run. */
  readonly toMs: number;
  /** Whole seconds, begun ones counted, at least 60. */
  readonly billedSeconds: number;
  /** Integer nano-dollars. */
  readonly nanoDollars: number;
}

/** An hourly price in integer nano-dollars. */
export function nanoDollarsPerHour(pricePerHour: number): number {
  return Math.round(pricePerHour * 1e9);
}

/**
 * What every instance of a run costs, managed groups included: from the moment the cloud returned it until it was terminated,
 * reclaimed, or the run ended, at the price it was launched at. Storage, traffic, burst credits and the control plane are not in it.
 */
export function costLedger(nodes: readonly NodeHistory[], endMs: number): readonly LedgerEntry[] {
  const ledger: LedgerEntry[] = [];
  for (const history of nodes) {
    const { instance } = history;
    if (instance === undefined) continue;
    const fromMs = instance.launchedMs;
    const toMs = history.terminatingMs ?? endMs;
    const billedSeconds = Math.max(MINIMUM_BILLED_SECONDS, Math.ceil((toMs - fromMs) / 1000));
    ledger.push({ history, fromMs, toMs, billedSeconds, nanoDollars: charge(instance.pricePerHour, billedSeconds) });
  }
  return ledger;
}

/** Sum of a ledger, in integer nano-dollars. */
export function ledgerTotal(ledger: readonly LedgerEntry[]): number {
  return ledger.reduce((sum, entry) => sum + entry.nanoDollars, 0);
}

/** price × seconds / 3600, rounded to a nano-dollar; split so that no intermediate product passes 2^53. */
function charge(pricePerHour: number, seconds: number): number {
  const perHour = nanoDollarsPerHour(pricePerHour);
  const rest = perHour % 3600;
  return ((perHour - rest) / 3600) * seconds + Math.round((rest * seconds) / 3600);
}
