import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { KarpenterVersion } from '../karpenter/settings.js';
import type { CaseFile, RecordedCase, Recording } from './case-file.js';

const VERSIONS: readonly KarpenterVersion[] = ['v1.14.1', 'v0.32.0'];
const CASES_ENDING = '.jsonl.gz';

/** One file of cases. */
export interface CaseFamily {
  readonly version: KarpenterVersion;
  readonly family: string;
}

/** Lines of a gzipped file; empty ones are left out. */
export function gzippedLines(path: string): string[] {
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** Names of the gzipped line files in a folder without their ending, in order; none when there is no such folder. */
export function lineFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(CASES_ENDING))
    .map((file) => file.slice(0, -CASES_ENDING.length))
    .sort();
}

/** Case families of a folder, v1.14.1 first. */
export function caseFamilies(folder: string): CaseFamily[] {
  return VERSIONS.flatMap((version) =>
    lineFiles(join(folder, 'cases', version)).map((family) => ({ version, family })),
  );
}

/** The cases of a family with their recordings, joined by name. @throws Error when a file cannot be read. */
export function recordedCases(folder: string, { version, family }: CaseFamily): RecordedCase[] {
  const file = `${family}${CASES_ENDING}`;
  const recordingsPath = join(folder, 'recordings', version, file);
  const recordings = new Map<string, Recording>();
  for (const line of existsSync(recordingsPath) ? gzippedLines(recordingsPath) : []) {
    const recording = JSON.parse(line) as Recording;
    recordings.set(recording.name, recording);
  }
  return gzippedLines(join(folder, 'cases', version, file)).map((line) => {
    const caseFile = JSON.parse(line) as CaseFile;
    return { version, family, caseFile, recording: recordings.get(caseFile.name) };
  });
}
