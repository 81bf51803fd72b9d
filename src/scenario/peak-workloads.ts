import { replicasAtPeak, type TargetUtilisation } from '../baseline/peak-replicas.js';
import type { PeakPods } from '../baseline/static-fleet.js';
import { podFromTemplate } from '../kubernetes/controllers/pod-from-template.js';
import type { HorizontalPodAutoscaler } from '../kubernetes/horizontal-pod-autoscaler.js';
import { podRequests } from '../kubernetes/pod-requests.js';
import type { Pod } from '../kubernetes/pod.js';
import type { Deployment, PodTemplate, StatefulSet } from '../kubernetes/workloads.js';
import { peakRate, serviceDemand } from '../workload/service-demand.js';
import type { BaselineSettings } from './baseline-settings.js';
import type { ClusterObjects, ScenarioSpec } from './scenario-spec.js';
import { namespacedName } from './workload-checks.js';

/**
 * Every workload of a scenario with as many pods as it has at the peak of its demand (kubernetes.md §6). A Deployment or StatefulSet with
 * traffic needs what its highest request rate takes, at the utilisation its autoscaler aims for, and never more than the
 * autoscaler's maximum. Any other has its replicas. Scripted events count: a later size or a changed manifest that asks for more
 * is what the fleet must hold.
 */
export function peakWorkloads(spec: ScenarioSpec, settings: BaselineSettings['static']): readonly PeakPods[] {
  const largest = new Map<string, PeakPods>();
  const consider = (key: string, candidate: PeakPods): void => {
    const known = largest.get(key);
    if (known === undefined || cpuOf(candidate) > cpuOf(known)) largest.set(key, candidate);
  };
  for (const objects of objectsOverTime(spec)) {
    for (const deployment of objects.deployments) {
      const key = `Deployment/${namespacedName(deployment)}`;
      const replicas = peakReplicasOf('Deployment', deployment, objects, spec, settings);
      consider(key, { sample: samplePod(deployment, 'ReplicaSet'), replicas });
    }
    for (const set of objects.statefulSets) {
      const key = `StatefulSet/${namespacedName(set)}`;
      const replicas = peakReplicasOf('StatefulSet', set, objects, spec, settings);
      consider(key, { sample: samplePod(set, 'StatefulSet'), replicas });
    }
    for (const pod of objects.pods) {
      if (pod.spec.nodeName === undefined) consider(`Pod/${namespacedName(pod)}`, { sample: pod, replicas: 1 });
    }
  }
  return [...largest.values()].filter(({ replicas }) => replicas > 0);
}

function cpuOf({ sample, replicas }: PeakPods): number {
  return replicas * (podRequests(sample)['cpu'] ?? 0);
}

/** The objects from the start, and what each scripted apply brings, with the autoscalers known then. */
function objectsOverTime(spec: ScenarioSpec): readonly ClusterObjects[] {
  const applied = spec.events.flatMap((event) => (event.action === 'apply' ? [event.objects] : []));
  return [
    spec.cluster,
    ...applied.map((objects) => ({
      ...objects,
      horizontalPodAutoscalers: [...objects.horizontalPodAutoscalers, ...spec.cluster.horizontalPodAutoscalers],
    })),
  ];
}

function peakReplicasOf(
  kind: 'Deployment' | 'StatefulSet',
  workload: Deployment | StatefulSet,
  { horizontalPodAutoscalers }: ClusterObjects,
  spec: ScenarioSpec,
  settings: BaselineSettings['static'],
): number {
  const key = namespacedName(workload);
  const scaled = spec.events.flatMap((event) =>
    kind === 'Deployment' && event.action === 'scale' && event.deployment === key ? [event.replicas] : [],
  );
  const written = Math.max(workload.replicas, ...scaled);
  const hpa = horizontalPodAutoscalers.find(
    ({ metadata, scaleTargetRef }) =>
      scaleTargetRef.kind === kind && `${metadata.namespace}/${scaleTargetRef.name}` === key,
  );
  const service = spec.services.find((load) => load.deployment === key && (load.kind ?? 'Deployment') === kind);
  if (service === undefined) return Math.max(written, hpa?.minReplicas ?? 0);
  const { model } = service;
  const requests = podRequests(samplePod(workload, kind));
  const load = {
    requestsPerSecond: peakRate(serviceDemand(service, spec.startTimeMs, spec.seed), spec.durationMs),
    cpuMilliSecondsPerRequest: model.cpuMilliSecondsPerRequest,
    idleCpuMilli: model.idleCpuMilli,
    idleMemoryBytes: model.idleMemoryBytes,
    memoryBytesPerRps: model.memoryBytesPerRps,
    requestedCpuMilli: requests['cpu'] ?? 0,
    requestedMemoryBytes: requests['memory'] ?? 0,
  };
  // Without an autoscaler nobody asks for more replicas than are written, whatever the demand.
  if (hpa === undefined) return written;
  return replicasAtPeak(load, targetOf(hpa, load, settings.targetUtilisation), {
    minReplicas: Math.max(hpa.minReplicas, Math.min(written, hpa.maxReplicas)),
    maxReplicas: hpa.maxReplicas,
    headroom: settings.headroom,
  });
}

/** What the autoscaler aims for, as shares of the requests; the default where it looks at nothing of a pod's own. */
function targetOf(
  hpa: HorizontalPodAutoscaler,
  {
    requestedCpuMilli,
    requestedMemoryBytes,
  }: { readonly requestedCpuMilli: number; readonly requestedMemoryBytes: number },
  defaultTarget: number,
): TargetUtilisation {
  const requested = { cpu: requestedCpuMilli, memory: requestedMemoryBytes };
  const target: { cpu?: number; memory?: number } = {};
  for (const metric of hpa.metrics) {
    const { resource } = metric;
    if (metric.target.type === 'Utilization') target[resource] = metric.target.averageUtilization / 100;
    else if (requested[resource] > 0) target[resource] = metric.target.averageValue / requested[resource];
  }
  return Object.keys(target).length === 0 ? { cpu: defaultTarget } : target;
}

function samplePod(workload: Deployment | StatefulSet, ownerKind: string): Pod {
  const { name, namespace, uid } = workload.metadata;
  const template: PodTemplate = workload.template;
  const owner = { apiVersion: 'apps/v1', kind: ownerKind, name, uid, controller: true };
  return podFromTemplate(template, { name, namespace, uid: `peak/${namespace}/${name}`, owner, creationTimeMs: 0 });
}
