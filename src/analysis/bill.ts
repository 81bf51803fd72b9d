import { chargeNanoDollars, nanoDollarsPerHour } from '../cloud/billing.js';
import { ledgerTotal, type LedgerEntry } from './cost-ledger.js';
import type { CommitmentBill } from './savings-plan.js';
import type { RunFacts } from './run-facts.js';

/** The parts of a bill, integer nano-dollars. */
export interface Bill {
  /** Instances: what `cost.total` says. */
  readonly compute: number;
  readonly ebs: number;
  readonly detailedMonitoring: number;
  /** CPU above the baseline of t3, t3a and t4g instances. */
  readonly t3Unlimited: number;
  /** The cluster itself, by the second of the run. */
  readonly controlPlane: number;
  /** What a commitment costs less the usage it covers: below 0 where it pays. */
  readonly commitment: number;
}

/** Adds up a ledger by component, and what the cluster itself costs meanwhile. */
export function bill(
  ledger: readonly LedgerEntry[],
  { controlPlanePerHour, endMs }: RunFacts,
  commitment: CommitmentBill | undefined,
): Bill {
  const sum = (part: keyof LedgerEntry['extras']): number =>
    ledger.reduce((total, { extras }) => total + extras[part], 0);
  return {
    compute: ledgerTotal(ledger),
    ebs: sum('ebs'),
    detailedMonitoring: sum('detailedMonitoring'),
    t3Unlimited: sum('t3Unlimited'),
    controlPlane: chargeNanoDollars(nanoDollarsPerHour(controlPlanePerHour), Math.ceil(endMs / 1000)),
    commitment: commitment === undefined ? 0 : commitment.fee - commitment.covered,
  };
}

/** Everything on a bill, integer nano-dollars. */
export function billTotal(bill: Bill): number {
  const { compute, ebs, detailedMonitoring, t3Unlimited, controlPlane, commitment } = bill;
  return compute + ebs + detailedMonitoring + t3Unlimited + controlPlane + commitment;
}
