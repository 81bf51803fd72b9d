import { chargeSteps, type LedgerEntry } from './cost-ledger.js';
import { bill, billTotal } from './bill.js';
import type { RunFacts } from './run-facts.js';
import type { CommitmentBill } from './savings-plan.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What a whole calendar day (UTC) of a run cost. */
export interface DayBill {
  /** Epoch ms of its midnight. */
  readonly dateMs: number;
  /** Everything on the bill, integer nano-dollars. */
  readonly nanoDollars: number;
}

/**
 * The bill of every whole calendar day (UTC) of a run; hours before the first midnight and after the last are in none. A charge
 * belongs to the second that it is for. Days are differences of one running total, so that rounding neither adds nor loses.
 */
export function billByDay(
  ledger: readonly LedgerEntry[],
  facts: RunFacts,
  commitment: CommitmentBill | undefined,
): readonly DayBill[] {
  const { startTimeMs, endMs } = facts;
  const days: DayBill[] = [];
  const upTo = (timeMs: number): number => billUpTo(timeMs, ledger, facts, commitment);
  let fromMs = Math.ceil(startTimeMs / DAY_MS) * DAY_MS - startTimeMs;
  let before = upTo(fromMs);
  for (; fromMs + DAY_MS <= endMs; fromMs += DAY_MS) {
    const after = upTo(fromMs + DAY_MS);
    days.push({ dateMs: startTimeMs + fromMs, nanoDollars: after - before });
    before = after;
  }
  return days;
}

/** Everything billed for the time before one moment of the run; at its end, the whole bill. */
function billUpTo(
  timeMs: number,
  ledger: readonly LedgerEntry[],
  facts: RunFacts,
  commitment: CommitmentBill | undefined,
): number {
  const whole = bill(ledger, facts, commitment);
  if (timeMs >= facts.endMs) return billTotal(whole);
  const instances = ledger.reduce((sum, entry) => sum + chargedUpTo(timeMs, entry), 0);
  const controlPlane = Math.round(whole.controlPlane * (timeMs / facts.endMs));
  return instances + controlPlane + committedUpTo(timeMs, commitment);
}

function chargedUpTo(timeMs: number, { history, fromMs, billedSeconds, nanoDollars, extras }: LedgerEntry): number {
  const elapsed = Math.min(billedSeconds, Math.max(0, (timeMs - fromMs) / 1000));
  const beside = (extras.ebs + extras.detailedMonitoring + extras.t3Unlimited) * (elapsed / billedSeconds);
  if (nanoDollars === 0 || history.instance === undefined) return Math.round(beside);
  const own = chargeSteps(history.instance, billedSeconds).reduce(
    (sum, { fromSecond, toSecond, nanoDollars: step }) => {
      const share = Math.max(0, Math.min(elapsed, toSecond) - fromSecond) / (toSecond - fromSecond);
      return sum + step * share;
    },
    0,
  );
  return Math.round(own + beside);
}

function committedUpTo(timeMs: number, commitment: CommitmentBill | undefined): number {
  const hours = timeMs / HOUR_MS;
  const net = commitment?.netByHour.reduce(
    (sum, hour, index) => sum + hour * Math.min(1, Math.max(0, hours - index)),
    0,
  );
  return Math.round(net ?? 0);
}
