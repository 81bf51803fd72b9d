import type { StateNode } from '../karpenter/cluster-snapshot.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import { DISRUPTED_TAINT, DISRUPTION_TAINT, sameTaint } from '../karpenter/lifecycle/markers.js';
import { INSTANCE_TYPE_LABEL, NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { Node } from '../kubernetes/node.js';
import type { Pod } from '../kubernetes/pod.js';
import type { Taint } from '../kubernetes/taints.js';
import type { Assumption } from './cluster-assumption.js';
import type { ManifestSet } from './manifest-set.js';
import type { ClusterLists } from './object-kinds.js';
import type { OfferedTypes } from './offered-types.js';

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** The nodes of a cluster as Karpenter tracks them. */
export interface ClusterNodes {
  readonly stateNodes: readonly StateNode[];
  readonly problems: readonly Problem[];
  readonly assumptions: readonly Assumption[];
}

/** Joins Nodes, NodeClaims and bound pods: by provider id, else by the name of the node that the NodeClaim says. */
export function clusterNodes(
  manifests: ManifestSet<ClusterLists>,
  pods: readonly Pod[],
  types: Pick<OfferedTypes, 'factsOf'>,
): ClusterNodes {
  const { lists } = manifests;
  const notes = new Notes();
  const problems: Problem[] = [];
  const nodes = lists.nodes.map((node) => {
    const { node: complete, problem } = completed(node, manifests, types, notes);
    if (problem !== undefined) problems.push(problem);
    return complete;
  });
  const byProviderID = new Map(nodes.map((node) => [node.spec.providerID, node]));
  byProviderID.delete('');
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  const bound = podsByNode(pods, byName, notes);
  const podsOf = (node: Node | undefined): readonly Pod[] => bound.get(node?.metadata.name ?? '') ?? [];
  const stateNodes: StateNode[] = [];
  const claimed = new Set<Node>();
  for (const nodeClaim of lists.nodeClaims) {
    const { name } = nodeClaim.metadata;
    const node = byProviderID.get(nodeClaim.status.providerID ?? '') ?? byName.get(nodeClaim.status.nodeName ?? '');
    if (node === undefined && nodeClaim.status.providerID === undefined) {
      notes.add('claim-not-launched', name);
      continue;
    }
    if (node === undefined) notes.add('claim-without-node', name);
    else claimed.add(node);
    stateNodes.push(stateNode(node, nodeClaim, podsOf(node), notes));
  }
  for (const node of nodes) {
    if (claimed.has(node)) continue;
    if ((node.metadata.labels[NODEPOOL_LABEL] ?? '') !== '') notes.add('node-without-claim', node.metadata.name);
    stateNodes.push(stateNode(node, undefined, podsOf(node), notes));
  }
  return { stateNodes, problems, assumptions: notes.list() };
}

function stateNode(
  node: Node | undefined,
  nodeClaim: NodeClaim | undefined,
  pods: readonly Pod[],
  notes: Notes,
): StateNode {
  const disrupted =
    node?.spec.taints.some((taint) => sameTaint(taint, DISRUPTED_TAINT) || sameTaint(taint, DISRUPTION_TAINT)) ?? false;
  if (disrupted) notes.add('node-being-disrupted', node?.metadata.name ?? '');
  return { node, nodeClaim, pods, markedForDeletion: disrupted, heldByCommand: false, nominatedUntilMs: 0 };
}

/** The node with what a running cluster would have added to a plain manifest: amounts, labels of its type, its cordon. */
function completed(
  node: Node,
  manifests: ManifestSet<ClusterLists>,
  types: Pick<OfferedTypes, 'factsOf'>,
  notes: Notes,
): { readonly node: Node; readonly problem?: Problem | undefined } {
  const { labels, name } = node.metadata;
  const isCordoned = node.spec.taints.some((taint) => sameTaint(taint, UNSCHEDULABLE));
  const taints = node.spec.unschedulable && !isCordoned ? [...node.spec.taints, UNSCHEDULABLE] : node.spec.taints;
  const spec = { ...node.spec, taints };
  if (Object.keys(node.status.allocatable).length > 0) return { node: { ...node, spec } };
  const typeName = labels[INSTANCE_TYPE_LABEL];
  const nodePool = manifests.lists.nodePools.find(({ metadata }) => metadata.name === labels[NODEPOOL_LABEL]);
  const facts = typeName === undefined ? undefined : types.factsOf(typeName, nodePool);
  if (facts === undefined) {
    const problem = manifests.problemAt(node, ['status', 'allocatable'], {
      code: 'missing-field',
      message: `Node ${name} has no allocatable amounts`,
      expected: 'amounts of cpu, memory and pods',
      hint:
        typeName === undefined
          ? `or label it ${INSTANCE_TYPE_LABEL} with an EC2 type, whose amounts are then taken`
          : `the data has no instance type "${typeName}" to take them from`,
    });
    return { node, problem };
  }
  notes.add('amounts-of-type', `${name} (${typeName ?? ''})`);
  const { capacity, allocatable } = facts;
  const metadata = { ...node.metadata, labels: { ...facts.labels, ...labels } };
  return { node: { metadata, spec, status: { ...node.status, capacity, allocatable } } };
}

function podsByNode(
  pods: readonly Pod[],
  nodes: ReadonlyMap<string, Node>,
  notes: Notes,
): ReadonlyMap<string, readonly Pod[]> {
  const bound = new Map<string, Pod[]>();
  for (const pod of pods) {
    const { nodeName } = pod.spec;
    if (nodeName === undefined) continue;
    if (!nodes.has(nodeName)) {
      notes.add('bound-to-unknown-node', nodeName);
      continue;
    }
    const known = bound.get(nodeName);
    if (known === undefined) bound.set(nodeName, [pod]);
    else known.push(pod);
  }
  return bound;
}

/** Assumptions as they come up, each subject once. */
class Notes {
  readonly #subjects = new Map<Assumption['code'], Map<string, number>>();

  add(code: Assumption['code'], subject: string): void {
    let subjects = this.#subjects.get(code);
    if (subjects === undefined) this.#subjects.set(code, (subjects = new Map<string, number>()));
    subjects.set(subject, (subjects.get(subject) ?? 0) + 1);
  }

  list(): Assumption[] {
    return [...this.#subjects].map(([code, subjects]) => ({
      code,
      count: [...subjects.values()].reduce((sum, count) => sum + count, 0),
      subjects: [...subjects.keys()],
    }));
  }
}
