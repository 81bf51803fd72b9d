import { decodeObjectMeta } from '../../kubernetes/manifest/decode-object-meta.js';
import { decodeConditions } from '../../kubernetes/manifest/decode-pod.js';
import { decodeNodeSelectorRequirement, decodeTaint } from '../../kubernetes/manifest/decode-selectors.js';
import type { FieldReader } from '../../kubernetes/manifest/field-reader.js';
import type { NodeClaim } from '../nodeclaim.js';
import { NODE_POOL_V1, NODE_POOL_V1BETA1, type NodePoolVersion } from './node-pool-version.js';

/** NodeClaim, `karpenter.sh/v1`, as a cluster has it: Karpenter writes these objects, so little is checked. */
export function decodeNodeClaimV1(object: FieldReader): NodeClaim {
  return decodeNodeClaim(object, NODE_POOL_V1);
}

/** NodeClaim, `karpenter.sh/v1beta1`. */
export function decodeNodeClaimV1beta1(object: FieldReader): NodeClaim {
  return decodeNodeClaim(object, NODE_POOL_V1BETA1);
}

function decodeNodeClaim(object: FieldReader, version: NodePoolVersion): NodeClaim {
  const metadata = decodeObjectMeta(object, 'NodeClaim', 'cluster');
  const spec = object.requiredObject('spec');
  const requirements = spec.objects('requirements').map((reader) => {
    reader.irrelevant('minValues');
    return decodeNodeSelectorRequirement(reader, version.operators);
  });
  const resources = spec.object('resources');
  const ref = spec.requiredObject('nodeClassRef');
  const status = object.object('status');
  const claim: NodeClaim = {
    metadata,
    spec: {
      requirements,
      requests: resources?.resourceList('requests') ?? {},
      taints: spec.objects('taints').map(decodeTaint),
      startupTaints: spec.objects('startupTaints').map(decodeTaint),
      nodeClassRef: {
        group: ref.string('group') ?? ref.string('apiVersion')?.split('/')[0] ?? 'karpenter.k8s.aws',
        kind: ref.string('kind') ?? 'EC2NodeClass',
        name: ref.requiredString('name'),
      },
      expireAfter: spec.durationOrNever('expireAfter', version.durationPattern) ?? 'Never',
      terminationGracePeriodMs: spec.durationMs('terminationGracePeriod'),
    },
    status: {
      providerID: status?.nonEmptyString('providerID'),
      nodeName: status?.nonEmptyString('nodeName'),
      capacity: status?.resourceList('capacity') ?? {},
      allocatable: status?.resourceList('allocatable') ?? {},
      conditions: status === undefined ? [] : decodeConditions(status, metadata.creationTimeMs),
      lastPodEventTimeMs: status?.timeMs('lastPodEventTime'),
    },
  };
  // What version 0.32 copies from the NodePool, and the image that was chosen.
  spec.irrelevant('kubelet');
  status?.restIrrelevant();
  return claim;
}
