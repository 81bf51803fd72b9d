import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../kubernetes/manifest/field-path.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { isLooseStory, storyFamily } from './check-life.js';
import type { RecordedStory } from './life-story.js';
import { parseJson } from './parse-json.js';
import { recordedFiles, ownCatalogFolders, type RecordedFile } from './recorded-files.js';
import { recordedLines, UnreadableFileError } from './recorded-lines.js';

/** One case, row or story: what is counted once. */
export interface RecordedUnit {
  readonly file: RecordedFile;
  readonly line: number;
  /** Cases only: line of the recording; undefined when there is none. */
  readonly recordingLine?: number | undefined;
  readonly kind: string;
  readonly version: string;
  readonly family: string;
  /** A family that holds this one: `hand` of `hand, end only`. */
  readonly partOf?: string | undefined;
  readonly name: string;
}

/** What a folder holds, and every place where it cannot be read. */
export interface RecordedUnits {
  readonly units: readonly RecordedUnit[];
  readonly problems: readonly Problem[];
}

/** Looks through a folder of recordings: each file is read once, line by line, and only names are kept. */
export async function recordedUnits(folder: string): Promise<RecordedUnits> {
  const problems: Problem[] = [];
  const units: RecordedUnit[] = [];
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) {
    const message = stats === undefined ? 'there is no such folder' : 'is a file, not a folder';
    const expected = 'a folder with cases/, recordings/, life/, aws/, kubernetes/ or validation/';
    return { units, problems: [problem(folder, 0, message, { expected })] };
  }
  for (const file of recordedFiles(folder)) {
    const recordings = file.recordings === undefined ? undefined : await namedLines(file.recordings, problems);
    await eachLine(file.path, problems, (value, line) => {
      const named = file.rowKind === undefined ? caseOf(value, file) : rowOf(value, file, line);
      if (typeof named === 'string') {
        problems.push(problem(file.path, line, `the line has no ${named}`, { path: named, code: 'missing-field' }));
      } else units.push({ file, line, ...named, recordingLine: recordings?.get(named.name) });
    });
  }
  problems.push(...brokenCatalogs(ownCatalogFolders(folder)));
  return { units, problems };
}

type Named = Pick<RecordedUnit, 'kind' | 'version' | 'family' | 'partOf' | 'name'>;

/** The field that is missing, if it is. */
function caseOf(value: Readonly<Record<string, unknown>>, { version, family }: RecordedFile): Named | string {
  const { name, kind } = value;
  if (typeof name !== 'string') return 'name';
  return typeof kind === 'string' ? { kind, version, family, name } : 'kind';
}

function rowOf(value: Readonly<Record<string, unknown>>, file: RecordedFile, line: number): Named | string {
  const { version, family } = file;
  const kind = file.rowKind ?? '';
  if (file.rowKind === 'life') {
    const { story, agreement } = value;
    if (!isRecord(story) || typeof story['name'] !== 'string') return 'story.name';
    if (!isRecord(agreement)) return 'agreement';
    const { name } = story;
    const partOf = storyFamily(name);
    const loose = isLooseStory(agreement as unknown as RecordedStory['agreement']);
    return { kind, version, family: loose ? `${partOf}, end only` : partOf, partOf, name };
  }
  const { name, type } = value;
  if (typeof name === 'string') return { kind, version, family, name };
  // Rows of instance types have no name of their own (aws/FORMAT.md).
  return typeof type === 'string' ? { kind, version, family, name: `${type}/${line}` } : 'name';
}

async function namedLines(path: string, problems: Problem[]): Promise<ReadonlyMap<string, number>> {
  const lines = new Map<string, number>();
  await eachLine(path, problems, ({ name }, line) => {
    if (typeof name === 'string') lines.set(name, line);
    else problems.push(problem(path, line, 'the line has no name', { path: 'name', code: 'missing-field' }));
  });
  return lines;
}

async function eachLine(
  path: string,
  problems: Problem[],
  visit: (value: Readonly<Record<string, unknown>>, line: number) => void,
): Promise<void> {
  try {
    for await (const { number, text } of recordedLines(path)) {
      const parsed = parseJson(text);
      if ('mistake' in parsed) {
        const { column, message } = parsed.mistake;
        problems.push({ ...problem(path, number, message, { expected: 'one JSON object a line' }), column });
      } else if (isRecord(parsed.value)) visit(parsed.value, number);
      else problems.push(problem(path, number, 'is not an object', { expected: 'one JSON object a line' }));
    }
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    problems.push(problem(path, error.afterLine + 1, error.message));
  }
}

function brokenCatalogs(folders: readonly string[]): Problem[] {
  return folders.flatMap((folder) => {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    return files.sort().flatMap((name): Problem[] => {
      const file = join(folder, name);
      const parsed = parseJson(readFileSync(file, 'utf8'));
      if ('mistake' in parsed) {
        const { line, column, message } = parsed.mistake;
        return [{ ...problem(file, line, message), column }];
      }
      if (isRecord(parsed.value) && Array.isArray(parsed.value['instanceTypes'])) return [];
      const detail = { path: 'instanceTypes', expected: 'a list of instance types', code: 'missing-field' } as const;
      return [problem(file, 1, 'the catalogue has no instanceTypes', detail)];
    });
  });
}

function problem(
  file: string,
  line: number,
  message: string,
  detail: Partial<Pick<Problem, 'path' | 'code' | 'expected'>> = {},
): Problem {
  return { file, line, column: 1, path: '', code: 'unreadable-file', message, ...detail };
}
