import type { Job } from '../job.js';
import type { Pod } from '../pod.js';
import { isPodActive, podCondition } from '../pod-conditions.js';
import type { PodTemplate } from '../workloads.js';
import { scaleDownOrder } from './scale-down-order.js';

/** Delay before a failed pod is tried again: so much, doubling with each failure in a row (kubernetes.md §2.4). */
const FAILURE_BACKOFF_MS = 10_000;
const MAX_FAILURE_BACKOFF_MS = 600_000;
/** At most this many creations or deletions a sync. */
const MAX_PODS_PER_SYNC = 500;

const INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index';

/** How a Job ended. */
export interface JobEnd {
  readonly type: 'Complete' | 'Failed';
  /** In the words of the condition: `BackoffLimitExceeded`, `DeadlineExceeded`; empty for a complete one. */
  readonly reason: string;
  readonly atMs: number;
}

/** What a Job has come to; times are epoch ms. */
export interface JobProgress {
  /** Undefined while it is suspended. */
  readonly startTimeMs?: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** Indexes that have succeeded. */
  readonly completedIndexes: ReadonlySet<number>;
  /** Failures since the last success, and when the last of them was. */
  readonly failuresInRow: number;
  readonly lastFailureMs: number;
  /** UIDs of pods that are counted, or that the controller itself deleted. */
  readonly settled: ReadonlySet<string>;
  readonly end?: JobEnd | undefined;
}

export const NEW_JOB: JobProgress = {
  succeeded: 0,
  failed: 0,
  completedIndexes: new Set(),
  failuresInRow: 0,
  lastFailureMs: 0,
  settled: new Set(),
};

/** What one sync of a Job does. */
export interface JobPlan {
  readonly progress: JobProgress;
  /** Pods to create: the completion index of each, or undefined where indexes do not matter. */
  readonly create: readonly (number | undefined)[];
  readonly delete: readonly Pod[];
  /** When to look again if nothing happens before, epoch ms. */
  readonly againAtMs?: number | undefined;
}

/** Completion index of a pod of an Indexed Job. */
export function completionIndex(pod: Pod): number | undefined {
  const text = pod.metadata.annotations[INDEX_ANNOTATION];
  return text === undefined ? undefined : Number(text);
}

