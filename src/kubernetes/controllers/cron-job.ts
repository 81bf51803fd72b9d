import { parseCronFields } from '../cron-fields.js';
import { nextHitOf } from '../cron-schedule.js';
import type { CronJob, Job } from '../job.js';

const MINUTE_MS = 60_000;

/** The times at which a CronJob is due. */
export interface CronTimes {
  /** First one strictly after a time; undefined when there is none. */
  readonly next: (afterMs: number) => number | undefined;
  /** Last one after `afterMs`, up to and including `nowMs`; undefined when there is none. */
  readonly latest: (afterMs: number, nowMs: number) => number | undefined;
}

/** Reads a CronJob's schedule. One that cannot be read is never due. */
export function cronTimes({ schedule, timeZone }: CronJob): CronTimes {
  const fields = parseCronFields(schedule);
  const next = fields === undefined ? () => undefined : nextHitOf(fields, timeZone);
  const latest = (afterMs: number, nowMs: number): number | undefined => {
    let found: number | undefined;
    for (let hitMs = next(afterMs); hitMs !== undefined && hitMs <= nowMs; hitMs = next(hitMs)) found = hitMs;
    return found;
  };
  return { next, latest };
}

/** A Job of the CronJob. */
export interface CronChild {
  readonly job: Job;
  readonly end?: 'Complete' | 'Failed' | undefined;
}

/** What one sync of a CronJob does. */
export interface CronPlan {
  /** The time for which a Job is created. */
  readonly startMs?: number | undefined;
  /** Jobs that make room for it, and finished ones that the history does not keep. */
  readonly delete: readonly Job[];
  /** A run that is due and does not begin: another is active, or it is later than the deadline. */
  readonly skipped?: 'JobAlreadyActive' | 'MissSchedule' | undefined;
}

/**
 * One sync of a CronJob. Of several runs that were missed only the latest is made up for; with `Forbid` that happens as soon
 * as the active Job has ended, however late, unless a starting deadline says otherwise.
 * @param lastScheduleMs - Time of the run that was last begun, or the CronJob's creation.
 * @param children - Its Jobs, oldest first.
 */
export function syncCronJob(
  cronJob: CronJob,
  times: CronTimes,
  lastScheduleMs: number,
  children: readonly CronChild[],
  nowMs: number,
): CronPlan {
  const old = [
    ...beyond(children, 'Complete', cronJob.successfulJobsHistoryLimit),
    ...beyond(children, 'Failed', cronJob.failedJobsHistoryLimit),
  ];
  const startMs = cronJob.suspended ? undefined : times.latest(lastScheduleMs, nowMs);
  if (startMs === undefined) return { delete: old };
  const { startingDeadlineSeconds, concurrencyPolicy } = cronJob;
  if (startingDeadlineSeconds !== undefined && startMs + startingDeadlineSeconds * 1000 < nowMs) {
    return { delete: old, skipped: 'MissSchedule' };
  }
  const active = children.filter(({ end }) => end === undefined).map(({ job }) => job);
  if (active.length > 0 && concurrencyPolicy === 'Forbid') return { delete: old, skipped: 'JobAlreadyActive' };
  return { startMs, delete: concurrencyPolicy === 'Replace' ? [...old, ...active] : old };
}

function beyond(children: readonly CronChild[], end: CronChild['end'], limit: number): Job[] {
  const finished = children.filter((child) => child.end === end).map(({ job }) => job);
  return finished.slice(0, Math.max(0, finished.length - limit));
}

/** The Job of a CronJob for one time; its name holds the time in minutes. */
export function jobOfCronJob(cronJob: CronJob, scheduledMs: number, uid: string, creationTimeMs: number): Job {
  const { metadata, jobTemplate } = cronJob;
  const { spec, labels, annotations } = jobTemplate;
  return {
    ...spec,
    metadata: {
      name: `${metadata.name}-${Math.floor(scheduledMs / MINUTE_MS)}`,
      namespace: metadata.namespace,
      uid,
      labels,
      annotations,
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'CronJob', name: metadata.name, uid: metadata.uid, controller: true },
      ],
      creationTimeMs,
    },
    status: { succeeded: 0, finished: false },
  };
}
