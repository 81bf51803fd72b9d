import type { ObjectMeta } from './object-meta.js';
import type { NodeSelectorTerm } from './selectors.js';

/** v1 PersistentVolume, with what decides where its pod may run. */
export interface PersistentVolume {
  readonly metadata: ObjectMeta;
  /** CSI driver, or `ebs.csi.aws.com` for an in-tree EBS volume; undefined for others. */
  readonly driver?: string | undefined;
  /** Local and hostPath volumes: their hostname requirement is not honoured by Karpenter v1. */
  readonly isLocal: boolean;
  readonly nodeAffinity?: readonly NodeSelectorTerm[] | undefined;
  readonly storageClassName?: string | undefined;
  readonly accessModes?: readonly string[] | undefined;
  /** `spec.capacity.storage`, bytes. */
  readonly capacityBytes?: number | undefined;
  /** The claim it is bound or reserved to; `uid` empty when it is reserved by name only. */
  readonly claimRef?: { readonly namespace: string; readonly name: string; readonly uid: string } | undefined;
  readonly phase?: 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed' | undefined;
}

/** storage.k8s.io/v1 StorageClass. */
export interface StorageClass {
  readonly metadata: ObjectMeta;
  readonly provisioner: string;
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer' | undefined;
  readonly allowedTopologies: readonly (readonly { readonly key: string; readonly values: readonly string[] }[])[];
  readonly isDefault: boolean;
}

/** storage.k8s.io/v1 CSINode: attachable volumes by driver. */
export interface CSINode {
  readonly metadata: ObjectMeta;
  readonly drivers: readonly { readonly name: string; readonly count?: number | undefined }[];
}
