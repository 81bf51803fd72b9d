import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { readFailure, tryRead } from './file-reading.js';

/** A text with the name under which its mistakes are told. */
export interface ClusterFile {
  readonly file: string;
  readonly text: string;
}

/** Stands for standard input, as with kubectl. */
const STDIN = '-';

/** Files of a cluster: one file, all manifests below a folder in order of their paths, or standard input. */
export function readClusterFiles(path: string): {
  readonly files: readonly ClusterFile[];
  readonly problems: readonly Problem[];
} {
  if (path === STDIN) return readAll([STDIN]);
  if (!isFolder(path)) return readAll([path]);
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name) && !/(^|[\\/])(\.|node_modules[\\/])/.test(name))
    .sort();
  if (names.length > 0) return readAll(names.map((name) => join(path, name)));
  const detail = { code: 'unreadable-file', message: 'there are no manifests in this folder' } as const;
  const expected = 'files that end in .yaml, .yml or .json';
  return { files: [], problems: [{ file: path, line: 0, column: 0, path: '', ...detail, expected }] };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readAll(paths: readonly string[]): { files: ClusterFile[]; problems: Problem[] } {
  const files: ClusterFile[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    const text = tryRead((file) => readFileSync(file === STDIN ? 0 : file, 'utf8'), path);
    if (text instanceof Error) problems.push({ file: path, line: 0, column: 0, path: '', ...readFailure(path, text) });
    else files.push({ file: path === STDIN ? '<stdin>' : path, text });
  }
  return { files, problems };
}
