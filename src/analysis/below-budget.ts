import { scaledValue } from '../kubernetes/int-or-percent.js';
import type { PodDisruptionBudget } from '../kubernetes/workloads.js';
import type { PodHistory } from './pod-history.js';

/** A PodDisruptionBudget with the workloads whose pods it covers, `namespace/name`. */
export interface CoveredWorkloads {
  readonly budget: string;
  readonly services: readonly string[];
  readonly minAvailable: PodDisruptionBudget['minAvailable'];
  readonly maxUnavailable: PodDisruptionBudget['maxUnavailable'];
}

/** How long fewer pods were Ready than a PodDisruptionBudget asks for, whatever the reason. */
export interface BelowBudget {
  readonly budget: string;
  readonly seconds: number;
  /** Fewest Ready pods at any time of the window, and what the budget asked for then. */
  readonly fewestReady: number;
  readonly wanted: number;
}

/** Time below each budget within `[fromMs, toMs)`; budgets that were always met are left out. */
export function timeBelowBudget(
  pods: readonly PodHistory[],
  budgets: readonly CoveredWorkloads[],
  fromMs: number,
  toMs: number,
): readonly BelowBudget[] {
  const below: BelowBudget[] = [];
  for (const covered of budgets) {
    const time = timeBelow(covered, pods, fromMs, toMs);
    if (time !== undefined) below.push(time);
  }
  return below;
}

function timeBelow(
  covered: CoveredWorkloads,
  pods: readonly PodHistory[],
  fromMs: number,
  toMs: number,
): BelowBudget | undefined {
  const services = new Set(covered.services);
  const changes: { readonly timeMs: number; readonly ready: number; readonly there: number }[] = [];
  for (const { service, createdMs, readyMs, deletingMs, goneMs } of pods) {
    if (!services.has(service)) continue;
    const endMs = deletingMs ?? goneMs;
    changes.push({ timeMs: createdMs, ready: 0, there: 1 });
    if (readyMs !== undefined) changes.push({ timeMs: readyMs, ready: 1, there: 0 });
    if (endMs !== undefined)
      changes.push({ timeMs: endMs, ready: readyMs === undefined || readyMs > endMs ? 0 : -1, there: -1 });
  }
  changes.sort((a, b) => a.timeMs - b.timeMs);
  let ready = 0;
  let there = 0;
  let belowMs = 0;
  let worst: { readonly fewestReady: number; readonly wanted: number } | undefined;
  for (const [index, change] of changes.entries()) {
    ready += change.ready;
    there += change.there;
    const startMs = Math.max(change.timeMs, fromMs);
    const endMs = Math.min(changes[index + 1]?.timeMs ?? toMs, toMs);
    const wanted = wantedReady(covered, there);
    if (endMs <= startMs || ready >= wanted) continue;
    belowMs += endMs - startMs;
    if (worst === undefined || ready < worst.fewestReady) worst = { fewestReady: ready, wanted };
  }
  return worst && { budget: covered.budget, seconds: belowMs / 1000, ...worst };
}

/** As the disruption controller reckons (kubernetes.md §4.1); workloads replace a deleted pod at once, so pods count as wanted. */
function wantedReady({ minAvailable, maxUnavailable }: CoveredWorkloads, expected: number): number {
  if (maxUnavailable !== undefined) return Math.max(0, expected - scaledValue(maxUnavailable, expected, 'up'));
  return minAvailable === undefined ? 0 : scaledValue(minAvailable, expected, 'up');
}
