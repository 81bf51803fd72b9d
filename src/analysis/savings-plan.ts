import { nanoDollarsPerHour } from '../cloud/billing.js';
import { savingOf } from '../cloud/prices/savings-plans.js';
import type { EventLog, EventPayloads } from '../simulation/event-log.js';
import type { LedgerEntry } from './cost-ledger.js';
import { eventsOfType } from './events-of-type.js';

const HOUR_MS = 3_600_000;

/** What a run's commitment came to. Money in nano-dollars. */
export interface CommitmentBill {
  readonly plan: string;
  readonly perHour: number;
  /** Paid for the run, used or not. */
  readonly fee: number;
  /** What the usage that it covered would have cost on demand. */
  readonly covered: number;
  /** The fee less what it covers, by hour of the run; not rounded. */
  readonly netByHour: readonly number[];
  /** Share of the fee that usage was found for, 0–1. */
  readonly used: number;
}

/** On-demand usage of one family-rate within an hour. */
interface Usage {
  readonly saving: number;
  readonly instanceType: string;
  onDemand: number;
}

type Commitment = EventPayloads['CommitmentBought'];

/**
 * What a Compute Savings Plan does to a bill: in each hour it covers on-demand usage, the highest saving first, until the
 * committed dollars are used up at the plan's rates; the rest is charged on demand, and what is left of the commitment is lost. Spot,
 * volumes, CPU credits and the control plane are not covered. Without a figure of its own the commitment is what the run's least
 * hour uses, so that nothing of it is lost.
 *
 * @returns undefined for a run without a commitment
 */
export function commitmentBill(
  log: EventLog,
  ledger: readonly LedgerEntry[],
  endMs: number,
): CommitmentBill | undefined {
  const [bought] = eventsOfType(log, 'CommitmentBought');
  if (bought === undefined || endMs === 0) return undefined;
  const hours = usageByHour(ledger, bought, endMs);
  const perHour = bought.perHour === '' ? leastHour(hours, endMs) : nanoDollarsPerHour(bought.perHour);
  let fee = 0;
  let covered = 0;
  let used = 0;
  const netByHour: number[] = [];
  hours.forEach((usages, hour) => {
    const committed = perHour * lengthOf(hour, endMs);
    fee += committed;
    let left = committed;
    const coveredBefore = covered;
    for (const { saving, onDemand } of [...usages.values()].sort(bySaving)) {
      const atPlanRate = onDemand * (1 - saving);
      const taken = Math.min(left, atPlanRate);
      left -= taken;
      covered += atPlanRate === 0 ? 0 : onDemand * (taken / atPlanRate);
    }
    used += committed - left;
    netByHour.push(committed - (covered - coveredBefore));
  });
  return {
    plan: bought.plan,
    perHour,
    fee: Math.round(fee),
    covered: Math.round(covered),
    netByHour,
    used: fee === 0 ? 0 : used / fee,
  };
}

function bySaving(a: Usage, b: Usage): number {
  return b.saving - a.saving || (a.instanceType < b.instanceType ? -1 : 1);
}

/** Charges at on-demand prices, in reservations or not, in each hour since the start, by instance type. */
function usageByHour(
  ledger: readonly LedgerEntry[],
  { savings }: Commitment,
  endMs: number,
): readonly Map<string, Usage>[] {
  const hours = Array.from({ length: Math.ceil(endMs / HOUR_MS) }, () => new Map<string, Usage>());
  for (const { history, fromMs, toMs, nanoDollars } of ledger) {
    const { instance } = history;
    if (instance === undefined || instance.capacityType === 'spot' || toMs <= fromMs) continue;
    const { instanceType } = instance;
    for (let hour = Math.floor(fromMs / HOUR_MS); hour * HOUR_MS < toMs; hour++) {
      const overlapMs = Math.min(toMs, (hour + 1) * HOUR_MS) - Math.max(fromMs, hour * HOUR_MS);
      const usages = hours[hour];
      if (usages === undefined) break;
      const known = usages.get(instanceType);
      const usage = known ?? { saving: savingOf(savings, instanceType), instanceType, onDemand: 0 };
      usage.onDemand += (nanoDollars * overlapMs) / (toMs - fromMs);
      usages.set(instanceType, usage);
    }
  }
  return hours;
}

/** What the plan's rates make of the least hour, an hour's length. */
function leastHour(hours: readonly Map<string, Usage>[], endMs: number): number {
  const rates = hours.map((usages, hour) => {
    const atPlanRate = [...usages.values()].reduce((sum, { onDemand, saving }) => sum + onDemand * (1 - saving), 0);
    return atPlanRate / lengthOf(hour, endMs);
  });
  return Math.round(Math.min(...rates));
}

/** Length of an hour of the run, in hours: the last one may be cut off. */
function lengthOf(hour: number, endMs: number): number {
  return Math.min(1, endMs / HOUR_MS - hour);
}
