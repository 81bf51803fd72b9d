import { ObjectCache } from '../../kernel/object-cache.js';
import type { OwnerReference } from '../object-meta.js';
import { changedSpec, type Pod, type PodSpec } from '../pod.js';
import type { Toleration } from '../taints.js';
import { toleratesTaint } from '../tolerations.js';
import type { PodTemplate } from '../workloads.js';

/** What a template does not say about a new pod. */
export interface PodIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly owner: OwnerReference;
  readonly creationTimeMs: number;
}

const DEFAULT_TOLERATION_SECONDS = 300;
const TOLERATED_FOR_A_WHILE = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const BUILT_IN_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

const admitted = new ObjectCache<PodSpec, PodSpec>();

/** What admission adds to a pod's spec: tolerations for failing nodes and the priority of the built-in classes. */
function admit(spec: PodSpec): PodSpec {
  const known = admitted.get(spec);
  if (known !== undefined) return known;
  const missing = TOLERATED_FOR_A_WHILE.filter(
    (key) => !toleratesTaint(spec.tolerations, { key, value: '', effect: 'NoExecute' }),
  ).map((key): Toleration => ({
    key,
    operator: 'Exists',
    value: '',
    effect: 'NoExecute',
    tolerationSeconds: DEFAULT_TOLERATION_SECONDS,
  }));
  const priority = spec.priority ?? BUILT_IN_PRIORITIES[spec.priorityClassName ?? ''];
  // Daemon pods lack none and keep the list of their DaemonSet, by which they are recognised as equals.
  const tolerations = missing.length === 0 ? spec.tolerations : [...spec.tolerations, ...missing];
  const result = changedSpec(spec, { tolerations, priority });
  admitted.set(spec, result);
  return result;
}

/**
 * A new pending pod. Pods of one template share the spec and labels objects, by which schedulers recognise equals, until
 * binding replaces the spec.
 */
export function podFromTemplate(template: PodTemplate, identity: PodIdentity): Pod {
  const { name, namespace, uid, owner, creationTimeMs } = identity;
  return {
    metadata: {
      name,
      namespace,
      uid,
      labels: template.labels,
      annotations: template.annotations,
      ownerReferences: [owner],
      creationTimeMs,
      deletionTimeMs: undefined,
    },
    spec: admit(template.spec),
    // Fields that it will get are there from the start, see kernel/copies.ts.
    status: {
      phase: 'Pending',
      conditions: [],
      nominatedNodeName: undefined,
      startTimeMs: undefined,
      containerStatuses: [],
    },
  };
}
