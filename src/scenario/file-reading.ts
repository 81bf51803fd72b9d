import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';

/** Reads a file as text; throws when it cannot. */
export type ReadFile = (path: string) => string;

/** The text of a file, or why there is none. */
export function tryRead(readFile: ReadFile, path: string): string | Error {
  try {
    return readFile(path);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A file that cannot be read, as a problem; `folder` is what its path is relative to. */
export function readFailure(path: string, error: Error, folder?: string): ProblemDetail {
  return {
    code: 'unreadable-file',
    message: `cannot read ${path}: ${reason(error)}`,
    expected: 'a readable YAML or JSON file',
    hint: folder === undefined ? undefined : `paths are relative to the scenario file, here to ${folder}`,
  };
}

function reason(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'no permission';
    default:
      return error.message;
  }
}
