import type { Pod } from '../../kubernetes/pod.js';
import { fitErrorMessage } from '../../kubernetes/scheduler/fit-error.js';
import type { SchedulingAttempt } from '../../kubernetes/scheduler/kube-scheduler.js';
import { PREEMPTION_REASON, type Preemption } from '../../kubernetes/scheduler/preemption.js';
import type { Rejection } from '../../kubernetes/scheduler/rejection.js';
import { stableText } from '../stable-text.js';
import type { Verdict } from '../verdict.js';
import { startScheduler, type SchedulerCase, type SchedulerStart } from './scheduler-case.js';

/** How often pods that preemption made room for are tried again. */
const ROUNDS = 3;

/** A row of scheduler.jsonl. */
interface SchedulerRow {
  readonly case: SchedulerCase;
  readonly result: { readonly attempts: readonly Attempt[] };
}

/** One attempt as recordings write it (kubernetes/FORMAT.md). */
interface Attempt {
  readonly round: number;
  readonly pod: string;
  readonly [field: string]: unknown;
}

/** Tries all pods of a row as kube-scheduler's queue would and compares every attempt with the recorded one. */
export function checkSchedulerRow(row: unknown): Verdict {
  const { case: source, result } = row as SchedulerRow;
  const got = attempts(startScheduler(source));
  const expected = result.attempts;
  for (let i = 0; i < Math.max(expected.length, got.length); i++) {
    if (stableText(expected[i]) === stableText(got[i])) continue;
    // What follows the first difference follows from it.
    return { agreed: false, expected: { attempt: i, ...expected[i] }, got: { attempt: i, ...got[i] } };
  }
  return { agreed: true, expected, got };
}

function attempts(start: SchedulerStart): Attempt[] {
  const tried: Attempt[] = [];
  let pending = start.pending;
  for (let round = 1; round <= ROUNDS && pending.length > 0; round++) {
    const left: Pod[] = [];
    const doomed = new Set<string>();
    for (const pod of pending) {
      const attempt = attemptOf(start, pod, doomed);
      if (attempt['node'] === undefined && attempt['gated'] === undefined) left.push(pod);
      tried.push({ round, pod: nameOf(pod), ...attempt });
    }
    if (doomed.size === 0) break;
    for (const uid of doomed) start.cache.deletePod(uid);
    pending = left;
  }
  return tried;
}

/** Tries one pod and does to the cluster what the recorded scheduler did; adds the uids of new victims to `doomed`. */
function attemptOf(start: SchedulerStart, pod: Pod, doomed: Set<string>): Readonly<Record<string, unknown>> {
  const { cache, scheduler } = start;
  const { schedulingGates } = pod.spec;
  if (schedulingGates.length > 0) return { gated: `waiting for scheduling gates: [${schedulingGates.join(' ')}]` };
  const nominatedNodeName = scheduler.nominations.nodeOf(pod.metadata.uid);
  const attempt = scheduler.attempt(pod);
  const { feasible, fitError, best, preemption } = attempt;
  const said = {
    ...(nominatedNodeName !== undefined && { nominatedNodeName }),
    ...(feasible.length > 0 && { feasible: feasible.map(({ name }) => name).sort() }),
    ...infeasible(fitError?.rejections ?? attempt.rejections),
    ...scoresOf(attempt),
  };
  const [node] = [...best].sort();
  if (node !== undefined) {
    scheduler.nominations.delete(pod.metadata.uid);
    cache.assume(pod, node);
    return { ...said, best: [...best].sort(), node };
  }
  return {
    ...said,
    ...(fitError !== undefined && { message: fitErrorMessage(fitError) }),
    ...(preemption !== undefined && { preemption: preempt(start, pod, preemption, doomed) }),
  };
}

function infeasible(rejections: ReadonlyMap<string, Rejection>): { readonly infeasible?: unknown } {
  if (rejections.size === 0) return {};
  const entries = [...rejections].map(([name, { plugin, code, reasons }]) => [
    name,
    { ...(plugin !== undefined && { plugin }), code, reasons: [...reasons].sort() },
  ]);
  return { infeasible: Object.fromEntries(entries) as unknown };
}

function scoresOf({ feasible, scores }: SchedulingAttempt): { readonly scores?: unknown } {
  if (scores === undefined) return {};
  const entries = feasible.map(({ name }, i) => {
    const plugins = Object.fromEntries([...scores.byPlugin].map(([plugin, values]) => [plugin, values[i]]));
    return [name, { total: scores.totals[i], plugins }];
  });
  return { scores: Object.fromEntries(entries) as unknown };
}

/** Nominates the pod to the first of the best nodes; its victims stay, terminating, until the round is over. */
function preempt(
  { cache, scheduler }: SchedulerStart,
  pod: Pod,
  { candidates, best }: Preemption,
  doomed: Set<string>,
): unknown {
  const names = best.map(({ node }) => node).sort();
  const [node = ''] = names;
  const victims = candidates.find((candidate) => candidate.node === node)?.victims ?? [];
  scheduler.nominations.deleteLowerPriority(node, pod.spec.priority ?? 0);
  scheduler.nominations.set(pod, node);
  for (const victim of victims) {
    if (victim.metadata.deletionTimeMs === undefined) doomed.add(victim.metadata.uid);
    cache.setPod(terminating(victim, node));
  }
  const described = candidates.map((candidate) => [
    candidate.node,
    { pods: candidate.victims.map(nameOf), pdbViolations: candidate.pdbViolations },
  ]);
  return { candidates: Object.fromEntries(described) as unknown, best: names, node, victims: victims.map(nameOf) };
}

function terminating(victim: Pod, nodeName: string): Pod {
  const { metadata, spec, status } = victim;
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: PREEMPTION_REASON,
    lastTransitionTimeMs: 0,
  } as const;
  return {
    metadata: { ...metadata, deletionTimeMs: metadata.creationTimeMs + 1 },
    spec: { ...spec, nodeName },
    status: { ...status, conditions: [...status.conditions, condition] },
  };
}

function nameOf({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}
