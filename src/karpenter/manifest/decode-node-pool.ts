import { decodeObjectMeta } from '../../kubernetes/manifest/decode-object-meta.js';
import { hashFields } from '../../kubernetes/manifest/field-hash.js';
import { isRecord } from '../../kubernetes/manifest/field-path.js';
import type { FieldReader } from '../../kubernetes/manifest/field-reader.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { NodePool } from '../nodepool.js';
import { decodeDisruptionV1, decodeDisruptionV1beta1 } from './decode-disruption.js';
import { decodeTemplate } from './decode-template.js';
import { NODE_POOL_V1, NODE_POOL_V1BETA1, type NodePoolVersion } from './node-pool-version.js';

/** NodePool, `karpenter.sh/v1`: defaults of its CRD applied; refuses what the API server of v1.14.1 refuses. */
export function decodeNodePoolV1(object: FieldReader): NodePool {
  const { metadata, spec, limits, weight } = decodeCommon(object, NODE_POOL_V1);
  const replicas = spec.integer('replicas', { min: 0 });
  if (replicas !== undefined) {
    if (Object.keys(limits).some((resource) => resource !== 'nodes')) {
      spec.refuse('limits', "only 'limits.nodes' is supported on static NodePools");
    }
    if (spec.has('weight')) spec.refuse('weight', "'weight' is not supported on static NodePools");
  }
  const template = decodeTemplate(spec, NODE_POOL_V1);
  const { labels, annotations, taints, startupTaints, nodeClassRef, expireAfter, terminationGracePeriodMs } = template;
  return {
    apiVersion: NODE_POOL_V1.apiVersion,
    metadata,
    weight,
    replicas,
    limits,
    disruption: decodeDisruptionV1(spec),
    template,
    hash: hashFields({
      labels,
      annotations,
      taints,
      startupTaints,
      nodeClassRef,
      expireAfter,
      terminationGracePeriodMs,
    }),
  };
}

/** NodePool, `karpenter.sh/v1beta1`: refuses what the API server and the webhook of v0.32.0 refuse. */
export function decodeNodePoolV1beta1(object: FieldReader): NodePool {
  const { metadata, spec, limits, weight } = decodeCommon(object, NODE_POOL_V1BETA1);
  const template = decodeTemplate(spec, NODE_POOL_V1BETA1);
  const { labels, annotations, taints, startupTaints, nodeClassRef, kubelet } = template;
  return {
    apiVersion: NODE_POOL_V1BETA1.apiVersion,
    metadata,
    weight,
    limits,
    disruption: decodeDisruptionV1beta1(spec),
    template,
    hash: hashFields({ labels, annotations, taints, startupTaints, nodeClassRef, kubelet }),
  };
}

function decodeCommon(object: FieldReader, version: NodePoolVersion) {
  object.beStrict().irrelevant('status');
  const metadata = decodeObjectMeta(object, 'NodePool', 'cluster');
  if (
    metadata.name !== '' &&
    !(version.namePattern.test(metadata.name) && metadata.name.length <= version.maxNameLength)
  ) {
    object.refuse(
      ['metadata', 'name'],
      `"${metadata.name}" is not a name of a NodePool`,
      'lower-case letters, digits and -',
    );
  }
  const spec = object.requiredObject('spec');
  for (const [key, hint] of Object.entries(version.movedInSpec)) spec.refuseUnknown(key, hint);
  return { metadata, spec, limits: decodeLimits(spec), weight: spec.integer('weight', { min: 1, max: 100 }) ?? 0 };
}

function decodeLimits(spec: FieldReader): ResourceList {
  const limits = spec.resourceList('limits') ?? {};
  const written = spec.raw('limits');
  for (const [resource, value] of Object.entries(isRecord(written) ? written : {})) {
    if (typeof value === 'number' && !Number.isInteger(value)) {
      spec.refuse(['limits', resource], `${value} must be of type integer or string`, `"${value}" in quotes`);
    }
  }
  return limits;
}
