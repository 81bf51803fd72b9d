import { Autoscaler } from '../kubernetes/autoscaling/autoscaler.js';
import type { MeasuredPod, PodMetrics } from '../kubernetes/autoscaling/pod-metrics.js';
import type { HorizontalPodAutoscaler } from '../kubernetes/horizontal-pod-autoscaler.js';
import { isPodActive } from '../kubernetes/pod-conditions.js';
import type { Pod } from '../kubernetes/pod.js';
import { objectKey } from './cluster-store.js';
import type { WorkloadController } from './workload-controller.js';
import { epochNow, PRIORITY, type World } from './world.js';

/** Each autoscaler has a phase of its own (kubernetes.md §3.1). */
const SYNC_MS = 15_000;

const NO_PODS: readonly Pod[] = [];

/** What the metrics API shows of a pod, by UID. */
export type MetricsOf = (uid: string) => PodMetrics | undefined;

interface Watched {
  readonly autoscaler: Autoscaler;
  readonly label: string;
  /** What it scales, by `namespace/name`; undefined where its target is nothing that can be. */
  scaled: { readonly kind: 'Deployment' | 'StatefulSet'; readonly key: string } | undefined;
  /** Another one scales the same: then Kubernetes lets neither go by its metrics (AmbiguousSelector). */
  isAmbiguous: boolean;
  /** Pods of the last sync, and the list they were made from. */
  pods: readonly Pod[];
  measured: readonly MeasuredPod[];
}

/** Syncs HorizontalPodAutoscalers and writes what they want to their Deployments and StatefulSets. */
export class AutoscalerController {
  readonly #world: World;
  readonly #workloads: WorkloadController;
  readonly #metricsOf: MetricsOf;
  readonly #autoscalers = new Map<string, Watched>();

  constructor(world: World, workloads: WorkloadController, metricsOf: MetricsOf) {
    this.#world = world;
    this.#workloads = workloads;
    this.#metricsOf = metricsOf;
  }

  /** Creates or replaces a HorizontalPodAutoscaler. */
  apply(hpa: HorizontalPodAutoscaler): void {
    const key = objectKey(hpa.metadata);
    const known = this.#autoscalers.get(key);
    if (known !== undefined) known.autoscaler.hpa = hpa;
    else {
      const watched: Watched = {
        autoscaler: new Autoscaler(hpa),
        label: `HPA ${key}`,
        scaled: undefined,
        isAmbiguous: false,
        pods: NO_PODS,
        measured: [],
      };
      this.#autoscalers.set(key, watched);
      this.#repeat(this.#world.streams.stream(`hpa/phase/${key}`).int(SYNC_MS), watched);
    }
    this.#readTargets();
  }

  #readTargets(): void {
    const targets = [...this.#autoscalers.values()].map(({ autoscaler }) => targetOf(autoscaler.hpa));
    for (const watched of this.#autoscalers.values()) {
      const { metadata, scaleTargetRef } = watched.autoscaler.hpa;
      const target = targetOf(watched.autoscaler.hpa);
      const { kind, name } = scaleTargetRef;
      watched.scaled =
        kind === 'Deployment' || kind === 'StatefulSet' ? { kind, key: `${metadata.namespace}/${name}` } : undefined;
      watched.isAmbiguous = targets.filter((other) => other === target).length > 1;
    }
  }

  #repeat(firstMs: number, watched: Watched): void {
    const { kernel } = this.#world;
    const sync = (): void => {
      this.#sync(watched);
      kernel.after(SYNC_MS, PRIORITY.traffic, watched.label, sync);
    };
    kernel.after(firstMs, PRIORITY.traffic, watched.label, sync);
  }

  #sync(watched: Watched): void {
    const { autoscaler, scaled, isAmbiguous } = watched;
    if (scaled === undefined) return;
    const { kind, key } = scaled;
    const replicas = this.#workloads.replicasOf(kind, key);
    if (replicas === undefined) return;
    const pods = isAmbiguous ? NO_PODS : this.#workloads.podsOf(kind, key);
    // Mostly no pod has changed since the last sync: the list is the same then.
    if (pods !== watched.pods) {
      watched.pods = pods;
      watched.measured = pods.map((pod) => ({ pod, metrics: undefined }));
    }
    let active = 0;
    for (const measured of watched.measured) {
      measured.metrics = this.#metricsOf(measured.pod.metadata.uid);
      if (isPodActive(measured.pod)) active++;
    }
    const input = { specReplicas: replicas, statusReplicas: active, pods: watched.measured };
    const decision = autoscaler.sync(input, epochNow(this.#world));
    if (decision.replicas !== replicas) this.#workloads.scale(kind, key, decision.replicas, 'hpa');
  }
}

function targetOf({ metadata, scaleTargetRef }: HorizontalPodAutoscaler): string {
  return `${scaleTargetRef.kind} ${metadata.namespace}/${scaleTargetRef.name}`;
}
