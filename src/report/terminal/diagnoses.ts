import type { Diagnosis } from '../../scenario/doctor.js';
import { whole } from './figures.js';
import type { Palette } from './palette.js';
import { WIDTH, wrap } from './wrap.js';

const HEADS: Readonly<Record<Diagnosis['severity'], string>> = {
  wrong: 'Results mislead until this is mended',
  missing: 'Plays no role in the run',
  assumed: 'Assumed',
};

const NAMED = 4;

/** What a scenario lacks and assumes, worst first, and the next command. */
export function diagnosesText(found: readonly Diagnosis[], scenario: string, palette: Palette): string {
  const parts = (Object.keys(HEADS) as Diagnosis['severity'][]).flatMap((severity) => {
    const own = found.filter((diagnosis) => diagnosis.severity === severity);
    return own.length === 0 ? [] : [[palette.title(HEADS[severity]), ...own.map(line)].join('\n')];
  });
  const head = parts.length === 0 ? ['Nothing is missing or assumed that the doctor knows of.'] : parts;
  return `${head.join('\n\n')}\n\nNext: karpsim run ${scenario}\n`;
}

function line({ code, text, advice, subjects }: Diagnosis): string {
  if (code === 'remark') return wrap(text, WIDTH, '  - ', '    ');
  const shown = subjects.slice(0, NAMED).join(', ') + (subjects.length > NAMED ? ', …' : '');
  return wrap(`${whole(subjects.length)} × ${text} (${shown}) — ${advice}`, WIDTH, '  - ', '    ');
}
