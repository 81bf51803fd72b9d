import { stringify } from 'csv-stringify/sync';
import type { LedgerEntry } from '../analysis/cost-ledger.js';
import type { NodeHistory } from '../analysis/node-history.js';
import type { RunAnalysis } from '../analysis/run-analysis.js';
import type { NodeUse } from '../analysis/utilisation.js';
import { dollarsCell, ratioCell, secondsCell } from './csv-cells.js';

const COLUMNS = [
  'node',
  'nodeClaim',
  'nodePool',
  'managed',
  'instanceType',
  'zone',
  'capacityType',
  'pricePerHour',
  'createdSeconds',
  'launchedSeconds',
  'registeredSeconds',
  'readySeconds',
  'initializedSeconds',
  'deletingSeconds',
  'reason',
  'drainedSeconds',
  'terminatingSeconds',
  'reclaimed',
  'goneSeconds',
  'billedSeconds',
  'cost',
  'cpuUtilisation',
  'memoryUtilisation',
  'meanPods',
  'ebsCost',
  'detailedMonitoringCost',
  't3UnlimitedCost',
];

/**
 * One line a NodeClaim or managed node, in order of appearance; one that was never launched has no instance and costs nothing.
 * `…Seconds` are times since the start of the run (except `billedSeconds`), `cost` is the instance's in dollars, utilisation is requests over
 * allocatable while the node was Ready.
 */
export function nodesCsv(run: RunAnalysis): string {
  const ledger = new Map(run.ledger.map((entry) => [entry.history, entry]));
  return stringify([COLUMNS, ...run.nodes.map((node) => row(node, ledger.get(node), run.use.get(node.node)))]);
}

function row(node: NodeHistory, entry: LedgerEntry | undefined, use: NodeUse | undefined): (string | number)[] {
  return [
    node.node,
    node.nodeClaim,
    node.nodePool,
    String(node.managed),
    node.instance?.instanceType ?? '',
    node.instance?.zone ?? '',
    node.instance?.capacityType ?? '',
    node.instance?.pricePerHour ?? '',
    secondsCell(node.createdMs),
    secondsCell(node.instance?.launchedMs),
    secondsCell(node.registeredMs),
    secondsCell(node.readyMs),
    secondsCell(node.initializedMs),
    secondsCell(node.deletingMs),
    node.reason ?? '',
    secondsCell(node.drainedMs),
    secondsCell(node.terminatingMs),
    String(node.reclaimed),
    secondsCell(node.nodeClaimDeletedMs),
    entry?.billedSeconds ?? 0,
    dollarsCell(entry?.nanoDollars ?? 0),
    use === undefined ? '' : ratioCell(use.requestedCpuMilli, use.allocatableCpuMilli),
    use === undefined ? '' : ratioCell(use.requestedMemoryBytes, use.allocatableMemoryBytes),
    use === undefined ? '' : ratioCell(use.pods, use.readyMs),
    dollarsCell(entry?.extras.ebs ?? 0),
    dollarsCell(entry?.extras.detailedMonitoring ?? 0),
    dollarsCell(entry?.extras.t3Unlimited ?? 0),
  ];
}
