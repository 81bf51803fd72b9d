import type { FieldReader } from '../kubernetes/manifest/field-reader.js';
import { readPlain } from '../kubernetes/manifest/read-session.js';

/**
 * Decodes one manifest of a case.
 *
 * @throws Error that names the first mistake; in a case there should be none.
 */
export function readManifest<T>(value: unknown, decode: (reader: FieldReader) => T, creationTimeMs = 0): T {
  const reading = readPlain(value, decode, creationTimeMs);
  const [problem] = reading.problems;
  if (problem !== undefined) throw new Error(`${problem.path}: ${problem.message}`);
  return reading.value;
}
