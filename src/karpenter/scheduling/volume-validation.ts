import type { Pod } from '../../kubernetes/pod.js';
import type { PodIntakePolicy, PodProblem } from './pod-intake-policy.js';
import { claimNameOf, type StorageIndex } from './storage-index.js';

const BIND_COMPLETED_ANNOTATION = 'pv.kubernetes.io/bind-completed';

/** v1.14.1: what kube-scheduler would refuse, and claims that nothing will bind (POD-8). First problem only. */
export const volumeProblemV1: PodIntakePolicy['volumeProblem'] = (pod, storage) => {
  for (const volume of pod.spec.volumes) {
    const problem = claimProblem(pod.metadata.namespace, claimNameOf(pod, volume), storage);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

function claimProblem(namespace: string, name: string, storage: StorageIndex): PodProblem | undefined {
  const claim = storage.claim(namespace, name);
  if (claim === undefined) return { code: 'claim-not-found', subject: name };
  if (claim.metadata.deletionTimeMs !== undefined) return { code: 'claim-deleting', subject: name };
  if (claim.phase === 'Lost') return { code: 'claim-lost', subject: name };
  const volumeName = claim.volumeName ?? '';
  if (volumeName !== '') {
    const volume = storage.volume(volumeName);
    if (volume === undefined) return { code: 'volume-not-found', subject: volumeName };
    if (volume.metadata.deletionTimeMs !== undefined) return { code: 'volume-deleting', subject: volumeName };
    const isBound = claim.metadata.annotations[BIND_COMPLETED_ANNOTATION] !== undefined;
    return isBound ? undefined : { code: 'claim-not-bound', subject: name };
  }
  const className = claim.storageClassName ?? '';
  if (className === '') return { code: 'claim-without-class', subject: name };
  const storageClass = storage.storageClass(className);
  if (storageClass === undefined) return { code: 'storage-class-not-found', subject: className };
  return storageClass.volumeBindingMode === 'Immediate' ? { code: 'immediate-binding', subject: className } : undefined;
}

/** v0.32.0: whatever is named has to exist; an ephemeral volume goes by the class of its template (POD-8). */
export const volumeProblemV0: PodIntakePolicy['volumeProblem'] = (pod: Pod, storage) => {
  for (const volume of pod.spec.volumes) {
    let className: string;
    let volumeName = '';
    if (volume.kind === 'ephemeral') className = volume.storageClassName ?? '';
    else {
      const claim = storage.claim(pod.metadata.namespace, volume.claimName);
      if (claim === undefined) return { code: 'claim-not-found', subject: volume.claimName };
      className = claim.storageClassName ?? '';
      volumeName = claim.volumeName ?? '';
    }
    if (className !== '' && storage.storageClass(className) === undefined) {
      return { code: 'storage-class-not-found', subject: className };
    }
    if (volumeName !== '' && storage.volume(volumeName) === undefined) {
      return { code: 'volume-not-found', subject: volumeName };
    }
  }
  return undefined;
};
