/** What decides how many replicas of a service its peak needs. */
export interface PeakLoad {
  /** Highest request rate of the run. */
  readonly requestsPerSecond: number;
  /** CPU a request costs, milli-cpu seconds. */
  readonly cpuMilliSecondsPerRequest: number;
  readonly idleCpuMilli: number;
  readonly idleMemoryBytes: number;
  readonly memoryBytesPerRps: number;
  /** Of one pod; 0 where the pod requests none. */
  readonly requestedCpuMilli: number;
  readonly requestedMemoryBytes: number;
}

/** How full a pod may be at the peak, shares of its request; undefined: that resource does not decide. */
export interface TargetUtilisation {
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
}

/** Share of its CPU request that a service without an autoscaler may use at its peak (kubernetes.md §6). */
export const DEFAULT_TARGET_CPU = 0.6;

/** Bounds on replicas, and what is kept above the peak. */
export interface ReplicaBounds {
  readonly minReplicas: number;
  /** No autoscaler asks for more, so that a fleet need not hold more. */
  readonly maxReplicas: number;
  /** 0.2: a fifth more than the peak needs. */
  readonly headroom: number;
}

/**
 * Replicas that hold the peak of a service: λ·κ / (u·request − idle), rounded up, plus headroom (kubernetes.md §6). What a pod
 * uses without requests counts as used, since the autoscaler and the node see it too. The resource that needs more decides.
 */
export function replicasAtPeak(load: PeakLoad, target: TargetUtilisation, bounds: ReplicaBounds): number {
  const { requestsPerSecond: rate } = load;
  const peak = Math.max(
    needed(rate * load.cpuMilliSecondsPerRequest, target.cpu, load.requestedCpuMilli, load.idleCpuMilli),
    needed(rate * load.memoryBytesPerRps, target.memory, load.requestedMemoryBytes, load.idleMemoryBytes),
  );
  const withHeadroom = Math.ceil(peak * (1 + bounds.headroom) - ROUNDING);
  return Math.min(bounds.maxReplicas, Math.max(bounds.minReplicas, withHeadroom));
}

/** What floating point leaves over is no replica. */
const ROUNDING = 1e-9;

function needed(work: number, target: number | undefined, requested: number, idle: number): number {
  if (target === undefined || requested === 0 || work === 0) return 0;
  const room = target * requested - idle;
  // A pod that idles above its target never comes below it, however many there are.
  return room <= 0 ? Infinity : Math.ceil(work / room - ROUNDING);
}
