import type { EventLog, EventPayloads } from '../../src/simulation/event-log.js';

/** A bill in dollars, whole and by whatever it can be split by. */
export interface SecondFold {
  readonly total: number;
  readonly byNode: ReadonlyMap<string, number>;
  readonly byNodePool: ReadonlyMap<string, number>;
  readonly byInstanceType: ReadonlyMap<string, number>;
  readonly byZone: ReadonlyMap<string, number>;
  readonly byCapacityType: ReadonlyMap<string, number>;
  readonly byWorkload: ReadonlyMap<string, number>;
}

interface Meter {
  readonly launch: EventPayloads['NodeClaimLaunched'] | EventPayloads['ManagedNodeJoined'];
  readonly fromMs: number;
  readonly prices: { readonly atMs: number; readonly perHour: number }[];
  readonly cpu: { readonly atMs: number; readonly milli: number }[];
  readonly pods: Map<string, { readonly workload: string; readonly share: number; fromMs: number; toMs: number }>;
  node: string;
  toMs: number;
  reclaimed: boolean;
}

/**
 * The bill of a run once more, by another way: a meter for each instance that is read every second, in floating dollars, without
 * any of the folds of src/analysis. It knows the rules of billing (begun seconds, at least sixty; spot that EC2 takes
 * back in its first hour is free; CPU above a baseline, against what was earned before) and nothing of the ledger.
 */
export function secondFold(log: EventLog): SecondFold {
  const meters: Meter[] = [];
  const byClaim = new Map<string, Meter>();
  const byNode = new Map<string, Meter>();
  const pods = new Map<string, EventPayloads['PodCreated']>();
  const onNode = new Map<string, Meter>();
  let controlPlanePerHour = 0;
  let endMs = 0;
  for (const event of log) {
    const { timeMs } = event;
    switch (event.type) {
      case 'RunStarted':
        controlPlanePerHour = event.controlPlanePerHour ?? 0;
        break;
      case 'RunEnded':
        endMs = timeMs;
        break;
      case 'NodeClaimLaunched':
      case 'ManagedNodeJoined': {
        const meter: Meter = {
          launch: event,
          fromMs: timeMs,
          prices: [{ atMs: timeMs, perHour: event.pricePerHour }],
          cpu: [],
          pods: new Map(),
          node: event.type === 'ManagedNodeJoined' ? event.node : '',
          toMs: Infinity,
          reclaimed: false,
        };
        meters.push(meter);
        if (event.type === 'ManagedNodeJoined') byNode.set(event.node, meter);
        else byClaim.set(event.nodeClaim, meter);
        break;
      }
      case 'NodeRegistered': {
        const meter = byClaim.get(event.nodeClaim);
        if (meter === undefined) break;
        meter.node = event.node;
        byNode.set(event.node, meter);
        break;
      }
      case 'SpotPriceChanged':
        byClaim.get(event.nodeClaim)?.prices.push({ atMs: timeMs, perHour: event.pricePerHour });
        break;
      case 'InstanceTerminating': {
        const meter = byClaim.get(event.nodeClaim) ?? byNode.get(event.node);
        if (meter?.toMs !== Infinity) break;
        meter.toMs = timeMs;
        meter.reclaimed = event.reclaimed;
        break;
      }
      case 'UsageSampled':
        for (const [node, milli] of Object.entries(event.burstableCpuMilli ?? {})) {
          byNode.get(node)?.cpu.push({ atMs: timeMs, milli });
        }
        break;
      case 'PodCreated':
        pods.set(event.pod, event);
        break;
      case 'PodBound': {
        const meter = byNode.get(event.node);
        const pod = pods.get(event.pod);
        if (meter === undefined || pod === undefined) break;
        const weight = (of: Readonly<Record<string, number>>): number =>
          9 * ((of['cpu'] ?? 0) / 1000) + (of['memory'] ?? 0) / 2 ** 30;
        const share = weight(pod.requests) / weight(meter.launch.allocatable);
        const workload = pod.service === '' ? '(none)' : pod.service;
        meter.pods.set(`${event.pod}/${timeMs}`, { workload, share, fromMs: timeMs, toMs: Infinity });
        onNode.set(event.pod, meter);
        break;
      }
      case 'PodGone': {
        for (const [name, stay] of onNode.get(event.pod)?.pods ?? []) {
          if (name.startsWith(`${event.pod}/`) && stay.toMs === Infinity) stay.toMs = timeMs;
        }
        break;
      }
      default:
    }
  }
  const sums = ['byNode', 'byNodePool', 'byInstanceType', 'byZone', 'byCapacityType', 'byWorkload'].map(
    () => new Map<string, number>(),
  );
  const [byNodeSum, pool, type, zone, capacity, workload] = sums as [Sum, Sum, Sum, Sum, Sum, Sum];
  let total = (controlPlanePerHour * Math.ceil(endMs / 1000)) / 3600;
  for (const meter of meters) {
    const { launch } = meter;
    const names = [meter.node, launch.nodePool, launch.instanceType, launch.zone, launch.capacityType];
    for (const { dollars, atMs } of readings(meter, endMs)) {
      total += dollars;
      for (const [index, sum] of [byNodeSum, pool, type, zone, capacity].entries())
        charge(sum, names[index] ?? '', dollars);
      let idle = 1;
      for (const stay of meter.pods.values()) {
        if (atMs < stay.fromMs || atMs >= stay.toMs) continue;
        charge(workload, stay.workload, dollars * stay.share);
        idle -= stay.share;
      }
      charge(workload, '(idle)', dollars * idle);
    }
  }
  return {
    total,
    byNode: byNodeSum,
    byNodePool: pool,
    byInstanceType: type,
    byZone: zone,
    byCapacityType: capacity,
    byWorkload: workload,
  };
}

