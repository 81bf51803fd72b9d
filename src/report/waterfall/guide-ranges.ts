/** The guide's savings: what it says of each measure, as shares. */
const GUIDE: readonly { readonly name: string; readonly low: number; readonly high: number }[] = [
  { name: 'spot', low: 0.6, high: 0.9 },
  { name: 'right-sizing', low: 0.2, high: 0.4 },
  { name: 'consolidation', low: 0.1, high: 0.3 },
];

/** Savings that follow one another: each is a share of what the one before has left. */
export function multiplied(end: 'low' | 'high'): number {
  return 1 - GUIDE.reduce((left, range) => left * (1 - range[end]), 1);
}

/** Savings added up, as if each were a share of the first bill. */
export function added(end: 'low' | 'high'): number {
  return GUIDE.reduce((sum, range) => sum + range[end], 0);
}

/** Why the guide's percentages cannot be added, and what they amount to. */
export function guideWords(): string {
  const percent = (share: number): string => String(Math.round(share * 100));
  const ranges = GUIDE.map(({ name, low, high }) => `${name} ${percent(low)}–${percent(high)} %`).join(', ');
  return (
    `The guide's ranges (${ranges}) multiply to ${percent(multiplied('low'))}–${percent(multiplied('high'))} %. ` +
    `Added they would be ${percent(added('low'))}–${percent(added('high'))} %, more than the whole bill: each is a share of what the one ` +
    'before has left, so that they cannot be added, and what a measure saves depends on which came before it. ' +
    'The guide itself says 50–70 % overall, less than its own ranges make.'
  );
}
