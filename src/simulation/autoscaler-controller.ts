import { Autoscaler } from '../kubernetes/autoscaling/autoscaler.js';
import type { PodMetrics } from '../kubernetes/autoscaling/pod-metrics.js';
import type { HorizontalPodAutoscaler } from '../kubernetes/horizontal-pod-autoscaler.js';
import { isPodActive } from '../kubernetes/pod-conditions.js';
import { objectKey } from './cluster-store.js';
import type { WorkloadController } from './workload-controller.js';
import { epochNow, PRIORITY, type World } from './world.js';

/** Each autoscaler has a phase of its own (kubernetes.md §3.1). */
const SYNC_MS = 15_000;

/** What the metrics API shows of a pod, by UID. */
export type MetricsOf = (uid: string) => PodMetrics | undefined;

/** Syncs HorizontalPodAutoscalers and writes what they want to their Deployments. */
export class AutoscalerController {
  readonly #world: World;
  readonly #workloads: WorkloadController;
  readonly #metricsOf: MetricsOf;
  readonly #autoscalers = new Map<string, Autoscaler>();

  constructor(world: World, workloads: WorkloadController, metricsOf: MetricsOf) {
    this.#world = world;
    this.#workloads = workloads;
    this.#metricsOf = metricsOf;
  }

  /** Creates or replaces a HorizontalPodAutoscaler. */
  apply(hpa: HorizontalPodAutoscaler): void {
    const key = objectKey(hpa.metadata);
    const known = this.#autoscalers.get(key);
    if (known !== undefined) {
      known.hpa = hpa;
      return;
    }
    const autoscaler = new Autoscaler(hpa);
    this.#autoscalers.set(key, autoscaler);
    this.#syncAfter(this.#world.streams.stream(`hpa/phase/${key}`).int(SYNC_MS), autoscaler);
  }

  #syncAfter(delayMs: number, autoscaler: Autoscaler): void {
    const label = `HPA ${objectKey(autoscaler.hpa.metadata)}`;
    this.#world.kernel.after(delayMs, PRIORITY.traffic, label, () => {
      this.#sync(autoscaler);
      this.#syncAfter(SYNC_MS, autoscaler);
    });
  }

  #sync(autoscaler: Autoscaler): void {
    const { namespace } = autoscaler.hpa.metadata;
    const { kind, name } = autoscaler.hpa.scaleTargetRef;
    const key = `${namespace}/${name}`;
    const deployment = kind === 'Deployment' ? this.#workloads.deployment(key) : undefined;
    if (deployment === undefined) return;
    // Where two select the same pods, Kubernetes lets neither go by its metrics (AmbiguousSelector).
    const pods = this.#isOnlyOne(autoscaler) ? this.#workloads.podsOf(key) : [];
    const input = {
      specReplicas: deployment.replicas,
      statusReplicas: pods.filter(isPodActive).length,
      pods: pods.map((pod) => ({ pod, metrics: this.#metricsOf(pod.metadata.uid) })),
    };
    const decision = autoscaler.sync(input, epochNow(this.#world));
    if (decision.replicas !== deployment.replicas) this.#workloads.scale(key, decision.replicas, 'hpa');
  }

  #isOnlyOne({ hpa }: Autoscaler): boolean {
    for (const { hpa: other } of this.#autoscalers.values()) {
      const { kind, name } = other.scaleTargetRef;
      const isSame = kind === hpa.scaleTargetRef.kind && name === hpa.scaleTargetRef.name;
      if (isSame && other.metadata.namespace === hpa.metadata.namespace && other.metadata.name !== hpa.metadata.name) {
        return false;
      }
    }
    return true;
  }
}
