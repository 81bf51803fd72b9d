import { stringify } from 'yaml';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import type { ResourceList } from '../../src/kubernetes/resource-list.js';
import { OfferedTypes } from '../../src/scenario/offered-types.js';

type Fields = Readonly<Record<string, unknown>>;

/** A machine of a dump. */
export interface DumpedNode {
  readonly type: string;
  readonly zone?: string | undefined;
  readonly capacityType?: 'on-demand' | 'spot' | undefined;
  readonly ageHours?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly Fields[] | undefined;
}

/** A Deployment of a dump; `on` names the nodes of its pods in turn, an empty name leaves a pod pending. */
export interface DumpedWorkload {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly on: readonly string[];
  readonly replicas?: number | undefined;
  readonly requests?: Fields | undefined;
  readonly podSpec?: Fields | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly spec?: Fields | undefined;
}

const HOUR_MS = 3_600_000;

/**
 * Makes objects as `kubectl get -o yaml` prints those of a running EKS cluster: with UIDs, resource versions, managed fields,
 * defaults and status that nobody wrote by hand.
 */
export class ClusterDump {
  readonly items: Fields[] = [];
  readonly #nowMs: number;
  readonly #version: KarpenterVersion;
  readonly #types: OfferedTypes;
  readonly #poolHashes = new Map<string, string>();
  #serial = 0;

  constructor({
    now = '2026-03-27T12:00:00Z',
    version = 'v1.14.1',
  }: { now?: string; version?: KarpenterVersion } = {}) {
    this.#nowMs = Date.parse(now);
    this.#version = version;
    const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
    this.#types = new OfferedTypes({ version, region: 'us-east-1', zones, types: [], nodeClasses: [] });
  }

