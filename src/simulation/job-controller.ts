import { controllerOf } from '../kubernetes/object-meta.js';
import type { RandomStream } from '../kernel/random-streams.js';
import { ApiRateLimit } from '../kubernetes/controllers/api-rate-limit.js';
import { completionIndex, jobPodTemplate, NEW_JOB, syncJob, type JobProgress } from '../kubernetes/controllers/job.js';
import { podFromTemplate } from '../kubernetes/controllers/pod-from-template.js';
import type { Job } from '../kubernetes/job.js';
import { isPodActive, isPodFinished } from '../kubernetes/pod-conditions.js';
import { podRequests } from '../kubernetes/pod-requests.js';
import type { Pod } from '../kubernetes/pod.js';
import { drawWork, type JobWork } from '../workload/job-work.js';
import { objectKey } from './cluster-store.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import { epochNow, PRIORITY, timestampNow, type World } from './world.js';

/** News about a Job's pods is collected for so long before the controller looks (kubernetes.md §2.4). */
const BATCH_MS = 1000;

interface JobState {
  job: Job;
  /** `namespace/name` under which its pods are counted: the CronJob's, if one made it. */
  readonly workload: string;
  progress: JobProgress;
  readonly pods: Map<string, Pod>;
  /** Pods that went since the last sync. */
  gone: Pod[];
  /** Pods that are ordered and wait for the client's rate limit, by index. */
  readonly ordered: (number | undefined)[];
  /** Pods it has had. */
  serial: number;
}

/** Jobs: keeps as many pods at work as each wants until it is done, and plays what the pods' work comes to. */
export class JobController {
  readonly #world: World;
  readonly #pods: PodLifecycle;
  readonly #works: ReadonlyMap<string, JobWork>;
  readonly #jobs = new Map<string, JobState>();
  readonly #byUid = new Map<string, JobState>();
  readonly #workOfPod = new Map<string, { readonly work: JobWork; readonly stream: RandomStream }>();
  readonly #rateLimit = new ApiRateLimit();
  readonly #dirty = new Set<string>();
  readonly #endListeners: ((job: Job, end: 'Complete' | 'Failed') => void)[] = [];

  constructor(world: World, pods: PodLifecycle, works: readonly JobWork[]) {
    this.#world = world;
    this.#pods = pods;
    this.#works = new Map(works.map((work) => [work.job, work]));
    world.store.pods.subscribe(({ before, after }) => {
      this.#podChanged(before, after);
    });
    pods.onStarted((pod) => {
      this.#work(pod);
    });
  }

  /** Told when a Job is complete or has failed. */
  onEnd(listener: (job: Job, end: 'Complete' | 'Failed') => void): void {
    this.#endListeners.push(listener);
  }

