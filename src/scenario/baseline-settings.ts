import type { ClusterAutoscalerSettings } from '../baseline/cluster-autoscaler/settings.js';
import type { GroupCapacityType } from '../baseline/node-group.js';
import type { Taint } from '../kubernetes/taints.js';

/** A group of nodes as the scenario declares it. Labels and taints default to those of its NodePool. */
interface DeclaredGroup {
  readonly name: string;
  readonly nodePool?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly Taint[] | undefined;
}

/** A group of the static fleet. */
export interface DeclaredStaticGroup extends DeclaredGroup {
  readonly instanceType: string;
  /** Nodes in all zones together; undefined: sized for the peak. */
  readonly count?: number | undefined;
}

/** A managed node group under Cluster Autoscaler. */
export interface DeclaredNodeGroup extends DeclaredGroup {
  readonly instanceTypes: readonly string[];
  readonly capacityType: GroupCapacityType;
  readonly minSize: number;
  readonly maxSize: number;
  readonly priority: number;
}

/** What a scenario says about its baselines. */
export interface BaselineSettings {
  readonly static: {
    /** Replicas above the peak, a share. */
    readonly headroom: number;
    /** Share of each node kept free. */
    readonly reserve: number;
    /** CPU of a pod at the peak as a share of its request, where no autoscaler says. */
    readonly targetUtilisation: number;
    /** Undefined: one for each NodePool. */
    readonly groups?: readonly DeclaredStaticGroup[] | undefined;
  };
  readonly clusterAutoscaler: {
    readonly settings: ClusterAutoscalerSettings;
    /** Undefined: made from the NodePools. */
    readonly groups?: readonly DeclaredNodeGroup[] | undefined;
  };
}
