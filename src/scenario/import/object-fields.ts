import { isRecord } from '../../kubernetes/manifest/field-path.js';
import type { DumpObject } from './shaped-object.js';

/** Fields that nobody has looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** A text; the other one in place of anything else. */
export function textOf(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

/** A field down a path; undefined where it ends early. */
export function fieldOf(object: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), object);
}

/** `metadata` of an object. */
export function metadataOf(object: DumpObject): Fields {
  return isRecord(object['metadata']) ? object['metadata'] : {};
}

/** `namespace/name` of an object. */
export function keyOf(object: DumpObject): string {
  const { namespace, name } = metadataOf(object);
  return `${textOf(namespace, 'default')}/${textOf(name)}`;
}

/** The reference to the owner that keeps an object alive. */
export function controllerOf(object: DumpObject): Fields | undefined {
  const references = metadataOf(object)['ownerReferences'];
  return Array.isArray(references) ? (references as Fields[]).find(({ controller }) => controller === true) : undefined;
}

/** A copy without some of its fields. */
export function without(object: Fields, ...keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
