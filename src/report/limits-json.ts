import { highest, PURCHASES, type Ceiling, type SpendCeiling } from '../analysis/spend-ceiling.js';
import { HOURS_PER_MONTH } from '../cloud/billing/volumes.js';
import type { DataSource } from '../cloud/prices/price-book.js';
import { formatAmountShort } from '../kubernetes/quantity.js';
import type { ResourceList } from '../kubernetes/resource-list.js';

/** Ceilings of NodePools, with what they were priced at. */
export interface LimitsReport {
  readonly version: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly ceilings: readonly SpendCeiling[];
  /** Dollars an hour of the cluster itself, which no limit holds. */
  readonly controlPlanePerHour: number;
  readonly sources: readonly DataSource[];
  /** No EC2NodeClass in the files. */
  readonly nodeClassesAssumed: boolean;
}

/** Sum over NodePools of the dearer way of buying, dollars an hour; null when some NodePool has no ceiling. */
export function totalPerHour(ceilings: readonly SpendCeiling[]): number | null {
  let total = 0;
  for (const ceiling of ceilings) {
    const own = highest(ceiling);
    if (own === 'unbounded') return null;
    total += own?.perHour ?? 0;
  }
  return total;
}

/** The report as one JSON object; a month is 730 hours, and `null` stands for no bound. */
export function limitsJson(report: LimitsReport): string {
  const { version, region, zones, ceilings, controlPlanePerHour, sources, nodeClassesAssumed } = report;
  const total = totalPerHour(ceilings);
  const object = {
    karpenterVersion: version,
    region,
    zones,
    nodePools: ceilings.map((ceiling) => ({
      name: ceiling.nodePool.metadata.name,
      limits: amounts(ceiling.limits),
      bounded: highest(ceiling) !== 'unbounded',
      ceilings: Object.fromEntries(
        PURCHASES.map((purchase) => [purchase, ceilingObject(ceiling.byPurchase[purchase])]),
      ),
    })),
    unbounded: ceilings
      .filter((ceiling) => highest(ceiling) === 'unbounded')
      .map(({ nodePool }) => nodePool.metadata.name),
    perHour: rounded(total),
    perMonth: rounded(total === null ? null : total * HOURS_PER_MONTH),
    controlPlanePerHour,
    nodeClassesAssumed,
    sources,
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

function ceilingObject(ceiling: Ceiling | 'unbounded' | null): object | string {
  if (ceiling === null) return 'not-admitted';
  if (ceiling === 'unbounded') return ceiling;
  return {
    perHour: rounded(ceiling.perHour),
    perMonth: rounded(ceiling.perHour * HOURS_PER_MONTH),
    instancesPerHour: rounded(ceiling.instancesPerHour),
    used: amounts(ceiling.used),
    nodes: ceiling.nodes.map(({ instanceType, count, cost }) => ({
      instanceType,
      count,
      instancePerHour: rounded(cost.instance),
      volumesAndMonitoringPerHour: rounded(cost.extras),
      surplusCpuPerHour: rounded(cost.surplusCpu),
    })),
  };
}

function amounts(list: ResourceList): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(list).map(([name, amount]) => [name, formatAmountShort(name, amount)]));
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}