/** The Job's template with the labels that the controller adds, and the completion index where there is one. */
export function jobPodTemplate({ metadata, template }: Job, index: number | undefined): PodTemplate {
  const { name, uid } = metadata;
  const labels = {
    ...template.labels,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  if (index === undefined) return { ...template, labels };
  const mark = { [INDEX_ANNOTATION]: String(index) };
  return { ...template, labels: { ...labels, ...mark }, annotations: { ...template.annotations, ...mark } };
}

/**
 * One sync of a Job (kubernetes.md §2.4). A pod that is deleted before it has succeeded, by an eviction for instance, counts
 * as failed.
 * @param pods - Pods that it owns, and once more those that went since the last sync, with phase Failed unless they had
 *   succeeded.
 */
export function syncJob(job: Job, before: JobProgress, pods: readonly Pod[], nowMs: number): JobPlan {
  const active = pods.filter(isPodActive);
  if (before.end !== undefined) return { progress: before, create: [], delete: active };
  const counted = { ...count(job, before, pods, nowMs), startTimeMs: startTime(job, before, nowMs) };
  const end = jobEnd(job, counted, active, nowMs);
  const progress = end === undefined ? counted : { ...counted, end };
  if (end !== undefined || job.suspended) return { ...withoutPods(progress, active), create: [] };
  return manage(job, progress, active, pods, nowMs);
}

/** When a Job's deadline comes; undefined when it has none. */
function deadlineMs({ activeDeadlineSeconds }: Job, { startTimeMs }: JobProgress): number | undefined {
  if (activeDeadlineSeconds === undefined || startTimeMs === undefined) return undefined;
  return startTimeMs + activeDeadlineSeconds * 1000;
}

/** The clock starts anew when a suspended Job resumes. */
function startTime(job: Job, { startTimeMs }: JobProgress, nowMs: number): number | undefined {
  return job.suspended ? undefined : (startTimeMs ?? nowMs);
}

function hasFailed(job: Job, { status, metadata }: Pod): boolean {
  if (status.phase === 'Failed') return true;
  const deleted = metadata.deletionTimeMs !== undefined && status.phase !== 'Succeeded';
  return deleted && job.podReplacementPolicy !== 'Failed';
}

function count(job: Job, before: JobProgress, pods: readonly Pod[], nowMs: number): JobProgress {
  let { succeeded, failed, failuresInRow, lastFailureMs } = before;
  const settled = new Set(before.settled);
  const completedIndexes = new Set(before.completedIndexes);
  for (const pod of pods) {
    const { uid } = pod.metadata;
    if (settled.has(uid)) continue;
    if (pod.status.phase === 'Succeeded') {
      const index = completionIndex(pod);
      if (index === undefined) succeeded++;
      else if (!completedIndexes.has(index)) {
        completedIndexes.add(index);
        succeeded++;
      }
      failuresInRow = 0;
    } else if (hasFailed(job, pod)) {
      failed++;
      failuresInRow++;
      lastFailureMs = Math.max(lastFailureMs, finishTimeMs(pod, nowMs));
    } else continue;
    settled.add(uid);
  }
  return { ...before, succeeded, failed, completedIndexes, failuresInRow, lastFailureMs, settled };
}

/** When the pod stopped being ready, which is when its containers ended; now for one that never was. */
function finishTimeMs(pod: Pod, nowMs: number): number {
  const ready = podCondition(pod, 'Ready');
  return ready?.status === 'False' ? ready.lastTransitionTimeMs : nowMs;
}

function jobEnd(job: Job, progress: JobProgress, active: readonly Pod[], nowMs: number): JobEnd | undefined {
  const atMs = nowMs;
  if (isPastBackoffLimit(job, progress, active)) return { type: 'Failed', reason: 'BackoffLimitExceeded', atMs };
  if (nowMs >= (deadlineMs(job, progress) ?? Infinity)) return { type: 'Failed', reason: 'DeadlineExceeded', atMs };
  const complete =
    job.completions === undefined
      ? progress.succeeded > 0 && active.length === 0
      : progress.succeeded >= job.completions;
  return complete ? { type: 'Complete', reason: '', atMs } : undefined;
}

/** With `OnFailure` containers are restarted in place, and the restarts count instead of failed pods. */
function isPastBackoffLimit(job: Job, { failed }: JobProgress, active: readonly Pod[]): boolean {
  if (failed > job.backoffLimit) return true;
  if (job.template.spec.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of active) for (const { restartCount } of status.containerStatuses) restarts += restartCount;
  return job.backoffLimit === 0 ? restarts > 0 : restarts >= job.backoffLimit;
}

/** Deletions of the controller's own are no failures. */
function withoutPods(progress: JobProgress, pods: readonly Pod[]): Pick<JobPlan, 'progress' | 'delete'> {
  const settled = new Set(progress.settled);
  for (const { metadata } of pods) settled.add(metadata.uid);
  return { progress: { ...progress, settled }, delete: pods };
}

function manage(job: Job, progress: JobProgress, active: readonly Pod[], pods: readonly Pod[], nowMs: number): JobPlan {
  const { parallelism, completions, podReplacementPolicy } = job;
  const wanted =
    completions === undefined
      ? progress.succeeded > 0
        ? active.length
        : parallelism
      : Math.min(parallelism, completions - progress.succeeded);
  const againAtMs = deadlineMs(job, progress);
  const surplus = active.length - wanted;
  if (surplus > 0) {
    const victims = scaleDownOrder(active, [], nowMs).slice(0, Math.min(surplus, MAX_PODS_PER_SYNC));
    return { ...withoutPods(progress, victims), create: [], againAtMs };
  }
  const stopping = podReplacementPolicy === 'Failed' ? pods.filter(isStopping) : [];
  const missing = Math.min(wanted - active.length - stopping.length, MAX_PODS_PER_SYNC);
  if (missing <= 0) return { progress, create: [], delete: [], againAtMs };
  const retryAtMs =
    progress.failuresInRow === 0 ? 0 : progress.lastFailureMs + failureBackoffMs(progress.failuresInRow);
  if (nowMs < retryAtMs) {
    return { progress, create: [], delete: [], againAtMs: Math.min(retryAtMs, againAtMs ?? Infinity) };
  }
  const create = job.completionMode === 'Indexed' ? openIndexes(job, progress, active, stopping, missing) : [];
  while (job.completionMode === 'NonIndexed' && create.length < missing) create.push(undefined);
  return { progress, create, delete: [], againAtMs };
}

function isStopping({ metadata, status }: Pod): boolean {
  return metadata.deletionTimeMs !== undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed';
}

/** Delay after so many failures in a row, ms. */
export function failureBackoffMs(failures: number): number {
  return Math.min(FAILURE_BACKOFF_MS * 2 ** (failures - 1), MAX_FAILURE_BACKOFF_MS);
}

/** The lowest indexes that nobody works on and that have not succeeded. */
function openIndexes(
  { completions = 0 }: Job,
  { completedIndexes }: JobProgress,
  active: readonly Pod[],
  stopping: readonly Pod[],
  count: number,
): (number | undefined)[] {
  const taken = new Set([...active, ...stopping].map(completionIndex));
  const open: number[] = [];
  for (let index = 0; index < completions && open.length < count; index++) {
    if (!completedIndexes.has(index) && !taken.has(index)) open.push(index);
  }
  return open;
}
