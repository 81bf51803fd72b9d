import type { ChalkInstance } from 'chalk';
import type { CheckedClaim, ClaimsReport } from '../../experiment/claims/check-claims.js';
import { amountWords, conditionWords, intervalWords, whyWords } from '../claims/claim-words.js';
import { count } from './figures.js';
import { paletteOf, type Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

/** Verdicts as text: a table, then each sentence with its reason. */
export function claimsText(scenario: string, report: ClaimsReport, chalk: ChalkInstance): string {
  const palette = paletteOf(chalk);
  const { claims } = report;
  const parts = [
    palette.title(`${count(claims.length, 'claim')} about ${scenario}, ${seedWords(report)}`),
    table(claims, palette),
    claims.map((checked) => reason(checked, palette)).join('\n\n'),
    wrap(footer(report), WIDTH, '', ''),
  ];
  return `${parts.join('\n\n')}\n`;
}

function seedWords({ seeds }: ClaimsReport): string {
  const [first, last] = [seeds[0], seeds.at(-1)];
  if (first === undefined) return 'from prices alone';
  return first === last ? `seed ${first}` : `seeds ${first} to ${last ?? ''}`;
}

function table(claims: readonly CheckedClaim[], palette: Palette): string {
  const head = ['claim', 'verdict', 'claimed', 'estimate', '95 % interval'].map(palette.aside);
  const rows = claims.map(({ claim, verdict, estimate, interval }) => {
    const { unit } = claim.metric;
    return [
      claim.id,
      verdict,
      conditionWords(claim.condition, unit),
      estimate === null ? '–' : palette.figure(amountWords(estimate, unit)),
      interval === null ? '–' : intervalWords(interval, unit),
    ];
  });
  return alignedTable([head, ...rows], 3);
}

function reason(checked: CheckedClaim, palette: Palette): string {
  const { id, sentence, source } = checked.claim;
  return [
    palette.title(id),
    wrap(`“${sentence}” (${source})`, WIDTH, '  ', '  '),
    wrap(`${checked.verdict}: ${whyWords(checked)}.`, WIDTH, '  ', '    '),
  ].join('\n');
}

function footer({ runs, secondRangeRuns, unknowns, interrupted }: ClaimsReport): string {
  const tested = unknowns.length === 0 ? 'none: the verdicts cover luck alone' : unknowns.join(', ');
  const cutOff = {
    seeds: 'Interrupted: these are the verdicts of the seeds that were finished, by luck alone. ',
    'second range': 'Interrupted: these verdicts lack a part of the second range. ',
  };
  return (
    `${interrupted === undefined ? '' : cutOff[interrupted]}${count(runs, 'run')}, of which ${secondRangeRuns} for the second range. The interval covers luck (launch latency, traffic noise, ` +
    'spot interruptions); each run has the same seeds. The second range covers what nobody knows exactly, and a verdict that changes ' +
    `within it is undecided: ${tested}.`
  );
}
