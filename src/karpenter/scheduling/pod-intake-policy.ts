import type { Pod } from '../../kubernetes/pod.js';
import type { ClusterSnapshot } from '../cluster-snapshot.js';
import { HOSTNAME_LABEL } from '../requirements/labels.js';
import type { StorageIndex } from './storage-index.js';

/** Why a pending pod is not even tried (POD-2). */
export interface PodProblem {
  readonly code:
    | 'opted-out'
    | 'match-fields'
    | 'unsupported-operator'
    | 'restricted-label'
    | 'invalid-label'
    | 'missing-values'
    | 'not-an-integer'
    | 'unknown-capacity-type'
    | 'claim-not-found'
    | 'claim-deleting'
    | 'claim-lost'
    | 'volume-not-found'
    | 'volume-deleting'
    | 'claim-not-bound'
    | 'claim-without-class'
    | 'storage-class-not-found'
    | 'immediate-binding';
  /** Label, claim, volume or class that the problem is about. */
  readonly subject: string;
}

/** What differs between the versions in taking pods in. */
export interface PodIntakePolicy {
  readonly operators: ReadonlySet<string>;
  readonly isRestrictedLabel: (key: string) => boolean;
  /** Keys that all have to be demanded absent by a pod that wants nothing of Karpenter (D13). */
  readonly optOutKeys: readonly string[];
  /** D12. */
  readonly validatesPreferredTerms: boolean;
  readonly knownCapacityTypes: ReadonlySet<string> | undefined;
  readonly volumeProblem: (pod: Pod, storage: StorageIndex) => PodProblem | undefined;
  /**
   * Pods of a node that is going away for which the pass provides (POD-4). Of budgets it may look at all but their status,
   * and at the time only where a pod has the do-not-disrupt annotation.
   */
  readonly movesOn: (pod: Pod, snapshot: ClusterSnapshot) => boolean;
}

/** Whether pods may not ask for the label: it belongs to Karpenter or its provider, or it is the hostname (REQ-14). */
export function restrictedLabelRule(
  wellKnown: ReadonlySet<string>,
  isReservedDomain: (key: string) => boolean,
): PodIntakePolicy['isRestrictedLabel'] {
  return (key) => !wellKnown.has(key) && (key === HOSTNAME_LABEL || isReservedDomain(key));
}
