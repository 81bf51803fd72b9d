import type { ResourceList } from '../kubernetes/resource-list.js';
import type { EventLog } from '../simulation/event-log.js';
import { chargeSteps, type LedgerEntry, type LedgerExtras } from './cost-ledger.js';

/** What a node costs beyond what its pods asked for. */
const IDLE = '(idle)';

/** The cluster itself, which runs nothing of the workloads. */
export const CONTROL_PLANE = '(control plane)';

/** What a commitment costs less the usage it covers, which is charged to workloads at list price. */
export const COMMITMENT = '(commitment)';

/** Pods that no workload owns, as in `pods.byService`. */
const BARE_PODS = '(none)';

/** A workload's part of one instance's line in the ledger, integer nano-dollars. */
export interface WorkloadCharge {
  readonly entry: LedgerEntry;
  /** `namespace/name` of the owner, DaemonSets included, or {@link IDLE}. */
  readonly workload: string;
  readonly compute: number;
  readonly extras: LedgerExtras;
}

/** A pod on a node. Times in ms since the start. */
interface Stay {
  readonly workload: string;
  readonly weight: bigint;
  readonly fromMs: number;
  toMs: number;
}

/** Fargate's prices of a vCPU and a GiB are as 9 to 1, and so are AWS's split cost allocation data, which shares out EKS nodes. */
const CPU_WEIGHT = 9n;
const GIB = 1n << 30n;

/**
 * Shares out every line of the ledger among the workloads whose pods were bound to the node, by their requests of what the node
 * can allocate, second for second at the price that held; the rest is idle. A vCPU weighs as much as nine GiB. The parts of a
 * line add up to it exactly: what rounding leaves, less than a nano-dollar for each workload, is idle, too.
 */
export function workloadCharges(log: EventLog, ledger: readonly LedgerEntry[]): readonly WorkloadCharge[] {
  const staysByNode = podStays(log);
  const charges: WorkloadCharge[] = [];
  for (const entry of ledger) addCharges(entry, staysByNode.get(entry.history.node) ?? [], charges);
  return charges;
}

/** Adds the parts of one line. */
function addCharges(entry: LedgerEntry, stays: readonly Stay[], charges: WorkloadCharge[]): void {
  const { history, fromMs, toMs, billedSeconds, nanoDollars, extras } = entry;
  const { instance } = history;
  if (instance === undefined) return;
  const room = weightOf(instance.allocatable);
  const whole = sharesOf(stays, room, fromMs, toMs);
  const compute = new Map<string, number>();
  if (nanoDollars > 0) {
    for (const step of chargeSteps(instance, billedSeconds)) {
      const [startMs, endMs] = [fromMs + step.fromSecond * 1000, Math.min(toMs, fromMs + step.toSecond * 1000)];
      const isWhole = startMs === fromMs && endMs === toMs;
      const shares = isWhole ? whole : sharesOf(stays, room, startMs, endMs);
      for (const [workload, part] of shareOut(step.nanoDollars, shares)) {
        compute.set(workload, (compute.get(workload) ?? 0) + part);
      }
    }
  }
  const ebs = shareOut(extras.ebs, whole);
  const monitoring = shareOut(extras.detailedMonitoring, whole);
  const t3Unlimited = shareOut(extras.t3Unlimited, whole);
  for (const workload of new Set([...compute.keys(), ...whole.parts.keys(), IDLE])) {
    charges.push({
      entry,
      workload,
      compute: compute.get(workload) ?? 0,
      extras: {
        ebs: ebs.get(workload) ?? 0,
        detailedMonitoring: monitoring.get(workload) ?? 0,
        t3Unlimited: t3Unlimited.get(workload) ?? 0,
      },
    });
  }
}

/** Everything that a charge bills, integer nano-dollars. */
export function chargeTotal({ compute, extras }: WorkloadCharge): number {
  return compute + extras.ebs + extras.detailedMonitoring + extras.t3Unlimited;
}

/** Integer nano-dollars by workload, names in code unit order. */
export function chargesByWorkload(charges: readonly WorkloadCharge[]): Readonly<Record<string, number>> {
  const totals = new Map<string, number>();
  for (const charge of charges) {
    totals.set(charge.workload, (totals.get(charge.workload) ?? 0) + chargeTotal(charge));
  }
  return Object.fromEntries([...totals].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Pods by the node that they were bound to, in order of binding. */
function podStays(log: EventLog): ReadonlyMap<string, readonly Stay[]> {
  const created = new Map<string, { readonly workload: string; readonly weight: bigint }>();
  // The pods of a workload mostly have one object of requests in common.
  const weights = new Map<ResourceList, bigint>();
  const running = new Map<string, Stay>();
  const byNode = new Map<string, Stay[]>();
  for (const event of log) {
    if (event.type === 'PodCreated') {
      const workload = event.service === '' ? BARE_PODS : event.service;
      let weight = weights.get(event.requests);
      if (weight === undefined) weights.set(event.requests, (weight = weightOf(event.requests)));
      created.set(event.pod, { workload, weight });
    } else if (event.type === 'PodBound') {
      const pod = created.get(event.pod);
      if (pod === undefined) continue;
      const { workload, weight } = pod;
      const stay = { workload, weight, fromMs: event.timeMs, toMs: Infinity };
      running.set(event.pod, stay);
      const stays = byNode.get(event.node);
      if (stays === undefined) byNode.set(event.node, [stay]);
      else stays.push(stay);
    } else if (event.type === 'PodGone') {
      const stay = running.get(event.pod);
      if (stay !== undefined) stay.toMs = event.timeMs;
      running.delete(event.pod);
    }
  }
  return byNode;
}

/** Weight of resources, in a unit that is whole for every millicore and byte. */
function weightOf(resources: ResourceList): bigint {
  const cpuMilli = BigInt(Math.round(resources['cpu'] ?? 0));
  const memoryBytes = BigInt(Math.round(resources['memory'] ?? 0));
  return CPU_WEIGHT * cpuMilli * GIB + memoryBytes * 1000n;
}

/** Weight × ms of each workload, of all that the node has. */
interface Shares {
  readonly parts: ReadonlyMap<string, bigint>;
  readonly all: bigint;
}

function sharesOf(stays: readonly Stay[], room: bigint, fromMs: number, toMs: number): Shares {
  const parts = new Map<string, bigint>();
  let taken = 0n;
  for (const stay of stays) {
    const sharedMs = Math.min(stay.toMs, toMs) - Math.max(stay.fromMs, fromMs);
    if (sharedMs <= 0 || stay.weight === 0n) continue;
    const part = stay.weight * BigInt(sharedMs);
    taken += part;
    parts.set(stay.workload, (parts.get(stay.workload) ?? 0n) + part);
  }
  const offered = room * BigInt(Math.max(0, toMs - fromMs));
  return { parts, all: offered > taken ? offered : taken };
}

/** Parts of a charge, whole nano-dollars that add up to it. */
function shareOut(nanoDollars: number, { parts, all }: Shares): ReadonlyMap<string, number> {
  const charged = new Map<string, number>();
  let left = nanoDollars;
  for (const [workload, part] of parts) {
    const own = Number((BigInt(nanoDollars) * part) / all);
    charged.set(workload, own);
    left -= own;
  }
  return charged.set(IDLE, left);
}
