import type { CaseCatalogs } from './case-catalogs.js';
import { checkUnit } from './check-unit.js';
import type { RecordedFile } from './recorded-files.js';
import { recordedLines } from './recorded-lines.js';
import type { RecordedUnit } from './recorded-units.js';
import type { Verdict } from './verdict.js';

/** Some units of one file, in order of their lines: what is handed to a thread at once. */
export interface Batch {
  readonly file: RecordedFile;
  readonly units: readonly Pick<RecordedUnit, 'line' | 'recordingLine'>[];
}

/**
 * How many units a batch has at most: so many that reading the file again for each batch costs little, so few that the threads
 * end together.
 */
const UNITS = { cases: 55, life: 8, kubernetes: 50, aws: 170, validation: 2000 } as const;

const AGREED: Verdict = { agreed: true, expected: undefined, got: undefined };

/** Cuts units, which stand in order of file and line, into batches. */
export function batches(units: readonly RecordedUnit[]): Batch[] {
  const cut: { readonly file: RecordedFile; readonly units: RecordedUnit[] }[] = [];
  for (const unit of units) {
    const last = cut.at(-1);
    const most = UNITS[unit.file.rowKind ?? 'cases'];
    if (last?.file === unit.file && last.units.length < most) last.units.push(unit);
    else cut.push({ file: unit.file, units: [unit] });
  }
  return cut.map(({ file, units: own }) => ({
    file,
    units: own.map(({ line, recordingLine }) => ({ line, recordingLine })),
  }));
}

/**
 * Verdicts of a batch, in its order. What agreed is told without the answers.
 *
 * @throws UnreadableFileError
 */
export async function checkBatch({ file, units }: Batch, catalogs: CaseCatalogs): Promise<Verdict[]> {
  const recordings = await values(file.recordings, new Set(units.map(({ recordingLine }) => recordingLine)));
  const verdicts: Verdict[] = [];
  const places = new Map(units.map(({ line }, index) => [line, index]));
  for await (const { number, text } of recordedLines(file.path)) {
    const index = places.get(number);
    const unit = index === undefined ? undefined : units[index];
    if (index === undefined || unit === undefined) continue;
    const verdict = checkUnit(file, JSON.parse(text), recordings.get(unit.recordingLine), catalogs);
    verdicts[index] = verdict.agreed ? AGREED : verdict;
    if (index === units.length - 1) break;
  }
  return verdicts;
}

async function values(
  path: string | undefined,
  wanted: ReadonlySet<number | undefined>,
): Promise<ReadonlyMap<number | undefined, unknown>> {
  const found = new Map<number | undefined, unknown>();
  const most = Math.max(0, ...[...wanted].map((line) => line ?? 0));
  if (path === undefined || most === 0) return found;
  for await (const { number, text } of recordedLines(path)) {
    if (wanted.has(number)) found.set(number, JSON.parse(text));
    if (number >= most) break;
  }
  return found;
}
