/** Exit codes: what a script may rely on. */
export const EXIT = { done: 0, gateFailed: 1, badInput: 2, bug: 3 } as const;

/** Any of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake of the caller: its message is all that is printed, and the exit code is 2. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}
