import { analyse } from '../analysis/run-analysis.js';
import { settingsFigures, type SettingsFigures } from '../analysis/settings-figures.js';
import type { Variant } from '../scenario/load-variants.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { simulate } from '../simulation/simulate.js';

/** One row of the table that compares settings. */
export interface SettingsRow {
  readonly name: string;
  readonly karpenterVersion: string;
  readonly set: readonly string[];
  /** Null when the version refuses the settings. */
  readonly figures: SettingsFigures | null;
  /** Name of the row that is the same run, when these settings change nothing. */
  readonly sameAs: string | null;
  /** Why the version does not take the settings: the API server's words and the rule's name, each once. */
  readonly refused: readonly string[];
}

/** Simulates one variant and folds it into its figures. Needs nothing but its arguments, so that any thread can do it. */
export function runVariant(spec: ScenarioSpec, simulatorVersion: string): SettingsFigures {
  return settingsFigures(analyse(simulate(spec, { simulatorVersion }).log));
}

/** The specs that have to be simulated for the variants, in order. */
export function specsToRun(variants: readonly Variant[]): readonly ScenarioSpec[] {
  return variants.flatMap((variant) => (variant.outcome === 'run' ? [variant.spec] : []));
}

/**
 * Puts the table together: the run itself first, then the variants in the order of the scenario.
 * @param figures - Of {@link specsToRun}, in its order.
 */
export function settingsTable(
  base: { readonly name: string; readonly spec: ScenarioSpec; readonly figures: SettingsFigures },
  variants: readonly Variant[],
  figures: readonly SettingsFigures[],
): readonly SettingsRow[] {
  const baseVersion = base.spec.settings.version;
  const rows: SettingsRow[] = [
    { name: base.name, karpenterVersion: baseVersion, set: [], figures: base.figures, sameAs: null, refused: [] },
  ];
  const remaining = [...figures];
  for (const variant of variants) {
    const { name, karpenterVersion = baseVersion, set } = variant.declared;
    const row = { name, karpenterVersion, set, figures: null, sameAs: null, refused: [] };
    switch (variant.outcome) {
      case 'run':
        rows.push({ ...row, figures: remaining.shift() ?? null });
        break;
      case 'same': {
        const sameAs = variant.as?.name ?? base.name;
        rows.push({ ...row, figures: rows.find((other) => other.name === sameAs)?.figures ?? null, sameAs });
        break;
      }
      case 'refused': {
        const refused = variant.refusals.map(
          ({ message, hint, rule }) => `${message}${hint === undefined ? '' : ` — ${hint}`} [${rule ?? ''}]`,
        );
        rows.push({ ...row, refused: [...new Set(refused)] });
      }
    }
  }
  return rows;
}
