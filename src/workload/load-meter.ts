import type { PodMetrics } from '../kubernetes/autoscaling/pod-metrics.js';
import { LiveUsage } from './live-usage.js';
import type { LoadModel } from './service-load.js';
import type { TrafficDemand } from './traffic-demand.js';
import { warmUpFactor } from './warm-up.js';

/** Between the kubelet's figures and the first usable one a container must have run this long, ms (kubernetes.md §3.1). */
const MIN_AGE_MS = 10_000;
/** Cpu of a container that boots, milli (kubernetes.md §9.2). */
const DEFAULT_BOOT_CPU_MILLI = 1000;

/** `dead`: its machine has stopped, and balancers have not noticed: it is sent requests and does nothing. */
type Phase = 'booting' | 'serving' | 'dead' | 'stopping';

/** One object for all the pod's life, whose figures change. */
interface LiveMetrics extends PodMetrics {
  readonly usage: { cpu: number; memory: number };
  timestampMs: number;
  windowMs: number;
}

interface MeteredPod {
  readonly startedMs: number;
  readonly limitMilli: number;
  phase: Phase;
  readyMs: number;
  /** Cpu used since the start, milli × ms. */
  work: number;
  /** At the last scrape. */
  scrapedMs: number;
  scrapedWork: number;
  readonly usage: LiveUsage;
  /** What the metrics server shows; a window of no length: nothing. */
  readonly metrics: LiveMetrics;
}

/** Requests a second that the pods of a service have to serve, at a time and over an interval. */
type LoadDemand = Pick<TrafficDemand, 'at' | 'mean'>;

/**
 * Cpu and memory of the pods of one service (kubernetes.md §9.2). Requests are spread evenly over its ready pods; a young
 * pod pays more for each, a booting one burns cpu without serving, and nobody exceeds its limit. The meter is told when
 * pods start, become ready and stop; {@link scrape} yields what the metrics API would then show. Times are ms since the
 * start of the run.
 *
 * This is the cpu that pods ask for within their limits. On a node that has less they serve less (CpuContention), but what is
 * metered here is not cut.
 */
export class LoadMeter {
  readonly #model: LoadModel;
  readonly #demand: LoadDemand;
  readonly #startTimeMs: number;
  readonly #pods = new Map<string, MeteredPod>();
  readonly #usages = new Map<string, LiveUsage>();
  #serving = 0;
  #meteredMs = 0;

  /** @param startTimeMs - Epoch ms at the start of the run. */
  constructor(model: LoadModel, demand: LoadDemand, startTimeMs: number) {
    this.#model = model;
    this.#demand = demand;
    this.#startTimeMs = startTimeMs;
  }

  /** Pods that share the requests now. */
  get readyPods(): number {
    return this.#serving;
  }

  /**
   * A pod's containers run.
   * @param cpuLimitMilli - Sum over its containers; undefined when one has no limit.
   */
  started(uid: string, cpuLimitMilli: number | undefined, nowMs: number): void {
    if (this.#pods.has(uid)) return;
    this.#advance(nowMs);
    const usage = this.usage(uid);
    usage.change(0, this.#model.idleMemoryBytes);
    this.#pods.set(uid, {
      startedMs: nowMs,
      limitMilli: cpuLimitMilli ?? Infinity,
      phase: 'booting',
      readyMs: nowMs,
      work: 0,
      scrapedMs: -1,
      scrapedWork: 0,
      usage,
      metrics: { usage: { cpu: 0, memory: 0 }, timestampMs: 0, windowMs: 0 },
    });
  }

  /**
   * A started pod takes requests from now on.
   * @param readyMs - Since when it has, if that was before the run.
   */
  ready(uid: string, nowMs: number, readyMs = nowMs): void {
    const pod = this.#pods.get(uid);
    if (pod?.phase !== 'booting') return;
    this.#advance(nowMs);
    pod.phase = 'serving';
    pod.readyMs = readyMs;
    this.#serving++;
  }

