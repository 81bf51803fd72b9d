import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { RecordedUnit } from './recorded-units.js';

/** Which recordings of a folder to compare; everything that is left out is not narrowed. */
export interface CheckSelection {
  readonly kind?: string | undefined;
  readonly version?: string | undefined;
  readonly family?: string | undefined;
  readonly name?: string | undefined;
}

/** Kinds of recordings, in the order in which they are shown. */
export const RECORDED_KINDS: readonly string[] = [
  'provisioning',
  'disruption',
  'conditions',
  'life',
  'kubernetes',
  'aws',
  'validation',
];

const FIELDS = ['kind', 'version', 'family', 'name'] as const;

type SelectedField = (typeof FIELDS)[number];

/** The selected units, kind by kind and otherwise in their order. */
export function selectUnits(units: readonly RecordedUnit[], selection: CheckSelection): RecordedUnit[] {
  const rank = ({ kind }: RecordedUnit): number => RECORDED_KINDS.indexOf(kind) >>> 0;
  return units
    .filter((unit) => FIELDS.every((field) => isSelected(unit, field, selection[field])))
    .sort((a, b) => rank(a) - rank(b) || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0));
}

/** Why a selection of a folder is empty, with what may have been meant. */
export function nothingSelected(units: readonly RecordedUnit[], selection: CheckSelection): string {
  if (units.length === 0) return 'there are no recordings in it';
  for (const field of FIELDS) {
    const value = selection[field];
    if (value === undefined || units.some((unit) => isSelected(unit, field, value))) continue;
    const known = new Set(units.flatMap((unit) => valuesOf(unit, field)));
    const hint = didYouMean(value, known) ?? (known.size > 12 ? undefined : `there are ${[...known].join(', ')}`);
    return `no recording has the ${field} "${value}"${hint === undefined ? '' : ` — ${hint}`}`;
  }
  return 'no recording has all that is asked for';
}

function isSelected(unit: RecordedUnit, field: SelectedField, value: string | undefined): boolean {
  return value === undefined || valuesOf(unit, field).includes(value);
}

function valuesOf(unit: RecordedUnit, field: SelectedField): readonly string[] {
  if (field !== 'family' || unit.partOf === undefined) return [unit[field]];
  return [unit.family, unit.partOf];
}
