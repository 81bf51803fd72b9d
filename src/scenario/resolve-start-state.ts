import { NODE_CLASS_HASH_ANNOTATION, type EC2NodeClass } from '../cloud/node-class.js';
import { findCondition, hasCondition } from '../karpenter/lifecycle/conditions.js';
import {
  DISRUPTED_TAINT,
  DISRUPTION_TAINT,
  NODEPOOL_HASH_ANNOTATION,
  NODEPOOL_HASH_VERSION_ANNOTATION,
  sameTaint,
} from '../karpenter/lifecycle/markers.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import type { NodePool } from '../karpenter/nodepool.js';
import { NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { Node } from '../kubernetes/node.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { Assumption } from './cluster-assumption.js';
import { clusterNodes } from './cluster-nodes.js';
import type { ManifestSet } from './manifest-set.js';
import type { ClusterLists } from './object-kinds.js';
import { OfferedTypes } from './offered-types.js';
import type { ClusterObjects } from './scenario-spec.js';
import { startPods } from './start-pods.js';
import { startReplicaSets } from './start-replica-sets.js';
import type { StartState } from './start-state.js';

/** What a start state is read with. */
export interface StartStateContext {
  readonly version: KarpenterVersion;
  readonly region: string;
  readonly zones: readonly string[];
  readonly startTimeMs: number;
  /** The scenario's own objects, by which owners are known. */
  readonly cluster: ClusterObjects;
  /** NodePools and EC2NodeClasses as the manifests have them, without changes for this run: the nodes were made of these. */
  readonly asWritten: Pick<ClusterObjects, 'nodePools' | 'nodeClasses'>;
}

/** Everything a run begins with, what is wrong with it, and what was left out or guessed. */
export interface ResolvedStartState {
  readonly startState: StartState;
  readonly problems: readonly Problem[];
  readonly remarks: readonly string[];
}

/** A hash that no NodePool has. */
const OUTDATED = 'outdated';

/**
 * Makes what kubectl printed the state that a run begins with: nodes joined with their NodeClaims, pods known by their
 * workloads, marks of a Karpenter that decided before this one taken off.
 */
export function resolveStartState(
  manifests: ManifestSet<ClusterLists>,
  context: StartStateContext,
): ResolvedStartState {
  const { lists } = manifests;
  const replicaSets = startReplicaSets(lists, context.cluster);
  const pods = startPods(lists, context.cluster, replicaSets);
  const { version, region, zones, asWritten } = context;
  let types: OfferedTypes | undefined;
  const nodes = clusterNodes(
    manifests,
    pods.list.map(({ pod }) => pod),
    {
      // Read only for a node without amounts: most have them.
      factsOf: (name, nodePool) => {
        types ??= new OfferedTypes({ version, region, zones, types: [], nodeClasses: asWritten.nodeClasses });
        return types.factsOf(name, nodePool);
      },
    },
  );
  const known = new Set(nodes.stateNodes.map(({ node }) => node?.metadata.name));
  const startState: StartState = {
    nodes: nodes.stateNodes.flatMap(({ node, nodeClaim }) => (node === undefined ? [] : [settled(node, nodeClaim)])),
    nodeClaims: lists.nodeClaims.map((claim) => normalised(claim, context)),
    replicaSets,
    pods: pods.list.filter(({ pod }) => pod.spec.nodeName === undefined || known.has(pod.spec.nodeName)),
  };
  return {
    startState,
    problems: [...nodes.problems, ...fromTheFuture(manifests, context.startTimeMs)],
    remarks: [...pods.remarks, ...nodes.assumptions.flatMap(remarkOf), ...strangerRemarks(lists, context.cluster)],
  };
}

/** A Karpenter that starts takes its taint off every node that no command of its own holds. */
function settled(node: Node, nodeClaim: NodeClaim | undefined): Node {
  if (nodeClaim?.metadata.deletionTimeMs !== undefined) return node;
  const taints = node.spec.taints.filter(
    (taint) => !sameTaint(taint, DISRUPTED_TAINT) && !sameTaint(taint, DISRUPTION_TAINT),
  );
  return taints.length === node.spec.taints.length ? node : { ...node, spec: { ...node.spec, taints } };
}

/** The NodeClaim with hashes of this simulator: a real one says only whether NodeClaim and NodePool have the same. */
function normalised(claim: NodeClaim, { asWritten }: StartStateContext): NodeClaim {
  const { metadata, spec } = claim;
  const pool = asWritten.nodePools.find(({ metadata: { name } }) => name === metadata.labels[NODEPOOL_LABEL]);
  const nodeClass = asWritten.nodeClasses.find(({ metadata: { name } }) => name === spec.nodeClassRef.name);
  const annotations: Record<string, string> = { ...metadata.annotations };
  if (pool !== undefined) {
    annotations[NODEPOOL_HASH_ANNOTATION] = isOfNodePool(claim, pool) ? pool.hash : OUTDATED;
    annotations[NODEPOOL_HASH_VERSION_ANNOTATION] = pool.metadata.annotations[NODEPOOL_HASH_VERSION_ANNOTATION] ?? 'v3';
  }
  if (nodeClass !== undefined) {
    annotations[NODE_CLASS_HASH_ANNOTATION] = isOfNodeClass(claim, nodeClass) ? nodeClass.hash : OUTDATED;
  }
  return { ...claim, metadata: { ...metadata, annotations } };
}

function isOfNodePool(claim: NodeClaim, { metadata }: NodePool): boolean {
  const { annotations } = claim.metadata;
  const [hash, version] = [NODEPOOL_HASH_ANNOTATION, NODEPOOL_HASH_VERSION_ANNOTATION].map((key) => ({
    claimed: annotations[key],
    wanted: metadata.annotations[key],
  }));
  if (hash?.claimed !== undefined && hash.wanted !== undefined) {
    // Karpenter does not compare hashes of different versions.
    return version?.claimed !== version?.wanted || hash.claimed === hash.wanted;
  }
  return !hasDriftedBy(claim, ['NodePoolDrifted']);
}

function isOfNodeClass(claim: NodeClaim, { metadata }: EC2NodeClass): boolean {
  const claimed = claim.metadata.annotations[NODE_CLASS_HASH_ANNOTATION];
  const wanted = metadata.annotations[NODE_CLASS_HASH_ANNOTATION];
  const sameHash = claimed === undefined || wanted === undefined || claimed === wanted;
  // Of images, subnets and security groups only Karpenter's own finding is known.
  return sameHash && !hasDriftedBy(claim, ['NodeClassDrift', 'AMIDrift', 'SubnetDrift', 'SecurityGroupDrift']);
}

function hasDriftedBy(claim: NodeClaim, reasons: readonly string[]): boolean {
  return (
    hasCondition(claim, 'Drifted') && reasons.includes(findCondition(claim.status.conditions, 'Drifted')?.reason ?? '')
  );
}

/** Objects that are younger than the run: their ages would be negative. */
function fromTheFuture(manifests: ManifestSet<ClusterLists>, startTimeMs: number): readonly Problem[] {
  const { nodes, nodeClaims, pods } = manifests.lists;
  const all: readonly { readonly metadata: ObjectMeta }[] = [...nodes, ...nodeClaims, ...pods];
  const young = all.filter(({ metadata }) => metadata.creationTimeMs > startTimeMs);
  const [youngest] = [...young].sort((a, b) => b.metadata.creationTimeMs - a.metadata.creationTimeMs);
  if (youngest === undefined) return [];
  const time = (ms: number): string => new Date(ms).toISOString().replace('.000', '');
  return [
    manifests.problemAt(youngest, ['metadata', 'creationTimestamp'], {
      code: 'invalid-value',
      message: `${young.length} objects of the start state are younger than the run, this one the youngest`,
      expected: `times up to the scenario's start, ${time(startTimeMs)}`,
      hint: `let the scenario start at ${time(youngest.metadata.creationTimeMs)} or later`,
    }),
  ];
}

/** What the reader of the results must know of how nodes were read. */
function remarkOf({ code, count, subjects }: Assumption): readonly string[] {
  const some = subjects.slice(0, 3).join(', ') + (subjects.length > 3 ? ', …' : '');
  switch (code) {
    case 'bound-to-unknown-node':
      return [`${count} pods of the start state run on nodes that it does not have (${some}): they are made anew.`];
    case 'amounts-of-type':
      return [`${count} nodes of the start state have no amounts and get those of their type (${some}).`];
    case 'node-without-claim':
      return [
        `${count} nodes of the start state name a NodePool and have no NodeClaim (${some}): Karpenter leaves them.`,
      ];
    case 'claim-not-launched':
      return [`${count} NodeClaims of the start state have no instance yet (${some}): they are launched.`];
    case 'claim-without-node':
      return [`${count} NodeClaims of the start state have no Node yet (${some}): it joins.`];
    case 'node-being-disrupted':
      return [`${count} nodes of the start state were being disrupted (${some}): this Karpenter decides anew.`];
    default:
      return [];
  }
}

/** Kinds that belong under `manifests`. */
const DEFINED_ELSEWHERE = [
  'nodePools',
  'nodeClasses',
  'deployments',
  'statefulSets',
  'daemonSets',
  'podDisruptionBudgets',
] as const;

function strangerRemarks(lists: ClusterLists, cluster: ClusterObjects): readonly string[] {
  const remarks = DEFINED_ELSEWHERE.flatMap((list) => {
    const known = new Set(cluster[list].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
    const strangers = lists[list].filter(({ metadata }) => !known.has(`${metadata.namespace}/${metadata.name}`));
    const [first] = strangers;
    if (first === undefined) return [];
    return [
      `${strangers.length} ${list} of the start state (${first.metadata.name}, …) are not under manifests and are left out.`,
    ];
  });
  const pools = new Set(cluster.nodePools.map(({ metadata }) => metadata.name));
  const orphans = lists.nodeClaims.filter(({ metadata }) => !pools.has(metadata.labels[NODEPOOL_LABEL] ?? ''));
  if (orphans.length > 0) {
    remarks.push(
      `${orphans.length} NodeClaims of the start state name no NodePool of the scenario: they stay as they are.`,
    );
  }
  return remarks;
}
