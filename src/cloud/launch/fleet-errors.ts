import type { ProviderProfile } from '../provider-profile.js';

/** The account may not use spot instances: its role for them is missing and may not be created. */
export const SPOT_ROLE_ERROR = 'AuthFailure.ServiceLinkedRoleCreationNotPermitted';
/** The template that a request names is gone: the launch is tried once more. */
export const TEMPLATE_GONE_ERROR = 'InvalidLaunchTemplateName.NotFoundException';
/** A pool has no capacity. */
export const NO_CAPACITY_ERROR = 'InsufficientInstanceCapacity';
/** A subnet has no addresses left. */
export const NO_ADDRESSES_ERROR = 'InsufficientFreeAddressesInSubnet';

/** Reasons of the condition Launched, in the order in which an error's text is searched for them; v1.14.1. */
const REASONS: readonly (readonly [code: string, reason: string])[] = [
  [SPOT_ROLE_ERROR, 'SpotSLRCreationFailed'],
  ['UnauthorizedOperation', 'Unauthorized'],
  ['RequestLimitExceeded', 'RequestLimitExceeded'],
  ['InternalError', 'InternalError'],
  ['MaxFleetCountExceeded', 'FleetQuotaExceeded'],
  ['MaxSpotInstanceCountExceeded', 'SpotQuotaExceeded'],
  ['VcpuLimitExceeded', 'VCPULimitExceeded'],
  [NO_ADDRESSES_ERROR, 'InsufficientFreeAddressesInSubnet'],
];

/** Whether EC2's errors, all of them, mean that there is no capacity: then the NodeClaim is deleted (aws.md §12). */
export function isInsufficientCapacity(codes: readonly string[], profile: ProviderProfile): boolean {
  return codes.every(
    (code) => profile.capacityErrorCodes.includes(code) || (code === SPOT_ROLE_ERROR && profile.version === 'v1.14.1'),
  );
}

/** Why a launch failed, as the NodeClaim's condition says it. */
export function launchFailureReason(codes: readonly string[]): string {
  return REASONS.find(([code]) => codes.includes(code))?.[1] ?? 'LaunchFailed';
}
