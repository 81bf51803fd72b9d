import { unlimitedType } from '../cloud/billing/cpu-credits.js';
import { INSTANCE_TYPE_LABEL, NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import type { PodMetrics } from '../kubernetes/autoscaling/pod-metrics.js';
import { isPodReady, podCondition } from '../kubernetes/pod-conditions.js';
import type { Pod } from '../kubernetes/pod.js';
import { LoadMeter } from '../workload/load-meter.js';
import { RequestMeter } from '../workload/request-meter.js';
import type { ServiceLoad } from '../workload/service-load.js';
import { serviceDemand } from '../workload/service-demand.js';
import type { TrafficDemand } from '../workload/traffic-demand.js';
import { WorkQueueDemand } from '../workload/work-queue-demand.js';
import { CpuContention } from './cpu-contention.js';
import type { EventPayloads } from './event-log.js';
import { NodeUsage } from './node-usage.js';
import type { PodLifecycle } from './pod-lifecycle.js';
import { PRIORITY, type World } from './world.js';

/** Distance of metrics-server's scrapes (kubernetes.md §3.1). */
const SCRAPE_MS = 15_000;
const SAMPLE_MS = 60_000;

interface Service {
  readonly key: string;
  readonly demand: TrafficDemand;
  readonly meter: LoadMeter;
  /** CPU that a request costs, milli-cpu seconds. */
  readonly cpuMilliSecondsPerRequest: number;
  /** Undefined where only the CPU is known. */
  readonly requests: RequestMeter | undefined;
}

/** Requests turn into load on the ready pods, and the metrics server measures it (kubernetes.md §3.1, §9). */
export class TrafficController {
  /** What the pods of each node use. Pods without a traffic model, system agents for instance, use what they request. */
  readonly usage: NodeUsage;
  readonly #world: World;
  readonly #services = new Map<string, Service>();
  readonly #serviceOfPod = new Map<string, Service>();
  readonly #contention: CpuContention;
  #sampledMs = -1;

  constructor(world: World, pods: PodLifecycle, loads: readonly ServiceLoad[]) {
    this.#world = world;
    for (const load of loads) this.#services.set(load.deployment, this.#service(load));
    this.usage = new NodeUsage(world.store, (uid) => this.#serviceOfPod.get(uid)?.meter.usage(uid));
    this.#contention = new CpuContention(world.store, this.usage, (uid, milli) => {
      this.#serviceOfPod.get(uid)?.requests?.capTo(uid, milli, world.kernel.now);
    });
    pods.onCreated((pod, service) => {
      const metered = this.#services.get(service);
      if (metered !== undefined) this.#serviceOfPod.set(pod.metadata.uid, metered);
    });
    pods.onStarted((pod, wasRunning) => {
      this.#serviceOfPod.get(pod.metadata.uid)?.meter.started(pod.metadata.uid, cpuLimit(pod), world.kernel.now);
      // It may have been ready for long, and no change will tell.
      if (wasRunning) this.#podChanged(undefined, pod);
    });
    pods.onDied(({ metadata: { uid } }) => {
      const service = this.#serviceOfPod.get(uid);
      service?.meter.died(uid, world.kernel.now);
      service?.requests?.died(uid, world.kernel.now);
    });
    world.store.pods.subscribe(({ before, after }) => {
      this.#podChanged(before, after);
    });
  }

  /** Begins to scrape and to sample. */
  start(): void {
    const phaseMs = this.#world.streams.stream('metrics-server/phase').int(SCRAPE_MS);
    this.#repeat(phaseMs, SCRAPE_MS, 'metrics-server', () => {
      for (const { meter } of this.#services.values()) meter.scrape(this.#world.kernel.now);
      this.#contention.look();
    });
    this.#repeat(0, SAMPLE_MS, 'demand', () => {
      this.#sample();
    });
  }

  /** Reports the requests of the last minute, where the run does not end with a whole one. */
  finish(): void {
    if (this.#sampledMs === this.#world.kernel.now) return;
    for (const service of this.#services.values()) this.#sampleDemand(service);
  }

  /** What the metrics API shows of a pod. */
  metrics(uid: string): PodMetrics | undefined {
    return this.#serviceOfPod.get(uid)?.meter.metrics(uid);
  }

  #service(load: ServiceLoad): Service {
    const { startTimeMs, streams } = this.#world;
    const demand = serviceDemand(load, startTimeMs, streams.seed);
    const requests = load.requests && new RequestMeter(load.model, load.requests, demand);
    const isQueue = load.requests?.timeoutMs === Infinity;
    const work = requests !== undefined && isQueue ? new WorkQueueDemand(requests) : demand;
    const { cpuMilliSecondsPerRequest } = load.model;
    const meter = new LoadMeter(load.model, work, startTimeMs);
    return { key: load.deployment, demand, meter, cpuMilliSecondsPerRequest, requests };
  }

  #repeat(firstMs: number, everyMs: number, label: string, action: () => void): void {
    this.#world.kernel.after(firstMs, PRIORITY.traffic, label, () => {
      action();
      this.#repeat(everyMs, everyMs, label, action);
    });
  }

  #podChanged(before: Pod | undefined, after: Pod | undefined): void {
    const { uid } = (after ?? before)?.metadata ?? { uid: '' };
    const service = this.#serviceOfPod.get(uid);
    if (service === undefined) return;
    const { meter, requests } = service;
    const { now } = this.#world.kernel;
    if (after === undefined) {
      meter.forget(uid, now);
      requests?.gone(uid, now);
      this.#serviceOfPod.delete(uid);
      return;
    }
    if (after.metadata.deletionTimeMs !== undefined) {
      meter.stopping(uid, now);
      requests?.draining(uid, now);
    } else if (isPodReady(after)) {
      const readyMs = Math.min(now, this.#readySinceMs(after));
      meter.ready(uid, now, readyMs);
      requests?.ready(uid, cpuLimit(after) ?? this.#nodeCpu(after), now, readyMs);
    } else if (before !== undefined && isPodReady(before)) {
      meter.gone(uid, now);
      requests?.gone(uid, now);
    }
  }

  /** When a pod of the start state became ready, ms since the start of the run and so below 0; Infinity for any other. */
  #readySinceMs(pod: Pod): number {
    const sinceMs = (podCondition(pod, 'Ready')?.lastTransitionTimeMs ?? Infinity) - this.#world.startTimeMs;
    return sinceMs < 0 ? sinceMs : Infinity;
  }

  /** A pod without a cpu limit can use all of its node. */
  #nodeCpu({ spec }: Pod): number {
    return this.#world.store.nodes.get(spec.nodeName ?? '')?.status.allocatable['cpu'] ?? Infinity;
  }

  #sample(): void {
    this.#sampledMs = this.#world.kernel.now;
    for (const service of this.#services.values()) this.#sampleDemand(service);
    this.#world.log.append('UsageSampled', this.#sampleUsage());
  }

  #sampleDemand({ key, demand, meter, cpuMilliSecondsPerRequest, requests }: Service): void {
    const { kernel, log } = this.#world;
    if (requests === undefined) {
      const cpuMilli = rounded(demand.at(kernel.now) * cpuMilliSecondsPerRequest, 1e3);
      log.append('CpuDemand', { service: key, cpuMilli, readyPods: meter.readyPods });
      return;
    }
    const figures = requests.take(kernel.now);
    const latency = figures.latencySeconds;
    log.append('Demand', {
      service: key,
      requestsPerSecond: rounded(demand.at(kernel.now), 1e3),
      readyPods: meter.readyPods,
      requests: rounded(figures.requests, 1e3),
      lost: rounded(figures.lost, 1e3),
      waiting: figures.waiting > 0 ? rounded(figures.waiting, 1e3) : undefined,
      early: figures.early > 0 ? rounded(figures.early, 1e3) : undefined,
      latencySeconds: latency && {
        p50: rounded(latency.p50, 1e6),
        p90: rounded(latency.p90, 1e6),
        p99: rounded(latency.p99, 1e6),
      },
    });
  }

  #sampleUsage(): EventPayloads['UsageSampled'] {
    let cpuMilli = 0;
    let memoryBytes = 0;
    let burstable: Record<string, number> | undefined;
    for (const { metadata } of this.#world.store.nodes.values()) {
      const isKarpenters = metadata.labels[NODEPOOL_LABEL] !== undefined;
      const isBurstable = unlimitedType(metadata.labels[INSTANCE_TYPE_LABEL] ?? '') !== undefined;
      if (!isKarpenters && !isBurstable) continue;
      const used = this.usage.totalOn(metadata.name);
      if (isBurstable) {
        // A hash table from the start: each name would give an object literal another hidden class.
        burstable ??= Object.create(null) as Record<string, number>;
        burstable[metadata.name] = used.cpuMilli;
      }
      if (!isKarpenters) continue;
      cpuMilli += used.cpuMilli;
      memoryBytes += used.memoryBytes;
    }
    return burstable === undefined
      ? { cpuMilli, memoryBytes }
      : { cpuMilli, memoryBytes, burstableCpuMilli: burstable };
  }
}

/** Sum of the containers' CPU limits, milli; undefined when one has none. */
function cpuLimit({ spec }: Pod): number | undefined {
  let limit = 0;
  for (const { limits } of spec.containers) {
    const cpu = limits['cpu'];
    if (cpu === undefined) return undefined;
    limit += cpu;
  }
  return limit;
}

/** Rounded to so many parts of one. */
function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