type Sum = Map<string, number>;

/** What the meter of an instance shows more, second by second; CPU above the baseline is settled second by second, too. */
function readings(meter: Meter, endMs: number): readonly { readonly dollars: number; readonly atMs: number }[] {
  const { launch, fromMs, prices, cpu, reclaimed } = meter;
  const toMs = Math.min(meter.toMs, endMs);
  const seconds = Math.max(60, Math.ceil((toMs - fromMs) / 1000));
  const free = launch.capacityType === 'spot' && reclaimed && toMs - fromMs < 3_600_000;
  const { volumesPerHour = 0, monitoringPerHour = 0, unlimited } = launch.extras ?? {};
  const found: { dollars: number; atMs: number }[] = [];
  for (let second = 0; second < seconds; second++) {
    const atMs = fromMs + second * 1000;
    const price = prices.findLast((step) => step.atMs <= atMs)?.perHour ?? 0;
    found.push({ dollars: ((free ? 0 : price) + volumesPerHour + monitoringPerHour) / 3600, atMs });
  }
  if (unlimited === undefined) return found;
  // A t3 earns its baseline every ms and spends what it uses; what it owes in the end is paid for, spread over its life.
  let balance = 0;
  let paid = 0;
  const most = unlimited.baselineMilli * 86_400_000;
  for (let ms = fromMs; ms < toMs; ms += 100) {
    const used = Math.min(cpu.findLast((sample) => sample.atMs <= ms)?.milli ?? 0, unlimited.vcpus * 1000);
    balance = Math.min(most, balance + (unlimited.baselineMilli - used) * Math.min(100, toMs - ms));
    if (balance < -most) {
      paid += -most - balance;
      balance = -most;
    }
  }
  const owed = ((paid + Math.max(0, -balance)) / 1000 / 3_600_000) * unlimited.dollarsPerVcpuHour;
  for (const reading of found) reading.dollars += owed / found.length;
  return found;
}

function charge(sum: Sum, name: string, dollars: number): void {
  sum.set(name, (sum.get(name) ?? 0) + dollars);
}
