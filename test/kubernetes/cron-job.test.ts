import { describe, expect, it } from 'vitest';
import { cronTimes, jobOfCronJob, syncCronJob, type CronChild } from '../../src/kubernetes/controllers/cron-job.js';
import type { CronJob } from '../../src/kubernetes/job.js';
import { node, podSpec } from './objects.js';

const at = (text: string): number => Date.parse(`2026-03-${text}Z`);

function cronJob(more: Partial<CronJob> = {}): CronJob {
  return {
    metadata: { ...node('nightly').metadata, namespace: 'bank' },
    schedule: '0 2 * * *',
    concurrencyPolicy: 'Allow',
    suspended: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    jobTemplate: {
      labels: {},
      annotations: {},
      spec: {
        parallelism: 1,
        completions: 1,
        completionMode: 'NonIndexed',
        suspended: false,
        backoffLimit: 6,
        podReplacementPolicy: 'TerminatingOrFailed',
        template: { labels: {}, annotations: {}, spec: podSpec({}, { restartPolicy: 'Never' }) },
      },
    },
    ...more,
  };
}

const sync = (cron: CronJob, last: string, now: string, children: readonly CronChild[] = []) =>
  syncCronJob(cron, cronTimes(cron), at(last), children, at(now));
const child = (time: string, end?: CronChild['end']): CronChild => ({
  job: jobOfCronJob(cronJob(), at(time), time, at(time)),
  end,
});

describe('a CronJob', () => {
  it('is due at the times of its schedule, in its own time zone', () => {
    expect(cronTimes(cronJob()).next(at('27T02:00:00'))).toBe(at('28T02:00:00'));
    const berlin = cronTimes(cronJob({ timeZone: 'Europe/Berlin' }));
    expect(berlin.next(at('27T00:00:00'))).toBe(at('27T01:00:00'));
    // 2026-03-29: clocks go forward from 02:00 to 03:00.
    expect(berlin.next(at('29T12:00:00'))).toBe(at('30T00:00:00'));
  });

  it('names its Jobs by the minute', () => {
    const { metadata } = jobOfCronJob(cronJob(), at('27T02:00:00'), 'uid', 0);
    expect(metadata.name).toBe(`nightly-${at('27T02:00:00') / 60_000}`);
    expect(metadata.ownerReferences[0]).toMatchObject({ kind: 'CronJob', name: 'nightly', controller: true });
  });

  it('starts the latest run that is due, once', () => {
    expect(sync(cronJob(), '26T12:00:00', '27T01:59:59').startMs).toBeUndefined();
    expect(sync(cronJob(), '26T12:00:00', '27T02:00:00').startMs).toBe(at('27T02:00:00'));
    expect(sync(cronJob(), '20T12:00:00', '27T05:00:00').startMs).toBe(at('27T02:00:00'));
    expect(sync(cronJob(), '27T02:00:00', '27T05:00:00').startMs).toBeUndefined();
  });

  it('starts nothing while suspended, and makes up for the last run afterwards', () => {
    expect(sync(cronJob({ suspended: true }), '26T12:00:00', '27T02:00:00').startMs).toBeUndefined();
    expect(sync(cronJob(), '26T12:00:00', '27T09:00:00').startMs).toBe(at('27T02:00:00'));
  });

  it('misses a run that is later than its starting deadline', () => {
    const strict = cronJob({ startingDeadlineSeconds: 600 });
    expect(sync(strict, '26T12:00:00', '27T02:10:00').startMs).toBe(at('27T02:00:00'));
    expect(sync(strict, '26T12:00:00', '27T02:10:01')).toMatchObject({ skipped: 'MissSchedule' });
  });

  it.each([
    ['Allow', { startMs: at('27T02:00:00'), skipped: undefined, deleted: 0 }],
    ['Forbid', { startMs: undefined, skipped: 'JobAlreadyActive', deleted: 0 }],
    ['Replace', { startMs: at('27T02:00:00'), skipped: undefined, deleted: 1 }],
  ] as const)('%s: what becomes of a Job that is still active', (concurrencyPolicy, expected) => {
    const plan = sync(cronJob({ concurrencyPolicy }), '26T02:00:00', '27T02:00:00', [child('26T02:00:00')]);
    expect({ startMs: plan.startMs, skipped: plan.skipped, deleted: plan.delete.length }).toEqual(expected);
  });

  it('keeps the last three complete Jobs and the last failed one', () => {
    const history = [
      child('20T02:00:00', 'Failed'),
      child('21T02:00:00', 'Complete'),
      child('22T02:00:00', 'Failed'),
      child('23T02:00:00', 'Complete'),
      child('24T02:00:00', 'Complete'),
      child('25T02:00:00', 'Complete'),
    ];
    const plan = sync(cronJob(), '26T02:00:00', '26T03:00:00', history);
    expect(plan.delete.map(({ metadata }) => metadata.uid)).toEqual(['21T02:00:00', '20T02:00:00']);
  });
});
