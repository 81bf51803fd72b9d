import { billedSeconds, chargeNanoDollars, nanoDollarsPerHour } from '../cloud/billing.js';
import type { NodeHistory } from './node-history.js';

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
    const seconds = billedSeconds(fromMs, toMs);
    const nanoDollars = chargeNanoDollars(nanoDollarsPerHour(instance.pricePerHour), seconds);
    ledger.push({ history, fromMs, toMs, billedSeconds: seconds, nanoDollars });
  }
  return ledger;
}

/** Sum of a ledger, in integer nano-dollars. */
export function ledgerTotal(ledger: readonly LedgerEntry[]): number {
  return ledger.reduce((sum, entry) => sum + entry.nanoDollars, 0);
}
