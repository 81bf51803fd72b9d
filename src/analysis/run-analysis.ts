import type { EventLog } from '../simulation/event-log.js';
import { burstableCpu, costLedger, type LedgerEntry } from './cost-ledger.js';
import { nodeHistories, type NodeHistory } from './node-history.js';
import { podHistories } from './pod-history.js';
import { podLatencies, type PodLatency } from './pod-latency.js';
import { runFacts, type RunFacts } from './run-facts.js';
import { timeline, type Timeline } from './timeline.js';
import { nodeUse, type NodeUse } from './utilisation.js';
import { workloadCharges, type WorkloadCharge } from './workload-charges.js';

/** One event log, read once: what the summary, the reports and the stories are computed from. */
export interface RunAnalysis {
  readonly log: EventLog;
  readonly facts: RunFacts;
  /** Instances and NodeClaims in order of appearance. */
  readonly nodes: readonly NodeHistory[];
  /** Pods in order of creation, DaemonSet pods left out. */
  readonly pods: readonly PodLatency[];
  readonly ledger: readonly LedgerEntry[];
  /** The ledger shared out among workloads. */
  readonly charges: readonly WorkloadCharge[];
  /** By node name. */
  readonly use: ReadonlyMap<string, NodeUse>;
  readonly timeline: Timeline;
}

/**
 * Reads a whole event log.
 *
 * @throws Error when the log is cut off: it must begin with RunStarted and end with RunEnded.
 */
export function analyse(log: EventLog): RunAnalysis {
  const facts = runFacts(log);
  const nodes = nodeHistories(log);
  const pods = podHistories(log);
  const ledger = costLedger(nodes, facts.endMs, burstableCpu(log));
  return {
    log,
    facts,
    nodes,
    pods: podLatencies(pods, nodes, facts.endMs),
    ledger,
    charges: workloadCharges(log, ledger),
    use: nodeUse(nodes, pods, facts.endMs),
    timeline: timeline(log, nodes, pods, facts.endMs),
  };
}
