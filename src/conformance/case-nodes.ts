import type { InstanceType } from '../cloud/instance-type.js';
import type { StateNode } from '../karpenter/cluster-snapshot.js';
import {
  NODEPOOL_HASH_ANNOTATION,
  NODEPOOL_HASH_VERSION,
  NODEPOOL_HASH_VERSION_ANNOTATION,
} from '../karpenter/lifecycle/markers.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import type { NeverOrMs, NodePool } from '../karpenter/nodepool.js';
import {
  CAPACITY_TYPE_LABEL,
  HOSTNAME_LABEL,
  INITIALIZED_LABEL,
  INSTANCE_TYPE_LABEL,
  NODEPOOL_LABEL,
  REGISTERED_LABEL,
  ZONE_LABEL,
} from '../karpenter/requirements/labels.js';
import { typeView } from '../karpenter/scheduling/type-view.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { parseGoDuration } from '../kubernetes/duration.js';
import { decodeTaint } from '../kubernetes/manifest/decode-selectors.js';
import type { Node } from '../kubernetes/node.js';
import type { Condition, Pod } from '../kubernetes/pod.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { Taint } from '../kubernetes/taints.js';
import { readAmounts } from './case-catalogs.js';
import type { CaseCondition, CaseNode } from './case-file.js';
import { readManifest } from './read-manifest.js';

/** How long a nomination protects a node; inside a case any positive time does. */
const NOMINATION_MS = 20_000;

/** What a node of a case is made from. */
export interface CaseNodeInput {
  readonly version: KarpenterVersion;
  readonly nowMs: number;
  readonly node: CaseNode;
  readonly nodePool: NodePool | undefined;
  readonly instanceType: InstanceType | undefined;
  /** Pods bound to the node. */
  readonly pods: readonly Pod[];
}

/** Node and NodeClaim of a case's node, as registration and the provider would have left them. */
export function caseStateNode(input: CaseNodeInput): StateNode {
  const { version, nowMs, node: source, nodePool, instanceType, pods } = input;
  const managed = (source.nodePool ?? '') !== '';
  const phase = source.phase ?? 'initialized';
  const { capacity, allocatable } = resourcesOf(source, instanceType, version);
  const taints = (source.taints ?? []).map((taint) => readManifest(taint, decodeTaint));
  const startupTaints = (source.startupTaints ?? []).map((taint) => readManifest(taint, decodeTaint));
  const createdMs = source.createdAt === undefined ? nowMs : Date.parse(source.createdAt);
  const labels = managed ? managedLabels(source, nodePool, instanceType) : { ...givenLabels(source), ...source.labels };
  const shared = { labels, createdMs, capacity, allocatable };
  return {
    node:
      phase === 'launched' && managed
        ? undefined
        : nodeObject(input, { ...shared, phase, managed }, taints, startupTaints),
    nodeClaim: managed ? nodeClaimObject(input, { ...shared, phase, managed }, taints, startupTaints) : undefined,
    pods,
    markedForDeletion: source.deleting ?? false,
    heldByCommand: false,
    nominatedUntilMs: source.nominated === true ? nowMs + NOMINATION_MS : 0,
  };
}

interface NodeFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly capacity: ResourceList;
  readonly allocatable: ResourceList;
  readonly phase: 'initialized' | 'registered' | 'launched';
  readonly managed: boolean;
}

function nodeObject(
  { nowMs, node: source }: CaseNodeInput,
  { labels, createdMs, capacity, allocatable, phase, managed }: NodeFacts,
  taints: readonly Taint[],
  startupTaints: readonly Taint[],
): Node {
  const lifeLabels: Record<string, string> = {};
  if (managed) lifeLabels[REGISTERED_LABEL] = 'true';
  if (managed && phase === 'initialized') lifeLabels[INITIALIZED_LABEL] = 'true';
  return {
    metadata: {
      name: source.name,
      namespace: '',
      uid: `node-${source.name}`,
      labels: { [HOSTNAME_LABEL]: source.name, ...labels, ...lifeLabels },
      annotations: source.annotations ?? {},
      ownerReferences: [],
      creationTimeMs: createdMs,
      deletionTimeMs: source.deleting === true ? nowMs : undefined,
    },
    spec: {
      providerID: `case:///${source.name}`,
      taints: phase === 'initialized' ? taints : [...taints, ...startupTaints],
      unschedulable: false,
    },
    status: {
      capacity,
      allocatable,
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTimeMs: createdMs }],
    },
  };
}

