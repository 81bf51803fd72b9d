import { podFromTemplate } from '../kubernetes/controllers/pod-from-template.js';
import { claimsOf, statefulPodName } from '../kubernetes/controllers/stateful-set.js';
import { matchesLabelSelector } from '../kubernetes/label-selector.js';
import type { ObjectMeta, OwnerReference } from '../kubernetes/object-meta.js';
import { isPodActive, isPodFinished, podCondition } from '../kubernetes/pod-conditions.js';
import type { Pod, PodVolume } from '../kubernetes/pod.js';
import type { LabelSelector } from '../kubernetes/selectors.js';
import type { Job } from '../kubernetes/job.js';
import type { PersistentVolumeClaim, PodTemplate, StatefulSet } from '../kubernetes/workloads.js';
import type { Assumption } from './cluster-assumption.js';
import type { ClusterLists } from './object-kinds.js';

/** The pods of a cluster, and the claims that come with those that were made. */
export interface ClusterPods {
  /** In order of creation. */
  readonly pods: readonly Pod[];
  readonly claims: readonly PersistentVolumeClaim[];
  /** Workloads that made pods, by the object that was read. */
  readonly makers: readonly { readonly metadata: ObjectMeta; readonly template: PodTemplate }[];
  readonly assumptions: readonly Assumption[];
}

interface Workload {
  readonly kind: string;
  readonly apiVersion: string;
  readonly object: { readonly metadata: ObjectMeta; readonly template: PodTemplate };
  readonly wanted: number;
  readonly owns: (pod: Pod) => boolean;
  readonly set?: StatefulSet | undefined;
}

/**
 * Pods of the file as they stand, and for each workload those that it wants and the file does not hold. A pod that
 * kube-scheduler has not spoken of counts as tried: in a file of plain manifests nobody has.
 */
export function clusterPods(lists: ClusterLists, nowMs: number): ClusterPods {
  const byNamespace = new Map<string, Pod[]>();
  for (const pod of lists.pods) {
    if (!isPodActive(pod)) continue;
    const { namespace } = pod.metadata;
    const known = byNamespace.get(namespace);
    if (known === undefined) byNamespace.set(namespace, [pod]);
    else known.push(pod);
  }
  const made: Pod[] = [];
  const claims: PersistentVolumeClaim[] = [];
  const makers: Workload['object'][] = [];
  const subjects: string[] = [];
  for (const workload of workloadsOf(lists)) {
    const { kind, object, wanted, owns, set } = workload;
    const { namespace, name } = object.metadata;
    const inNamespace = byNamespace.get(namespace) ?? [];
    const missing = Math.max(0, wanted - inNamespace.filter(owns).length);
    if (missing === 0) continue;
    const taken = new Set(inNamespace.map(({ metadata }) => metadata.name));
    for (let ordinal = 0, left = missing; left > 0; ordinal++) {
      const podName = set === undefined ? `${name}-${ordinal}` : statefulPodName(set, ordinal);
      if (taken.has(podName)) continue;
      const pod = newPod(workload, podName, nowMs);
      const own = set === undefined ? [] : claimsOf(set, ordinal);
      claims.push(...own);
      made.push(own.length === 0 || set === undefined ? pod : withClaims(pod, set, own));
      left--;
    }
    makers.push(object);
    subjects.push(`${kind} ${namespace}/${name}: ${missing} of ${wanted}`);
  }
  const tried = new TriedPods(nowMs);
  const pods = [...lists.pods, ...made]
    .map((pod) => tried.see(pod))
    .sort((a, b) => a.metadata.creationTimeMs - b.metadata.creationTimeMs);
  const assumptions: Assumption[] = [];
  if (made.length > 0) assumptions.push({ code: 'pods-made', count: made.length, subjects });
  const unheard = tried.count - made.length;
  if (unheard > 0) assumptions.push({ code: 'taken-as-unschedulable', count: unheard, subjects: [] });
  return { pods, claims, makers, assumptions };
}

