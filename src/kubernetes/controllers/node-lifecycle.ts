import type { Node } from '../node.js';
import type { Condition, Pod } from '../pod.js';
import type { Taint } from '../taints.js';
import { toleratesTaint } from '../tolerations.js';

/** The kubelet renews its lease this often (kubernetes.md §5.2). */
export const LEASE_RENEWAL_MS = 10_000;
/** The node controller, and the cloud's, look this often. */
export const MONITOR_PERIOD_MS = 5000;
/** Pods on nodes that do not exist: looked for this often, and deleted when that is so for this long. */
export const POD_GC_PERIOD_MS = 20_000;
const POD_GC_QUARANTINE_MS = 40_000;

/** Between two nodes of a zone that are tainted NoExecute: 0.1 a second; in a large zone that is mostly down, 0.01. */
const TAINT_INTERVAL_MS = 10_000;
const TAINT_INTERVAL_LARGE_ZONE_MS = 100_000;
const LARGE_ZONE = 50;
const UNHEALTHY_ZONE_SHARE = 0.55;

const UNREACHABLE_NO_SCHEDULE: Taint = {
  key: 'node.kubernetes.io/unreachable',
  value: '',
  effect: 'NoSchedule',
};
/** On a node that is not Ready, from its start. */
export const NOT_READY_TAINT: Taint = { key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoSchedule' };

export const UNREACHABLE_NO_EXECUTE: Taint = { ...UNREACHABLE_NO_SCHEDULE, effect: 'NoExecute' };

/** How long a node may be silent before the node controller calls it Unknown, ms: 50 s from Kubernetes 1.31, 40 s before. */
export function monitorGraceMs(kubernetesMinor: number): number {
  return kubernetesMinor >= 31 ? 50_000 : 40_000;
}

/** First time at or after `earliestMs` of something that happens every `periodMs`, at `phaseMs` for the first time. */
export function nextTick(earliestMs: number, periodMs: number, phaseMs: number): number {
  return phaseMs + Math.max(0, Math.ceil((earliestMs - phaseMs) / periodMs)) * periodMs;
}

/** When pods of a node that is gone since `goneMs` are deleted: seen by one round, deleted by one after the quarantine. */
export function podGcMs(goneMs: number, phaseMs: number): number {
  const seenMs = nextTick(goneMs, POD_GC_PERIOD_MS, phaseMs);
  return nextTick(seenMs + POD_GC_QUARANTINE_MS, POD_GC_PERIOD_MS, phaseMs);
}

/** The node as the node controller marks one that has gone silent. The NoExecute taint follows at the zone's rate. */
export function unreachableNode(node: Node, nowMs: number): Node {
  const ready: Condition = {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    lastTransitionTimeMs: nowMs,
  };
  const others = node.status.conditions.filter(({ type }) => type !== 'Ready');
  return {
    ...node,
    spec: { ...node.spec, taints: [...node.spec.taints, UNREACHABLE_NO_SCHEDULE] },
    status: { ...node.status, conditions: [...others, ready] },
  };
}

/** Nodes of one zone by whether they are Ready. */
export interface ZoneHealth {
  readonly ready: number;
  readonly notReady: number;
}

/**
 * Time between two nodes of a zone that are tainted NoExecute, ms; Infinity while none is: in a small zone that is mostly
 * down, or when every zone is, the fault is taken to be the control plane's own (ComputeZoneState).
 */
export function taintIntervalMs(zone: ZoneHealth, allZones: readonly ZoneHealth[]): number {
  if (allZones.every(isDown)) return Infinity;
  const total = zone.ready + zone.notReady;
  const partly = !isDown(zone) && zone.notReady > 2 && zone.notReady / total >= UNHEALTHY_ZONE_SHARE;
  if (!partly) return TAINT_INTERVAL_MS;
  return total > LARGE_ZONE ? TAINT_INTERVAL_LARGE_ZONE_MS : Infinity;
}

function isDown({ ready, notReady }: ZoneHealth): boolean {
  return ready === 0 && notReady > 0;
}

/** How long a pod stays on a node with that taint, seconds; undefined: for ever, 0: not at all. */
export function tolerationSeconds({ spec }: Pod, taint: Taint): number | undefined {
  const matching = spec.tolerations.filter((toleration) => toleratesTaint([toleration], taint));
  if (matching.length === 0) return 0;
  const limits = matching.flatMap((toleration) => toleration.tolerationSeconds ?? []);
  return limits.length === 0 ? undefined : Math.max(0, Math.min(...limits));
}
