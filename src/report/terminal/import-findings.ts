import { findingWords, type ImportFinding } from '../../scenario/import/import-finding.js';
import type { Palette } from './palette.js';
import { WIDTH, wrap } from './wrap.js';

const HEADS: Readonly<Record<ImportFinding['kind'], string>> = {
  broken: 'Look at this first',
  guessed: 'Guessed',
  'left-out': 'Left out',
  note: 'For your information',
};

/** What was found while a dump was read, a part for each kind with its head; without names where they are to stay secret. */
export function importFindings(
  findings: readonly ImportFinding[],
  palette: Palette,
  isRedacted = false,
): readonly string[] {
  return (Object.keys(HEADS) as ImportFinding['kind'][]).flatMap((kind) => {
    const own = findings.filter((finding) => finding.kind === kind);
    if (own.length === 0) return [];
    const lines = own.map((finding) => {
      const { count, examples } = finding;
      const shown =
        isRedacted || examples.length === 0 ? '' : ` (${examples.join(', ')}${count > examples.length ? ', …' : ''})`;
      return wrap(`${findingWords(finding)}${shown}`, WIDTH, '  - ', '    ');
    });
    return [[palette.title(HEADS[kind]), ...lines].join('\n')];
  });
}
