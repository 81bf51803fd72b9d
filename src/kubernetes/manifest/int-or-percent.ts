import type { IntOrPercent } from '../workloads.js';
import type { FieldReader } from './field-reader.js';

/** An integer ≥ 0 or a percentage such as `25%`. */
export function decodeIntOrPercent(parent: FieldReader, key: string): IntOrPercent | undefined {
  const value = parent.raw(key);
  if (value === undefined) return undefined;
  if (typeof value === 'number') return parent.integer(key, { min: 0 });
  if (typeof value === 'string' && /^\d+%$/.test(value)) return value as `${number}%`;
  parent.problem(key, {
    code: 'invalid-value',
    message: `${JSON.stringify(value)} is neither an integer nor a percentage`,
    expected: 'an integer such as 1, or a percentage such as 25%',
    hint: typeof value === 'string' && /^\d+$/.test(value) ? `write ${value} without quotes` : undefined,
  });
  return undefined;
}
