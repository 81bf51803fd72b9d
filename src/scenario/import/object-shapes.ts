/**
 * What of an object goes into a scenario, and nothing else does: a field that stands in no shape is left behind with whatever
 * secret it holds. A shape tells, too, what a field means to someone who must not learn the cluster's names.
 */
export type Shape =
  /** Numbers, quantities, times, words of the API. */
  | 'as-is'
  /** A reason for which Karpenter drifts a node; any other text stays behind. */
  | 'drift-reason'
  /** kube-scheduler's word for a pod; any other text stays behind. */
  | 'scheduling-reason'
  | 'uid'
  | 'providerID'
  | 'zone'
  | 'labels'
  | 'label-key'
  | 'label-keys'
  | 'annotations'
  | 'requirement'
  | 'taint'
  /** A name of a kind of object. */
  | { readonly name: NameKind }
  | { readonly names: NameKind }
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

/** Kinds of names; those of one kind are told apart from each other. */
export type NameKind =
  | 'namespace'
  | 'workload'
  | 'pod'
  | 'node'
  | 'nodepool'
  | 'nodeclaim'
  | 'nodeclass'
  | 'claim'
  | 'volume'
  | 'storageclass'
  | 'priorityclass'
  | 'reservation'
  | 'autoscaler'
  | 'budget'
  | 'container'
  | 'gate'
  | 'scheduler';

/** Annotations that decide something; all others are left behind. */
export const TELLING_ANNOTATIONS: ReadonlySet<string> = new Set([
  'batch.kubernetes.io/job-completion-index',
  'controller.kubernetes.io/pod-deletion-cost',
  'cluster-autoscaler.kubernetes.io/safe-to-evict',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'karpenter.k8s.aws/ec2nodeclass-hash',
  'karpenter.sh/do-not-consolidate',
  'karpenter.sh/do-not-disrupt',
  'karpenter.sh/do-not-evict',
  'karpenter.sh/nodeclaim-termination-timestamp',
  'karpenter.sh/nodepool-hash',
  'karpenter.sh/nodepool-hash-version',
  'pv.kubernetes.io/bind-completed',
  'storageclass.kubernetes.io/is-default-class',
]);

const fields = (shapes: Readonly<Record<string, Shape>>): Shape => ({ fields: shapes });
const list = (shape: Shape): Shape => ({ list: shape });
const named = (kind: NameKind): Shape => ({ name: kind });

/** Owner references are resolved by kind. */
export const OWNER_KINDS: Readonly<Record<string, NameKind>> = { Node: 'node', NodePool: 'nodepool' };

function metadata(kind: NameKind): Shape {
  return fields({
    name: named(kind),
    namespace: named('namespace'),
    uid: 'uid',
    labels: 'labels',
    annotations: 'annotations',
    creationTimestamp: 'as-is',
    deletionTimestamp: 'as-is',
    ownerReferences: list(
      fields({ apiVersion: 'as-is', kind: 'as-is', name: named('workload'), uid: 'uid', controller: 'as-is' }),
    ),
  });
}

const SELECTOR = fields({ matchLabels: 'labels', matchExpressions: list('requirement') });
const NODE_TERM = fields({ matchExpressions: list('requirement'), matchFields: list('requirement') });
const POD_TERM = fields({
  topologyKey: 'label-key',
  labelSelector: SELECTOR,
  namespaces: { names: 'namespace' },
  namespaceSelector: SELECTOR,
  matchLabelKeys: 'label-keys',
  mismatchLabelKeys: 'label-keys',
});
const POD_AFFINITY = fields({
  requiredDuringSchedulingIgnoredDuringExecution: list(POD_TERM),
  preferredDuringSchedulingIgnoredDuringExecution: list(fields({ weight: 'as-is', podAffinityTerm: POD_TERM })),
});
const RESOURCES = fields({ requests: 'as-is', limits: 'as-is' });
const CONTAINER = fields({
  name: named('container'),
  resources: RESOURCES,
  ports: list(fields({ containerPort: 'as-is', hostPort: 'as-is', hostIP: 'as-is', protocol: 'as-is' })),
  restartPolicy: 'as-is',
  readinessProbe: fields({ initialDelaySeconds: 'as-is', periodSeconds: 'as-is' }),
});