function workloadsOf(lists: ClusterLists): Workload[] {
  const deployments = new Set(lists.deployments.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const selecting = (selector: LabelSelector) => (pod: Pod) => matchesLabelSelector(selector, pod.metadata.labels);
  const ofDeployment = ({ metadata }: { readonly metadata: ObjectMeta }): boolean =>
    metadata.ownerReferences.some(
      ({ kind, name, controller }) =>
        controller && kind === 'Deployment' && deployments.has(`${metadata.namespace}/${name}`),
    );
  return [
    ...lists.deployments.map((object) => ({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      object,
      wanted: object.replicas,
      owns: selecting(object.selector),
    })),
    // A Deployment in the file speaks for its ReplicaSets.
    ...lists.replicaSets
      .filter((object) => !ofDeployment(object))
      .map((object) => ({
        kind: 'ReplicaSet',
        apiVersion: 'apps/v1',
        object,
        wanted: object.replicas,
        owns: selecting(object.selector),
      })),
    ...lists.statefulSets.map((object) => ({
      kind: 'StatefulSet',
      apiVersion: 'apps/v1',
      object,
      wanted: object.replicas,
      owns: selecting(object.selector),
      set: object,
    })),
    ...lists.jobs.map((object) => ({
      kind: 'Job',
      apiVersion: 'batch/v1',
      object,
      wanted: wantedOfJob(object),
      owns: (pod: Pod) =>
        pod.metadata.ownerReferences.some(({ kind, name }) => kind === 'Job' && name === object.metadata.name),
    })),
  ];
}

/** Pods that a Job would run now. */
function wantedOfJob({ suspended, parallelism, completions, status }: Job): number {
  if (suspended || status.finished) return 0;
  if (completions === undefined) return status.succeeded > 0 ? 0 : parallelism;
  return Math.min(parallelism, Math.max(0, completions - status.succeeded));
}

function newPod({ kind, apiVersion, object }: Workload, podName: string, nowMs: number): Pod {
  const { namespace, name, uid } = object.metadata;
  const owner: OwnerReference = { apiVersion, kind, name, uid, controller: true };
  const identity = { name: podName, namespace, uid: `Pod/${namespace}/${podName}`, owner, creationTimeMs: nowMs };
  return podFromTemplate(object.template, identity);
}

/** A StatefulSet's pod mounts its own claims in place of the template's volumes of the same name. */
function withClaims(pod: Pod, set: StatefulSet, claims: readonly PersistentVolumeClaim[]): Pod {
  const own = set.volumeClaimTemplates.map(({ metadata }, index): PodVolume => ({
    name: metadata.name,
    kind: 'persistentVolumeClaim',
    claimName: claims[index]?.metadata.name ?? '',
  }));
  const names = new Set(own.map(({ name }) => name));
  const volumes = [...pod.spec.volumes.filter(({ name }) => !names.has(name)), ...own];
  return { ...pod, spec: { ...pod.spec, volumes } };
}

/** Gives pending pods the verdict of kube-scheduler that they lack. */
class TriedPods {
  count = 0;

  constructor(private readonly nowMs: number) {}

  see(pod: Pod): Pod {
    const { spec, status } = pod;
    const waits = spec.nodeName === undefined && !isPodFinished(pod) && status.nominatedNodeName === undefined;
    if (!waits || podCondition(pod, 'PodScheduled') !== undefined) return pod;
    // Gates hold kube-scheduler back, and what another scheduler would have said is not ours to guess.
    if (spec.schedulingGates.length > 0 || spec.schedulerName !== undefined) return pod;
    if (!pod.metadata.ownerReferences.some(({ kind }) => kind === 'DaemonSet' || kind === 'Node')) this.count++;
    const verdict = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' } as const;
    const conditions = [...status.conditions, { ...verdict, lastTransitionTimeMs: this.nowMs }];
    return { ...pod, status: { ...status, conditions } };
  }
}
