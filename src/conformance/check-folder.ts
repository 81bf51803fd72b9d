import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { CaseCatalogs } from './case-catalogs.js';
import { caseFamilies, gzippedLines, lineFiles, recordedCases } from './case-folder.js';
import { checkCase } from './check-case.js';
import { checkStory } from './check-life.js';
import type { RecordedStory } from './life-story.js';

/** Which recordings of a folder to compare; everything that is left out is not narrowed. */
export interface CheckSelection {
  readonly kind?: string | undefined;
  readonly version?: KarpenterVersion | undefined;
  readonly family?: string | undefined;
  readonly name?: string | undefined;
}

/** Agreement of one kind, version and family. */
export interface CheckRow {
  readonly kind: string;
  readonly version: string;
  readonly family: string;
  readonly cases: number;
  readonly agreed: number;
}

/** One case, row or story where we decide otherwise. */
export interface CheckFailure {
  readonly name: string;
  readonly kind: string;
  readonly version: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** What a comparison found. Nothing to compare gives no rows. */
export interface CheckReport {
  readonly passed: number;
  readonly failed: number;
  readonly rows: readonly CheckRow[];
  readonly failures: readonly CheckFailure[];
}

/** Kinds that lie in a folder of their own, with the version their recordings are of. */
const ROW_KINDS: Readonly<Record<string, string>> = {
  aws: 'v1.14.1',
  kubernetes: 'v1.34',
  validation: '',
};

const STORIES = { kind: 'life', version: 'v1.14.1', file: 'stories' } as const;

/**
 * Compares every recording of a folder with what we decide. The folder is laid out as `cases/<version>/*.jsonl.gz`,
 * `recordings/<version>/`, `catalogs/`, and `life`, `aws`, `kubernetes`, `validation` beside them, or is one of the
 * latter. A kind that is not built counts as failed.
 *
 * @param catalogFolders where catalogues are looked for that the folder itself lacks
 * @throws Error when the folder or a file of it cannot be read
 */
export function checkFolder(
  folder: string,
  selection: CheckSelection = {},
  catalogFolders: readonly string[] = [],
): CheckReport {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new Error(`${folder} is not a folder`);
  const rows = new Map<string, { row: CheckRow; agreed: number; cases: number }>();
  const failures: CheckFailure[] = [];
  const count = (row: Omit<CheckRow, 'cases' | 'agreed'>, failure: CheckFailure | undefined): void => {
    const identity = `${row.kind} ${row.version} ${row.family}`;
    const entry = rows.get(identity) ?? { row: { ...row, cases: 0, agreed: 0 }, cases: 0, agreed: 0 };
    rows.set(identity, entry);
    entry.cases++;
    if (failure === undefined) entry.agreed++;
    else failures.push(failure);
  };
  checkCases(folder, selection, catalogFolders, count);
  checkStories(folder, selection, catalogFolders, count);
  checkRowKinds(folder, selection, count);
  const counted = [...rows.values()].map(({ row, cases, agreed }) => ({ ...row, cases, agreed }));
  return {
    passed: counted.reduce((sum, { agreed }) => sum + agreed, 0),
    failed: failures.length,
    rows: counted,
    failures,
  };
}

type Count = (row: Omit<CheckRow, 'cases' | 'agreed'>, failure: CheckFailure | undefined) => void;

function checkCases(
  folder: string,
  { kind, version, family, name }: CheckSelection,
  catalogFolders: readonly string[],
  count: Count,
): void {
  if (kind === STORIES.kind || (kind !== undefined && kind in ROW_KINDS)) return;
  const catalogs = new CaseCatalogs([join(folder, 'catalogs'), ...catalogFolders]);
  for (const entry of caseFamilies(folder)) {
    if (version !== undefined && entry.version !== version) continue;
    if (family !== undefined && entry.family !== family) continue;
    for (const recorded of recordedCases(folder, entry)) {
      const { caseFile } = recorded;
      if (kind !== undefined && caseFile.kind !== kind) continue;
      if (name !== undefined && caseFile.name !== name) continue;
      const { agreed, expected, got } = checkCase(recorded, catalogs);
      const row = { kind: caseFile.kind, version: entry.version, family: entry.family };
      count(row, agreed ? undefined : { name: caseFile.name, kind: row.kind, version: row.version, expected, got });
    }
  }
}

/** Stories of which only the end is compared, since the recorded runs part, stand in rows of their own. */
function checkStories(
  folder: string,
  { kind, version, family, name }: CheckSelection,
  catalogFolders: readonly string[],
  count: Count,
): void {
  if ((kind ?? STORIES.kind) !== STORIES.kind || (version ?? STORIES.version) !== STORIES.version) return;
  const isPlace = basename(resolve(folder)) === STORIES.kind;
  const place = isPlace ? folder : join(folder, STORIES.kind);
  if (!lineFiles(place).includes(STORIES.file)) return;
  const catalogs = new CaseCatalogs([join(isPlace ? dirname(resolve(folder)) : folder, 'catalogs'), ...catalogFolders]);
  for (const line of gzippedLines(join(place, `${STORIES.file}.jsonl.gz`))) {
    const recorded = JSON.parse(line) as RecordedStory;
    const storyName = recorded.story.name;
    const storyFamily = storyName.slice(0, storyName.indexOf('/'));
    if (name !== undefined && name !== storyName) continue;
    if (family !== undefined && family !== storyFamily) continue;
    const { agreed, compared, expected, got } = checkStory(recorded, catalogs);
    const row = { kind: STORIES.kind, version: STORIES.version };
    count(
      { ...row, family: compared === 'final' ? `${storyFamily}, end only` : storyFamily },
      agreed ? undefined : { ...row, name: storyName, expected, got },
    );
  }
}

function checkRowKinds(folder: string, { kind, version, family, name }: CheckSelection, count: Count): void {
  for (const [rowKind, recordedVersion] of Object.entries(ROW_KINDS)) {
    if (kind !== undefined && kind !== rowKind) continue;
    const place = basename(folder) === rowKind ? folder : join(folder, rowKind);
    for (const file of lineFiles(place)) {
      // Rows of the validation folder are one file a version.
      const rowVersion = recordedVersion === '' ? file : recordedVersion;
      if (version !== undefined && rowVersion !== version) continue;
      if (family !== undefined && file !== family) continue;
      for (const line of gzippedLines(join(place, `${file}.jsonl.gz`))) {
        const { name: rowName = '' } = JSON.parse(line) as { readonly name?: string };
        if (name !== undefined && rowName !== name) continue;
        count(
          { kind: rowKind, version: rowVersion, family: file },
          {
            name: rowName,
            kind: rowKind,
            version: rowVersion,
            expected: undefined,
            got: { error: 'this kind is not built yet' },
          },
        );
      }
    }
  }
}
