import { checkInstanceTypeRow } from './aws/instance-type-row.js';
import { checkInterruptionRow } from './aws/interruption-row.js';
import { checkLaunchRow } from './aws/launch-row.js';
import type { CaseCatalogs } from './case-catalogs.js';
import type { CaseFile, Recording } from './case-file.js';
import { checkCase } from './check-case.js';
import { checkStory } from './check-life.js';
import { checkHpaRow } from './kubernetes/hpa-row.js';
import { checkPdbRow } from './kubernetes/pdb-row.js';
import { checkScaleDownRow } from './kubernetes/scale-down-row.js';
import { checkSchedulerRow } from './kubernetes/scheduler-row.js';
import type { RecordedStory } from './life-story.js';
import type { RecordedFile } from './recorded-files.js';
import { failed, NOT_BUILT, type Verdict } from './verdict.js';

/** Checks rows of kinds that have a folder of their own, by kind and family. */
const ROW_CHECKS: Readonly<Record<string, (row: unknown, catalogs: CaseCatalogs) => Verdict>> = {
  'aws/instance-types': checkInstanceTypeRow,
  'aws/interruption': checkInterruptionRow,
  'aws/launch': checkLaunchRow,
  'kubernetes/scheduler': checkSchedulerRow,
  'kubernetes/hpa': checkHpaRow,
  'kubernetes/pdb': checkPdbRow,
  'kubernetes/scaledown': checkScaleDownRow,
};

/** Compares our decision about one case, row or story with the recorded one. */
export function checkUnit(file: RecordedFile, line: unknown, recording: unknown, catalogs: CaseCatalogs): Verdict {
  if (file.rowKind === undefined) {
    const recorded = {
      version: file.version,
      caseFile: line as CaseFile,
      recording: recording as Recording | undefined,
    };
    return checkCase(recorded, catalogs);
  }
  if (file.rowKind === 'life') return checkStory(line as RecordedStory, catalogs);
  const check = ROW_CHECKS[`${file.rowKind}/${file.family}`];
  const { result, verdict } = line as { readonly result?: unknown; readonly verdict?: unknown };
  const expected = result ?? verdict;
  if (check === undefined) return { agreed: false, expected, got: failed(NOT_BUILT) };
  try {
    return check(line, catalogs);
  } catch (error) {
    return { agreed: false, expected, got: failed(error) };
  }
}
