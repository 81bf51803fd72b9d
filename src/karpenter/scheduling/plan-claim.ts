import type { Requirements } from '../requirements/requirements.js';
import { createdParts } from './finalize.js';
import { checkMinValues } from './min-values.js';
import type { OpenClaim } from './open-claim.js';
import { orderByPrice } from './price-order.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import type { PlannedNodeClaim, SchedulingError } from './scheduling-result.js';
import type { TypeView } from './type-view.js';

/** What a plan depends on besides its NodeClaim. */
export interface PlanContext {
  readonly profile: SchedulingProfile;
  readonly random: () => number;
  /** minValues may fall short when the list of types is cut. */
  readonly relaxesMinValues: boolean;
  /** Whether the last NodeClaim of the NodePool had its minValues lowered. */
  readonly minValuesRelaxed: boolean;
}

/** The NodeClaim to be created, or why its pods have to go without: a list cut too short for its minValues (FIN-5). */
export function planClaim(claim: OpenClaim, context: PlanContext): PlannedNodeClaim | SchedulingError {
  const { profile, random } = context;
  const { nodePool } = claim.template;
  const nodePoolName = nodePool.metadata.name;
  const { requirements, requests } = claim.finalize();
  const cut = once(() => cutTypes(claim.types, requirements, profile));
  if (profile.truncatesAfterPass && requirements.hasMinValues && !context.relaxesMinValues) {
    const { short } = checkMinValues(cut(), requirements);
    if (short.size > 0) {
      return { code: 'min-values', nodePoolName, detail: { labels: [...short.keys()].sort() }, causes: [] };
    }
  }
  // Most answers to "what if these nodes were gone" are only counted: the rest is worked out when somebody looks.
  const parts = once(() => createdParts({ types: cut(), requirements }, claim.template.labels, profile, random));
  const packed = once(() => ({ requirements, instanceTypes: cut().map(({ type }) => type) }));
  const { taints, startupTaints, nodeClassRef, expireAfter, terminationGracePeriodMs } = nodePool.template;
  return {
    nodePoolName,
    pods: claim.pods.map(({ original }) => original),
    get instanceTypes() {
      return parts().instanceTypes;
    },
    get requirements() {
      return parts().requirements;
    },
    get packed() {
      return packed();
    },
    get labels() {
      return parts().labels;
    },
    requests,
    annotations: profile.annotations(nodePool, context.minValuesRelaxed),
    taints,
    startupTaints,
    nodeClassRef,
    expireAfter,
    terminationGracePeriodMs,
  };
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
function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}
