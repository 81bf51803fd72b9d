import { stringify } from 'csv-stringify/sync';
import type { RunAnalysis } from '../analysis/run-analysis.js';
import { bill } from '../analysis/bill.js';
import { commitmentBill } from '../analysis/savings-plan.js';
import { chargeTotal, COMMITMENT, CONTROL_PLANE } from '../analysis/workload-charges.js';
import { dollarsCell } from './csv-cells.js';

const COLUMNS = [
  'node',
  'nodeClaim',
  'nodePool',
  'instanceType',
  'zone',
  'capacityType',
  'workload',
  'compute',
  'ebs',
  'detailedMonitoring',
  't3Unlimited',
  'controlPlane',
  'total',
];

/**
 * The bill, one line for each workload on each node in order of launch, with `(idle)` as a line of its own, one for the
 * control plane, and one for a commitment: what it costs less what it covers. Dollars with every nano-dollar: the column `total` adds up to `cost.bill`.
 */
export function ledgerCsv({ charges, ledger, facts, log }: RunAnalysis): string {
  const lines = charges.map((charge) => {
    const { entry, workload, compute, extras } = charge;
    const { node, nodeClaim, nodePool, instance } = entry.history;
    return [
      node,
      nodeClaim,
      nodePool,
      instance?.instanceType ?? '',
      instance?.zone ?? '',
      instance?.capacityType ?? '',
      workload,
      dollarsCell(compute),
      dollarsCell(extras.ebs),
      dollarsCell(extras.detailedMonitoring),
      dollarsCell(extras.t3Unlimited),
      0,
      dollarsCell(chargeTotal(charge)),
    ];
  });
  const bought = commitmentBill(log, ledger, facts.endMs);
  const components = bill(ledger, facts, bought);
  const controlPlane = dollarsCell(components.controlPlane);
  const cluster = ['', '', '', '', '', '', CONTROL_PLANE, 0, 0, 0, 0, controlPlane, controlPlane];
  const plan = ['', '', '', '', '', '', COMMITMENT, 0, 0, 0, 0, 0, dollarsCell(components.commitment)];
  return stringify([COLUMNS, ...lines, cluster, ...(bought === undefined ? [] : [plan])]);
}
