import { whole } from '../report/terminal/figures.js';
import type { Palette } from '../report/terminal/palette.js';
import { alignedTable } from '../report/terminal/table.js';
import type { CheckReport, CheckRow } from './check-folder.js';
import { sideBySide } from './side-by-side.js';
import { NOT_BUILT } from './verdict.js';

/** Cases that `--diff` shows. */
const MOST_CASES = 10;

/** What is printed of a comparison: a table, what failed, and the line that closes it. */
export function agreementText(report: CheckReport, palette: Palette, diff: boolean): string {
  const parts: string[] = [];
  if (report.rows.length > 0) parts.push(agreementTable(report.rows, palette));
  if (report.failed > 0) parts.push(...(diff ? shownCases(report, palette) : [named(report)]));
  parts.push(`${report.passed} passed, ${report.failed} failed`);
  return `${parts.join('\n\n')}\n`;
}

/** Share of the cases that agreed, in per cent; never 100 when one did not. */
export function shareText({ cases, agreed }: Pick<CheckRow, 'cases' | 'agreed'>): string {
  if (agreed === cases) return '100 %';
  return `${(Math.floor((agreed / cases) * 1000) / 10).toFixed(1)} %`;
}

function agreementTable(rows: readonly CheckRow[], palette: Palette): string {
  const cells: string[][] = [['kind', 'version', 'family', 'cases', 'agreed', ''].map(palette.aside)];
  for (const section of sections(rows)) {
    for (const [index, row] of section.entries()) {
      const { kind, version, family } = row;
      cells.push([...(index === 0 ? [kind, version] : ['', '']), family, ...figures(row, palette)]);
    }
    if (section.length > 1) {
      const sum = {
        cases: section.reduce((total, { cases }) => total + cases, 0),
        agreed: section.reduce((total, { agreed }) => total + agreed, 0),
      };
      cells.push(['', '', palette.title('all'), ...figures(sum, palette)]);
    }
  }
  return alignedTable(cells, 3);
}

function figures(row: Pick<CheckRow, 'cases' | 'agreed'>, palette: Palette): string[] {
  const share = shareText(row);
  return [whole(row.cases), whole(row.agreed), row.agreed === row.cases ? share : palette.figure(share)];
}

/** Rows of one kind and version. */
function sections(rows: readonly CheckRow[]): CheckRow[][] {
  const found = new Map<string, CheckRow[]>();
  for (const row of rows) {
    const identity = `${row.kind} ${row.version}`;
    const section = found.get(identity);
    if (section === undefined) found.set(identity, [row]);
    else section.push(row);
  }
  return [...found.values()];
}

function named({ failures }: CheckReport): string {
  const names = failures.slice(0, MOST_CASES).map(({ kind, version, name }) => `  ${kind} ${version} ${name}`);
  if (failures.length > names.length) names.push(`  … ${whole(failures.length - names.length)} more`);
  return ['Decided otherwise (--diff shows how):', ...names].join('\n');
}

/** Cases of kinds that are not built have nothing to show; they are counted in a line. */
function shownCases({ failures }: CheckReport, palette: Palette): string[] {
  const missing = failures.filter(({ got }) => isNotBuilt(got));
  const others = failures.filter(({ got }) => !isNotBuilt(got));
  const parts = others.slice(0, MOST_CASES).map((failure) => {
    const [title = '', ...lines] = sideBySide(failure).split('\n');
    return [palette.title(title), ...lines].join('\n');
  });
  if (others.length > parts.length) parts.push(`… ${whole(others.length - parts.length)} more cases`);
  for (const kind of new Set(missing.map((failure) => failure.kind))) {
    const count = missing.filter((failure) => failure.kind === kind).length;
    parts.push(
      `${kind}: ${NOT_BUILT}, so its ${count === 1 ? '1 case counts' : `${whole(count)} cases count`} as failed`,
    );
  }
  return parts;
}

function isNotBuilt(got: unknown): boolean {
  return (got as { readonly error?: unknown } | undefined)?.error === NOT_BUILT;
}
