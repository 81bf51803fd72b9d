import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** What a file's lines are: cases that name their own kind and are joined with recordings, or rows of one kind. */
export type RowKind = 'life' | 'aws' | 'kubernetes' | 'validation';

/** One file of recordings. */
export interface RecordedFile {
  /** Undefined: cases. */
  readonly rowKind?: RowKind | undefined;
  readonly version: string;
  readonly family: string;
  readonly path: string;
  /** Cases only: their recordings; undefined when there are none. */
  readonly recordings?: string | undefined;
}

interface Place {
  readonly kind: RowKind;
  /** Version that the recordings are of; undefined: each file is of one version and named after it. */
  readonly version?: string | undefined;
  /** Families, by which a folder of another name is recognised. */
  readonly families: RegExp;
}

const PLACES: readonly Place[] = [
  { kind: 'life', version: 'v1.14.1', families: /^stories$/ },
  { kind: 'kubernetes', version: 'v1.34', families: /^(scheduler|hpa|pdb|scaledown)$/ },
  { kind: 'aws', version: 'v1.14.1', families: /^(instance-types|launch|interruption)$/ },
  { kind: 'validation', families: /^v\d+\.\d+\.\d+$/ },
];

const ENDING = /\.jsonl(\.gz)?$/;

/**
 * Files of recordings in a folder, always in the same order: v1.14.1 before v0.32.0 before others, families by name, kinds with a
 * folder of their own last. The folder itself may be one of the latter.
 */
export function recordedFiles(folder: string): RecordedFile[] {
  const versions = foldersIn(join(folder, 'cases'));
  const cases = versions.sort(byVersion).flatMap((version) =>
    lineFiles(join(folder, 'cases', version)).map(({ family, path }): RecordedFile => {
      const recordings = lineFiles(join(folder, 'recordings', version)).find((file) => file.family === family)?.path;
      return { version, family, path, recordings };
    }),
  );
  const own = placeOf(folder);
  const rows = PLACES.flatMap((place) => {
    const files = lineFiles(join(folder, place.kind));
    return [...(place === own ? lineFiles(folder) : []), ...files].map(({ family, path }): RecordedFile => ({
      rowKind: place.kind,
      version: place.version ?? family,
      family,
      path,
    }));
  });
  return [...cases, ...rows];
}

/** Folders in which a folder of recordings keeps its catalogues: its own, or its parent's when it is one kind's folder. */
export function ownCatalogFolders(folder: string): string[] {
  const own = join(folder, 'catalogs');
  return placeOf(folder) === undefined ? [own] : [own, join(dirname(resolve(folder)), 'catalogs')];
}

/** The kind whose folder this is, by its name or by what lies in it. */
function placeOf(folder: string): Place | undefined {
  const name = basename(resolve(folder));
  const files = lineFiles(folder);
  if (files.length === 0) return undefined;
  return (
    PLACES.find(({ kind }) => kind === name) ??
    PLACES.find(({ families }) => files.some(({ family }) => families.test(family)))
  );
}

function lineFiles(folder: string): { readonly family: string; readonly path: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => ENDING.test(file))
    .sort()
    .map((file) => ({ family: file.replace(ENDING, ''), path: join(folder, file) }));
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());
}

function byVersion(a: string, b: string): number {
  const rank = (version: string): number => ['v1.14.1', 'v0.32.0'].indexOf(version) >>> 0;
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
