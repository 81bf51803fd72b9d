import { billedSeconds, chargeNanoDollars, isFreeFirstHour, nanoDollarsPerHour } from '../cloud/billing.js';
import { surplusVcpuHours, type CpuSample } from '../cloud/billing/cpu-credits.js';
import type { EventLog } from '../simulation/event-log.js';
import { eventsOfType } from './events-of-type.js';
import type { LaunchedInstance, NodeHistory } from './node-history.js';
import { priceSteps } from './price-steps.js';

/** One instance's line in the ledger. */
export interface LedgerEntry {
  readonly history: NodeHistory;
  readonly fromMs: number;
  /** When the instance was terminated or reclaimed, or the end of the run. */
  readonly toMs: number;
  /** Whole seconds, begun ones counted, at least 60. */
  readonly billedSeconds: number;
  /** The instance alone, integer nano-dollars; 0 for spot that EC2 took back in the instance's first hour. */
  readonly nanoDollars: number;
  /** What was billed for it beside that. */
  readonly extras: LedgerExtras;
}

/** What an instance costs beside its own price, integer nano-dollars. */
export interface LedgerExtras {
  readonly ebs: number;
  readonly detailedMonitoring: number;
  /** CPU above the baseline of a t3, t3a or t4g. */
  readonly t3Unlimited: number;
}

/** CPU in use over time, by node name. */
export type CpuByNode = ReadonlyMap<string, readonly CpuSample[]>;

const NO_EXTRAS: LedgerExtras = { ebs: 0, detailedMonitoring: 0, t3Unlimited: 0 };

/**
 * What every instance of a run costs, managed groups included: from the moment the cloud returned it until it was terminated,
 * reclaimed, or the run ended (aws.md §18). Its volumes and its monitoring are billed for the same seconds, and for the first
 * hour of a reclaimed spot instance too, which is free itself.
 */
export function costLedger(nodes: readonly NodeHistory[], endMs: number, cpu?: CpuByNode): readonly LedgerEntry[] {
  const ledger: LedgerEntry[] = [];
  for (const history of nodes) {
    const { instance } = history;
    if (instance === undefined) continue;
    const fromMs = instance.launchedMs;
    const toMs = history.terminatingMs ?? endMs;
    const seconds = billedSeconds(fromMs, toMs);
    const free = history.fromStart !== true && isFreeFirstHour(instance.capacityType, history.reclaimed, fromMs, toMs);
    ledger.push({
      history,
      fromMs,
      toMs,
      billedSeconds: seconds,
      nanoDollars: free ? 0 : chargeSteps(instance, seconds).reduce((sum, step) => sum + step.nanoDollars, 0),
      extras: extrasOf(instance, seconds, cpu?.get(history.node) ?? [], toMs),
    });
  }
  return ledger;
}

/** Sum of a ledger's instances, in integer nano-dollars. */
export function ledgerTotal(ledger: readonly LedgerEntry[]): number {
  return ledger.reduce((sum, entry) => sum + entry.nanoDollars, 0);
}

/** CPU in use by the nodes whose CPU above a baseline is charged, as a log has sampled it. */
export function burstableCpu(log: EventLog): CpuByNode {
  const byNode = new Map<string, CpuSample[]>();
  for (const event of eventsOfType(log, 'UsageSampled')) {
    for (const [node, cpuMilli] of Object.entries(event.burstableCpuMilli ?? {})) {
      const samples = byNode.get(node);
      const sample = { atMs: event.timeMs, cpuMilli };
      if (samples === undefined) byNode.set(node, [sample]);
      else samples.push(sample);
    }
  }
  return byNode;
}

/** Seconds of an instance at one price, counted from its launch. */
export interface ChargeStep {
  readonly fromSecond: number;
  readonly toSecond: number;
  /** Integer. */
  readonly nanoDollars: number;
}

/** What an instance itself is charged for its billed seconds; each begins at one price. */
export function chargeSteps(instance: LaunchedInstance, seconds: number): readonly ChargeStep[] {
  const steps: ChargeStep[] = [];
  for (const { fromMs, toMs, nanoPerHour } of priceSteps(instance)) {
    const fromSecond = Math.ceil((fromMs - instance.launchedMs) / 1000);
    const toSecond = toMs === undefined ? seconds : Math.min(seconds, Math.ceil((toMs - instance.launchedMs) / 1000));
    if (toSecond <= fromSecond) continue;
    steps.push({ fromSecond, toSecond, nanoDollars: chargeNanoDollars(nanoPerHour, toSecond - fromSecond) });
  }
  return steps;
}

function extrasOf(
  { extras, launchedMs }: LaunchedInstance,
  seconds: number,
  cpu: readonly CpuSample[],
  toMs: number,
): LedgerExtras {
  if (extras === undefined) return NO_EXTRAS;
  const { volumesPerHour, monitoringPerHour, unlimited } = extras;
  const surplusHours = unlimited === undefined ? 0 : surplusVcpuHours(unlimited, cpu, launchedMs, toMs);
  return {
    ebs: chargeNanoDollars(nanoDollarsPerHour(volumesPerHour), seconds),
    detailedMonitoring: chargeNanoDollars(nanoDollarsPerHour(monitoringPerHour), seconds),
    t3Unlimited: Math.round(surplusHours * nanoDollarsPerHour(unlimited?.dollarsPerVcpuHour ?? 0)),
  };
}
