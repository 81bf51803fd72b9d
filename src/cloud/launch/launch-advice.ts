import { NO_ADDRESSES_ERROR, SPOT_ROLE_ERROR } from './fleet-errors.js';

/** Selector terms that match no subnet: the provider's own finding, not an error of EC2. */
export const NO_SUBNETS_ERROR = 'NoSubnetsMatched';

const ADVICE: Readonly<Record<string, string>> = {
  UnauthorizedOperation:
    "IAM: the controller's role needs ec2:CreateFleet, ec2:RunInstances, ec2:CreateLaunchTemplate, ec2:CreateTags and iam:PassRole " +
    'on the node role, and the instance profile of the EC2NodeClass has to exist; aws sts decode-authorization-message tells what was refused',
  [NO_SUBNETS_ERROR]:
    'discovery tags: subnets and security groups need the tags that subnetSelectorTerms and securityGroupSelectorTerms ask for ' +
    '(karpenter.sh/discovery: <cluster>), in the region of the cluster; the status of the EC2NodeClass lists what it found',
  [NO_ADDRESSES_ERROR]:
    'CIDR: aws ec2 describe-subnets shows AvailableIpAddressCount; add subnets or a secondary CIDR, or spread over more zones',
  VcpuLimitExceeded:
    'service quotas: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances" (L-1216C47A) counts vCPUs; ask for more, or lower the limits of the NodePools',
  MaxSpotInstanceCountExceeded:
    'service quotas: "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests" (L-34B43A08) counts vCPUs; ask for more',
  MaxFleetCountExceeded: 'service quotas: the number of EC2 fleets of the account',
  [SPOT_ROLE_ERROR]:
    'IAM: the account has no service-linked role for spot instances; aws iam create-service-linked-role --aws-service-name spot.amazonaws.com makes it once',
  RequestLimitExceeded:
    'API request rate: more calls than EC2 takes from the account; fewer, larger nodes and a longer BATCH_IDLE_DURATION make fewer calls',
  InsufficientInstanceCapacity:
    'capacity: more instance types and zones in the NodePool, or on-demand beside spot, leave more pools to choose from',
};

/** What somebody who sees an error of a launch should look at; undefined for one that says nothing of the account. */
export function launchAdvice(code: string): string | undefined {
  return ADVICE[code];
}
