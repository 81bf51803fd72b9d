import type { EC2NodeClass } from '../node-class.js';
import type { ProviderProfile } from '../provider-profile.js';
import type { InstanceTypeRecord } from './instance-type-record.js';

/**
 * Whether nodes of a NodeClass can run on a type. An incompatible type stays in the list with all offerings unavailable;
 * v0.32 knows no such rule (aws.md §1).
 */
export function isCompatibleWithNodeClass(
  record: InstanceTypeRecord,
  nodeClass: EC2NodeClass,
  profile: ProviderProfile,
): boolean {
  if (!profile.nodeClassCompatibility) return true;
  if (nodeClass.amiFamily === 'AL2023' && record.family === 'a1') return false;
  if (nodeClass.connectionTracking === true && record.hypervisor !== 'nitro') return false;
  const interfaces = nodeClass.networkInterfaces ?? [];
  const efaOnly = interfaces.filter((entry) => entry.interfaceType === 'efa-only').length;
  if (efaOnly > record.efaInterfaces) return false;
  // Every type with several cards has equal ones, so the default card's limit stands for all.
  return interfaces.every(
    (entry) => entry.networkCardIndex < record.networkCards && entry.deviceIndex < record.maxENIs,
  );
}
