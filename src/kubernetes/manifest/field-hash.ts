import { createHash } from 'node:crypto';
import { isRecord } from './field-path.js';

/**
 * Hash of a set of fields, for noticing that they changed. Like Karpenter's (disruption.md §5.5) it takes lists as sets
 * and passes over zero values, so reordering a list or writing a default of nothing changes nothing. The value itself
 * is our own: only equality matters.
 */
export function hashFields(fields: unknown): string {
  return createHash('sha256')
    .update(canonical(fields) ?? '')
    .digest('hex')
    .slice(0, 16);
}

function canonical(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item) ?? 'zero').sort();
    return items.length === 0 ? undefined : `[${[...new Set(items)].join()}]`;
  }
  if (isRecord(value)) {
    const entries = Object.keys(value)
      .sort()
      .flatMap((key) => {
        const text = canonical(value[key]);
        return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
      });
    return entries.length === 0 ? undefined : `{${entries.join()}}`;
  }
  return value === undefined || value === null || value === '' || value === 0 || value === false
    ? undefined
    : JSON.stringify(value);
}
