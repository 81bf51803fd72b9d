/** Something that a cluster file does not say and that was assumed, or that it says and that was left out. */
export interface Assumption {
  readonly code:
    /** Pods that a workload wants and the file does not hold were made; one subject for each workload. */
    | 'pods-made'
    /** Pods without a word of kube-scheduler count as tried and found unschedulable. */
    | 'taken-as-unschedulable'
    /** Pods are bound to nodes that the file does not hold, and are left out; the nodes are named. */
    | 'bound-to-unknown-node'
    /** Nodes without amounts have those of their instance type. */
    | 'amounts-of-type'
    /** Nodes name a NodePool and have no NodeClaim. */
    | 'node-without-claim'
    /** NodeClaims have no instance yet: Karpenter waits for them before it decides anything. */
    | 'claim-not-launched'
    /** NodeClaims have an instance and no Node: pods are planned on them. */
    | 'claim-without-node'
    /** Nodes carry Karpenter's taint of disruption and count as going away. */
    | 'node-being-disrupted'
    /** EC2NodeClasses are not in the file: AL2023 with its defaults. */
    | 'node-class-assumed'
    /** NodePools ask for instance types that the data does not have. */
    | 'unknown-instance-type'
    /** Static NodePools keep a number of nodes and take no pending pods. */
    | 'static-node-pool'
    /** Objects of the other version of Karpenter were left out. */
    | 'other-version-left-out';
  /** How many objects it is about. */
  readonly count: number;
  /** What it is about, by name; not always all of them. */
  readonly subjects: readonly string[];
}
