import type { ChalkInstance } from 'chalk';
import type { ImportedScenario } from '../../scenario/import/import-scenario.js';
import { whole } from './figures.js';
import { importFindings } from './import-findings.js';
import { paletteOf } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

/** What an import made, what it had to leave out or guess, and the next command. */
export function importAnswer(
  scenario: ImportedScenario,
  file: string,
  read: number,
  redacted: boolean,
  chalk: ChalkInstance,
): string {
  const palette = paletteOf(chalk);
  const { counts, findings, kept, version, region, zones, start } = scenario;
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  const widest = Math.max(0, ...present.map(([, count]) => whole(count).length));
  const rows = present.map(([name, count]) => [palette.figure(whole(count).padStart(widest)), name]);
  const parts = [
    palette.title(
      `${whole(read)} objects read: Karpenter ${version} in ${region} (${zones.join(', ')}), as of ${start}`,
    ),
    alignedTable(rows, 2),
  ];
  parts.push(...importFindings(findings, palette, redacted));
  if (redacted) {
    const text =
      'Names, namespaces, label keys and values of your own are pseudonyms; images, environment, arguments and other annotations ' +
      `are not in the files at all. Kept, since scheduling depends on it: ${keptWords(kept)}.`;
    parts.push([palette.title('Redacted'), wrap(text, WIDTH, '  ', '  ')].join('\n'));
  }
  const next = `Written to ${file}. Next, an hour of it and what Karpenter would do now: karpsim run ${file}`;
  return `${parts.join('\n\n')}\n\n${next}\n`;
}

const TYPE_LABELS = 'label karpenter.k8s.aws/instance-';

/** What was kept, the labels of instance types as one. */
function keptWords(kept: readonly string[]): string {
  const ofTypes = kept.filter((text) => text.startsWith(TYPE_LABELS));
  const labels = kept.filter((text) => text.startsWith('label ') && !ofTypes.includes(text));
  const others = kept.filter((text) => !text.startsWith('label '));
  const types = ofTypes.length === 0 ? [] : [`${TYPE_LABELS.slice('label '.length)}… (${ofTypes.length} labels)`];
  const values = [...labels.map((text) => text.slice('label '.length)), ...types];
  return [...others, ...(values.length === 0 ? [] : [`the values of the labels ${values.join(', ')}`])].join('; ');
}
