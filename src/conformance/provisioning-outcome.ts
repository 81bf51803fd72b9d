import { Requirement } from '../karpenter/requirements/requirement.js';
import type { CaseCluster } from './case-cluster.js';
import { Requirements } from '../karpenter/requirements/requirements.js';
import { INSTANCE_TYPE_LABEL } from '../karpenter/requirements/labels.js';
import { cheapestPrice } from '../karpenter/scheduling/price-order.js';
import { provisioningPass } from '../karpenter/scheduling/provisioning-pass.js';
import { schedulingErrorMessage } from '../karpenter/scheduling/scheduling-error-message.js';
import type { SchedulingProfile } from '../karpenter/scheduling/scheduling-profile.js';
import type { PlannedNodeClaim } from '../karpenter/scheduling/scheduling-result.js';
import { typeView } from '../karpenter/scheduling/type-view.js';
import type { Pod } from '../kubernetes/pod.js';
import type { ResourceList } from '../kubernetes/resource-list.js';

/** A new NodeClaim as recordings write it. */
export interface RecordedNodeClaim {
  readonly nodePool: string;
  readonly pods: readonly string[];
  readonly instanceTypes: readonly string[];
  readonly requirements: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
    readonly minValues?: number;
  }[];
  readonly requests: Readonly<Record<string, string>>;
}

/** Decision of one scheduling pass as recordings write it. The texts of errors are for people. */
export interface ProvisioningOutcome {
  readonly newNodeClaims: readonly RecordedNodeClaim[];
  readonly existingNodes: Readonly<Record<string, readonly string[]>>;
  readonly errors: Readonly<Record<string, string>>;
}

/** Asks the scheduler about a case and writes its decision as recordings do. */
export function provisioningOutcome(
  { snapshot, settings, caseNames }: CaseCluster,
  profile: SchedulingProfile,
  random: () => number,
): ProvisioningOutcome {
  const { result, ignored } = provisioningPass(snapshot, settings, profile, random);
  const placed = new Set<string>();
  const place = (pods: readonly Pod[]): void => {
    for (const pod of pods) placed.add(pod.metadata.uid);
  };
  const newNodeClaims = result.newNodeClaims.map((plan) => {
    place(plan.pods);
    return recordedNodeClaim(plan, profile);
  });
  newNodeClaims.sort(compareNodeClaims);
  const existingNodes: Record<string, readonly string[]> = {};
  for (const { stateNode, pods } of result.existingNodes) {
    place(pods);
    const name = profile.stateNodes.view(stateNode).name;
    existingNodes[caseNames.get(name) ?? name] = podNames(pods);
  }
  const errors: Record<string, string> = {};
  const byUid = new Map(snapshot.pods.map((pod) => [pod.metadata.uid, pod]));
  for (const [uid, error] of result.errors) {
    const pod = byUid.get(uid);
    if (pod !== undefined) errors[podName(pod)] = schedulingErrorMessage(error);
  }
  const problems = new Map(ignored.map((entry) => [entry.pod, entry.problems.map(({ code }) => code).join(', ')]));
  for (const pod of snapshot.pods) {
    if ((pod.spec.nodeName ?? '') !== '' || placed.has(pod.metadata.uid) || podName(pod) in errors) continue;
    errors[podName(pod)] = `ignored: ${problems.get(pod) ?? ''}`;
  }
  return { newNodeClaims, existingNodes, errors };
}

/** Why pods went nowhere, a line a pod. */
export function provisioningTrail({ errors }: ProvisioningOutcome): string[] {
  return Object.entries(errors).map(([pod, text]) => `${pod}: ${text}`);
}

/** A planned NodeClaim as recordings write it; types of equal price by name. */
export function recordedNodeClaim(plan: PlannedNodeClaim, profile: SchedulingProfile): RecordedNodeClaim {
  const created = Requirements.of(
    plan.requirements.map((requirement) => Requirement.from(requirement, profile.boundsReading)),
  );
  const prices = new Map(
    plan.instanceTypes.map((type) => [type.name, cheapestPrice(typeView(type), created, profile.offeringMatches)]),
  );
  const names = plan.instanceTypes.map(({ name }) => name);
  return {
    nodePool: plan.nodePoolName,
    pods: podNames(plan.pods),
    instanceTypes: profile.priceTiesByName
      ? names
      : names.sort((a, b) => (prices.get(a) ?? 0) - (prices.get(b) ?? 0) || (a < b ? -1 : 1)),
    requirements: plan.requirements
      .filter(({ key }) => key !== INSTANCE_TYPE_LABEL)
      .map(({ key, operator, values, minValues }) => ({
        key,
        operator,
        ...(values.length === 0 ? {} : { values }),
        ...(minValues === undefined ? {} : { minValues }),
      })),
    requests: recordedAmounts(plan.requests),
  };
}

function recordedAmounts(list: ResourceList): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, amount] of Object.entries(list)) {
    if (amount !== 0) texts[name] = name === 'cpu' ? `${amount}m` : String(amount);
  }
  return texts;
}

function compareNodeClaims(a: RecordedNodeClaim, b: RecordedNodeClaim): number {
  for (let i = 0; i < Math.min(a.pods.length, b.pods.length); i++) {
    const [first = '', second = ''] = [a.pods[i], b.pods[i]];
    if (first !== second) return first < second ? -1 : 1;
  }
  return a.pods.length - b.pods.length || (a.nodePool < b.nodePool ? -1 : 1);
}

function podName({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function podNames(pods: readonly Pod[]): string[] {
  return pods.map(podName).sort();
}
