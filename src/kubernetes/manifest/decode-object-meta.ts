import type { ObjectMeta } from '../object-meta.js';
import type { FieldReader } from './field-reader.js';

/**
 * Reads `metadata` (and passes over `apiVersion` and `kind`). An object without UID gets `kind/namespace/name`, so that
 * UIDs stay unique and ties are broken the same way in every run.
 */
export function decodeObjectMeta(object: FieldReader, kind: string, scope: 'namespaced' | 'cluster'): ObjectMeta {
  object.irrelevant('apiVersion', 'kind');
  const metadata = object.requiredObject('metadata');
  metadata.irrelevant(
    'managedFields',
    'resourceVersion',
    'generation',
    'generateName',
    'selfLink',
    'finalizers',
    'deletionGracePeriodSeconds',
  );
  const name = metadata.requiredString('name');
  if (name === '' && metadata.has('name')) metadata.missing('name');
  const namespace = metadata.string('namespace') ?? (scope === 'namespaced' ? 'default' : '');
  return {
    name,
    namespace: scope === 'namespaced' ? namespace : '',
    uid: metadata.string('uid') ?? `${kind}/${namespace}/${name}`,
    labels: metadata.stringMap('labels'),
    annotations: metadata.stringMap('annotations'),
    ownerReferences: metadata.objects('ownerReferences').map((owner) => {
      owner.irrelevant('blockOwnerDeletion');
      return {
        apiVersion: owner.string('apiVersion') ?? '',
        kind: owner.string('kind') ?? '',
        name: owner.string('name') ?? '',
        uid: owner.string('uid') ?? '',
        controller: owner.boolean('controller') ?? false,
      };
    }),
    creationTimeMs: metadata.timeMs('creationTimestamp') ?? metadata.defaultCreationTimeMs,
    deletionTimeMs: metadata.timeMs('deletionTimestamp'),
  };
}
