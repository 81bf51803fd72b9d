import { GroupedSteps, type StatisticsByGroup } from './grouped-steps.js';
import type { NodeHistory } from './node-history.js';
import { priceSteps } from './price-steps.js';
import { StepFunction, type StepStatistics } from './step-function.js';

/** Nodes and their price over time. A node counts while its instance is billed; managed groups count under their own name. */
export interface Fleet {
  readonly nodes: StepStatistics;
  readonly nodesByNodePool: StatisticsByGroup;
  readonly nodesByInstanceType: StatisticsByGroup;
  readonly nodesByCapacityType: StatisticsByGroup;
  /** Nano-dollars an hour. */
  readonly rate: StepStatistics;
  /** Nano-dollars an hour. */
  readonly rateByNodePool: StatisticsByGroup;
}

/** Folds the lives of all instances into counts and prices over time. */
export function fleetOverTime(nodes: readonly NodeHistory[], endMs: number): Fleet {
  const count = new StepFunction();
  const rate = new StepFunction();
  const byNodePool = new GroupedSteps();
  const byInstanceType = new GroupedSteps();
  const byCapacityType = new GroupedSteps();
  const rateByNodePool = new GroupedSteps();
  for (const { timeMs, change, price, node, instance } of changes(nodes)) {
    rate.add(timeMs, price);
    rateByNodePool.add(node.nodePool, timeMs, price);
    if (change === 0) continue;
    count.add(timeMs, change);
    byNodePool.add(node.nodePool, timeMs, change);
    byInstanceType.add(instance.instanceType, timeMs, change);
    byCapacityType.add(instance.capacityType, timeMs, change);
  }
  return {
    nodes: count.statistics(endMs),
    nodesByNodePool: byNodePool.statistics(endMs),
    nodesByInstanceType: byInstanceType.statistics(endMs),
    nodesByCapacityType: byCapacityType.statistics(endMs),
    rate: rate.statistics(endMs),
    rateByNodePool: rateByNodePool.statistics(endMs),
  };
}

function changes(nodes: readonly NodeHistory[]) {
  const list = [];
  for (const node of nodes) {
    const { instance, terminatingMs } = node;
    if (instance === undefined) continue;
    let before = 0;
    for (const { fromMs, nanoPerHour } of priceSteps(instance)) {
      list.push({
        timeMs: fromMs,
        change: fromMs === instance.launchedMs ? 1 : 0,
        price: nanoPerHour - before,
        node,
        instance,
      });
      before = nanoPerHour;
    }
    if (terminatingMs !== undefined) list.push({ timeMs: terminatingMs, change: -1, price: -before, node, instance });
  }
  return list.sort((a, b) => a.timeMs - b.timeMs);
}