  /** The pod takes no more requests: it is being deleted. */
  stopping(uid: string, nowMs: number): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined || pod.phase === 'stopping') return;
    this.#advance(nowMs);
    if (pod.phase === 'serving' || pod.phase === 'dead') this.#serving--;
    pod.phase = 'stopping';
  }

  /** The pod's machine has stopped. Until it is called not ready its share of the requests goes there. */
  died(uid: string, nowMs: number): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    if (pod.phase !== 'serving') {
      this.gone(uid, nowMs);
      return;
    }
    this.#advance(nowMs);
    pod.phase = 'dead';
    pod.usage.change(0, pod.usage.memoryBytes);
    pod.metrics.windowMs = 0;
  }

  /** The pod's containers run no more. They can be started again. */
  gone(uid: string, nowMs: number): void {
    this.stopping(uid, nowMs);
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    pod.usage.change(0, 0);
    this.#pods.delete(uid);
  }

  /** There is no such pod any more: {@link usage} begins anew. */
  forget(uid: string, nowMs: number): void {
    this.gone(uid, nowMs);
    this.#usages.delete(uid);
  }

  /** One round of the metrics server: averages since the last round become visible. */
  scrape(nowMs: number): void {
    this.#advance(nowMs);
    const memory = this.#memoryServing(nowMs);
    for (const pod of this.#pods.values()) {
      if (pod.phase === 'dead') continue;
      const { usage } = pod;
      let { cpuMilli } = usage;
      // A container that has run 10 s but less than a round counts from its start; else two rounds are needed.
      const fresh = pod.scrapedMs < 0;
      const sinceMs = fresh ? pod.startedMs : pod.scrapedMs;
      const windowMs = nowMs - sinceMs;
      if (windowMs > 0 && (!fresh || windowMs >= MIN_AGE_MS)) {
        // Rounded up to whole milli-cpu as the API does, but not for what floating point left over.
        cpuMilli = Math.ceil((pod.work - pod.scrapedWork) / windowMs - 1e-6);
        pod.metrics.timestampMs = this.#startTimeMs + nowMs;
        pod.metrics.windowMs = windowMs;
      }
      usage.change(cpuMilli, pod.phase === 'serving' ? memory : this.#model.idleMemoryBytes);
      pod.metrics.usage.cpu = usage.cpuMilli;
      pod.metrics.usage.memory = usage.memoryBytes;
      pod.scrapedMs = nowMs;
      pod.scrapedWork = pod.work;
    }
  }

  /** What the metrics API shows of the pod. The object is changed by later rounds. */
  metrics(uid: string): PodMetrics | undefined {
    const pod = this.#pods.get(uid);
    return pod === undefined || pod.metrics.windowMs === 0 ? undefined : pod.metrics;
  }

  /**
   * Usage of the pod as last scraped; nothing before that, but for the memory of a pod that has started. One object for all the
   * pod's life, whose figures change.
   */
  usage(uid: string): LiveUsage {
    let usage = this.#usages.get(uid);
    if (usage === undefined) this.#usages.set(uid, (usage = new LiveUsage()));
    return usage;
  }

  #memoryServing(nowMs: number): number {
    const { idleMemoryBytes, memoryBytesPerRps } = this.#model;
    if (memoryBytesPerRps === 0 || this.#serving === 0) return idleMemoryBytes;
    return Math.round(idleMemoryBytes + (memoryBytesPerRps * this.#demand.at(nowMs)) / this.#serving);
  }

  /** Adds up the work of every pod until now; the set of serving pods has not changed since the last call. */
  #advance(nowMs: number): void {
    const fromMs = this.#meteredMs;
    const elapsedMs = nowMs - fromMs;
    if (elapsedMs <= 0) return;
    this.#meteredMs = nowMs;
    if (this.#pods.size === 0) return;
    const { idleCpuMilli, cpuMilliSecondsPerRequest, bootCpuMilli } = this.#model;
    const share = this.#serving === 0 ? 0 : this.#demand.mean(fromMs, nowMs) / this.#serving;
    const perPod = cpuMilliSecondsPerRequest * share;
    for (const pod of this.#pods.values()) {
      if (pod.phase === 'dead') continue;
      let cpu = idleCpuMilli;
      if (pod.phase === 'serving') cpu += perPod * warmUpFactor(this.#model, fromMs - pod.readyMs, elapsedMs);
      else if (pod.phase === 'booting') cpu = bootCpuMilli ?? DEFAULT_BOOT_CPU_MILLI;
      pod.work += Math.min(cpu, pod.limitMilli) * elapsedMs;
    }
  }
}
