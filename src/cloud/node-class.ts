import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { ResourceList } from '../kubernetes/resource-list.js';
import type { ReservationSelectorTerm } from './launch/capacity-reservations.js';
import type { SelectorTerm } from './launch/subnet-pool.js';

/** Kubelet settings that change capacity or allocatable (aws.md §17). v1beta1 has them in the NodePool. */
export interface KubeletConfiguration {
  readonly maxPods?: number | undefined;
  readonly podsPerCore?: number | undefined;
  readonly kubeReserved: ResourceList;
  readonly systemReserved: ResourceList;
  /** Signals such as `memory.available` to a quantity or a percentage, as written. */
  readonly evictionHard: Readonly<Record<string, string>>;
  readonly evictionSoft: Readonly<Record<string, string>>;
}

/** Hash of its EC2NodeClass that the provider writes on an EC2NodeClass and on the NodeClaims made of it. */
export const NODE_CLASS_HASH_ANNOTATION = 'karpenter.k8s.aws/ec2nodeclass-hash';

/** A block device mapping; sizes in bytes. */
export interface BlockDeviceMapping {
  readonly deviceName: string;
  readonly rootVolume: boolean;
  readonly volumeSizeBytes?: number | undefined;
  readonly volumeType?: string | undefined;
  /** Provisioned, of gp3, io1 and io2. */
  readonly iops?: number | undefined;
  /** Provisioned MiB/s, of gp3. */
  readonly throughput?: number | undefined;
}

/** A network interface of the launch template (v1.14); an EFA-only one gives no addresses to pods. */
export interface NetworkInterface {
  readonly networkCardIndex: number;
  readonly deviceIndex: number;
  readonly interfaceType: 'interface' | 'efa-only';
}

/** AMI families of both versions. */
export const AMI_FAMILIES = [
  'AL2',
  'AL2023',
  'Bottlerocket',
  'Ubuntu',
  'Windows2019',
  'Windows2022',
  'Windows2025',
  'Custom',
] as const;

/** AMI family of an EC2NodeClass. */
export type AmiFamily = (typeof AMI_FAMILIES)[number];

/** EC2NodeClass, `karpenter.k8s.aws/v1` or `v1beta1`. */
export interface EC2NodeClass {
  readonly metadata: ObjectMeta;
  readonly amiFamily: AmiFamily;
  readonly kubelet?: KubeletConfiguration | undefined;
  readonly blockDeviceMappings: readonly BlockDeviceMapping[];
  readonly instanceStorePolicy?: 'RAID0' | undefined;
  /** Empty or undefined: EC2's default, one interface on card 0. */
  readonly networkInterfaces?: readonly NetworkInterface[] | undefined;
  /** Connection-tracking timeouts are set: excludes types that are not on the Nitro hypervisor (v1.14). */
  readonly connectionTracking?: boolean | undefined;
  /** CloudWatch metrics by the minute, which are charged for. */
  readonly detailedMonitoring?: boolean | undefined;
  /** Subnets that nodes are launched into; undefined: any. */
  readonly subnetSelectorTerms?: readonly SelectorTerm[] | undefined;
  /** Capacity reservations that nodes may be launched into (v1); undefined or empty: none. */
  readonly capacityReservationSelectorTerms?: readonly ReservationSelectorTerm[] | undefined;
  /** Hash of the fields whose change drifts nodes (aws.md §16). */
  readonly hash: string;
}