const POD_SPEC = fields({
  nodeName: named('node'),
  containers: list(CONTAINER),
  initContainers: list(CONTAINER),
  resources: RESOURCES,
  overhead: 'as-is',
  nodeSelector: 'labels',
  affinity: fields({
    nodeAffinity: fields({
      requiredDuringSchedulingIgnoredDuringExecution: fields({ nodeSelectorTerms: list(NODE_TERM) }),
      preferredDuringSchedulingIgnoredDuringExecution: list(fields({ weight: 'as-is', preference: NODE_TERM })),
    }),
    podAffinity: POD_AFFINITY,
    podAntiAffinity: POD_AFFINITY,
  }),
  tolerations: list('taint'),
  topologySpreadConstraints: list(
    fields({
      maxSkew: 'as-is',
      topologyKey: 'label-key',
      whenUnsatisfiable: 'as-is',
      labelSelector: SELECTOR,
      minDomains: 'as-is',
      nodeAffinityPolicy: 'as-is',
      nodeTaintsPolicy: 'as-is',
      matchLabelKeys: 'label-keys',
    }),
  ),
  volumes: list(
    fields({
      name: named('volume'),
      persistentVolumeClaim: fields({ claimName: named('claim') }),
      ephemeral: fields({
        volumeClaimTemplate: fields({ spec: fields({ storageClassName: named('storageclass') }) }),
      }),
    }),
  ),
  priority: 'as-is',
  priorityClassName: named('priorityclass'),
  preemptionPolicy: 'as-is',
  terminationGracePeriodSeconds: 'as-is',
  restartPolicy: 'as-is',
  schedulerName: named('scheduler'),
  resourceClaims: list(fields({ name: named('gate') })),
  schedulingGates: list(fields({ name: named('gate') })),
  hostNetwork: 'as-is',
});

const TEMPLATE = fields({ metadata: fields({ labels: 'labels', annotations: 'annotations' }), spec: POD_SPEC });
const CONDITIONS = list(fields({ type: 'as-is', status: 'as-is', lastTransitionTime: 'as-is' }));
const POD_CONDITIONS = list(
  fields({ type: 'as-is', status: 'as-is', reason: 'scheduling-reason', lastTransitionTime: 'as-is' }),
);
/** Why a NodeClaim is drifted is a word of Karpenter's. */
const CLAIM_CONDITIONS = list(
  fields({ type: 'as-is', status: 'as-is', reason: 'drift-reason', lastTransitionTime: 'as-is' }),
);

const CLAIM_SPEC = fields({
  accessModes: 'as-is',
  resources: RESOURCES,
  storageClassName: named('storageclass'),
  volumeName: named('volume'),
});
const JOB_SPEC = fields({
  parallelism: 'as-is',
  completions: 'as-is',
  completionMode: 'as-is',
  suspend: 'as-is',
  backoffLimit: 'as-is',
  activeDeadlineSeconds: 'as-is',
  ttlSecondsAfterFinished: 'as-is',
  podReplacementPolicy: 'as-is',
  template: TEMPLATE,
});
const KUBELET = fields({
  maxPods: 'as-is',
  podsPerCore: 'as-is',
  kubeReserved: 'as-is',
  systemReserved: 'as-is',
  evictionHard: 'as-is',
  evictionSoft: 'as-is',
  evictionSoftGracePeriod: 'as-is',
});
const NODE_CLASS_REF = fields({ group: 'as-is', apiVersion: 'as-is', kind: 'as-is', name: named('nodeclass') });

