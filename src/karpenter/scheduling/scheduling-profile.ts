import type { Pod } from '../../kubernetes/pod.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { NodePool } from '../nodepool.js';
import type { PodRequirements } from '../requirements/pod-requirements.js';
import type { BoundsReading } from '../requirements/requirement.js';
import type { KarpenterVersion } from '../settings.js';
import type { StateNodeReader } from '../state-node-view.js';
import type { DaemonOverheadRule } from './daemon-overhead.js';
import type { PodIntakePolicy } from './pod-intake-policy.js';
import type { TypeFitRule } from './instance-type-filter.js';
import type { OfferingRule } from './price-order.js';
import type { TopologyPolicy } from './topology.js';
import type { VolumeTopologyRule } from './volume-topology.js';
import type { PodVolumesRule } from './volume-usage.js';

/** What differs between the versions of Karpenter in scheduling (scheduling.md §12). */
export interface SchedulingProfile {
  readonly version: KarpenterVersion;
  /** D33. */
  readonly boundsReading: BoundsReading;
  readonly podRequirements: (pod: Pod) => PodRequirements;
  readonly intake: PodIntakePolicy;
  readonly wellKnownLabels: ReadonlySet<string>;
  readonly stateNodes: StateNodeReader;
  /** D10. */
  readonly podRequests: (pod: Pod) => ResourceList;
  /** NodePools that may make nodes, in the order in which they are tried (CON-1, CON-2). */
  readonly orderNodePools: (nodePools: readonly NodePool[], random: () => number) => readonly NodePool[];
  /** D5. */
  readonly templateLabels: (nodePool: NodePool) => Readonly<Record<string, string>>;
  /** New NodeClaims count as registered and initialized when daemon pods are matched (D5). */
  readonly simulatesReadyLabels: boolean;
  /** A NodePool's types are filtered by its own requirements before anything else; none left drops it (D4). */
  readonly filtersTemplateTypes: boolean;
  /** D6–D9. */
  readonly daemonOverhead: DaemonOverheadRule;
  /** Daemon requests of a resource that a node does not list make the node full (EX-3). */
  readonly daemonsNeedListedResources: boolean;
  /** Host ports of pods on a NodeClaim are compared among pods alone, and first; else with daemons, type by type (D8). */
  readonly hostPortsAmongPodsOnly: boolean;
  /** D15–D17. */
  readonly volumeTopology: VolumeTopologyRule;
  /** D17. */
  readonly podVolumes: PodVolumesRule;
  /** A failing pod gives up everything at once, and is queued as it was; else one wish per turn, for good (D18). */
  readonly relaxesInPlace: boolean;
  readonly topology: TopologyPolicy;
  /** The hostname of a new NodeClaim is known to topology before a pod is placed on it (D31). */
  readonly registersHostnameFirst: boolean;
  /** D37, D38. */
  readonly typeFit: TypeFitRule;
  /** D35. */
  readonly offeringMatches: OfferingRule;
  /** D39. */
  readonly priceTiesByName: boolean;
  /** D40. */
  readonly maxInstanceTypes: number;
  /** The `nodes` limit exists (D24). */
  readonly limitsNodeCount: boolean;
  /** A pod with dynamic resource claims is refused outright. */
  readonly refusesResourceClaims: boolean;
  /** Consolidation moves no running pods onto nodes that it has to leave alone for now (EX-5). */
  readonly guardsSettlingNodes: boolean;
  /** Reserved offerings are tracked, where the feature gate is on (D36). */
  readonly knowsReservations: boolean;
  /** Created NodeClaims name the capacity types that their types come in (D41). */
  readonly narrowsCapacityType: boolean;
  /** Created NodeClaims carry labels for their custom requirements (D42). */
  readonly resolvesLabels: boolean;
  /** A pass cuts each list of types itself, and drops NodeClaims whose cut list misses their minValues (FIN-5). */
  readonly truncatesAfterPass: boolean;
  /** Annotations of created NodeClaims. */
  readonly annotations: (nodePool: NodePool, minValuesRelaxed: boolean) => Readonly<Record<string, string>>;
}
