import type { Kernel } from '../kernel/kernel.js';
import type { RandomStreams } from '../kernel/random-streams.js';
import type { KarpenterSettings } from '../karpenter/settings.js';
import type { ClusterStore } from './cluster-store.js';
import type { RunLog } from './run-log.js';
import type { Cloud, Kubelet, Names } from './surroundings.js';

/** What every controller of a run works with. */
export interface World {
  readonly kernel: Kernel;
  readonly streams: RandomStreams;
  readonly store: ClusterStore;
  readonly log: RunLog;
  readonly names: Names;
  readonly settings: KarpenterSettings;
  readonly region: string;
  readonly cloud: Cloud;
  readonly kubelet: Kubelet;
  /** Epoch ms at virtual time 0. */
  readonly startTimeMs: number;
}

/** Epoch milliseconds now. */
export function epochNow(world: World): number {
  return world.startTimeMs + world.kernel.now;
}

/** Now as the API server stores times: whole seconds, truncated (disruption.md, conventions). */
export function timestampNow(world: World): number {
  return Math.floor(epochNow(world) / 1000) * 1000;
}

/**
 * Order of work within one virtual instant, lowest first: what happens outside comes before the controllers that react to
 * it, and the disruption loop looks last, at a settled cluster.
 */
export const PRIORITY = {
  scenario: 0,
  cloud: 10,
  kubelet: 20,
  traffic: 30,
  workloads: 40,
  scheduler: 50,
  nodeClaimLifecycle: 60,
  termination: 70,
  provisioner: 80,
  /** A window that is due closes before pods and nodes ask again at the same instant, unless it was opened during a pass. */
  retrigger: 85,
  latchedBatch: 86,
  disruptionQueue: 90,
  disruption: 100,
} as const;