/** Shapes by kind; a kind that is not here stays behind as a whole. */
export const OBJECT_SHAPES: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  NodePool: {
    metadata: metadata('nodepool'),
    spec: fields({
      weight: 'as-is',
      replicas: 'as-is',
      limits: 'as-is',
      disruption: 'as-is',
      template: fields({
        metadata: fields({ labels: 'labels', annotations: 'annotations' }),
        spec: fields({
          requirements: list('requirement'),
          taints: list('taint'),
          startupTaints: list('taint'),
          nodeClassRef: NODE_CLASS_REF,
          expireAfter: 'as-is',
          terminationGracePeriod: 'as-is',
          kubelet: KUBELET,
        }),
      }),
    }),
  },
  EC2NodeClass: {
    metadata: metadata('nodeclass'),
    spec: fields({
      amiFamily: 'as-is',
      blockDeviceMappings: list(
        fields({
          deviceName: 'as-is',
          rootVolume: 'as-is',
          ebs: fields({
            volumeSize: 'as-is',
            volumeType: 'as-is',
            iops: 'as-is',
            throughput: 'as-is',
            encrypted: 'as-is',
            deleteOnTermination: 'as-is',
          }),
        }),
      ),
      kubelet: KUBELET,
      instanceStorePolicy: 'as-is',
      detailedMonitoring: 'as-is',
      capacityReservationSelectorTerms: list(fields({ id: named('reservation') })),
    }),
    status: fields({
      capacityReservations: list(
        fields({
          id: named('reservation'),
          instanceType: 'as-is',
          availabilityZone: 'zone',
          instanceMatchCriteria: 'as-is',
          reservationType: 'as-is',
        }),
      ),
    }),
  },
  NodeClaim: {
    metadata: metadata('nodeclaim'),
    spec: fields({
      requirements: list('requirement'),
      resources: RESOURCES,
      taints: list('taint'),
      startupTaints: list('taint'),
      nodeClassRef: NODE_CLASS_REF,
      expireAfter: 'as-is',
      terminationGracePeriod: 'as-is',
    }),
    status: fields({
      providerID: 'providerID',
      nodeName: named('node'),
      capacity: 'as-is',
      allocatable: 'as-is',
      conditions: CLAIM_CONDITIONS,
      lastPodEventTime: 'as-is',
    }),
  },
  Node: {
    metadata: metadata('node'),
    spec: fields({ providerID: 'providerID', taints: list('taint'), unschedulable: 'as-is' }),
    status: fields({ capacity: 'as-is', allocatable: 'as-is', conditions: CONDITIONS }),
  },
  Pod: {
    metadata: metadata('pod'),
    spec: POD_SPEC,
    status: fields({
      phase: 'as-is',
      conditions: POD_CONDITIONS,
      startTime: 'as-is',
      nominatedNodeName: named('node'),
    }),
  },
  Deployment: {
    metadata: metadata('workload'),
    spec: fields({
      replicas: 'as-is',
      selector: SELECTOR,
      template: TEMPLATE,
      strategy: 'as-is',
      minReadySeconds: 'as-is',
      paused: 'as-is',
    }),
  },
  ReplicaSet: {
    metadata: metadata('workload'),
    spec: fields({ replicas: 'as-is', selector: SELECTOR, template: TEMPLATE, minReadySeconds: 'as-is' }),
  },
  StatefulSet: {
    metadata: metadata('workload'),
    spec: fields({
      replicas: 'as-is',
      selector: SELECTOR,
      template: TEMPLATE,
      podManagementPolicy: 'as-is',
      updateStrategy: 'as-is',
      minReadySeconds: 'as-is',
      volumeClaimTemplates: list(fields({ metadata: fields({ name: named('volume') }), spec: CLAIM_SPEC })),
    }),
  },
  DaemonSet: {
    metadata: metadata('workload'),
    spec: fields({ selector: SELECTOR, template: TEMPLATE, updateStrategy: 'as-is', minReadySeconds: 'as-is' }),
  },
  Job: {
    metadata: metadata('workload'),
    spec: JOB_SPEC,
    status: fields({
      succeeded: 'as-is',
      conditions: CONDITIONS,
      startTime: 'as-is',
      completionTime: 'as-is',
    }),
  },
  CronJob: {
    metadata: metadata('workload'),
    spec: fields({
      schedule: 'as-is',
      timeZone: 'as-is',
      concurrencyPolicy: 'as-is',
      suspend: 'as-is',
      startingDeadlineSeconds: 'as-is',
      successfulJobsHistoryLimit: 'as-is',
      failedJobsHistoryLimit: 'as-is',
      jobTemplate: fields({ spec: JOB_SPEC }),
    }),
  },
  HorizontalPodAutoscaler: {
    metadata: metadata('autoscaler'),
    spec: fields({
      scaleTargetRef: fields({ apiVersion: 'as-is', kind: 'as-is', name: named('workload') }),
      minReplicas: 'as-is',
      maxReplicas: 'as-is',
      metrics: list(
        fields({
          type: 'as-is',
          resource: fields({ name: 'as-is', target: 'as-is' }),
          containerResource: fields({ name: 'as-is', container: named('container'), target: 'as-is' }),
        }),
      ),
      behavior: 'as-is',
    }),
    status: fields({
      currentMetrics: list(fields({ type: 'as-is', resource: fields({ name: 'as-is', current: 'as-is' }) })),
    }),
  },
  PodDisruptionBudget: {
    metadata: metadata('budget'),
    spec: fields({
      selector: SELECTOR,
      minAvailable: 'as-is',
      maxUnavailable: 'as-is',
      unhealthyPodEvictionPolicy: 'as-is',
    }),
    status: fields({
      disruptionsAllowed: 'as-is',
      currentHealthy: 'as-is',
      desiredHealthy: 'as-is',
      expectedPods: 'as-is',
    }),
  },
  PersistentVolumeClaim: { metadata: metadata('claim'), spec: CLAIM_SPEC, status: fields({ phase: 'as-is' }) },
  PersistentVolume: {
    metadata: metadata('volume'),
    spec: fields({
      capacity: 'as-is',
      accessModes: 'as-is',
      storageClassName: named('storageclass'),
      claimRef: fields({ namespace: named('namespace'), name: named('claim') }),
      csi: fields({ driver: 'as-is' }),
      nodeAffinity: fields({ required: fields({ nodeSelectorTerms: list(NODE_TERM) }) }),
    }),
  },
  StorageClass: {
    metadata: metadata('storageclass'),
    provisioner: 'as-is',
    volumeBindingMode: 'as-is',
    allowedTopologies: list(fields({ matchLabelExpressions: list('requirement') })),
  },
  CSINode: {
    metadata: metadata('node'),
    spec: fields({ drivers: list(fields({ name: 'as-is', nodeID: 'as-is', allocatable: 'as-is' })) }),
  },
  Namespace: { metadata: metadata('namespace') },
  PriorityClass: {
    metadata: metadata('priorityclass'),
    value: 'as-is',
    globalDefault: 'as-is',
    preemptionPolicy: 'as-is',
  },
};
