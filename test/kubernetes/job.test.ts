import { describe, expect, it } from 'vitest';
import { failureBackoffMs, NEW_JOB, syncJob, type JobPlan } from '../../src/kubernetes/controllers/job.js';
import type { Job } from '../../src/kubernetes/job.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import { node, ownedBy, podSpec, readyCondition, runningPod } from './objects.js';

const OWNER = { owner: ownedBy('Job', 'report') };

function job(more: Partial<Job> = {}): Job {
  return {
    metadata: { ...node('report').metadata, namespace: 'default' },
    parallelism: 2,
    completions: 3,
    completionMode: 'NonIndexed',
    suspended: false,
    backoffLimit: 6,
    podReplacementPolicy: 'TerminatingOrFailed',
    template: { labels: {}, annotations: {}, spec: podSpec({}, { restartPolicy: 'Never' }) },
    status: { succeeded: 0, finished: false },
    ...more,
  };
}

const running = (name: string, index?: number): Pod =>
  runningPod(name, 'n', {
    ...OWNER,
    ...(index === undefined ? {} : { annotations: { 'batch.kubernetes.io/job-completion-index': String(index) } }),
  });
const ended = (name: string, phase: 'Succeeded' | 'Failed', atMs = 0, index?: number): Pod => ({
  ...running(name, index),
  status: { phase, conditions: [readyCondition(atMs, 'False')], containerStatuses: [] },
});
const evicted = (name: string): Pod => runningPod(name, 'n', { ...OWNER, deletedMs: 5000 });
const names = ({ delete: pods }: JobPlan): string[] => pods.map(({ metadata }) => metadata.name);

describe('a Job (kubernetes.md §2.4)', () => {
  it('runs as many pods as it may at once, and no more than are still needed', () => {
    expect(syncJob(job(), NEW_JOB, [], 0).create).toHaveLength(2);
    const { create, progress } = syncJob(job(), NEW_JOB, [ended('a', 'Succeeded'), ended('b', 'Succeeded')], 0);
    expect(progress.succeeded).toBe(2);
    expect(create).toHaveLength(1);
  });

  it('is complete when enough pods have succeeded, however often it looks at them', () => {
    const two = [ended('a', 'Succeeded'), ended('b', 'Succeeded')];
    const first = syncJob(job(), NEW_JOB, two, 1000).progress;
    expect(first.end).toBeUndefined();
    const again = syncJob(job(), first, two, 2000).progress;
    expect(again.succeeded).toBe(2);
    const last = syncJob(job(), again, [...two, ended('c', 'Succeeded')], 3000);
    expect(last.progress.end).toEqual({ type: 'Complete', reason: '', atMs: 3000 });
    expect(last.create).toEqual([]);
  });

  it('without completions starts nothing new after the first success, and is complete when nobody works any more', () => {
    const queue = job({ completions: undefined });
    const plan = syncJob(queue, NEW_JOB, [ended('a', 'Succeeded'), running('b')], 0);
    expect(plan.create).toEqual([]);
    expect(plan.progress.end).toBeUndefined();
    expect(syncJob(queue, plan.progress, [ended('b', 'Succeeded')], 9000).progress.end?.type).toBe('Complete');
  });

  it('waits 10 s after a failure, twice as long after each further one in a row, ten minutes at most', () => {
    expect([1, 2, 3, 6, 7, 20].map(failureBackoffMs)).toEqual([10_000, 20_000, 40_000, 320_000, 600_000, 600_000]);
    const failed = syncJob(job(), NEW_JOB, [running('a'), ended('b', 'Failed', 4000)], 5000);
    expect(failed.create).toEqual([]);
    expect(failed.againAtMs).toBe(14_000);
    expect(syncJob(job(), failed.progress, [running('a')], 14_000).create).toHaveLength(1);
  });

  it('counts a pod that was evicted as failed, and one that it deleted itself as nothing', () => {
    expect(syncJob(job(), NEW_JOB, [evicted('a')], 6000).progress.failed).toBe(1);
    const narrowed = syncJob(job({ parallelism: 1 }), NEW_JOB, [running('a'), running('b')], 6000);
    expect(names(narrowed)).toHaveLength(1);
    const deleted = narrowed.delete.map((each) => evicted(each.metadata.name));
    expect(syncJob(job({ parallelism: 1 }), narrowed.progress, deleted, 7000).progress.failed).toBe(0);
  });

  it('replaces a pod that is being deleted at once, or when it is gone, as podReplacementPolicy says', () => {
    const forgiving = job({ completions: 1, parallelism: 1 });
    const later = syncJob(forgiving, { ...NEW_JOB, settled: new Set(['uid-a']) }, [evicted('a')], 60_000);
    expect(later.create).toHaveLength(1);
    const patient = job({ completions: 1, parallelism: 1, podReplacementPolicy: 'Failed' });
    expect(syncJob(patient, NEW_JOB, [evicted('a')], 60_000).create).toEqual([]);
  });

  it('fails beyond its backoff limit, and takes down what still runs', () => {
    const plan = syncJob(
      job({ backoffLimit: 1 }),
      NEW_JOB,
      [ended('a', 'Failed'), ended('b', 'Failed'), running('c')],
      0,
    );
    expect(plan.progress.end).toMatchObject({ type: 'Failed', reason: 'BackoffLimitExceeded' });
    expect(names(plan)).toEqual(['c']);
  });

  it('with OnFailure counts restarts in place of failed pods', () => {
    const template = { ...job().template, spec: podSpec({}, { restartPolicy: 'OnFailure' }) };
    const restarted = (restartCount: number): Pod => {
      const one = running('a');
      return { ...one, status: { ...one.status, containerStatuses: [{ name: 'app', restartCount }] } };
    };
    const limited = job({ template, backoffLimit: 2 });
    expect(syncJob(limited, NEW_JOB, [restarted(1)], 0).progress.end).toBeUndefined();
    expect(syncJob(limited, NEW_JOB, [restarted(2)], 0).progress.end?.reason).toBe('BackoffLimitExceeded');
  });

  it('fails at its deadline, counted from its start', () => {
    const limited = job({ activeDeadlineSeconds: 60 });
    const first = syncJob(limited, NEW_JOB, [], 10_000);
    expect(first.againAtMs).toBe(70_000);
    expect(syncJob(limited, first.progress, [running('a')], 69_999).progress.end).toBeUndefined();
    expect(syncJob(limited, first.progress, [running('a')], 70_000).progress.end?.reason).toBe('DeadlineExceeded');
  });

  it('while suspended has no pods and no clock', () => {
    const suspended = job({ suspended: true, activeDeadlineSeconds: 60 });
    const plan = syncJob(suspended, NEW_JOB, [running('a')], 10_000);
    expect(names(plan)).toEqual(['a']);
    expect(plan.progress.startTimeMs).toBeUndefined();
    expect(plan.create).toEqual([]);
  });

  it('Indexed works on the lowest indexes that nobody works on and that have not succeeded', () => {
    const indexed = job({ completionMode: 'Indexed', completions: 4, parallelism: 3 });
    expect(syncJob(indexed, NEW_JOB, [], 0).create).toEqual([0, 1, 2]);
    const plan = syncJob(indexed, NEW_JOB, [ended('a', 'Succeeded', 0, 0), running('b', 2)], 0);
    expect(plan.create).toEqual([1, 3]);
    expect(syncJob(indexed, plan.progress, [ended('c', 'Succeeded', 0, 0)], 0).progress.succeeded).toBe(1);
  });
});
