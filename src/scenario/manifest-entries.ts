import { isRecord } from '../kubernetes/manifest/field-path.js';
import type { PositionOf } from '../kubernetes/manifest/position.js';

/** One object of a manifest file, with the places of its fields. */
export interface ManifestEntry {
  readonly value: unknown;
  readonly positionOf: PositionOf;
}

/** What an object says it is. */
export function identify(value: unknown): {
  kind?: string | undefined;
  apiVersion?: string | undefined;
  name?: string | undefined;
} {
  if (!isRecord(value)) return {};
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  const textOf = (field: unknown) => (typeof field === 'string' && field !== '' ? field : undefined);
  return { kind: textOf(value['kind']), apiVersion: textOf(value['apiVersion']), name: textOf(metadata['name']) };
}

/** A document, or the items of a List. */
export function flattenList(entry: ManifestEntry): readonly ManifestEntry[] {
  const { value } = entry;
  if (!isRecord(value) || typeof value['kind'] !== 'string' || !value['kind'].endsWith('List')) return [entry];
  const items = value['items'];
  if (!Array.isArray(items)) return [entry];
  return items.flatMap((item: unknown, index) =>
    flattenList({ value: item, positionOf: (path, part) => entry.positionOf(['items', index, ...path], part) }),
  );
}