  /** Karpenter's API group version. */
  get #api(): string {
    return this.#version === 'v0.32.0' ? 'v1beta1' : 'v1';
  }

  /** A NodePool, with the hash that Karpenter writes on it. */
  nodePool(name: string, spec: Fields): void {
    const hash = String(1_000_000 + name.length * 7919);
    this.#poolHashes.set(name, hash);
    const annotations = { 'karpenter.sh/nodepool-hash': hash, 'karpenter.sh/nodepool-hash-version': 'v3' };
    const metadata = this.#metadata(name, { annotations });
    const status = { conditions: [this.#condition('Ready', 48)], resources: { cpu: '16', nodes: '4' } };
    this.add({ apiVersion: `karpenter.sh/${this.#api}`, kind: 'NodePool', metadata, spec, status });
  }

  nodeClass(name: string, spec: Fields = {}, status: Fields = {}): void {
    const annotations = { 'karpenter.k8s.aws/ec2nodeclass-hash': '4242' };
    this.add({
      apiVersion: `karpenter.k8s.aws/${this.#api}`,
      kind: 'EC2NodeClass',
      metadata: this.#metadata(name, { annotations }),
      spec: {
        ...(this.#version === 'v0.32.0' ? { amiFamily: 'AL2' } : { amiSelectorTerms: [{ alias: 'al2023@latest' }] }),
        role: 'KarpenterNodeRole-secret-cluster',
        subnetSelectorTerms: [{ tags: { 'karpenter.sh/discovery': 'secret-cluster' } }],
        securityGroupSelectorTerms: [{ tags: { 'karpenter.sh/discovery': 'secret-cluster' } }],
        ...spec,
      },
      status: { instanceProfile: 'secret-cluster_1234', subnets: [{ id: 'subnet-0', zone: 'us-east-1a' }], ...status },
    });
  }

  /** A node that Karpenter made for a NodePool, and its NodeClaim. Returns its name. */
  karpenterNode(nodePool: string, machine: DumpedNode, change: { readonly hash?: string } = {}): string {
    const { type, zone = 'us-east-1a', capacityType = 'on-demand', ageHours = 20, taints = [] } = machine;
    const claim = `${nodePool}-${this.#suffix()}`;
    const providerID = `aws:///${zone}/i-${this.#hex(17)}`;
    const name = this.#nodeName();
    const labels = {
      'karpenter.sh/nodepool': nodePool,
      'karpenter.sh/capacity-type': capacityType,
      'karpenter.sh/registered': 'true',
      'karpenter.sh/initialized': 'true',
      ...machine.labels,
    };
    const node = this.#node(name, providerID, { ...machine, labels, taints });
    const { capacity, allocatable } = node.status as { capacity: Fields; allocatable: Fields };
    const conditions = ['Launched', 'Registered', 'Initialized', 'Consolidatable', 'Ready'].map((kind) =>
      this.#condition(kind, ageHours),
    );
    this.add({
      apiVersion: `karpenter.sh/${this.#api}`,
      kind: 'NodeClaim',
      metadata: this.#metadata(claim, {
        ageHours,
        labels: node.metadata.labels,
        annotations: {
          'karpenter.sh/nodepool-hash': change.hash ?? this.#poolHashes.get(nodePool) ?? '',
          'karpenter.sh/nodepool-hash-version': 'v3',
          'karpenter.k8s.aws/ec2nodeclass-hash': '4242',
        },
        ownerReferences: [{ apiVersion: `karpenter.sh/${this.#api}`, kind: 'NodePool', name: nodePool, uid: nodePool }],
      }),
      spec: {
        expireAfter: '720h',
        nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
        requirements: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: [type] }],
        resources: { requests: { cpu: '1', memory: '1Gi', pods: '5' } },
        taints,
      },
      status: { providerID, nodeName: name, imageID: 'ami-0123', capacity, allocatable, conditions },
    });
    this.add(node);
    return name;
  }

  /** A node of a managed node group. Returns its name. */
  managedNode(group: string, machine: DumpedNode): string {
    const name = this.#nodeName();
    const labels = {
      'eks.amazonaws.com/nodegroup': group,
      'eks.amazonaws.com/capacityType': machine.capacityType === 'spot' ? 'SPOT' : 'ON_DEMAND',
      ...machine.labels,
    };
    this.add(this.#node(name, `aws:///${machine.zone ?? 'us-east-1a'}/i-${this.#hex(17)}`, { ...machine, labels }));
    return name;
  }

  /** A Deployment with its ReplicaSet and pods. */
  deployment(workload: DumpedWorkload): void {
    const { name, namespace = 'shop', on, replicas = on.length } = workload;
    const hash = this.#suffix() + this.#suffix();
    const labels = { app: name, ...workload.labels };
    const template = this.#template(workload, labels);
    const selector = { matchLabels: { app: name } };
    const uid = this.#uid();
    this.add({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: this.#metadata(name, {
        namespace,
        labels,
        uid,
        annotations: {
          'deployment.kubernetes.io/revision': '3',
          'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ name, template }),
        },
      }),
      spec: {
        replicas,
        selector,
        template,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        progressDeadlineSeconds: 600,
        revisionHistoryLimit: 10,
        ...workload.spec,
      },
      status: { replicas, readyReplicas: replicas, updatedReplicas: replicas, observedGeneration: 3 },
    });
    const set = `${name}-${hash}`;
    const setUid = this.#uid();
    const hashed = { ...labels, 'pod-template-hash': hash };
    this.add({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: this.#metadata(set, {
        namespace,
        labels: hashed,
        uid: setUid,
        annotations: { 'deployment.kubernetes.io/desired-replicas': String(replicas) },
        ownerReferences: [owner('apps/v1', 'Deployment', name, uid)],
      }),
      spec: {
        replicas,
        selector: { matchLabels: { app: name, 'pod-template-hash': hash } },
        template: { ...template, metadata: { ...template.metadata, labels: hashed } },
      },
      status: { replicas, observedGeneration: 1 },
    });
    for (const node of on) {
      this.#pod(`${set}-${this.#suffix()}`, namespace, node, {
        template,
        labels: hashed,
        owner: owner('apps/v1', 'ReplicaSet', set, setUid),
      });
    }
  }

  /** A StatefulSet with its pods. */
  statefulSet(workload: DumpedWorkload): void {
    const { name, namespace = 'shop', on, replicas = on.length } = workload;
    const labels = { app: name, ...workload.labels };
    const template = this.#template(workload, labels);
    const uid = this.#uid();
    this.add({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: this.#metadata(name, { namespace, labels, uid }),
      spec: {
        replicas,
        serviceName: name,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        selector: { matchLabels: { app: name } },
        template,
        ...workload.spec,
      },
      status: { replicas, currentRevision: `${name}-1` },
    });
    for (const [index, node] of on.entries()) {
      this.#pod(`${name}-${index}`, namespace, node, {
        template,
        labels: { ...labels, 'apps.kubernetes.io/pod-index': String(index) },
        owner: owner('apps/v1', 'StatefulSet', name, uid),
      });
    }
  }

  /** A DaemonSet with a pod on each of the nodes. */
  daemonSet(workload: DumpedWorkload): void {
    const { name, namespace = 'kube-system', on } = workload;
    const labels = { 'k8s-app': name, ...workload.labels };
    const template = this.#template(workload, labels);
    template.spec['tolerations'] = [{ operator: 'Exists' }];
    const uid = this.#uid();
    this.add({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: this.#metadata(name, { namespace, labels, uid }),
      spec: {
        selector: { matchLabels: { 'k8s-app': name } },
        template,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        revisionHistoryLimit: 10,
      },
      status: { desiredNumberScheduled: on.length, numberReady: on.length },
    });
    for (const node of on) {
      const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
      const affinity = {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
      };
      this.#pod(`${name}-${this.#suffix()}`, namespace, node, {
        template: { ...template, spec: { ...template.spec, affinity } },
        labels,
        owner: owner('apps/v1', 'DaemonSet', name, uid),
      });
    }
  }

  /** A pod of any owner, or of none. */
  pod(workload: Omit<DumpedWorkload, 'on'> & { readonly node: string; readonly owner?: Fields | undefined }): void {
    const { name, namespace = 'shop', node } = workload;
    const labels = workload.labels ?? {};
    this.#pod(name, namespace, node, {
      template: this.#template({ ...workload, on: [] }, labels),
      labels,
      owner: workload.owner,
    });
  }

  /** Any other object; what the API server adds is added. */
  object(apiVersion: string, kind: string, name: string, fields: Fields, namespace?: string): void {
    this.add({ apiVersion, kind, metadata: this.#metadata(name, { namespace }), ...fields });
  }

  add(item: Fields): void {
    this.items.push(item);
  }

  /** As `kubectl get … -o yaml` prints it. */
  yaml(): string {
    return stringify(this.#list(), { aliasDuplicateObjects: false, indentSeq: false });
  }

  /** As `kubectl get … -o json` prints it. */
  json(): string {
    return JSON.stringify(this.#list(), undefined, 4);
  }

  #list(): Fields {
    return { apiVersion: 'v1', items: this.items, kind: 'List', metadata: { resourceVersion: '' } };
  }

  #template({ requests, podSpec, annotations }: DumpedWorkload, labels: Fields) {
    const container = {
      name: 'app',
      image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/secret-app:1.2.3',
      imagePullPolicy: 'IfNotPresent',
      env: [{ name: 'DB_PASSWORD', value: 'hunter2' }],
      args: ['--listen', ':8080'],
      resources: { requests: requests ?? { cpu: '500m', memory: '512Mi' } },
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    };
    const spec: Record<string, unknown> = {
      containers: [container],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      ...podSpec,
    };
    return { metadata: { creationTimestamp: null, labels, ...(annotations && { annotations }) }, spec };
  }

  #pod(
    name: string,
    namespace: string,
    node: string,
    {
      template,
      labels,
      owner: reference,
    }: {
      readonly template: { readonly metadata: Fields; readonly spec: Fields };
      readonly labels: Fields;
      readonly owner?: Fields | undefined;
    },
  ): void {
    const kept = ['not-ready', 'unreachable'].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    }));
    const tolerations = [...((template.spec['tolerations'] as Fields[] | undefined) ?? []), ...kept];
    const pending = node === '';
    const scheduled = {
      type: 'PodScheduled',
      status: pending ? 'False' : 'True',
      reason: pending ? 'Unschedulable' : '',
    };
    this.add({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: this.#metadata(name, {
        namespace,
        labels,
        ageHours: 2,
        generateName: name.replace(/[^-]+$/, ''),
        annotations: template.metadata['annotations'] as Fields | undefined,
        ...(reference && { ownerReferences: [reference] }),
      }),
      spec: {
        ...template.spec,
        ...(pending ? {} : { nodeName: node }),
        enableServiceLinks: true,
        preemptionPolicy: 'PreemptLowerPriority',
        priority: template.spec['priority'] ?? 0,
        serviceAccount: 'default',
        serviceAccountName: 'default',
        tolerations,
        volumes: [
          ...((template.spec['volumes'] as Fields[] | undefined) ?? []),
          { name: 'kube-api-access-x', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
        ],
      },
      status: pending
        ? {
            phase: 'Pending',
            qosClass: 'Burstable',
            conditions: [{ ...this.#condition('PodScheduled', 1), ...scheduled }],
          }
        : {
            phase: 'Running',
            hostIP: '10.0.1.2',
            podIP: '10.0.1.3',
            qosClass: 'Burstable',
            startTime: this.#time(2),
            conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((kind) =>
              this.#condition(kind, 2),
            ),
            containerStatuses: [
              { name: 'app', ready: true, restartCount: 0, state: { running: {} }, image: 'secret-app' },
            ],
          },
    });
  }

  #node(name: string, providerID: string, machine: DumpedNode) {
    const { type, zone = 'us-east-1a', ageHours = 20, taints = [] } = machine;
    const facts = this.#types.factsOf(type, undefined);
    if (facts === undefined) throw new Error(`no data for ${type}`);
    const labels: Record<string, string> = {
      ...facts.labels,
      'topology.kubernetes.io/zone': zone,
      'topology.kubernetes.io/region': 'us-east-1',
      'kubernetes.io/hostname': name,
      ...machine.labels,
    };
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: this.#metadata(name, { ageHours, labels }) as Fields & { readonly labels: Fields },
      spec: { providerID, ...(taints.length > 0 && { taints }) },
      status: {
        capacity: quantities(facts.capacity),
        allocatable: quantities(facts.allocatable),
        conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((kind) => ({
          ...this.#condition(kind, ageHours),
          status: kind === 'Ready' ? 'True' : 'False',
          lastHeartbeatTime: this.#time(0),
        })),
        nodeInfo: { kubeletVersion: 'v1.31.2-eks-94953ac', machineID: 'ec2secret' },
        images: [{ names: ['secret-app:1.2.3'], sizeBytes: 100_000_000 }],
      },
    };
  }

  #metadata(
    name: string,
    fields: Fields & {
      readonly ageHours?: number;
      readonly namespace?: string | undefined;
      readonly uid?: string;
    } = {},
  ): Fields {
    const { ageHours = 48, namespace, uid = this.#uid(), ...rest } = fields;
    return {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion: String(1000 + this.#serial),
      generation: 1,
      creationTimestamp: this.#time(ageHours),
      ...rest,
      managedFields: [{ manager: 'kubectl', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } }],
    };
  }

  #condition(type: string, ageHours: number) {
    return { type, status: 'True', reason: type, message: '', lastTransitionTime: this.#time(ageHours) };
  }

  #time(ageHours: number): string {
    return new Date(this.#nowMs - ageHours * HOUR_MS).toISOString().replace('.000', '');
  }

  #nodeName(): string {
    const serial = this.#next();
    return `ip-10-1-${Math.floor(serial / 250)}-${serial % 250}.ec2.internal`;
  }

  #suffix(): string {
    return (this.#next() * 7919 + 100_000).toString(36).slice(-5).padStart(5, 'x');
  }

  #uid(): string {
    return `${this.#hex(8)}-0000-4000-8000-${this.#hex(12)}`;
  }

  #hex(length: number): string {
    return (this.#next() * 2_654_435_761).toString(16).padStart(length, '0').slice(-length);
  }

  #next(): number {
    return ++this.#serial;
  }
}

function owner(apiVersion: string, kind: string, name: string, uid: string): Fields {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Amounts as the API server prints them. */
function quantities(list: ResourceList): Fields {
  return Object.fromEntries(
    Object.entries(list).map(([name, amount]) => {
      if (name === 'cpu') return [name, `${amount}m`];
      if (name === 'memory' || name === 'ephemeral-storage') return [name, `${Math.floor(amount / 1024)}Ki`];
      return [name, String(amount)];
    }),
  );
}
