import { didYouMean } from './closest-name.js';
import { isRecord, renderPath, type PathKey } from './field-path.js';
import { FieldReader, type FieldSink, type ProblemDetail } from './field-reader.js';
import type { ManifestDocument } from './manifest-document.js';
import type { PositionOf } from './position.js';
import type { Problem, UnmodelledField } from './problem.js';

/** Where a document comes from and what its objects get when they do not say. */
export interface ReadSource {
  readonly file: string;
  /** Absent for plain data without positions; then unread fields are not tracked either. */
  readonly positionOf?: PositionOf | undefined;
  /** `metadata.creationTimestamp` of objects that have none, epoch ms. */
  readonly creationTimeMs: number;
}

/** What reading a document gave: the best reading, every mistake, and what is not modelled. */
export interface Reading<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
  readonly unmodelled: readonly UnmodelledField[];
}

class ReadSession implements FieldSink {
  readonly problems: Problem[] = [];
  readonly unmodelled: UnmodelledField[] = [];
  readonly creationTimeMs: number;
  readonly tracksUnread: boolean;
  readonly #source: ReadSource;
  readonly #readers: FieldReader[] = [];

  constructor(source: ReadSource) {
    this.#source = source;
    this.creationTimeMs = source.creationTimeMs;
    this.tracksUnread = source.positionOf !== undefined;
  }

  register(reader: FieldReader): void {
    this.#readers.push(reader);
  }

  report(path: readonly PathKey[], part: 'key' | 'value', detail: ProblemDetail): void {
    const position = this.#source.positionOf?.(path, part) ?? { line: 0, column: 0 };
    this.problems.push({ file: this.#source.file, ...position, path: renderPath(path), ...detail });
  }

  noteUnmodelled(path: readonly PathKey[]): void {
    const line = this.#source.positionOf?.(path, 'key').line ?? 0;
    this.unmodelled.push({ file: this.#source.file, line, path: renderPath(path) });
  }

  reportUnread(): void {
    for (const reader of this.#readers) {
      for (const key of reader.unreadKeys()) {
        const path = [...reader.path(), key];
        if (!reader.strict) this.noteUnmodelled(path);
        else {
          this.report(path, 'key', {
            code: 'unknown-field',
            message: `unknown field "${key}"`,
            hint: didYouMean(key, reader.askedKeys()),
          });
        }
      }
    }
  }
}

/**
 * Reads one value with `decode`. Gathers all mistakes, not only the first, and at the end reports the fields that
 * `decode` did not ask for: not modelled, or unknown where the reader was made strict.
 */
function readValue<T>(value: unknown, source: ReadSource, decode: (reader: FieldReader) => T): Reading<T> {
  const session = new ReadSession(source);
  if (!isRecord(value)) {
    session.report([], 'value', { code: 'wrong-type', message: 'is not an object', expected: 'a map of fields' });
  }
  const decoded = decode(new FieldReader(session, isRecord(value) ? value : {}, undefined, []));
  session.reportUnread();
  const { problems, unmodelled } = session;
  return { value: decoded, problems, unmodelled };
}

/** Reads one document of a manifest file. */
export function readDocument<T>(
  document: ManifestDocument,
  source: { readonly file: string; readonly creationTimeMs: number },
  decode: (reader: FieldReader) => T,
): Reading<T> {
  return readValue(document.value, { ...source, positionOf: document.positionOf }, decode);
}

/** Decodes plain data, such as JSON that a program wrote. Objects without creation time get `creationTimeMs`. */
export function readPlain<T>(value: unknown, decode: (reader: FieldReader) => T, creationTimeMs = 0): Reading<T> {
  return readValue(value, { file: '', creationTimeMs }, decode);
}
