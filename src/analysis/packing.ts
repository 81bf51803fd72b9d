import type { PodProblem } from '../karpenter/scheduling/pod-intake-policy.js';
import { whyNotProvisionable, type NotProvisionable } from '../karpenter/pod-predicates.js';
import { NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import { provisioningPass, type ProvisioningPass } from '../karpenter/scheduling/provisioning-pass.js';
import type { SchedulingProfile } from '../karpenter/scheduling/scheduling-profile.js';
import type { NodeRefusal, SchedulingError } from '../karpenter/scheduling/scheduling-result.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import { RandomStreams } from '../kernel/random-streams.js';
import type { Pod } from '../kubernetes/pod.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { Cluster } from '../scenario/load-cluster.js';
import { launchChoices, type LaunchChoice } from './launch-choices.js';
import { PodGroups } from './pod-groups.js';

/** An existing node that takes pods. */
export interface FilledNode {
  readonly nodeName: string;
  /** Undefined for a node outside Karpenter. */
  readonly nodePoolName: string | undefined;
  readonly pods: readonly Pod[];
}

/** A NodeClaim that would be created. */
export interface NewNodeClaim {
  readonly nodePoolName: string;
  readonly pods: readonly Pod[];
  /** Of the pods and of the daemon pods that come with every node. */
  readonly requests: ResourceList;
  readonly choice: LaunchChoice;
}

/** Equal pods that no node, existing or new, takes. */
export interface UnplacedPods {
  readonly pods: readonly Pod[];
  /** What each NodePool said. `no-nodepools`: there is none that takes pods, and then nothing is decided at all. */
  readonly error: SchedulingError;
  /** What each existing node said. */
  readonly nodes: readonly NodeRefusal[];
}

/** Pods that Karpenter leaves alone for one and the same reason. */
export interface IgnoredPods {
  readonly reasons: readonly (PodProblem | { readonly code: NotProvisionable; readonly subject: string })[];
  readonly pods: readonly Pod[];
}

/** What one scheduling pass over a cluster decides. */
export interface Packing {
  readonly cluster: Cluster;
  /** NodePools that may make nodes for pending pods. */
  readonly nodePoolCount: number;
  /** Existing nodes that may take pods: none that goes away. */
  readonly nodeCount: number;
  /** Pods that the pass tried to place, and how many of them leave nodes that go away. */
  readonly triedPods: number;
  readonly movingPods: number;
  readonly existingNodes: readonly FilledNode[];
  readonly newNodeClaims: readonly NewNodeClaim[];
  readonly unplaced: readonly UnplacedPods[];
  readonly ignored: readonly IgnoredPods[];
}

const NO_NODE_POOLS: SchedulingError = { code: 'no-nodepools', detail: {}, causes: [] };

/**
 * One pass of Karpenter over a cluster as it stands: where its pending pods go, and why the others cannot.
 *
 * @param seed decides what the real controller leaves to chance, such as the order of v1beta1 NodePools of equal weight
 */
export function packCluster(cluster: Cluster, seed: number): Packing {
  const { snapshot, settings } = cluster;
  const profile = schedulingProfile(settings.version);
  const random = new RandomStreams(String(seed)).stream('karpenter/provisioner');
  const pass = provisioningPass(snapshot, settings, profile, () => random.next());
  const { result } = pass;
  const choose = launchChoices(profile);
  const stays = snapshot.stateNodes.filter((stateNode) => !profile.stateNodes.view(stateNode).markedForDeletion);
  return {
    cluster,
    nodePoolCount: profile.orderNodePools(snapshot.nodePools, () => 0).length,
    nodeCount: stays.length,
    triedPods: pass.pendingPods + pass.deletingPods,
    movingPods: pass.deletingPods,
    existingNodes: result.existingNodes.map(({ stateNode, pods }) => {
      const { name, labels } = profile.stateNodes.view(stateNode);
      return { nodeName: name, nodePoolName: labels[NODEPOOL_LABEL], pods };
    }),
    newNodeClaims: result.newNodeClaims.map((plan) => ({
      nodePoolName: plan.nodePoolName,
      pods: plan.pods,
      requests: plan.requests,
      choice: choose(plan),
    })),
    unplaced: unplacedPods(cluster, pass, profile),
    ignored: ignoredPods(cluster, pass),
  };
}

function unplacedPods(
  { snapshot }: Cluster,
  { result, ignored }: ProvisioningPass,
  profile: SchedulingProfile,
): readonly UnplacedPods[] {
  const groups = new PodGroups();
  const nodePools = profile.orderNodePools(snapshot.nodePools, () => 0).map(({ metadata }) => metadata.name);
  const left = new Set(ignored.map(({ pod }) => pod));
  for (const pod of snapshot.pods) {
    const undecided = nodePools.length === 0 && whyNotProvisionable(pod) === undefined && !left.has(pod);
    if (undecided || result.errors.has(pod.metadata.uid)) groups.add(pod);
  }
  return groups.list().map((pods) => {
    const uid = pods[0]?.metadata.uid ?? '';
    const error = result.errors.get(uid);
    return {
      pods,
      error: error === undefined ? NO_NODE_POOLS : withSilentPools(error, nodePools),
      nodes: result.nodeRefusals?.(uid) ?? [],
    };
  });
}

/** NodePools without any instance type are not asked; they are named all the same (CON-5). */
function withSilentPools(error: SchedulingError, nodePools: readonly string[]): SchedulingError {
  const complete = error.causes.every(({ code }) => code !== 'reserved-capacity-exhausted');
  if (!['all-nodepools-refused', 'no-nodepool-has-types'].includes(error.code) || !complete) return error;
  const heard = new Set(error.causes.map(({ nodePoolName }) => nodePoolName));
  const silent = nodePools.filter((name) => !heard.has(name));
  const causes = silent.map((nodePoolName) => ({
    code: 'nodepool-without-types',
    nodePoolName,
    detail: {},
    causes: [],
  }));
  const { code, nodePoolName, detail } = error;
  return { code, nodePoolName, detail, causes: [...error.causes, ...causes] };
}

function ignoredPods({ snapshot }: Cluster, { ignored, result }: ProvisioningPass): readonly IgnoredPods[] {
  const placed = [...result.existingNodes, ...result.newNodeClaims].flatMap(({ pods }) => pods);
  const tried = new Set([...placed.map(({ metadata }) => metadata.uid), ...result.errors.keys()]);
  const problems = new Map(ignored.map((entry) => [entry.pod, entry.problems]));
  const groups = new Map<string, { reasons: IgnoredPods['reasons']; pods: Pod[] }>();
  for (const pod of snapshot.pods) {
    if (tried.has(pod.metadata.uid)) continue;
    const code = whyNotProvisionable(pod);
    const reasons = code === undefined ? (problems.get(pod) ?? []) : [{ code, subject: subjectOf(pod, code) }];
    if (reasons.length === 0) continue;
    const identity = JSON.stringify(reasons);
    const group = groups.get(identity);
    if (group === undefined) groups.set(identity, { reasons, pods: [pod] });
    else group.pods.push(pod);
  }
  return [...groups.values()];
}

function subjectOf({ spec, status }: Pod, code: NotProvisionable): string {
  switch (code) {
    case 'nominated':
      return status.nominatedNodeName ?? '';
    case 'scheduling-gated':
      return spec.schedulingGates.join(', ');
    case 'other-scheduler':
      return spec.schedulerName ?? '';
    default:
      return '';
  }
}
