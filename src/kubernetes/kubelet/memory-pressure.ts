import type { Node } from '../node.js';
import { podRequests } from '../pod-requests.js';
import type { Container, Pod } from '../pod.js';
import type { Taint } from '../taints.js';

/** `evictionHard: memory.available<100Mi`, the kubelet's default: as much is kept out of allocatable. */
const EVICTION_THRESHOLD_BYTES = 100 * 2 ** 20;
/** The kubelet looks this often. */
const HOUSEKEEPING_MS = 10_000;
/** `evictionPressureTransitionPeriod`. */
export const PRESSURE_TRANSITION_MS = 300_000;

const SYSTEM_CRITICAL = 2_000_000_000;
const GUARANTEED_SCORE = -997;
const BEST_EFFORT_SCORE = 1000;

export const MEMORY_PRESSURE: Taint = { key: 'node.kubernetes.io/memory-pressure', value: '', effect: 'NoSchedule' };

/** Memory that a pod uses. */
export interface PodMemory {
  readonly pod: Pod;
  readonly usedBytes: number;
  /** See {@link memoryLimit}. */
  readonly limitBytes: number;
}

/** What happens on a node whose pods use too much memory. */
export interface MemoryVerdict {
  /** A container of these is killed by the kernel and restarts: OOMKilled. */
  readonly oomKilled: readonly PodMemory[];
  /** The kubelet fails these: Evicted. Their controllers replace them. */
  readonly evicted: readonly PodMemory[];
  /** MemoryPressure is True. */
  readonly pressure: boolean;
}

const CALM: MemoryVerdict = { oomKilled: [], evicted: [], pressure: false };

/**
 * Judges a node (Kubernetes' node-pressure eviction and oom_score_adj). A pod above its own limit is killed. If the others use
 * more than allocatable, the kubelet evicts until they do not; but when memory grows so fast that the threshold is used up between
 * two of its looks, the kernel kills first, until the pods fit under what they may have at most.
 * @param before - Memory of the node's pods at the last look, and how long ago that was.
 */
export function judgeMemory(
  node: Node,
  pods: readonly PodMemory[],
  before: { readonly usedBytes: number; readonly sinceMs: number },
): MemoryVerdict {
  const overLimit = pods.filter(({ usedBytes, limitBytes }) => usedBytes > limitBytes);
  const within = overLimit.length === 0 ? pods : pods.filter((each) => !overLimit.includes(each));
  const used = sumOf(within);
  const allocatable = node.status.allocatable['memory'] ?? Infinity;
  if (used <= allocatable) return overLimit.length === 0 ? CALM : { ...CALM, oomKilled: overLimit };
  const growth = ((used - before.usedBytes) / Math.max(1, before.sinceMs)) * HOUSEKEEPING_MS;
  const most = allocatable + EVICTION_THRESHOLD_BYTES;
  const killed =
    growth > EVICTION_THRESHOLD_BYTES && used > most ? takeUntil(killOrder(within, node), used - most) : [];
  const left = within.filter((each) => !killed.includes(each));
  const evicted = takeUntil(evictionOrder(left), sumOf(left) - allocatable);
  return { oomKilled: [...overLimit, ...killed], evicted, pressure: evicted.length > 0 };
}

function sumOf(pods: readonly PodMemory[]): number {
  let sum = 0;
  for (const { usedBytes } of pods) sum += usedBytes;
  return sum;
}

/** The first ones whose memory adds up to so much, without those that use none. */
function takeUntil(pods: readonly PodMemory[], bytes: number): readonly PodMemory[] {
  const taken: PodMemory[] = [];
  let freed = 0;
  for (const each of pods) {
    if (freed >= bytes) break;
    if (each.usedBytes === 0) continue;
    taken.push(each);
    freed += each.usedBytes;
  }
  return taken;
}

/** Sum of the containers' memory limits; Infinity when one has none. */
export function memoryLimit({ spec }: Pod): number {
  let limit = 0;
  for (const { limits } of spec.containers) limit += limits['memory'] ?? Infinity;
  return limit;
}

/** Highest oom_score first: the share of memory used, raised by oom_score_adj. */
function killOrder(pods: readonly PodMemory[], { status }: Node): readonly PodMemory[] {
  const capacity = status.capacity['memory'] ?? 1;
  const score = ({ pod, usedBytes }: PodMemory): number => (1000 * usedBytes) / capacity + oomScoreAdj(pod, capacity);
  return sorted(pods, (a, b) => score(b) - score(a));
}

/** `oom_score_adj` by class of service: guaranteed pods go last, those without requests first. */
export function oomScoreAdj(pod: Pod, capacityBytes: number): number {
  const { containers, priority, priorityClassName } = pod.spec;
  if (priorityClassName === 'system-node-critical' || (priority ?? 0) > SYSTEM_CRITICAL) return GUARANTEED_SCORE;
  if (containers.every(isGuaranteed)) return GUARANTEED_SCORE;
  if (containers.every(({ requests }) => Object.keys(requests).length === 0)) return BEST_EFFORT_SCORE;
  const request = podRequests(pod)['memory'] ?? 0;
  return Math.min(Math.max(2, 1000 - Math.floor((1000 * request) / capacityBytes)), 999);
}

function isGuaranteed({ requests, limits }: Container): boolean {
  return ['cpu', 'memory'].every((name) => limits[name] !== undefined && limits[name] === requests[name]);
}

/** Pods above their requests first, then by priority, then by how far they are above; critical pods never. */
function evictionOrder(pods: readonly PodMemory[]): readonly PodMemory[] {
  const over = ({ pod, usedBytes }: PodMemory): number => usedBytes - (podRequests(pod)['memory'] ?? 0);
  const priority = ({ pod }: PodMemory): number => pod.spec.priority ?? 0;
  return sorted(
    pods.filter((each) => priority(each) < SYSTEM_CRITICAL),
    (a, b) => Number(over(b) > 0) - Number(over(a) > 0) || priority(a) - priority(b) || over(b) - over(a),
  );
}

/** Equals stay in order of binding. */
function sorted(pods: readonly PodMemory[], compare: (a: PodMemory, b: PodMemory) => number): readonly PodMemory[] {
  return [...pods].sort(compare);
}
