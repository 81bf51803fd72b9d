import type { EC2NodeClass, KubeletConfiguration } from '../node-class.js';
import type { ProviderProfile } from '../provider-profile.js';
import type { AmiFamilyFlags } from './ami-family.js';

/** Settings of the operator that change capacity (aws.md §22). */
export interface CapacitySettings {
  /** VM_MEMORY_OVERHEAD_PERCENT, a ratio; 0.075 by default. */
  readonly vmMemoryOverheadPercent: number;
  /** RESERVED_ENIS; 0 by default. */
  readonly reservedENIs: number;
}

/** Everything besides the instance type itself that fixes its capacity and overhead. */
export interface NodeSettings {
  readonly profile: ProviderProfile;
  readonly nodeClass: EC2NodeClass;
  readonly family: AmiFamilyFlags;
  /** Of the NodeClass in v1, of the NodePool in v1beta1. */
  readonly kubelet?: KubeletConfiguration | undefined;
  readonly capacity: CapacitySettings;
}
