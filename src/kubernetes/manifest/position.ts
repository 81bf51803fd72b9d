import type { PathKey } from './field-path.js';

/** A place in a file, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a field stands: its key, or its value. A path that does not exist answers with its nearest ancestor. */
export type PositionOf = (path: readonly PathKey[], part: 'key' | 'value') => Position;
