import type { KarpenterVersion } from '../karpenter/settings.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import { renderPath, type PathKey } from '../kubernetes/manifest/field-path.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import { parseManifestStream, type PositionOf } from '../kubernetes/manifest/manifest-document.js';
import type { Problem, UnmodelledField } from '../kubernetes/manifest/problem.js';
import { readDocument } from '../kubernetes/manifest/read-session.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import { flattenList, identify, type ManifestEntry } from './manifest-entries.js';
import { emptyObjectLists, IRRELEVANT_KINDS, objectKinds, type ObjectLists, type ReadInto } from './object-kinds.js';
import { applyOverrides, blameOverrides, type Override } from './overrides.js';

/** Where an object was read from. */
interface Origin {
  readonly file: string;
  readonly positionOf: PositionOf;
  readonly overrides: readonly Override[];
}

interface AnyObject {
  readonly metadata: ObjectMeta;
}

/** The objects of several manifest files, with their origins, so that later checks can still name file and line. */
export class ManifestSet {
  readonly lists: ObjectLists = emptyObjectLists();
  readonly problems: Problem[] = [];
  readonly unmodelled: UnmodelledField[] = [];
  readonly #kinds: Readonly<Record<string, ReadInto>>;
  readonly #origins = new Map<object, Origin>();
  readonly #firstByIdentity = new Map<string, AnyObject>();
  readonly #usedOverrides = new Set<Override>();

  constructor(
    private readonly version: KarpenterVersion,
    private readonly creationTimeMs: number,
    private readonly overrides: readonly Override[],
  ) {
    this.#kinds = objectKinds(version);
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

  /** `file:line` of an object or of a field of it, for remarks. */
  placeOf(object: object, path: readonly PathKey[] = []): string {
    const origin = this.#origins.get(object);
    return origin === undefined ? '' : `${origin.file}:${origin.positionOf(path, 'value').line}`;
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
    const readInto = this.#kinds[`${apiVersion} ${kind}`];
    if (readInto === undefined) this.#passOver(file, entry, apiVersion, kind, name, report);
    else this.#read(file, entry, kind, name, readInto);
  }

  #read(file: string, entry: ManifestEntry, kind: string, name: string | undefined, readInto: ReadInto): void {
    const overrides = this.overrides.filter(({ object }) => object?.kind === kind && object.name === name);
    for (const override of overrides) this.#usedOverrides.add(override);
    const { value, problems } = applyOverrides(entry.value, overrides);
    this.problems.push(...problems);
    const source = { file, creationTimeMs: this.creationTimeMs };
    const reading = readDocument({ value, positionOf: entry.positionOf }, source, (reader) =>
      readInto(reader, this.lists),
    );
    this.problems.push(...blameOverrides(reading.problems, overrides));
    this.unmodelled.push(...reading.unmodelled);
    const object = reading.value;
    this.#origins.set(object, { file, positionOf: entry.positionOf, overrides });
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

  #passOver(
    file: string,
    entry: ManifestEntry,
    apiVersion: string,
    kind: string,
    name: string | undefined,
    report: (path: readonly PathKey[], detail: ProblemDetail) => void,
  ): void {
    const served = Object.keys(this.#kinds).map((key) => key.split(' ') as [string, string]);
    const sameKind = served.find(([, known]) => known === kind);
    if (sameKind !== undefined) {
      const karpenter = sameKind[0].startsWith('karpenter.');
      report(['apiVersion'], {
        code: 'unsupported-kind',
        message: karpenter
          ? `Karpenter ${this.version} does not serve ${kind} ${apiVersion}`
          : `${kind} ${apiVersion} is not read`,
        expected: sameKind[0],
        hint: karpenter
          ? `name files for ${this.version} under manifests, or choose the other version`
          : `write it as ${sameKind[0]}`,
      });
      return;
    }
    const misspelt = didYouMean(
      kind,
      served.filter(([version]) => version === apiVersion).map(([, known]) => known),
    );
    if (misspelt !== undefined && !IRRELEVANT_KINDS.has(kind)) {
      report(['kind'], { code: 'unsupported-kind', message: `unknown kind "${kind}"`, hint: misspelt });
    } else if (kind === 'Provisioner' || kind === 'AWSNodeTemplate') {
      const hint = kind === 'Provisioner' ? 'convert it to a NodePool' : 'convert it to an EC2NodeClass';
      report(['kind'], { code: 'unsupported-kind', message: `${kind} is of Karpenter before v0.32`, hint });
    } else if (!IRRELEVANT_KINDS.has(kind)) {
      const { line } = entry.positionOf([], 'value');
      this.unmodelled.push({ file, line, path: `${kind} ${name ?? ''}`.trim() });
    }
  }
}
