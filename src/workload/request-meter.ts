import { RequestQueue, type RequestFigures } from './request-queue.js';
import type { ServerPool } from './response-time.js';
import type { LoadModel, RequestModel } from './service-load.js';
import type { TrafficDemand } from './traffic-demand.js';
import { warmUpFactor } from './warm-up.js';

/** Between changes of its pods a service is looked at this often. */
const STEP_MS = 15_000;
/** While some of them do not answer: what fails comes again a second later. */
const FINE_STEP_MS = 1000;
const MILLI = 1000;

interface ServingPod {
  readonly cpuMilli: number;
  readonly readyMs: number;
  /** What an exhausted node leaves it; Infinity on any other. */
  capMilli: number;
}

/** Figures of a service since they were last taken. */
export interface ServiceFigures extends RequestFigures {
  /** Requests that came before the service had its first ready pod; not among the others. */
  readonly early: number;
}

/**
 * What becomes of the requests of one service: its ready pods serve what their cpu allows, and more than that queues up and is
 * lost (kubernetes.md §9.3). The meter is told which pods are ready. Times are ms since the start of the run.
 *
 * All pods work off one queue, as behind a balancer that looks for the least busy one. A run begins with an empty cluster: what
 * comes before the first pod is ready is counted apart.
 */
export class RequestMeter {
  readonly #model: LoadModel;
  readonly #demand: TrafficDemand;
  readonly #queue: RequestQueue;
  readonly #pods = new Map<string, ServingPod>();
  /** Pods whose machine has stopped and which are still sent requests. */
  readonly #dead = new Set<string>();
  #metMs = 0;
  #open = false;
  #early = 0;

  constructor(model: LoadModel, requests: RequestModel, demand: TrafficDemand) {
    this.#model = model;
    this.#demand = demand;
    this.#queue = new RequestQueue(requests);
    this.#open = this.#queue.keepsWork;
  }

  /**
   * The pod takes requests from now on.
   * @param cpuMilli - What its containers may use.
   * @param readyMs - Since when it has, if that was before the run.
   */
  ready(uid: string, cpuMilli: number, nowMs: number, readyMs = nowMs): void {
    if (this.#pods.has(uid)) return;
    this.#advance(nowMs);
    this.#open = true;
    this.#pods.set(uid, { cpuMilli, readyMs, capMilli: Infinity });
  }

  /** The pod's node leaves it no more cpu than this from now on. */
  capTo(uid: string, capMilli: number, nowMs: number): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined || Math.min(pod.capMilli, pod.cpuMilli) === Math.min(capMilli, pod.cpuMilli)) return;
    this.#advance(nowMs);
    pod.capMilli = capMilli;
  }

  /** The pod takes no new requests, and has the time to answer those it has: it is being deleted. */
  draining(uid: string, nowMs: number): void {
    this.#forgetDead(uid, nowMs);
    if (!this.#pods.has(uid)) return;
    this.#advance(nowMs);
    this.#pods.delete(uid);
  }

  /** The pod is no more; if it took requests until now, those it had are lost. */
  gone(uid: string, nowMs: number): void {
    this.#forgetDead(uid, nowMs);
    if (!this.#pods.has(uid)) return;
    this.#advance(nowMs);
    this.#queue.breakOff(1 / this.#pods.size);
    this.#pods.delete(uid);
  }

  /** The pod's machine has stopped: what it had is lost, and what it is sent until it is called not ready. */
  died(uid: string, nowMs: number): void {
    if (!this.#pods.has(uid)) return;
    this.gone(uid, nowMs);
    this.#dead.add(uid);
  }

  #forgetDead(uid: string, nowMs: number): void {
    if (!this.#dead.has(uid)) return;
    this.#advance(nowMs);
    this.#dead.delete(uid);
  }

  /** Requests that pods have worked on until now. */
  handled(nowMs: number): number {
    this.#advance(nowMs);
    return this.#queue.handled;
  }

  /** Figures up to now, since they were last taken. */
  take(nowMs: number): ServiceFigures {
    this.#advance(nowMs);
    const early = this.#early;
    this.#early = 0;
    const { requests, lost, waiting, latencySeconds } = this.#queue.take();
    return { requests, lost, waiting, latencySeconds, early };
  }

  /** The set of pods has not changed since the last call. */
  #advance(nowMs: number): void {
    while (this.#metMs < nowMs) {
      const fromMs = this.#metMs;
      const toMs = Math.min(nowMs, fromMs + (this.#dead.size > 0 ? FINE_STEP_MS : STEP_MS));
      this.#metMs = toMs;
      const seconds = (toMs - fromMs) / 1000;
      const rate = this.#demand.mean(fromMs, toMs, STEP_MS);
      if (this.#open) {
        const unanswered = this.#dead.size / Math.max(1, this.#dead.size + this.#pods.size);
        this.#queue.pass(seconds, rate * (1 - unanswered), this.#pool(fromMs, toMs - fromMs));
        if (unanswered > 0) this.#queue.turnAway(rate * unanswered * seconds);
      } else this.#early += rate * seconds;
    }
  }

  /**
   * A pod has a slot for each whole core it may use, at least one (kubernetes.md §9.3). A pod below one core has one that is as
   * slow as that.
   */
  #pool(fromMs: number, elapsedMs: number): ServerPool | undefined {
    const { idleCpuMilli, cpuMilliSecondsPerRequest } = this.#model;
    let capacity = 0;
    let slots = 0;
    for (const { cpuMilli: limitMilli, capMilli, readyMs } of this.#pods.values()) {
      const cpuMilli = Math.min(limitMilli, capMilli);
      const cost = cpuMilliSecondsPerRequest * warmUpFactor(this.#model, fromMs - readyMs, elapsedMs);
      capacity += cost === 0 ? Infinity : Math.max(0, cpuMilli - idleCpuMilli) / cost;
      slots += Math.max(1, Math.floor(cpuMilli / MILLI));
    }
    return slots === 0 ? undefined : { capacity, slots };
  }
}
