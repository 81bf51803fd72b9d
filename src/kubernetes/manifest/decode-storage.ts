import type { CSINode, PersistentVolume, StorageClass } from '../storage.js';
import type { PersistentVolumeClaim } from '../workloads.js';
import { decodeObjectMeta } from './decode-object-meta.js';
import { decodeNodeSelectorTerm } from './decode-selectors.js';
import type { FieldReader } from './field-reader.js';

const EBS_DRIVER = 'ebs.csi.aws.com';

/** v1 PersistentVolumeClaim, also as a StatefulSet's claim template. */
export function decodePersistentVolumeClaim(object: FieldReader): PersistentVolumeClaim {
  const metadata = decodeObjectMeta(object, 'PersistentVolumeClaim', 'namespaced');
  const spec = object.requiredObject('spec');
  spec.irrelevant('volumeMode', 'selector', 'dataSource', 'dataSourceRef');
  const status = object.object('status');
  const volumeName = spec.nonEmptyString('volumeName');
  const phase = status?.oneOf('phase', ['Pending', 'Bound', 'Lost']);
  status?.restIrrelevant();
  const resources = spec.object('resources');
  const storageBytes = resources?.resourceList('requests')?.['storage'];
  resources?.restIrrelevant();
  return {
    metadata,
    storageClassName: spec.string('storageClassName'),
    volumeName,
    phase: phase ?? (volumeName === undefined ? 'Pending' : 'Bound'),
    accessModes: spec.stringList('accessModes'),
    storageBytes,
  };
}

/** v1 PersistentVolume. */
export function decodePersistentVolume(object: FieldReader): PersistentVolume {
  const metadata = decodeObjectMeta(object, 'PersistentVolume', 'cluster');
  const status = object.object('status');
  const phase = status?.oneOf('phase', ['Pending', 'Available', 'Bound', 'Released', 'Failed']);
  status?.restIrrelevant();
  const spec = object.requiredObject('spec');
  const csi = spec.object('csi');
  const driver = csi?.requiredString('driver') ?? (spec.has('awsElasticBlockStore') ? EBS_DRIVER : undefined);
  csi?.restIrrelevant();
  const isLocal = spec.has('local') || spec.has('hostPath');
  const nodeAffinity = spec.object('nodeAffinity')?.object('required')?.objects('nodeSelectorTerms');
  const volume: PersistentVolume = {
    metadata,
    driver,
    isLocal,
    nodeAffinity: nodeAffinity?.map(decodeNodeSelectorTerm),
    storageClassName: spec.string('storageClassName'),
    accessModes: spec.stringList('accessModes'),
    capacityBytes: spec.resourceList('capacity')?.['storage'],
    claimRef: decodeClaimRef(spec.object('claimRef')),
    phase,
  };
  spec.restIrrelevant();
  return volume;
}

function decodeClaimRef(claim: FieldReader | undefined): PersistentVolume['claimRef'] {
  if (claim === undefined) return undefined;
  const reference = {
    namespace: claim.string('namespace') ?? '',
    name: claim.string('name') ?? '',
    uid: claim.string('uid') ?? '',
  };
  claim.restIrrelevant();
  return reference;
}

/** storage.k8s.io/v1 StorageClass. */
export function decodeStorageClass(object: FieldReader): StorageClass {
  object.irrelevant('parameters', 'reclaimPolicy', 'allowVolumeExpansion', 'mountOptions');
  const metadata = decodeObjectMeta(object, 'StorageClass', 'cluster');
  return {
    metadata,
    provisioner: object.requiredString('provisioner'),
    volumeBindingMode: object.oneOf('volumeBindingMode', ['Immediate', 'WaitForFirstConsumer']),
    allowedTopologies: object.objects('allowedTopologies').map((topology) =>
      topology.objects('matchLabelExpressions').map((expression) => ({
        key: expression.requiredString('key'),
        values: expression.stringList('values') ?? [],
      })),
    ),
    isDefault: ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'].some(
      (annotation) => metadata.annotations[annotation] === 'true',
    ),
  };
}

/** storage.k8s.io/v1 CSINode. */
export function decodeCSINode(object: FieldReader): CSINode {
  const metadata = decodeObjectMeta(object, 'CSINode', 'cluster');
  return {
    metadata,
    drivers: object
      .requiredObject('spec')
      .objects('drivers')
      .map((driver) => {
        driver.irrelevant('nodeID', 'topologyKeys');
        return {
          name: driver.requiredString('name'),
          count: driver.object('allocatable')?.integer('count', { min: 0 }),
        };
      }),
  };
}
