import type { ObjectMeta } from '../../kubernetes/object-meta.js';
import type { Container, Pod, PodStatus } from '../../kubernetes/pod.js';

/** What a row says of a pod that it does not write as a manifest. */
export interface BarePod {
  readonly metadata: Pick<ObjectMeta, 'name'> & Partial<ObjectMeta>;
  readonly nodeName?: string | undefined;
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly status: Partial<PodStatus>;
}

/** A pod with nothing but what a row says. */
export function barePod({ metadata, nodeName, containers = [], initContainers = [], status }: BarePod): Pod {
  return {
    metadata: {
      namespace: 'default',
      uid: metadata.name,
      labels: {},
      annotations: {},
      ownerReferences: [],
      creationTimeMs: 0,
      ...metadata,
    },
    spec: {
      nodeName,
      containers,
      initContainers,
      nodeSelector: {},
      tolerations: [],
      topologySpreadConstraints: [],
      volumes: [],
      schedulingGates: [],
      hostNetwork: false,
      resourceClaims: 0,
    },
    status: { phase: 'Running', conditions: [], containerStatuses: [], ...status },
  };
}
