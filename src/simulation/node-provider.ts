import type { InstanceSelector } from '../scenario/scenario-spec.js';

/** What provides the nodes of a run, Karpenter or a baseline, as the scripted events of a scenario reach it. */
export interface NodeProvider {
  /** Names of running spot instances that match, in order of launch; an undefined filter matches all. */
  spotInstances(filter: InstanceSelector): string[];
  /** The same of instances of any kind. */
  instances?(filter: InstanceSelector): string[];
  /** EC2 announces that it takes a spot instance back. */
  warn(name: string): void;
  /** EC2 sees a higher risk that it will. */
  recommendRebalance(name: string): void;
  /** AWS Health announces maintenance of the host. */
  announceMaintenance?(name: string): void;
  /** The instance behind a node is gone without notice; a provider that finds out by itself is not told. */
  lost?(node: string): void;
  /**
   * Deletes a node as `kubectl delete` would.
   * @param name of a node or its NodeClaim, or of a NodePool or node group: then its oldest node
   * @returns the node's name; undefined when there is none
   */
  deleteNode(name: string): string | undefined;
}
