import { parseManifestStream } from '../../../src/kubernetes/manifest/manifest-document.js';
import type { FieldReader } from '../../../src/kubernetes/manifest/field-reader.js';
import { readDocument, type Reading } from '../../../src/kubernetes/manifest/read-session.js';

/** Reads the only document of a YAML text. */
export function readYaml<T>(text: string, decode: (reader: FieldReader) => T): Reading<T> {
  const { documents, problems } = parseManifestStream('m.yaml', text);
  const [document] = documents;
  if (document === undefined || problems.length > 0)
    throw new Error(`unreadable test text: ${JSON.stringify(problems)}`);
  return readDocument(document, { file: 'm.yaml', creationTimeMs: 0 }, decode);
}

/** Reads a text that must be free of mistakes. */
export function decodeYaml<T>(text: string, decode: (reader: FieldReader) => T): T {
  const { value, problems } = readYaml(text, decode);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return value;
}
