import { HOSTNAME_LABEL, NODEPOOL_LABEL } from '../requirements/labels.js';
import type { NodePool } from '../nodepool.js';

type ApiVersion = NodePool['apiVersion'];

const KARPENTER_LABELS: readonly string[] = ['karpenter.sh/capacity-type', NODEPOOL_LABEL];

const AWS_LABELS_V1BETA1: readonly string[] = [
  'instance-encryption-in-transit-supported',
  'instance-category',
  'instance-hypervisor',
  'instance-family',
  'instance-generation',
  'instance-local-nvme',
  'instance-size',
  'instance-cpu',
  'instance-memory',
  'instance-network-bandwidth',
  'instance-gpu-name',
  'instance-gpu-manufacturer',
  'instance-gpu-count',
  'instance-gpu-memory',
  'instance-accelerator-name',
  'instance-accelerator-manufacturer',
  'instance-accelerator-count',
];

/** `ec2nodeclass` is left out: the CRD lets it pass, but the controller refuses the NodePool at run time. */
const AWS_LABELS_V1: readonly string[] = [
  ...AWS_LABELS_V1BETA1,
  'instance-tenancy',
  'instance-cpu-manufacturer',
  'instance-cpu-sustained-clock-speed-mhz',
  'instance-ebs-bandwidth',
  'instance-capability-flex',
  'capacity-reservation-type',
  'capacity-reservation-id',
  'capacity-reservation-interruptible',
  'placement-group-id',
  'placement-group-partition',
];

const OLD_KUBERNETES_LABELS: readonly string[] = [
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
];

const KUBERNETES_LABELS: readonly string[] = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'kubernetes.io/arch',
  'kubernetes.io/os',
];

/**
 * Why a NodePool may not name this label, in the API server's words; undefined when it may (disruption.md §11). Rules of
 * the CRD, and those that the webhook (v1beta1) or the controller (v1) adds.
 */
export function restrictedLabel(key: string, apiVersion: ApiVersion, use: 'label' | 'requirement'): string | undefined {
  const domain = /^[^/]*/.exec(key)?.[0] ?? '';
  if (key === NODEPOOL_LABEL || key === HOSTNAME_LABEL) return `label "${key}" is restricted`;
  if (domain.endsWith('karpenter.sh') && !KARPENTER_LABELS.includes(key)) return domainRestricted('karpenter.sh');
  const awsLabels = apiVersion === 'karpenter.sh/v1' ? AWS_LABELS_V1 : AWS_LABELS_V1BETA1;
  if (domain.endsWith('karpenter.k8s.aws') && !awsLabels.includes(key.slice(domain.length + 1))) {
    return domainRestricted('karpenter.k8s.aws');
  }
  if (apiVersion === 'karpenter.sh/v1') return undefined;
  if (domain.endsWith('kubernetes.io') && !isOpenInV1beta1(key, use)) return domainRestricted('kubernetes.io');
  if (domain.endsWith('k8s.io') && !key.startsWith('kops.k8s.io/')) return domainRestricted('k8s.io');
  return undefined;
}

function domainRestricted(domain: string): string {
  return `label domain "${domain}" is restricted`;
}

function isOpenInV1beta1(key: string, use: 'label' | 'requirement'): boolean {
  return (
    KUBERNETES_LABELS.includes(key) ||
    key.startsWith('node.kubernetes.io/') ||
    key.startsWith('node-restriction.kubernetes.io/') ||
    // The CRD lets the old names pass as labels too; the webhook does not.
    (use === 'requirement' && OLD_KUBERNETES_LABELS.includes(key))
  );
}

const QUALIFIED_NAME =
  /^(?:(?<prefix>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*)\/)?(?<name>[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;

/** Whether a text can be a label key: an optional DNS prefix of at most 253 characters, and a name of at most 63. */
export function isQualifiedName(text: string): boolean {
  const groups = QUALIFIED_NAME.exec(text)?.groups;
  return groups !== undefined && (groups['name'] ?? '').length <= 63 && (groups['prefix'] ?? '').length <= 253;
}

/** Whether a text can be a label value: empty, or at most 63 characters of the right kind. */
export function isLabelValue(text: string): boolean {
  return text.length <= 63 && /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(text);
}