function nodeClaimObject(
  { version, nowMs, node: source, nodePool }: CaseNodeInput,
  { labels, createdMs, capacity, allocatable, phase }: NodeFacts,
  taints: readonly Taint[],
  startupTaints: readonly Taint[],
): NodeClaim {
  const name = source.nodeClaim ?? `${source.name}-claim`;
  const hash: Record<string, string> =
    version === 'v1.14.1' ? { [NODEPOOL_HASH_VERSION_ANNOTATION]: NODEPOOL_HASH_VERSION } : {};
  if (nodePool !== undefined) hash[NODEPOOL_HASH_ANNOTATION] = nodePool.hash;
  const graceMs =
    source.terminationGracePeriod === undefined ? undefined : parseGoDuration(source.terminationGracePeriod);
  return {
    metadata: {
      name,
      namespace: '',
      uid: `nodeclaim-${name}`,
      labels,
      annotations: { ...hash, ...source.annotations },
      ownerReferences: [],
      creationTimeMs: createdMs,
      deletionTimeMs: source.deleting === true ? nowMs : undefined,
    },
    spec: {
      requirements: nodePool?.template.requirements ?? [],
      requests: {},
      taints,
      startupTaints,
      nodeClassRef: nodePool?.template.nodeClassRef ?? {
        group: 'karpenter.k8s.aws',
        kind: 'EC2NodeClass',
        name: 'default',
      },
      expireAfter:
        source.expireAfter === undefined ? (nodePool?.template.expireAfter ?? 'Never') : neverOrMs(source.expireAfter),
      terminationGracePeriodMs: graceMs ?? nodePool?.template.terminationGracePeriodMs,
    },
    status: {
      providerID: `case:///${source.name}`,
      nodeName: phase === 'launched' ? undefined : source.name,
      capacity,
      allocatable,
      conditions: conditionsOf(source, phase, createdMs),
      lastPodEventTimeMs: source.lastPodEventTime === undefined ? undefined : Date.parse(source.lastPodEventTime),
    },
  };
}

function conditionsOf(source: CaseNode, phase: NodeFacts['phase'], createdMs: number): Condition[] {
  const reasons: Record<string, CaseCondition> = { Launched: 'Launched' };
  if (phase !== 'launched') reasons['Registered'] = 'Registered';
  if (phase === 'initialized') reasons['Initialized'] = 'Initialized';
  Object.assign(reasons, source.conditions);
  return Object.entries(reasons).map(([type, value]) => {
    const given: Exclude<CaseCondition, string> = typeof value === 'string' ? { reason: value } : value;
    const { reason = type, lastTransitionTime } = given;
    return {
      type,
      status: 'True',
      reason,
      lastTransitionTimeMs: lastTransitionTime === undefined ? createdMs : Date.parse(lastTransitionTime),
    };
  });
}

function neverOrMs(text: string): NeverOrMs {
  return text === 'Never' ? text : (parseGoDuration(text) ?? 'Never');
}

function resourcesOf(
  source: CaseNode,
  instanceType: InstanceType | undefined,
  version: KarpenterVersion,
): { readonly capacity: ResourceList; readonly allocatable: ResourceList } {
  const view = instanceType === undefined ? undefined : typeView(instanceType);
  const capacity = source.capacity === undefined ? (instanceType?.capacity ?? {}) : readAmounts(source.capacity);
  if (source.allocatable !== undefined) return { capacity, allocatable: readAmounts(source.allocatable) };
  if (view === undefined) return { capacity, allocatable: capacity };
  const allocatable = version === 'v0.32.0' ? view.plainAllocatable : view.allocatableGroups[0]?.allocatable;
  return { capacity, allocatable: allocatable ?? capacity };
}

function managedLabels(
  source: CaseNode,
  nodePool: NodePool | undefined,
  instanceType: InstanceType | undefined,
): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const requirement of instanceType === undefined ? [] : typeView(instanceType).requirements) {
    const value = requirement.onlyValue;
    if (value !== undefined) labels[requirement.key] = value;
  }
  return {
    ...labels,
    ...givenLabels(source),
    [NODEPOOL_LABEL]: source.nodePool ?? '',
    ...nodePool?.template.labels,
    ...source.labels,
  };
}

function givenLabels({ instanceType = '', zone = '', capacityType = '' }: CaseNode): Record<string, string> {
  const labels: Record<string, string> = {};
  if (instanceType !== '') labels[INSTANCE_TYPE_LABEL] = instanceType;
  if (zone !== '') labels[ZONE_LABEL] = zone;
  if (capacityType !== '') labels[CAPACITY_TYPE_LABEL] = capacityType;
  return labels;
}
