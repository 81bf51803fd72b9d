/** What kind of mistake a problem is; stable, for programs and for the catalogue of messages. */
export type ProblemCode =
  | 'yaml-syntax'
  | 'unreadable-file'
  | 'wrong-type'
  | 'missing-field'
  | 'unknown-field'
  | 'unsupported-value'
  | 'invalid-value'
  | 'unsupported-kind'
  | 'duplicate-name'
  | 'missing-reference'
  | 'no-match'
  | 'refused-by-api-server';

/** A mistake in a user's file, as data. Line and column are 1-based; 0 where the input has no positions. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Field such as `spec.limits.cpu`; empty for the document itself. */
  readonly path: string;
  readonly code: ProblemCode;
  readonly message: string;
  /** Name of the rule that was broken, where rules have names; stable. */
  readonly rule?: string | undefined;
  /** What would have been right. */
  readonly expected?: string | undefined;
  /** What to try. */
  readonly hint?: string | undefined;
}

/** A field of the input that the simulator does not model: read past, and said aloud in the run's output. */
export interface UnmodelledField {
  readonly file: string;
  readonly line: number;
  readonly path: string;
}
