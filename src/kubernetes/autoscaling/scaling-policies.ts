import type { ScalingRules } from '../horizontal-pod-autoscaler.js';

/** A past change of the replica count. */
export interface ScaleEvent {
  readonly atMs: number;
  /** Pods added or removed, positive. */
  readonly change: number;
}

function changeWithin(events: readonly ScaleEvent[], periodSeconds: number, nowMs: number): number {
  const cutoffMs = nowMs - periodSeconds * 1000;
  // An event exactly one period old does not count any more.
  return events.reduce((sum, event) => (event.atMs > cutoffMs ? sum + event.change : sum), 0);
}

/** Replicas at the start of the policy's period, which its limit is counted from. */
function periodStart(
  current: number,
  added: readonly ScaleEvent[],
  removed: readonly ScaleEvent[],
  periodSeconds: number,
  nowMs: number,
): number {
  return current - changeWithin(added, periodSeconds, nowMs) + changeWithin(removed, periodSeconds, nowMs);
}

/** The most replicas that `behavior.scaleUp` allows now; the current count when it is switched off (§3.4). */
export function scaleUpLimit(
  rules: ScalingRules,
  current: number,
  added: readonly ScaleEvent[],
  removed: readonly ScaleEvent[],
  nowMs: number,
): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const limits = rules.policies.map(({ type, value, periodSeconds }) => {
    const start = periodStart(current, added, removed, periodSeconds, nowMs);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return rules.selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

/** The fewest replicas that `behavior.scaleDown` allows now; the current count when it is switched off (§3.4). */
export function scaleDownLimit(
  rules: ScalingRules,
  current: number,
  added: readonly ScaleEvent[],
  removed: readonly ScaleEvent[],
  nowMs: number,
): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const limits = rules.policies.map(({ type, value, periodSeconds }) => {
    const start = periodStart(current, added, removed, periodSeconds, nowMs);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return rules.selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}
