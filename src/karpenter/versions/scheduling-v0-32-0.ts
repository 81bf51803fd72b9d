import { withEntries } from '../../kernel/copies.js';
import { podRequestsWithoutSidecars } from '../../kubernetes/pod-requests.js';
import { NODEPOOL_HASH_ANNOTATION } from '../lifecycle/markers.js';
import type { NodePool } from '../nodepool.js';
import { isReschedulableV0 } from '../pod-predicates.js';
import { labelDomain, NODEPOOL_LABEL, PROVISIONER_NAME_LABEL, WELL_KNOWN_LABELS_V0 } from '../requirements/labels.js';
import { podRequirements } from '../requirements/pod-requirements.js';
import { summedDaemonOverhead } from '../scheduling/daemon-overhead.js';
import { restrictedLabelRule } from '../scheduling/pod-intake-policy.js';
import type { SchedulingProfile } from '../scheduling/scheduling-profile.js';
import { shuffled } from '../scheduling/shuffled.js';
import { topologyIdentityV0 } from '../scheduling/topology-identity.js';
import { offeringMatchesV0, typeFitV0 } from '../scheduling/type-fit.js';
import { unstableSort } from '../scheduling/unstable-sort.js';
import { injectedVolumeTopology } from '../scheduling/volume-topology.js';
import { podVolumesV0 } from '../scheduling/volume-usage.js';
import { volumeProblemV0 } from '../scheduling/volume-validation.js';
import { StateNodeReader } from '../state-node-view.js';

/** Equal weights keep the order of the listing, which is random (CON-2). */
function byWeight(nodePools: readonly NodePool[], random: () => number): readonly NodePool[] {
  const usable = nodePools.filter(({ metadata }) => metadata.deletionTimeMs === undefined);
  const weights = new Set(usable.map(({ weight }) => weight));
  const listed = weights.size === usable.length ? usable : shuffled(usable, random);
  return unstableSort(listed, (a, b) => a.weight > b.weight);
}

const RESERVED_DOMAIN_ENDINGS = ['kubernetes.io', 'k8s.io', 'karpenter.sh', 'karpenter.k8s.aws'];
const OPEN_DOMAINS = ['kops.k8s.io', 'node.kubernetes.io', 'node-restriction.kubernetes.io'];

/** Text endings, not sub-domains: `notkubernetes.io` is reserved too (REQ-14). */
function isReservedDomain(domain: string): boolean {
  return !OPEN_DOMAINS.includes(domain) && RESERVED_DOMAIN_ENDINGS.some((ending) => domain.endsWith(ending));
}

/** Scheduling as v0.32.0 does it. */
export const SCHEDULING_V0: SchedulingProfile = {
  version: 'v0.32.0',
  boundsReading: 'exclusive',
  podRequirements: (pod) => podRequirements(pod, 'exclusive'),
  intake: {
    operators: new Set(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']),
    isRestrictedLabel: restrictedLabelRule(new Set([...WELL_KNOWN_LABELS_V0, PROVISIONER_NAME_LABEL]), (key) =>
      isReservedDomain(labelDomain(key)),
    ),
    optOutKeys: [NODEPOOL_LABEL, PROVISIONER_NAME_LABEL],
    validatesPreferredTerms: true,
    knownCapacityTypes: undefined,
    volumeProblem: volumeProblemV0,
    movesOn: isReschedulableV0,
  },
  wellKnownLabels: WELL_KNOWN_LABELS_V0,
  stateNodes: new StateNodeReader('v0.32.0', podRequestsWithoutSidecars),
  podRequests: podRequestsWithoutSidecars,
  orderNodePools: byWeight,
  templateLabels: ({ metadata, template }) => withEntries(template.labels, { [NODEPOOL_LABEL]: metadata.name }),
  simulatesReadyLabels: false,
  filtersTemplateTypes: false,
  daemonOverhead: summedDaemonOverhead,
  daemonsNeedListedResources: true,
  hostPortsAmongPodsOnly: true,
  volumeTopology: injectedVolumeTopology,
  podVolumes: podVolumesV0,
  relaxesInPlace: false,
  topology: {
    identity: topologyIdentityV0,
    readsConstraintPolicies: false,
    emptyNodesCount: false,
    startsFromToleratedDomains: false,
    filtersClaimsStrictly: false,
    knowsEveryHostname: false,
    looksAtCandidate: false,
  },
  registersHostnameFirst: true,
  typeFit: typeFitV0,
  offeringMatches: offeringMatchesV0,
  priceTiesByName: true,
  maxInstanceTypes: 100,
  truncatesAfterPass: false,
  limitsNodeCount: false,
  refusesResourceClaims: false,
  guardsSettlingNodes: false,
  knowsReservations: false,
  narrowsCapacityType: false,
  resolvesLabels: false,
  annotations: ({ template, hash }) => withEntries(template.annotations, { [NODEPOOL_HASH_ANNOTATION]: hash }),
};
