/** Label keys that decisions depend on. */
export const HOSTNAME_LABEL = 'kubernetes.io/hostname';
export const ZONE_LABEL = 'topology.kubernetes.io/zone';
export const INSTANCE_TYPE_LABEL = 'node.kubernetes.io/instance-type';
export const CAPACITY_TYPE_LABEL = 'karpenter.sh/capacity-type';
export const NODEPOOL_LABEL = 'karpenter.sh/nodepool';
export const REGISTERED_LABEL = 'karpenter.sh/registered';
export const INITIALIZED_LABEL = 'karpenter.sh/initialized';
export const ZONE_ID_LABEL = 'topology.k8s.aws/zone-id';
export const RESERVATION_ID_LABEL = 'karpenter.k8s.aws/capacity-reservation-id';
/** Owner label of the API before NodePools; v0.32.0 still looks at it. */
export const PROVISIONER_NAME_LABEL = 'karpenter.sh/provisioner-name';

const instanceLabels = (names: readonly string[]): string[] =>
  names.map((name) => `karpenter.k8s.aws/instance-${name}`);

/** Labels that a requirement may name although nothing defines them, since the provider will: v0.32.0 (REQ-13). */
export const WELL_KNOWN_LABELS_V0: ReadonlySet<string> = new Set([
  NODEPOOL_LABEL,
  CAPACITY_TYPE_LABEL,
  ZONE_LABEL,
  'topology.kubernetes.io/region',
  INSTANCE_TYPE_LABEL,
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'node.kubernetes.io/windows-build',
  ZONE_ID_LABEL,
  ...instanceLabels([
    'hypervisor',
    'encryption-in-transit-supported',
    'category',
    'family',
    'generation',
    'size',
    'local-nvme',
    'cpu',
    'cpu-manufacturer',
    'memory',
    'ebs-bandwidth',
    'network-bandwidth',
    'gpu-name',
    'gpu-manufacturer',
    'gpu-count',
    'gpu-memory',
    'accelerator-name',
    'accelerator-manufacturer',
    'accelerator-count',
  ]),
]);

/** The same for v1.14.1. */
export const WELL_KNOWN_LABELS: ReadonlySet<string> = new Set([
  ...WELL_KNOWN_LABELS_V0,
  RESERVATION_ID_LABEL,
  'karpenter.k8s.aws/capacity-reservation-type',
  'karpenter.k8s.aws/capacity-reservation-interruptible',
  'karpenter.k8s.aws/capacity-block',
  ...instanceLabels(['cpu-sustained-clock-speed-mhz', 'capability-flex', 'tenancy']),
]);

/** The strict form of compatibility: no label may be left undefined (REQ-8). */
export const NO_LABELS: ReadonlySet<string> = new Set();

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', ZONE_LABEL],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
  ['beta.kubernetes.io/arch', 'kubernetes.io/arch'],
  ['beta.kubernetes.io/os', 'kubernetes.io/os'],
  ['beta.kubernetes.io/instance-type', INSTANCE_TYPE_LABEL],
  ['topology.ebs.csi.aws.com/zone', ZONE_LABEL],
]);

/** The key that an old alias stands for, else the key itself (REQ-12). */
export function normalizeLabelKey(key: string): string {
  return ALIASES.get(key) ?? key;
}

/** The part of a label key before its first slash; empty when it has none. */
export function labelDomain(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf('/')));
}

/** Whether a domain is one of the given ones or lies below it. */
export function isWithinDomain(domain: string, parents: readonly string[]): boolean {
  return parents.some((parent) => domain === parent || domain.endsWith(`.${parent}`));
}
