import type { ContainerImage, Node } from '../node.js';
import type { Namespace } from '../workloads.js';
import { decodeObjectMeta } from './decode-object-meta.js';
import { decodeConditions } from './decode-pod.js';
import { decodeTaint } from './decode-selectors.js';
import type { FieldReader } from './field-reader.js';

/** v1 Node. */
export function decodeNode(object: FieldReader): Node {
  const metadata = decodeObjectMeta(object, 'Node', 'cluster');
  const spec = object.object('spec');
  spec?.irrelevant('podCIDR', 'podCIDRs', 'configSource', 'externalID');
  const status = object.object('status');
  const capacity = status?.resourceList('capacity') ?? {};
  const node: Node = {
    metadata,
    spec: {
      providerID: spec?.string('providerID') ?? '',
      taints: spec?.objects('taints').map(decodeTaint) ?? [],
      unschedulable: spec?.boolean('unschedulable') ?? false,
    },
    status: {
      capacity,
      allocatable: status?.resourceList('allocatable') ?? capacity,
      conditions: status === undefined ? [] : decodeConditions(status, metadata.creationTimeMs),
      images: status?.has('images') === true ? status.objects('images').map(decodeImage) : undefined,
    },
  };
  status?.restIrrelevant();
  return node;
}

function decodeImage(image: FieldReader): ContainerImage {
  return { names: image.stringList('names') ?? [], sizeBytes: image.integer('sizeBytes', { min: 0 }) ?? 0 };
}

/** v1 Namespace. */
export function decodeNamespace(object: FieldReader): Namespace {
  object.irrelevant('spec', 'status');
  return { metadata: decodeObjectMeta(object, 'Namespace', 'cluster') };
}
