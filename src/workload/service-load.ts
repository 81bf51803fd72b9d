import type { Payday } from './calendar-factors.js';
import type { RequestTrace } from './trace/request-trace.js';

/** One factor an hour, hour centres; interpolated linearly between them (kubernetes.md §9.1). */
export type HourlyFactors = readonly number[];

/** A rise above the curve: linear over `rampMs`, flat for `holdMs`, then exponential decay with time constant `decayMs`. */
export interface TrafficSpike {
  /** Since the start of the run. */
  readonly startMs: number;
  /** Factor on the base curve at the top, 8 for 8×. */
  readonly factor: number;
  readonly rampMs: number;
  readonly holdMs: number;
  readonly decayMs: number;
}

/** Work that arrives all at once, as at the end of a day: so many requests, spread evenly over some time. */
export interface TrafficBatch {
  /** Since the start of the run. */
  readonly startMs: number;
  readonly overMs: number;
  readonly requests: number;
}

/** Request rate of one service over the run. */
export interface TrafficSpec {
  /** Name of the curve that several services share; their noise is then one and the same. */
  readonly curve?: string | undefined;
  /** Requests a second at factor 1; where there is a trace, factor on it. */
  readonly baseRps: number;
  readonly trace?: RequestTrace | undefined;
  /** 24 factors by hour of day (UTC). */
  readonly hourly: HourlyFactors;
  /** Seven factors, Monday first. */
  readonly weekdays: readonly number[];
  /** 31 factors by day of the month (UTC). */
  readonly daysOfMonth?: readonly number[] | undefined;
  readonly payday?: Payday | undefined;
  readonly spikes: readonly TrafficSpike[];
  /** On top of everything else. */
  readonly batches?: readonly TrafficBatch[] | undefined;
  /** Standard deviation of the log-scale AR(1) noise; 0 switches it off. */
  readonly noiseSigma: number;
}

/** How requests turn into CPU and memory in one pod (kubernetes.md §9.2). */
export interface LoadModel {
  /** Idle CPU of a pod, milli-cpu. */
  readonly idleCpuMilli: number;
  /** CPU a request costs, milli-cpu seconds. */
  readonly cpuMilliSecondsPerRequest: number;
  /** Factor on the cost of a request just after start, decaying with `warmupMs`; 1 switches it off. */
  readonly warmupFactor: number;
  readonly warmupMs: number;
  /** CPU of a pod that runs and is not ready yet, milli-cpu; 1000 when undefined. Its limit caps it. */
  readonly bootCpuMilli?: number | undefined;
  /** Memory of an idle pod, bytes, and per request per second. */
  readonly idleMemoryBytes: number;
  readonly memoryBytesPerRps: number;
}

/** How long requests wait on others, and what clients do about those that fail (kubernetes.md §9.3). */
export interface RequestModel {
  /** Time a request spends waiting for a database or another service, beside its own cpu. */
  readonly ioMs: number;
  /** A request that would queue longer is lost; Infinity for work that waits in a queue of its own until it is done. */
  readonly timeoutMs: number;
  /** Share of the lost requests that are tried once more, a second later. */
  readonly retryShare: number;
}

/** A service: a Deployment, or a StatefulSet, with its traffic and load model. */
export interface ServiceLoad {
  /** `namespace/name` of it. */
  readonly deployment: string;
  /** Undefined: a Deployment. */
  readonly kind?: 'StatefulSet' | undefined;
  readonly traffic: TrafficSpec;
  /** Where no requests are known, a request a second of the traffic stands for the CPU that one costs, and for nothing else. */
  readonly model: LoadModel;
  /** Undefined: nothing is known of the requests behind the CPU, and nothing is told of them. */
  readonly requests?: RequestModel | undefined;
  /** Connections that each pod opens to its database when it starts; undefined: none that matter. */
  readonly databaseConnections?: number | undefined;
}
