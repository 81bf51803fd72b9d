import { fileURLToPath } from 'node:url';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { batches } from './check-batch.js';
import { checkBatches } from './check-threads.js';
import { ownCatalogFolders } from './recorded-files.js';
import { recordedUnits, type RecordedUnit } from './recorded-units.js';
import { nothingSelected, selectUnits, type CheckSelection } from './selection.js';
import type { Verdict } from './verdict.js';

/** Two folders up from src/conformance and dist/conformance alike, so it holds in a checkout and in an installed package. */
const SHIPPED_CATALOGS = fileURLToPath(new URL('../../pricing-data/catalogs/', import.meta.url));

/** Agreement of one kind, version and family. */
export interface CheckRow {
  readonly kind: string;
  readonly version: string;
  readonly family: string;
  readonly cases: number;
  readonly agreed: number;
}

/** One case, row or story where we decide otherwise. */
export interface CheckFailure extends Pick<Verdict, 'expected' | 'got' | 'trail'> {
  readonly name: string;
  readonly kind: string;
  readonly version: string;
}

/** What a comparison found. */
export interface CheckReport {
  readonly passed: number;
  readonly failed: number;
  readonly rows: readonly CheckRow[];
  readonly failures: readonly CheckFailure[];
  /** Why there was nothing to compare; undefined when there was something. */
  readonly nothing?: string | undefined;
}

/** A comparison, or why there is none. */
export type CheckedFolder =
  | { readonly report: CheckReport; readonly problems?: undefined }
  | { readonly report?: undefined; readonly problems: readonly Problem[] };

/** How to compare. */
export interface CheckOptions {
  readonly selection?: CheckSelection | undefined;
  /** How many threads work at a time; the report does not depend on it. Default: the caller's alone. */
  readonly threads?: number | undefined;
  /** Called with how much is done, 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Compares the recordings of a folder with what we decide. The folder is laid out as `cases/<version>/*.jsonl.gz`,
 * `recordings/<version>/`, `catalogs/`, and `life`, `aws`, `kubernetes`, `validation` beside them, or is one of the latter. A kind
 * or version that is not built counts as failed. A folder or file that cannot be read is a problem, and then nothing is compared.
 */
export async function checkFolder(
  folder: string,
  { selection = {}, threads = 1, onProgress }: CheckOptions = {},
): Promise<CheckedFolder> {
  const { units: all, problems } = await recordedUnits(folder);
  if (problems.length > 0) return { problems };
  const units = selectUnits(all, selection);
  const catalogFolders = [...ownCatalogFolders(folder), SHIPPED_CATALOGS];
  let done = 0;
  const verdicts = await checkBatches(batches(units), { catalogFolders }, threads, ({ units: own }) => {
    done += own.length;
    onProgress?.(done / units.length);
  });
  const nothing = units.length === 0 ? nothingSelected(all, selection) : undefined;
  return { report: { ...reportOf(units, verdicts.flat()), nothing } };
}

function reportOf(units: readonly RecordedUnit[], verdicts: readonly Verdict[]): CheckReport {
  const rows = new Map<string, CheckRow>();
  const failures: CheckFailure[] = [];
  for (const [index, { kind, version, family, name }] of units.entries()) {
    const { agreed = false, expected, got, trail } = verdicts[index] ?? {};
    const identity = `${kind} ${version} ${family}`;
    const row = rows.get(identity) ?? { kind, version, family, cases: 0, agreed: 0 };
    rows.set(identity, { ...row, cases: row.cases + 1, agreed: row.agreed + (agreed ? 1 : 0) });
    if (!agreed) failures.push({ name, kind, version, expected, got, trail });
  }
  return {
    passed: units.length - failures.length,
    failed: failures.length,
    rows: [...rows.values()],
    failures,
  };
}
