import { consolidationSteps } from './consolidation-steps.js';
import { consolidations } from './consolidations.js';
import { ledgerTotal } from './cost-ledger.js';
import { disruptions } from './disruptions.js';
import { lostItsNode } from './evictions.js';
import { podsOfRun } from './pod-latency.js';
import { quantilesOf, type Quantiles } from './quantiles.js';
import type { RunAnalysis } from './run-analysis.js';

const DAY_MS = 86_400_000;

/** Median and 99th percentile, seconds; null where nothing was measured. */
export type MiddleAndTail = Pick<Quantiles, 'p50' | 'p99'>;

/** What settings of a NodePool do to a cluster, from one run; counts and money are scaled to a day. */
export interface SettingsFigures {
  readonly karpenterVersion: string;
  readonly simulatedSeconds: number;
  /** Nodes whose deletion began, by reason in Karpenter's words. */
  readonly nodesRemovedPerDay: Readonly<Record<string, number>>;
  /** Pods that had to leave because their node went. */
  readonly podsEvictedPerDay: number;
  /** Dollars. */
  readonly costPerDay: number;
  /** Created → bound, all pods. */
  readonly pending: MiddleAndTail;
  /** The way of the nodes that consolidation removed; a stage begins where the one before it ended. */
  readonly chain: {
    readonly nodes: number;
    /** Last pod event → Consolidatable (Empty in v0.32.0). */
    readonly consolidatable: MiddleAndTail;
    /** → command executed. */
    readonly command: MiddleAndTail;
    /** → replacement initialized; replace commands only. */
    readonly replacementReady: MiddleAndTail;
    /** NodeClaim deleted → pods evicted. */
    readonly drained: MiddleAndTail;
    /** → billing stops. */
    readonly billingStops: MiddleAndTail;
    /** Last pod event → billing stops. */
    readonly total: MiddleAndTail;
  };
}

/** Folds a whole run into the figures by which settings are compared. */
export function settingsFigures(run: RunAnalysis): SettingsFigures {
  const { facts, nodes, ledger, log } = run;
  const perDay = (amount: number): number => (facts.endMs === 0 ? 0 : (amount * DAY_MS) / facts.endMs);
  const pods = run.pods.map(({ pod }) => pod);
  const steps = consolidationSteps(consolidations(log), nodes, pods, facts.endMs);
  const { byReason } = disruptions(log, nodes);
  return {
    karpenterVersion: facts.karpenterVersion,
    simulatedSeconds: facts.endMs / 1000,
    nodesRemovedPerDay: Object.fromEntries(
      Object.entries(byReason).map(([reason, count]) => [reason, rounded(perDay(count))]),
    ),
    podsEvictedPerDay: rounded(perDay(pods.filter(lostItsNode).length)),
    costPerDay: rounded(perDay(ledgerTotal(ledger) / 1e9)),
    pending: middleAndTail(quantilesOf(podsOfRun(run.pods).map(({ pendingMs }) => pendingMs))),
    chain: {
      nodes: steps.nodes,
      consolidatable: middleAndTail(steps.quiet),
      command: middleAndTail(steps.commanded),
      replacementReady: middleAndTail(steps.replacementReady),
      drained: middleAndTail(steps.drain),
      billingStops: middleAndTail(steps.billing),
      total: middleAndTail(steps.untilBillingStops),
    },
  };
}

function middleAndTail({ p50, p99 }: Quantiles): MiddleAndTail {
  return { p50, p99 };
}

/** Six decimals: no binary residue. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
