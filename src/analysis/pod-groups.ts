import { controllerOf, type ObjectMeta } from '../kubernetes/object-meta.js';
import type { Pod, PodSpec } from '../kubernetes/pod.js';

/** Labels that tell pods of one workload apart and change nothing about where they may run. */
const OF_ONE_POD = new Set([
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-completion-index',
  'controller-uid',
  'statefulset.kubernetes.io/pod-name',
]);

/** `namespace/name` of a pod. */
export function podName({ metadata }: { readonly metadata: ObjectMeta }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** `Deployment namespace/name`: what a pod belongs to, as people call it; undefined for a pod of nobody. */
export function workloadOf({ metadata }: Pod): string | undefined {
  const owner = controllerOf(metadata.ownerReferences);
  if (owner === undefined) return undefined;
  const hash = metadata.labels['pod-template-hash'];
  const ofDeployment = owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`);
  return ofDeployment
    ? `Deployment ${metadata.namespace}/${owner.name.slice(0, -hash.length - 1)}`
    : `${owner.kind} ${metadata.namespace}/${owner.name}`;
}

/** Sorts pods into groups whose members no scheduler can tell apart, in order of their first pod. */
export class PodGroups {
  readonly #specs = new WeakMap<PodSpec, string>();
  readonly #groups = new Map<string, Pod[]>();

  add(pod: Pod): void {
    const identity = this.#identityOf(pod);
    const group = this.#groups.get(identity);
    if (group === undefined) this.#groups.set(identity, [pod]);
    else group.push(pod);
  }

  list(): readonly (readonly Pod[])[] {
    return [...this.#groups.values()];
  }

  #identityOf(pod: Pod): string {
    const { namespace, labels } = pod.metadata;
    let spec = this.#specs.get(pod.spec);
    if (spec === undefined) this.#specs.set(pod.spec, (spec = JSON.stringify(pod.spec)));
    const own = Object.entries(labels)
      .filter(([key]) => !OF_ONE_POD.has(key))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([namespace, workloadOf(pod) ?? '', own, spec]);
  }
}
