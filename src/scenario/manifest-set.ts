import { relative } from 'node:path';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { renderPath, type PathKey } from '../kubernetes/manifest/field-path.js';
import type { FieldReader, ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import { parseManifestStream } from '../kubernetes/manifest/manifest-document.js';
import type { PositionOf } from '../kubernetes/manifest/position.js';
import type { Problem, UnmodelledField } from '../kubernetes/manifest/problem.js';
import { readDocument } from '../kubernetes/manifest/read-session.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import { flattenList, identify, type ManifestEntry } from './manifest-entries.js';
import {
  clusterKinds,
  emptyClusterLists,
  emptyObjectLists,
  objectKinds,
  type ClusterLists,
  type ObjectLists,
  type ReadInto,
} from './object-kinds.js';
import { applyOverrides, blameOverrides, type Override } from './overrides.js';
import { unreadKind } from './unread-kind.js';

/** Where an object was read from. */
interface Origin {
  readonly file: string;
  readonly positionOf: PositionOf;
  readonly overrides: readonly Override[];
  /** As it was parsed. */
  readonly raw: unknown;
}

interface AnyObject {
  readonly metadata: ObjectMeta;
}

/** What a set takes in, and how. */
interface SetContents<L extends ObjectLists> {
  readonly lists: L;
  readonly kinds: Readonly<Record<string, ReadInto<L>>>;
  /** In a cluster file a kind that nobody knows is a mistake; in a scenario it is noted as not modelled. */
  readonly isCluster: boolean;
  readonly hasStartState?: boolean | undefined;
  /** Places are told relative to this folder; as they were given, where there is none. */
  readonly folder?: string | undefined;
}

/** The objects of several manifest files, with their origins, so that later checks can still name file and line. */
export class ManifestSet<L extends ObjectLists = ObjectLists> {
  readonly lists: L;
  readonly problems: Problem[] = [];
  readonly unmodelled: UnmodelledField[] = [];
  /** Objects of the other version of Karpenter in a cluster: no problems yet, since a folder may hold both manifests. */
  readonly unserved: Problem[] = [];
  readonly #served: readonly string[];
  readonly #readerOf: (kind: string) => ((reader: FieldReader) => AnyObject) | undefined;
  readonly #isCluster: boolean;
  readonly #hasStartState: boolean;
  readonly #folder: string | undefined;
  readonly #origins = new Map<object, Origin>();
  readonly #firstByIdentity = new Map<string, AnyObject>();
  readonly #usedOverrides = new Set<Override>();

  private constructor(
    private readonly version: KarpenterVersion,
    private readonly creationTimeMs: number,
    private readonly overrides: readonly Override[],
    { lists, kinds, isCluster, hasStartState = false, folder }: SetContents<L>,
  ) {
    this.lists = lists;
    this.#served = Object.keys(kinds);
    this.#readerOf = (kind) => {
      const readInto = kinds[kind];
      return readInto && ((reader) => readInto(reader, lists));
    };
    this.#isCluster = isCluster;
    this.#hasStartState = hasStartState;
    this.#folder = folder;
  }

  /**
   * For the manifests of a scenario. Objects without a creation time get `creationTimeMs`.
   * @param surroundings the scenario's folder; whether it has a start state, so that nodes and the like are looked for there
   */
  static ofScenario(
    version: KarpenterVersion,
    creationTimeMs: number,
    overrides: readonly Override[],
    surroundings: Pick<SetContents<ObjectLists>, 'hasStartState' | 'folder'> = {},
  ): ManifestSet {
    const contents = { lists: emptyObjectLists(), kinds: objectKinds(version), isCluster: false, ...surroundings };
    return new ManifestSet(version, creationTimeMs, overrides, contents);
  }

  /** For a cluster with its nodes and pods. Objects without a creation time are as old as time. */
  static ofCluster(version: KarpenterVersion, folder?: string): ManifestSet<ClusterLists> {
    const contents = { lists: emptyClusterLists(), kinds: clusterKinds(version), isCluster: true, folder };
    return new ManifestSet(version, 0, [], contents);
  }

  /** Reads all documents of a file, Lists item by item. */
  add(file: string, text: string): void {
    const { documents, problems } = parseManifestStream(file, text);
    this.problems.push(...problems);
    for (const entry of documents.flatMap(flattenList)) this.#addObject(file, entry);
  }

  /** A problem at a field of an object that was read here. */
  problemAt(object: object, path: readonly PathKey[], detail: ProblemDetail): Problem {
    const origin = this.#origins.get(object);
    const position = origin?.positionOf(path, 'value') ?? { line: 0, column: 0 };
    const problem = { file: origin?.file ?? '', ...position, path: renderPath(path), ...detail };
    return blameOverrides([problem], origin?.overrides ?? [])[0] ?? problem;
  }

  /** An object as it was parsed: what its reader left out is still there. */
  rawOf(object: object): unknown {
    return this.#origins.get(object)?.raw;
  }

  /** `file:line` of an object or of a field of it, for remarks. */
  placeOf(object: object, path: readonly PathKey[] = []): string {
    const origin = this.#origins.get(object);
    return origin === undefined ? '' : `${this.#shown(origin.file)}:${origin.positionOf(path, 'value').line}`;
  }

  #shown(file: string): string {
    const near = this.#folder === undefined ? file : relative(this.#folder, file);
    return near.startsWith('..') ? file : near;
  }

  /** Overrides of manifest objects that met no object. */
  unusedOverrides(): readonly Override[] {
    return this.overrides
      .filter(({ object }) => object !== undefined)
      .filter((override) => !this.#usedOverrides.has(override));
  }

  #addObject(file: string, entry: ManifestEntry): void {
    const { kind, apiVersion, name } = identify(entry.value);
    const report = (path: readonly PathKey[], detail: ProblemDetail) => {
      this.problems.push({ file, ...entry.positionOf(path, 'value'), path: renderPath(path), ...detail });
    };
    for (const [key, value] of Object.entries({ apiVersion, kind })) {
      if (value === undefined) {
        report([key], {
          code: 'missing-field',
          message: `${key} is required`,
          expected: 'a Kubernetes object with apiVersion and kind',
        });
      }
    }
    if (kind === undefined || apiVersion === undefined) return;
    const read = this.#readerOf(`${apiVersion} ${kind}`);
    if (read === undefined) this.#passOver(file, entry, apiVersion, kind, name);
    else this.#read(file, entry, kind, name, read);
  }

  #read(
    file: string,
    entry: ManifestEntry,
    kind: string,
    name: string | undefined,
    read: (reader: FieldReader) => AnyObject,
  ): void {
    const overrides = this.overrides.filter(({ object }) => object?.kind === kind && object.name === name);
    for (const override of overrides) this.#usedOverrides.add(override);
    const { value, problems } = applyOverrides(entry.value, overrides);
    this.problems.push(...problems);
    const source = { file, creationTimeMs: this.creationTimeMs };
    const reading = readDocument({ value, positionOf: entry.positionOf }, source, read);
    this.problems.push(...blameOverrides(reading.problems, overrides));
    this.unmodelled.push(...reading.unmodelled.map((field) => ({ ...field, file: this.#shown(field.file) })));
    const object = reading.value;
    this.#origins.set(object, { file, positionOf: entry.positionOf, overrides, raw: value });
    const identity = `${kind} ${object.metadata.namespace}/${object.metadata.name}`;
    const first = this.#firstByIdentity.get(identity);
    if (first === undefined) this.#firstByIdentity.set(identity, object);
    else if (object.metadata.name !== '') {
      const message = `there is another ${kind} ${object.metadata.name} at ${this.placeOf(first)}`;
      this.problems.push(
        this.problemAt(object, ['metadata', 'name'], { code: 'duplicate-name', message, expected: 'one of each name' }),
      );
    }
  }

  #passOver(file: string, entry: ManifestEntry, apiVersion: string, kind: string, name: string | undefined): void {
    const { version } = this;
    const reading = {
      version,
      served: this.#served,
      refusesUnknownKinds: this.#isCluster,
      hasStartState: this.#hasStartState,
    };
    const unread = unreadKind(apiVersion, kind, reading);
    if (unread.as === 'irrelevant') return;
    if (unread.as === 'unmodelled') {
      const { line } = entry.positionOf([], 'value');
      this.unmodelled.push({ file: this.#shown(file), line, path: `${kind} ${name ?? ''}`.trim() });
      return;
    }
    const path = [unread.at];
    const problem = { file, ...entry.positionOf(path, 'value'), path: renderPath(path), ...unread.detail };
    if (unread.ofOtherKarpenter && this.#isCluster) this.unserved.push(problem);
    else this.problems.push(problem);
  }
}
