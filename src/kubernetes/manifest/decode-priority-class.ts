import type { ObjectMeta } from '../object-meta.js';
import { decodeObjectMeta } from './decode-object-meta.js';
import type { FieldReader } from './field-reader.js';

/** scheduling.k8s.io/v1 PriorityClass: resolved into the pods that name it, as the API server does at admission. */
export interface PriorityClass {
  readonly metadata: ObjectMeta;
  readonly value: number;
  readonly globalDefault: boolean;
  readonly preemptionPolicy: 'Never' | 'PreemptLowerPriority';
}

export function decodePriorityClass(object: FieldReader): PriorityClass {
  object.irrelevant('description');
  const metadata = decodeObjectMeta(object, 'PriorityClass', 'cluster');
  if (!object.has('value')) object.missing('value', 'an integer');
  return {
    metadata,
    value: object.integer('value', { min: -(2 ** 31), max: 2 ** 31 - 1 }) ?? 0,
    globalDefault: object.boolean('globalDefault') ?? false,
    preemptionPolicy: object.oneOf('preemptionPolicy', ['Never', 'PreemptLowerPriority']) ?? 'PreemptLowerPriority',
  };
}
