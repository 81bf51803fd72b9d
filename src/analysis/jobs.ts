import type { EventLog } from '../simulation/event-log.js';
import { eventsOfTypes } from './events-of-type.js';
import { quantilesOf, type Quantiles } from './quantiles.js';

/** What became of the Jobs of a run. */
export interface Jobs {
  readonly created: number;
  readonly complete: number;
  readonly failed: number;
  /** Runs of CronJobs that were due and did not begin. */
  readonly skipped: number;
  /** Created → complete, Jobs that completed. */
  readonly completionSeconds: Quantiles;
}

/** Folds the Jobs of a log. */
export function jobs(log: EventLog): Jobs {
  const createdMs = new Map<string, number>();
  const durationsMs: number[] = [];
  let created = 0;
  let failed = 0;
  let skipped = 0;
  for (const event of eventsOfTypes(log, 'JobCreated', 'JobFinished', 'CronJobSkipped')) {
    if (event.type === 'JobCreated') {
      created++;
      createdMs.set(event.job, event.timeMs);
    } else if (event.type === 'JobFinished') {
      if (event.result === 'Failed') failed++;
      else durationsMs.push(event.timeMs - (createdMs.get(event.job) ?? 0));
    } else skipped++;
  }
  return { created, complete: durationsMs.length, failed, skipped, completionSeconds: quantilesOf(durationsMs) };
}
