import { cronTimes, jobOfCronJob, syncCronJob, type CronTimes } from '../kubernetes/controllers/cron-job.js';
import type { EventHandle } from '../kernel/kernel.js';
import type { CronJob, Job } from '../kubernetes/job.js';
import { objectKey } from './cluster-store.js';
import type { JobController } from './job-controller.js';
import { epochNow, PRIORITY, timestampNow, type World } from './world.js';

interface Child {
  readonly job: Job;
  end: 'Complete' | 'Failed' | undefined;
}

interface CronState {
  cronJob: CronJob;
  times: CronTimes;
  /** Epoch ms. */
  lastScheduleMs: number;
  /** Oldest first. */
  children: Child[];
  wake: EventHandle | undefined;
  /** Time of the run whose delay was logged. */
  skippedMs: number;
}

/** CronJobs: creates a Job whenever one is due, and clears old ones away. */
export class CronJobController {
  readonly #world: World;
  readonly #jobs: JobController;
  readonly #cronJobs = new Map<string, CronState>();

  constructor(world: World, jobs: JobController) {
    this.#world = world;
    this.#jobs = jobs;
    jobs.onEnd((job, end) => {
      const owner = job.metadata.ownerReferences.find(({ kind }) => kind === 'CronJob');
      if (owner === undefined) return;
      const key = `${job.metadata.namespace}/${owner.name}`;
      const child = this.#cronJobs.get(key)?.children.find((each) => each.job.metadata.uid === job.metadata.uid);
      if (child === undefined) return;
      child.end = end;
      this.#sync(key);
    });
  }

  /** Creates or replaces a CronJob. */
  apply(cronJob: CronJob): void {
    const key = objectKey(cronJob.metadata);
    const times = cronTimes(cronJob);
    const known = this.#cronJobs.get(key);
    if (known === undefined) {
      const lastScheduleMs = epochNow(this.#world);
      this.#cronJobs.set(key, { cronJob, times, lastScheduleMs, children: [], wake: undefined, skippedMs: 0 });
    } else {
      known.cronJob = cronJob;
      known.times = times;
    }
    this.#sync(key);
  }

  #sync(key: string): void {
    const { log, names } = this.#world;
    const state = this.#cronJobs.get(key);
    if (state === undefined) return;
    const now = epochNow(this.#world);
    const { cronJob, times, children } = state;
    const plan = syncCronJob(cronJob, times, state.lastScheduleMs, children, now);
    const gone = new Set(plan.delete);
    for (const job of gone) this.#jobs.delete(objectKey(job.metadata));
    state.children = children.filter(({ job }) => !gone.has(job));
    const dueMs = times.latest(state.lastScheduleMs, now) ?? 0;
    if (plan.skipped !== undefined && state.skippedMs !== dueMs) {
      state.skippedMs = dueMs;
      log.append('CronJobSkipped', { cronJob: key, reason: plan.skipped });
    }
    if (plan.startMs !== undefined) {
      state.lastScheduleMs = plan.startMs;
      const job = jobOfCronJob(cronJob, plan.startMs, names.uid(), timestampNow(this.#world));
      state.children.push({ job, end: undefined });
      this.#jobs.apply(job);
    }
    this.#wakeAtNext(key, state);
  }

  #wakeAtNext(key: string, state: CronState): void {
    const { kernel, startTimeMs } = this.#world;
    if (state.wake !== undefined) kernel.cancel(state.wake);
    state.wake = undefined;
    const nextMs = state.times.next(epochNow(this.#world));
    if (nextMs === undefined || state.cronJob.suspended) return;
    state.wake = kernel.at(nextMs - startTimeMs, PRIORITY.workloads, `CronJob ${key}`, () => {
      state.wake = undefined;
      this.#sync(key);
    });
  }
}
