import type { Pod } from '../../kubernetes/pod.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { Requirements } from '../requirements/requirements.js';
import type { NodePool } from '../nodepool.js';
import { createdParts, type CreatedParts } from './finalize.js';
import { checkMinValues } from './min-values.js';
import type { NodeClaimTemplate } from './node-claim-template.js';
import type { OpenClaim } from './open-claim.js';
import { orderByPrice } from './price-order.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import type { PlannedNodeClaim, SchedulingError, SchedulingRequest } from './scheduling-result.js';
import type { TypeView } from './type-view.js';

/** A NodeClaim as a pass leaves it, its pods aside. */
export interface PackedClaim {
  readonly template: NodeClaimTemplate;
  readonly requirements: Requirements;
  readonly requests: ResourceList;
  /** Whether the last NodeClaim of the NodePool had its minValues lowered. */
  readonly minValuesRelaxed: boolean;
  /** The types to launch with: the cheapest ones, where the version cuts the list after a pass. */
  readonly cut: () => readonly TypeView[];
  readonly packed: () => PlannedNodeClaim['packed'];
}

/** The NodeClaim that an open one has become at the end of its pass. */
export function packedClaim(claim: OpenClaim, minValuesRelaxed: boolean, profile: SchedulingProfile): PackedClaim {
  const { template, types } = claim;
  const { requirements, requests } = claim.finalize();
  const cut = once(() => cutTypes(types, requirements, profile));
  const packed = once(() => ({ requirements, instanceTypes: cut().map(({ type }) => type) }));
  return { template, requirements, requests, minValuesRelaxed, cut, packed };
}

/** What a plan depends on besides its NodeClaim and pods. */
export interface PlanContext {
  readonly profile: SchedulingProfile;
  readonly random: () => number;
  /** minValues may fall short when the list of types is cut. */
  readonly relaxesMinValues: boolean;
}

export function planContext({ settings, random }: SchedulingRequest, profile: SchedulingProfile): PlanContext {
  return { profile, random, relaxesMinValues: settings.minValuesPolicy === 'BestEffort' };
}

/** The NodeClaim to be created, or why its pods have to go without: a list cut too short for its minValues (FIN-5). */
export function planClaim(
  claim: PackedClaim,
  pods: readonly Pod[],
  context: PlanContext,
): PlannedNodeClaim | SchedulingError {
  const { template, requirements, cut } = claim;
  if (context.profile.truncatesAfterPass && requirements.hasMinValues && !context.relaxesMinValues) {
    const { short } = checkMinValues(cut(), requirements);
    if (short.size > 0) {
      const nodePoolName = template.nodePool.metadata.name;
      return { code: 'min-values', nodePoolName, detail: { labels: [...short.keys()].sort() }, causes: [] };
    }
  }
  return planOf(claim, pods, context);
}

/** The plan of a NodeClaim that is known to be diverse enough. */
export function planOf(claim: PackedClaim, pods: readonly Pod[], context: PlanContext): PlannedNodeClaim {
  return new LazyPlan(claim, pods, context);
}

/**
 * Most answers to "what if these nodes were gone" are only counted: what takes work is done when somebody looks. A class, for V8
 * makes a slow and long-lived object of a literal with getters.
 */
class LazyPlan implements PlannedNodeClaim {
  #parts: CreatedParts | undefined;
  readonly nodePoolName: string;
  readonly requests: ResourceList;
  readonly #claim: PackedClaim;
  readonly #context: PlanContext;

  constructor(
    claim: PackedClaim,
    readonly pods: readonly Pod[],
    context: PlanContext,
  ) {
    this.#claim = claim;
    this.#context = context;
    this.nodePoolName = claim.template.nodePool.metadata.name;
    this.requests = claim.requests;
  }

  get instanceTypes(): PlannedNodeClaim['instanceTypes'] {
    return this.#created().instanceTypes;
  }

  get requirements(): PlannedNodeClaim['requirements'] {
    return this.#created().requirements;
  }

  get labels(): PlannedNodeClaim['labels'] {
    return this.#created().labels;
  }

  get packed(): PlannedNodeClaim['packed'] {
    return this.#claim.packed();
  }

  get annotations(): PlannedNodeClaim['annotations'] {
    return this.#context.profile.annotations(this.#claim.template.nodePool, this.#claim.minValuesRelaxed);
  }

  get taints(): PlannedNodeClaim['taints'] {
    return this.#template.taints;
  }

  get startupTaints(): PlannedNodeClaim['startupTaints'] {
    return this.#template.startupTaints;
  }

  get nodeClassRef(): PlannedNodeClaim['nodeClassRef'] {
    return this.#template.nodeClassRef;
  }

  get expireAfter(): PlannedNodeClaim['expireAfter'] {
    return this.#template.expireAfter;
  }

  get terminationGracePeriodMs(): PlannedNodeClaim['terminationGracePeriodMs'] {
    return this.#template.terminationGracePeriodMs;
  }

  get #template(): NodePool['template'] {
    return this.#claim.template.nodePool.template;
  }

  #created(): CreatedParts {
    const { template, requirements, cut } = this.#claim;
    const { profile, random } = this.#context;
    return (this.#parts ??= createdParts({ types: cut(), requirements }, template.labels, profile, random));
  }
}

function cutTypes(
  types: readonly TypeView[],
  requirements: Requirements,
  profile: SchedulingProfile,
): readonly TypeView[] {
  if (!profile.truncatesAfterPass) return types;
  const ordered = orderByPrice(types, requirements, profile.offeringMatches, profile.priceTiesByName);
  return ordered.slice(0, profile.maxInstanceTypes);
}

/** The value of a computation that is done when it is first asked for. */
export function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}