  /** Creates a Job, or changes what may change of one: parallelism, suspension, deadlines. */
  apply(job: Job): void {
    const key = objectKey(job.metadata);
    const known = this.#jobs.get(key);
    if (known === undefined) {
      const cronJob = cronJobOf(job);
      const state: JobState = {
        job,
        workload: cronJob === '' ? key : cronJob,
        progress: progressOf(job, epochNow(this.#world)),
        pods: new Map(),
        gone: [],
        ordered: [],
        serial: 0,
      };
      this.#jobs.set(key, state);
      this.#byUid.set(job.metadata.uid, state);
      // One that has ended before the run is only there.
      if (state.progress.end === undefined) this.#world.log.append('JobCreated', { job: key, cronJob });
    } else known.job = { ...job, metadata: known.job.metadata, template: known.job.template };
    this.#syncAt(key, this.#world.kernel.now);
  }

  /** Deletes a Job, and its pods with it. */
  delete(key: string): void {
    const state = this.#jobs.get(key);
    if (state === undefined) return;
    this.#jobs.delete(key);
    this.#byUid.delete(state.job.metadata.uid);
    for (const pod of state.pods.values()) this.#pods.delete(objectKey(pod.metadata), 'replicaset');
  }

  #podChanged(before: Pod | undefined, after: Pod | undefined): void {
    const pod = after ?? before;
    const owner = pod && controllerOf(pod.metadata.ownerReferences);
    if (pod === undefined || owner?.kind !== 'Job') return;
    if (after === undefined) this.#workOfPod.delete(pod.metadata.uid);
    const state = this.#byUid.get(owner.uid);
    if (state === undefined) return;
    if (after !== undefined) state.pods.set(pod.metadata.uid, after);
    else {
      state.pods.delete(pod.metadata.uid);
      state.gone.push(isPodFinished(pod) ? pod : { ...pod, status: { ...pod.status, phase: 'Failed' } });
    }
    const isNews = before !== undefined && (after === undefined || isPodActive(before) !== isPodActive(after));
    const restarted = before?.status.containerStatuses !== after?.status.containerStatuses;
    if (isNews || restarted) this.#syncAt(objectKey(state.job.metadata), this.#world.kernel.now + BATCH_MS);
  }

  /** The containers of a pod run: they end when their work is done. A restarted one begins it anew. */
  #work(pod: Pod): void {
    const known = this.#workOfPod.get(pod.metadata.uid);
    const own = known ?? this.#adopted(pod);
    if (own === undefined) return;
    const { kernel, store } = this.#world;
    const { durationMs: wholeMs, succeeds } = drawWork(own.work, own.stream);
    // A pod that was at work before the run has done part of it.
    const doneMs = known === undefined ? epochNow(this.#world) - (pod.status.startTimeMs ?? Infinity) : 0;
    const durationMs = Math.max(0, wholeMs - Math.max(0, doneMs));
    const key = objectKey(pod.metadata);
    const statuses = pod.status.containerStatuses;
    kernel.after(durationMs, PRIORITY.kubelet, `work of ${key}`, () => {
      const current = store.pods.get(key);
      if (current?.metadata.uid !== pod.metadata.uid || current.status.containerStatuses !== statuses) return;
      if (succeeds) this.#pods.finish(key, 'Succeeded', 'Completed');
      else this.#pods.containerEnded(key, 'Error');
    });
  }

  /** The work of a pod that another Job controller made, before the run. */
  #adopted(pod: Pod): { readonly work: JobWork; readonly stream: RandomStream } | undefined {
    const owner = controllerOf(pod.metadata.ownerReferences);
    const state = this.#byUid.get(owner?.uid ?? '');
    const work = this.#works.get(state?.workload ?? '');
    if (state === undefined || work === undefined) return undefined;
    state.serial++;
    const { namespace, name } = state.job.metadata;
    const own = { work, stream: this.#world.streams.stream(`job/work/${namespace}/${name}/${state.serial}`) };
    this.#workOfPod.set(pod.metadata.uid, own);
    return own;
  }

  #syncAt(key: string, atMs: number): void {
    const { kernel } = this.#world;
    const token = `${key}@${atMs}`;
    if (this.#dirty.has(token)) return;
    this.#dirty.add(token);
    kernel.at(atMs, PRIORITY.workloads, `sync of Job ${key}`, () => {
      this.#dirty.delete(token);
      this.#sync(key);
    });
  }

  #sync(key: string): void {
    const state = this.#jobs.get(key);
    if (state === undefined) return;
    const wasOver = state.progress.end !== undefined;
    const pods = [...state.pods.values(), ...state.gone];
    state.gone = [];
    const plan = syncJob(state.job, state.progress, pods, epochNow(this.#world));
    state.progress = plan.progress;
    for (const pod of plan.delete) this.#pods.delete(objectKey(pod.metadata), 'replicaset');
    this.#orderPods(key, state, plan.create);
    if (plan.againAtMs !== undefined) this.#syncAt(key, plan.againAtMs - this.#world.startTimeMs);
    if (!wasOver && plan.progress.end !== undefined) this.#ended(key, state, plan.progress.end);
  }

  #ended(key: string, { job, progress }: JobState, end: NonNullable<JobProgress['end']>): void {
    const { kernel, log } = this.#world;
    const { succeeded, failed } = progress;
    log.append('JobFinished', { job: key, result: end.type, reason: end.reason, succeeded, failed });
    const { ttlSecondsAfterFinished } = job;
    if (ttlSecondsAfterFinished !== undefined) {
      kernel.after(ttlSecondsAfterFinished * 1000, PRIORITY.workloads, `end of Job ${key}`, () => {
        if (this.#byUid.has(job.metadata.uid)) this.delete(key);
      });
    }
    for (const listener of this.#endListeners) listener(job, end.type);
  }

  /** Pods that were ordered before and still wait for their turn are not ordered again. */
  #orderPods(key: string, state: JobState, wanted: readonly (number | undefined)[]): void {
    const { kernel } = this.#world;
    const waiting = [...state.ordered];
    for (const index of wanted) {
      const known = waiting.indexOf(index);
      if (known >= 0) {
        waiting.splice(known, 1);
        continue;
      }
      state.ordered.push(index);
      kernel.after(this.#rateLimit.reserve(kernel.now), PRIORITY.workloads, `pod of Job ${key}`, () => {
        state.ordered.splice(state.ordered.indexOf(index), 1);
        if (this.#isStillWanted(key, state, index)) this.#createPod(state, index);
      });
    }
  }

  #isStillWanted(key: string, state: JobState, index: number | undefined): boolean {
    if (this.#jobs.get(key) !== state || state.progress.end !== undefined || state.job.suspended) return false;
    const active = [...state.pods.values()].filter(isPodActive);
    if (active.length >= state.job.parallelism) return false;
    return index === undefined || !active.some((pod) => completionIndex(pod) === index);
  }

  #createPod(state: JobState, index: number | undefined): void {
    const { names, streams } = this.#world;
    const { job, workload } = state;
    const { name, namespace, uid } = job.metadata;
    const prefix = index === undefined ? `${name}-` : `${name}-${index}-`;
    const pod = podFromTemplate(jobPodTemplate(job, index), {
      name: names.generate(prefix),
      namespace,
      uid: names.uid(),
      owner: { apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true },
      creationTimeMs: timestampNow(this.#world),
    });
    const work = this.#works.get(workload);
    if (work !== undefined) {
      state.serial++;
      // One stream a pod: the n-th pod of a Job has the same luck in every variant of a run.
      const stream = streams.stream(`job/work/${namespace}/${name}/${state.serial}`);
      this.#workOfPod.set(pod.metadata.uid, { work, stream });
    }
    this.#pods.create(pod, workload, podRequests(pod));
  }
}

/** `namespace/name` of the CronJob that made it; empty for one that stands alone. */
function cronJobOf({ metadata }: Job): string {
  const owner = metadata.ownerReferences.find(({ kind }) => kind === 'CronJob');
  return owner === undefined ? '' : `${metadata.namespace}/${owner.name}`;
}

/** What a Job's status says it had come to before the run. */
function progressOf({ status }: Job, nowMs: number): JobProgress {
  const { succeeded, finished } = status;
  return { ...NEW_JOB, succeeded, ...(finished && { end: { type: 'Complete', reason: '', atMs: nowMs } }) };
}
