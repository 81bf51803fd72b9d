import type { EventLog } from '../simulation/event-log.js';
import { connectionsByMinute } from './database-connections.js';
import { eventsOfType } from './events-of-type.js';
import type { NodeHistory } from './node-history.js';
import type { PodHistory } from './pod-history.js';
import { priceSteps } from './price-steps.js';

const MINUTE_MS = 60_000;

/** State of the cluster at each whole minute of the run, after everything that happened at that instant. One entry a minute. */
export interface Timeline {
  /** Since the start of the run. */
  readonly timesMs: readonly number[];
  /** Created, not bound, not deleted; DaemonSet pods left out. */
  readonly podsPending: Float64Array;
  /** Bound and not gone. */
  readonly podsBound: Float64Array;
  /** Ready and not being deleted. */
  readonly podsReady: Float64Array;
  /** Instances billed, managed groups included. */
  readonly nodes: Float64Array;
  /** The same by NodePool (or managed group), names in code unit order. */
  readonly nodesByNodePool: ReadonlyMap<string, Float64Array>;
  /** Nano-dollars an hour. */
  readonly rate: Float64Array;
  /** Demand of all services, requests a second. */
  readonly demand: Float64Array;
  /** CPU that all services whose requests are unknown need, milli; undefined where there is none. */
  readonly cpuDemand: Float64Array | undefined;
  /** Requests of all services in the minute that ends then, and how many of them were lost. */
  readonly requests: Float64Array;
  readonly requestsLost: Float64Array;
  /** Requests in queues at that minute. */
  readonly requestsWaiting: Float64Array;
  /** The longest 99th percentile of response times that a service had in that minute, seconds; 0 where nothing was served. */
  readonly slowestP99: Float64Array;
  /** Database connections that pods opened in that minute. */
  readonly connectionsOpened: Float64Array;
}

/** A level that is raised for intervals of time and read once a minute; raising costs the same however long the interval. */
class MinuteLevel {
  readonly #changes: Float64Array;

  constructor(minutes: number) {
    this.#changes = new Float64Array(minutes + 1);
  }

  /** Raises the level from `fromMs` on, until just before `toMs`; undefined: until the end. */
  raise(fromMs: number, toMs: number | undefined, by: number): void {
    this.#add(fromMs, by);
    if (toMs !== undefined) this.#add(toMs, -by);
  }

  #add(timeMs: number, change: number): void {
    const minute = Math.min(Math.ceil(timeMs / MINUTE_MS), this.#changes.length - 1);
    this.#changes[minute] = (this.#changes[minute] ?? 0) + change;
  }

  levels(): Float64Array {
    let level = 0;
    return this.#changes.subarray(0, -1).map((change) => (level += change));
  }
}

/** Samples a run once a minute, from time 0 to the last whole minute. */
export function timeline(
  log: EventLog,
  nodes: readonly NodeHistory[],
  pods: readonly PodHistory[],
  endMs: number,
): Timeline {
  const minutes = Math.floor(endMs / MINUTE_MS) + 1;
  const pending = new MinuteLevel(minutes);
  const bound = new MinuteLevel(minutes);
  const ready = new MinuteLevel(minutes);
  for (const pod of pods) {
    pending.raise(pod.createdMs, pod.boundMs ?? pod.deletingMs, 1);
    if (pod.boundMs !== undefined) bound.raise(pod.boundMs, pod.goneMs, 1);
    if (pod.readyMs !== undefined) ready.raise(pod.readyMs, pod.deletingMs ?? pod.goneMs, 1);
  }

  const all = new MinuteLevel(minutes);
  const rate = new MinuteLevel(minutes);
  const byNodePool = new Map<string, MinuteLevel>();
  for (const { nodePool, instance, terminatingMs } of nodes) {
    if (instance === undefined) continue;
    let pool = byNodePool.get(nodePool);
    if (pool === undefined) byNodePool.set(nodePool, (pool = new MinuteLevel(minutes)));
    for (const level of [all, pool]) level.raise(instance.launchedMs, terminatingMs, 1);
    for (const { fromMs, toMs, nanoPerHour } of priceSteps(instance)) {
      rate.raise(fromMs, toMs ?? terminatingMs, nanoPerHour);
    }
  }

  return {
    timesMs: Array.from({ length: minutes }, (_, minute) => minute * MINUTE_MS),
    podsPending: pending.levels(),
    podsBound: bound.levels(),
    podsReady: ready.levels(),
    nodes: all.levels(),
    nodesByNodePool: new Map(
      [...byNodePool]
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([name, level]): [string, Float64Array] => [name, level.levels()]),
    ),
    rate: rate.levels(),
    demand: demand(log, minutes),
    cpuDemand: cpuDemand(log, minutes),
    connectionsOpened: connectionsOpened(log, minutes),
    ...requests(log, minutes),
  };
}

function connectionsOpened(log: EventLog, minutes: number): Float64Array {
  const sums = new Float64Array(minutes);
  for (const counts of connectionsByMinute(log, minutes).values()) {
    for (let minute = 0; minute < minutes; minute++) sums[minute] = (sums[minute] ?? 0) + (counts[minute] ?? 0);
  }
  return sums;
}

function demand(log: EventLog, minutes: number): Float64Array {
  return summedByMinute(eventsOfType(log, 'Demand'), minutes, ({ requestsPerSecond }) => requestsPerSecond);
}

function cpuDemand(log: EventLog, minutes: number): Float64Array | undefined {
  const samples = eventsOfType(log, 'CpuDemand');
  return samples.length === 0 ? undefined : summedByMinute(samples, minutes, ({ cpuMilli }) => cpuMilli);
}

/** Sum over services of the last sample logged at or before each minute. */
function summedByMinute<Sample extends { readonly timeMs: number; readonly service: string }>(
  samples: readonly Sample[],
  minutes: number,
  valueOf: (sample: Sample) => number,
): Float64Array {
  const sums = new Float64Array(minutes);
  const current = new Map<string, number>();
  let minute = 0;
  const sampleBefore = (timeMs: number): void => {
    for (; minute < minutes && minute * MINUTE_MS < timeMs; minute++) {
      let sum = 0;
      for (const value of current.values()) sum += value;
      sums[minute] = sum;
    }
  };
  for (const sample of samples) {
    sampleBefore(sample.timeMs);
    current.set(sample.service, valueOf(sample));
  }
  sampleBefore(Infinity);
  return sums;
}

function requests(
  log: EventLog,
  minutes: number,
): Pick<Timeline, 'requests' | 'requestsLost' | 'requestsWaiting' | 'slowestP99'> {
  const sums = new Float64Array(minutes);
  const lost = new Float64Array(minutes);
  const waiting = new Float64Array(minutes);
  const slowest = new Float64Array(minutes);
  for (const event of eventsOfType(log, 'Demand')) {
    const minute = Math.min(Math.ceil(event.timeMs / MINUTE_MS), minutes - 1);
    sums[minute] = (sums[minute] ?? 0) + (event.requests ?? 0);
    lost[minute] = (lost[minute] ?? 0) + (event.lost ?? 0);
    waiting[minute] = (waiting[minute] ?? 0) + (event.waiting ?? 0);
    slowest[minute] = Math.max(slowest[minute] ?? 0, event.latencySeconds?.p99 ?? 0);
  }
  return { requests: sums, requestsLost: lost, requestsWaiting: waiting, slowestP99: slowest };
}
