import { withEntries } from '../../kernel/copies.js';
import { ObjectCache } from '../../kernel/object-cache.js';
import { podRequests } from '../../kubernetes/pod-requests.js';
import {
  NODEPOOL_HASH_ANNOTATION,
  NODEPOOL_HASH_VERSION,
  NODEPOOL_HASH_VERSION_ANNOTATION,
} from '../lifecycle/markers.js';
import type { NodePool } from '../nodepool.js';
import { isCurrentlyReschedulable } from '../pdb-limits.js';
import { isWithinDomain, labelDomain, NODEPOOL_LABEL, WELL_KNOWN_LABELS } from '../requirements/labels.js';
import { podRequirements } from '../requirements/pod-requirements.js';
import { groupedDaemonOverhead } from '../scheduling/daemon-overhead.js';
import { restrictedLabelRule } from '../scheduling/pod-intake-policy.js';
import type { SchedulingProfile } from '../scheduling/scheduling-profile.js';
import { topologyIdentityV1 } from '../scheduling/topology-identity.js';
import { typeFitV1 } from '../scheduling/type-fit.js';
import { offeringMatches } from '../scheduling/type-view.js';
import { volumeAlternatives } from '../scheduling/volume-topology.js';
import { podVolumesV1 } from '../scheduling/volume-usage.js';
import { volumeProblemV1 } from '../scheduling/volume-validation.js';
import { StateNodeReader } from '../state-node-view.js';

const MIN_VALUES_RELAXED_ANNOTATION = 'karpenter.sh/nodeclaim-min-values-relaxed';

/** By the list, which stays the same as long as no NodePool changes. */
const orders = new ObjectCache<readonly NodePool[], readonly NodePool[]>();

/** The heaviest first; of equal ones the last name in the alphabet (CON-2). */
function byWeight(nodePools: readonly NodePool[]): readonly NodePool[] {
  return nodePools
    .filter(({ replicas, metadata }) => replicas === undefined && metadata.deletionTimeMs === undefined)
    .sort((a, b) => {
      if (a.weight !== b.weight) return b.weight - a.weight;
      return a.metadata.name > b.metadata.name ? -1 : 1;
    });
}

/** Scheduling as v1.14.1 does it. */
export const SCHEDULING_V1: SchedulingProfile = {
  version: 'v1.14.1',
  boundsReading: 'inclusive',
  podRequirements: (pod) => podRequirements(pod, 'inclusive'),
  intake: {
    operators: new Set(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'Gte', 'Lte']),
    isRestrictedLabel: restrictedLabelRule(WELL_KNOWN_LABELS, (key) =>
      isWithinDomain(labelDomain(key), ['karpenter.sh', 'karpenter.k8s.aws']),
    ),
    optOutKeys: [NODEPOOL_LABEL],
    validatesPreferredTerms: false,
    knownCapacityTypes: new Set(['on-demand', 'spot', 'reserved']),
    volumeProblem: volumeProblemV1,
    movesOn: (pod, { podDisruptionBudgets, nowMs }) => isCurrentlyReschedulable(pod, podDisruptionBudgets, nowMs),
  },
  wellKnownLabels: WELL_KNOWN_LABELS,
  stateNodes: new StateNodeReader('v1.14.1', podRequests),
  podRequests,
  orderNodePools: (nodePools) => {
    let ordered = orders.get(nodePools);
    if (ordered === undefined) orders.set(nodePools, (ordered = byWeight(nodePools)));
    return ordered;
  },
  templateLabels: ({ metadata, template }) => ({
    ...template.labels,
    [NODEPOOL_LABEL]: metadata.name,
    [`${template.nodeClassRef.group}/${template.nodeClassRef.kind.toLowerCase()}`]: template.nodeClassRef.name,
  }),
  simulatesReadyLabels: true,
  filtersTemplateTypes: true,
  daemonOverhead: groupedDaemonOverhead,
  daemonsNeedListedResources: false,
  hostPortsAmongPodsOnly: false,
  volumeTopology: volumeAlternatives,
  podVolumes: podVolumesV1,
  relaxesInPlace: true,
  topology: {
    identity: topologyIdentityV1,
    readsConstraintPolicies: true,
    emptyNodesCount: true,
    startsFromToleratedDomains: true,
    filtersClaimsStrictly: true,
    knowsEveryHostname: true,
    looksAtCandidate: true,
  },
  registersHostnameFirst: false,
  typeFit: typeFitV1,
  offeringMatches,
  priceTiesByName: false,
  maxInstanceTypes: 600,
  truncatesAfterPass: true,
  limitsNodeCount: true,
  refusesResourceClaims: true,
  guardsSettlingNodes: true,
  knowsReservations: true,
  narrowsCapacityType: true,
  resolvesLabels: true,
  annotations: ({ template, hash }, minValuesRelaxed) =>
    withEntries(template.annotations, {
      [NODEPOOL_HASH_ANNOTATION]: hash,
      [NODEPOOL_HASH_VERSION_ANNOTATION]: NODEPOOL_HASH_VERSION,
      [MIN_VALUES_RELAXED_ANNOTATION]: String(minValuesRelaxed),
    }),
};
