import { ObjectCache } from '../../kernel/object-cache.js';
import type { InstanceType } from '../../cloud/instance-type.js';
import type { NodeClaim } from '../nodeclaim.js';
import type { NodePool } from '../nodepool.js';
import { labelRequirements } from '../requirements/label-requirements.js';
import { CAPACITY_TYPE_LABEL, INSTANCE_TYPE_LABEL, NO_LABELS, RESERVATION_ID_LABEL } from '../requirements/labels.js';
import { Requirement, type BoundsReading } from '../requirements/requirement.js';
import { Requirements } from '../requirements/requirements.js';
import { offeringMatches, typeView } from '../scheduling/type-view.js';
import type { KarpenterSettings } from '../settings.js';
import { findCondition, hasCondition, withCondition, withoutCondition, type ConditionStep } from './conditions.js';
import type { LifecycleProfile } from './lifecycle-profile.js';
import { NODEPOOL_HASH_ANNOTATION, NODEPOOL_HASH_VERSION, NODEPOOL_HASH_VERSION_ANNOTATION } from './markers.js';

/** Why a NodeClaim is drifted, in the order of the checks. A provider has reasons of its own. */
type DriftReason = 'NodePoolDrifted' | 'RequirementsDrifted' | 'InstanceTypeNotFound' | 'NodeClassDrift';

/** Instance types are looked up only for NodeClaims older than this. */
const INSTANCE_TYPE_CHECK_AGE_MS = 3_600_000;

function isHashDrifted(nodePool: NodePool, nodeClaim: NodeClaim, profile: LifecycleProfile): boolean {
  const claimed = nodeClaim.metadata.annotations;
  const wanted = nodePool.metadata.annotations;
  const claimedHash = claimed[NODEPOOL_HASH_ANNOTATION];
  if (claimedHash === undefined) return false;
  if (profile.version !== 'v0.32.0') {
    // Hashes of different versions say nothing about each other; a NodeClaim without a version is left alone.
    const wantedVersion = wanted[NODEPOOL_HASH_VERSION_ANNOTATION] ?? NODEPOOL_HASH_VERSION;
    if (claimed[NODEPOOL_HASH_VERSION_ANNOTATION] !== wantedVersion) return false;
  }
  return claimedHash !== (wanted[NODEPOOL_HASH_ANNOTATION] ?? nodePool.hash);
}

const poolRequirements = new ObjectCache<NodePool, Requirements>();

function isRequirementsDrifted(nodePool: NodePool, nodeClaim: NodeClaim, reading: BoundsReading): boolean {
  let wanted = poolRequirements.get(nodePool);
  if (wanted === undefined) {
    wanted = Requirements.fromExpressions(nodePool.template.requirements, reading);
    poolRequirements.set(nodePool, wanted);
  }
  return !labelRequirements(nodeClaim.metadata.labels).isCompatible(wanted, NO_LABELS);
}

/** What a NodeClaim was found to be against a NodePool: that stays true until either is written. */
interface SpecVerdict {
  readonly nodePool: NodePool;
  readonly annotations: Readonly<Record<string, string>>;
  readonly profile: LifecycleProfile;
  readonly reason: DriftReason | undefined;
}

/** By the NodeClaim's labels. */
const specVerdicts = new ObjectCache<Readonly<Record<string, string>>, SpecVerdict>();

/** Whether the NodePool's own words have drifted from the NodeClaim. */
function specDrift(nodePool: NodePool, nodeClaim: NodeClaim, profile: LifecycleProfile): DriftReason | undefined {
  const { labels, annotations } = nodeClaim.metadata;
  const known = specVerdicts.get(labels);
  if (known?.nodePool === nodePool && known.annotations === annotations && known.profile === profile) {
    return known.reason;
  }
  let reason: DriftReason | undefined;
  const reading = profile.version === 'v0.32.0' ? 'exclusive' : 'inclusive';
  if (isHashDrifted(nodePool, nodeClaim, profile)) reason = 'NodePoolDrifted';
  else if (isRequirementsDrifted(nodePool, nodeClaim, reading)) reason = 'RequirementsDrifted';
  specVerdicts.set(labels, { nodePool, annotations, profile, reason });
  return reason;
}

const RESERVATION_LABELS = [
  RESERVATION_ID_LABEL,
  'karpenter.k8s.aws/capacity-reservation-type',
  'karpenter.k8s.aws/capacity-reservation-interruptible',
];

function isInstanceTypeGone(instanceTypes: readonly InstanceType[], nodeClaim: NodeClaim): boolean {
  const { labels } = nodeClaim.metadata;
  const type = instanceTypes.find(({ name }) => name === labels[INSTANCE_TYPE_LABEL]);
  if (type === undefined) return true;
  let requirements = labelRequirements(labels);
  if (labels[CAPACITY_TYPE_LABEL] === 'reserved') {
    // A reserved node may have been demoted to on-demand without its labels having caught up.
    requirements = requirements
      .without(...RESERVATION_LABELS)
      .replacing(Requirement.in(CAPACITY_TYPE_LABEL, ['reserved', 'on-demand']));
  }
  return !typeView(type).offerings.some((offering) => offeringMatches(offering, requirements));
}

/** What drift is judged by. */
export interface DriftInput {
  readonly nodePool: NodePool;
  readonly settings: KarpenterSettings;
  /** Types the provider offers the NodePool; not looked at where a successful check is still fresh. */
  readonly instanceTypes?: readonly InstanceType[] | undefined;
  /** The provider's own finding, asked last. */
  readonly providerReason?: DriftReason | undefined;
}

/** Why the NodeClaim no longer is what its NodePool asks for; undefined when it is (disruption.md §5.5). */
export function driftReason(
  nodeClaim: NodeClaim,
  { nodePool, instanceTypes, providerReason }: DriftInput,
  nowMs: number,
  profile: LifecycleProfile,
): DriftReason | undefined {
  const v0 = profile.version === 'v0.32.0';
  const reason = specDrift(nodePool, nodeClaim, profile);
  if (reason !== undefined) return reason;
  const oldEnough = nowMs - nodeClaim.metadata.creationTimeMs > INSTANCE_TYPE_CHECK_AGE_MS;
  if (!v0 && instanceTypes !== undefined && oldEnough && isInstanceTypeGone(instanceTypes, nodeClaim)) {
    return 'InstanceTypeNotFound';
  }
  return providerReason;
}

/** Sets or clears the Drifted condition. v0.32.0 has it behind a gate. */
export function updateDrifted(
  nodeClaim: NodeClaim,
  input: DriftInput,
  nowMs: number,
  profile: LifecycleProfile,
): ConditionStep {
  const v0 = profile.version === 'v0.32.0';
  const launched = findCondition(nodeClaim.status.conditions, 'Launched');
  const isLaunched = v0 ? launched !== undefined && launched.status !== 'False' : hasCondition(nodeClaim, 'Launched');
  if (!isLaunched || (v0 && !input.settings.featureGates.drift)) {
    return { nodeClaim: withoutCondition(nodeClaim, 'Drifted') };
  }
  const reason = driftReason(nodeClaim, input, nowMs, profile);
  const recheckAtMs = nowMs + profile.driftRecheckMs;
  if (reason === undefined) return { nodeClaim: withoutCondition(nodeClaim, 'Drifted'), recheckAtMs };
  const drifted = { type: 'Drifted', status: 'True', reason } as const;
  return { nodeClaim: withCondition(nodeClaim, drifted, nowMs, profile.conditionClock), recheckAtMs };
}
