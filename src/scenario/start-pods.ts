import { controllerOf, type ObjectMeta, type OwnerReference } from '../kubernetes/object-meta.js';
import { isPodFinished, isPodReady } from '../kubernetes/pod-conditions.js';
import type { Pod, PodSpec } from '../kubernetes/pod.js';
import type { ReplicaSet } from '../kubernetes/workloads.js';
import type { ClusterLists } from './object-kinds.js';
import type { ClusterObjects } from './scenario-spec.js';
import type { StartPod } from './start-state.js';

/** Pods of a start state and what was made of those that do not fit in. */
export interface StartPods {
  readonly list: readonly StartPod[];
  readonly remarks: readonly string[];
}

interface Owner {
  readonly uid: string;
  readonly service: string;
}

/** The pods that a run begins with, each under the workload of the scenario that it belongs to. */
export function startPods(lists: ClusterLists, cluster: ClusterObjects, replicaSets: readonly ReplicaSet[]): StartPods {
  const owners = ownersByKey(cluster, replicaSets);
  const shared = new SharedSpecs();
  const list: StartPod[] = [];
  const orphans = new Map<string, number>();
  let finished = 0;
  let unready = 0;
  for (const pod of lists.pods) {
    if (isPodFinished(pod)) {
      finished++;
      continue;
    }
    const controller = controllerOf(pod.metadata.ownerReferences);
    const key = controller && `${controller.kind} ${pod.metadata.namespace}/${controller.name}`;
    const owner = key === undefined ? undefined : owners.get(key);
    if (key !== undefined && owner === undefined && controller?.kind !== 'Node') {
      orphans.set(controller?.kind ?? '', (orphans.get(controller?.kind ?? '') ?? 0) + 1);
    }
    if (pod.status.phase === 'Running' && !isPodReady(pod)) unready++;
    list.push({ pod: shared.of(waiting(withOwner(pod, controller, owner))), service: owner?.service ?? '' });
  }
  const remarks: string[] = [];
  if (finished > 0) remarks.push(`${finished} pods of the start state have run to their end and are left out.`);
  if (unready > 0)
    remarks.push(`${unready} pods of the start state run and are not ready: they stay so until they move.`);
  for (const [kind, count] of orphans) {
    remarks.push(
      `${count} pods of the start state belong to a ${kind} that the scenario does not have: nobody makes them anew.`,
    );
  }
  return { list, remarks };
}

function ownersByKey(cluster: ClusterObjects, replicaSets: readonly ReplicaSet[]): ReadonlyMap<string, Owner> {
  const owners = new Map<string, Owner>();
  const add = (kind: string, { namespace, name, uid }: ObjectMeta, service = `${namespace}/${name}`): void => {
    owners.set(`${kind} ${namespace}/${name}`, { uid, service });
  };
  for (const { metadata } of replicaSets) {
    add('ReplicaSet', metadata, `${metadata.namespace}/${controllerOf(metadata.ownerReferences)?.name ?? ''}`);
  }
  for (const { metadata } of cluster.statefulSets) add('StatefulSet', metadata);
  for (const { metadata } of cluster.daemonSets) add('DaemonSet', metadata);
  for (const { metadata } of cluster.jobs) add('Job', metadata);
  return owners;
}

function withOwner(pod: Pod, controller: OwnerReference | undefined, owner: Owner | undefined): Pod {
  if (controller === undefined || owner === undefined || controller.uid === owner.uid) return pod;
  const ownerReferences = pod.metadata.ownerReferences.map((reference) =>
    reference === controller ? { ...reference, uid: owner.uid } : reference,
  );
  return { ...pod, metadata: { ...pod.metadata, ownerReferences } };
}

/** A pod without a node is tried anew: kube-scheduler's last word is not known to this one. */
function waiting(pod: Pod): Pod {
  if (pod.spec.nodeName !== undefined) return pod;
  const conditions = pod.status.conditions.filter(({ type }) => type !== 'PodScheduled');
  return { ...pod, status: { ...pod.status, conditions, nominatedNodeName: undefined } };
}

/** Equal specs and labels as one object each: schedulers recognise equals by them, and 5,000 copies take room. */
class SharedSpecs {
  readonly #known = new Map<string, PodSpec>();
  readonly #labels = new Map<string, Readonly<Record<string, string>>>();

  of(pod: Pod): Pod {
    const { nodeName, ...rest } = pod.spec;
    const spec = kept(this.#known, rest);
    const labels = kept(this.#labels, pod.metadata.labels);
    return {
      ...pod,
      metadata: { ...pod.metadata, labels },
      spec: nodeName === undefined ? spec : { ...spec, nodeName },
    };
  }
}

function kept<T>(known: Map<string, T>, value: T): T {
  const key = JSON.stringify(value);
  const first = known.get(key);
  if (first !== undefined) return first;
  known.set(key, value);
  return value;
}
