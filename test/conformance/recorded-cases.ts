import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { CaseFile, RecordedCase, Recording } from '../../src/conformance/case-file.js';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';

/** Catalogues that the cases name. */
export const SHIPPED_CATALOGS = fileURLToPath(new URL('../../pricing-data/catalogs', import.meta.url));
const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** All cases of a shipped family with their recordings, which stand in the same order. */
export function recordedCases(version: KarpenterVersion, family: string): readonly RecordedCase[] {
  const recordings = lines(join(FOLDER, 'recordings', version, `${family}.jsonl.gz`)) as readonly Recording[];
  const cases = lines(join(FOLDER, 'cases', version, `${family}.jsonl.gz`)) as readonly CaseFile[];
  return cases.map((caseFile, index) => ({ version, caseFile, recording: recordings[index] }));
}

function lines(path: string): readonly unknown[] {
  const text = gunzipSync(readFileSync(path)).toString('utf8').trimEnd();
  return text.split('\n').map((line) => JSON.parse(line) as unknown);
}
