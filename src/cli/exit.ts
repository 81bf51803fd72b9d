import type { Problem } from '../kubernetes/manifest/problem.js';

/** Exit codes: what a script may rely on. */
export const EXIT = { done: 0, gateFailed: 1, badInput: 2, bug: 3 } as const;

/** Any of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake of the caller: its message is all that is printed, and the exit code is 2. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

/** Mistakes in the caller's files: they are printed, each with its place, and the exit code is 2. */
export class BadFiles extends Error {
  override readonly name = 'BadFiles';

  constructor(readonly problems: readonly Problem[]) {
    super(`${problems.length} problems`);
  }
}

/** What was loaded. @throws BadFiles when there are problems instead */
export function accepted<T extends { readonly problems?: readonly Problem[] | undefined }>(
  loaded: T,
): Exclude<T, { readonly problems: readonly Problem[] }> {
  if (loaded.problems !== undefined) throw new BadFiles(loaded.problems);
  return loaded as Exclude<T, { readonly problems: readonly Problem[] }>;
}
