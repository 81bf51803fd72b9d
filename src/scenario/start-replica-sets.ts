import { templateHash } from '../kubernetes/controllers/template-hash.js';
import { controllerOf, type ObjectMeta, type OwnerReference } from '../kubernetes/object-meta.js';
import { isPodActive } from '../kubernetes/pod-conditions.js';
import type { Deployment, PodTemplate, ReplicaSet } from '../kubernetes/workloads.js';
import type { ClusterLists } from './object-kinds.js';
import type { ClusterObjects } from './scenario-spec.js';

const HASH_LABEL = 'pod-template-hash';

/**
 * ReplicaSets of the scenario's Deployments as they stood, the current one marked by the hash that this simulator gives its
 * template. One that only its pods tell of is made from the Deployment.
 */
export function startReplicaSets(lists: ClusterLists, cluster: ClusterObjects): readonly ReplicaSet[] {
  const deployments = new Map(cluster.deployments.map((deployment) => [keyOf(deployment.metadata), deployment]));
  const sets = new Map<string, ReplicaSet>();
  const listed = new Set(lists.replicaSets.map(({ metadata }) => keyOf(metadata)));
  for (const set of lists.replicaSets) {
    const owner = controllerOf(set.metadata.ownerReferences);
    const deployment =
      owner?.kind === 'Deployment' ? deployments.get(`${set.metadata.namespace}/${owner.name}`) : undefined;
    if (deployment !== undefined) sets.set(keyOf(set.metadata), adopted(set, deployment));
  }
  for (const pod of lists.pods) {
    const owner = controllerOf(pod.metadata.ownerReferences);
    const hash = pod.metadata.labels[HASH_LABEL];
    const { namespace, creationTimeMs } = pod.metadata;
    if (owner?.kind !== 'ReplicaSet' || hash === undefined || !owner.name.endsWith(`-${hash}`)) continue;
    const key = `${namespace}/${owner.name}`;
    const deployment = deployments.get(`${namespace}/${owner.name.slice(0, -hash.length - 1)}`);
    if (deployment === undefined || (sets.has(key) && listed.has(key))) continue;
    const known = sets.get(key);
    const replicas = (known?.replicas ?? 0) + (isPodActive(pod) ? 1 : 0);
    sets.set(
      key,
      known === undefined ? made(deployment, owner, hash, creationTimeMs, replicas) : { ...known, replicas },
    );
  }
  return [...sets.values()];
}

function adopted(set: ReplicaSet, deployment: Deployment): ReplicaSet {
  const labels = Object.fromEntries(Object.entries(set.template.labels).filter(([key]) => key !== HASH_LABEL));
  const { template } = deployment;
  const isCurrent = templateHash(unadmitted({ ...set.template, labels })) === templateHash(unadmitted(template));
  const own = set.metadata.labels[HASH_LABEL] ?? '';
  return {
    ...set,
    template: isCurrent ? { ...template, labels: set.template.labels } : withPriorityOf(template, set.template),
    metadata: {
      ...set.metadata,
      labels: { ...set.metadata.labels, [HASH_LABEL]: isCurrent ? templateHash(deployment.template) : own },
      ownerReferences: [ownerOf(deployment)],
    },
  };
}

/** A template without what the scenario has resolved in it. */
function unadmitted(template: PodTemplate): PodTemplate {
  return { ...template, spec: { ...template.spec, priority: undefined, preemptionPolicy: undefined } };
}

function withPriorityOf(resolved: PodTemplate, template: PodTemplate): PodTemplate {
  const { priority, preemptionPolicy, priorityClassName } = resolved.spec;
  if (template.spec.priorityClassName !== priorityClassName) return template;
  return { ...template, spec: { ...template.spec, priority, preemptionPolicy } };
}

function made(
  deployment: Deployment,
  { name, uid }: OwnerReference,
  hash: string,
  creationTimeMs: number,
  replicas: number,
): ReplicaSet {
  const { metadata, selector, minReadySeconds } = deployment;
  const template: PodTemplate = {
    ...deployment.template,
    labels: { ...deployment.template.labels, [HASH_LABEL]: hash },
  };
  return {
    metadata: {
      name,
      namespace: metadata.namespace,
      uid,
      labels: { ...template.labels, [HASH_LABEL]: templateHash(deployment.template) },
      annotations: {},
      ownerReferences: [ownerOf(deployment)],
      creationTimeMs,
    },
    replicas,
    selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
    template,
    minReadySeconds,
  };
}

function ownerOf({ metadata }: Deployment): OwnerReference {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name, uid: metadata.uid, controller: true };
}

function keyOf({ namespace, name }: ObjectMeta): string {
  return `${namespace}/${name}`;
}
