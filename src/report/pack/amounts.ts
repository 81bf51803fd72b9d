import { formatAmount } from '../../kubernetes/quantity.js';

const UNITS = [
  ['Ti', 1_099_511_627_776],
  ['Gi', 1_073_741_824],
  ['Mi', 1_048_576],
  ['Ki', 1024],
] as const;

/** An amount for people: cores with up to three decimals, bytes with two and a binary suffix, anything else as it is. */
export function amountText(resource: string, amount: number): string {
  if (amount < 0) return `-${amountText(resource, -amount)}`;
  if (resource === 'cpu') return String(amount / 1000);
  const isBytes = ['memory', 'ephemeral-storage', 'storage'].includes(resource) || resource.startsWith('hugepages-');
  const unit = isBytes ? UNITS.find(([, bytes]) => amount >= bytes) : undefined;
  if (unit === undefined) return formatAmount(resource, amount);
  return `${Number((amount / unit[1]).toFixed(2))}${unit[0]}`;
}

/** Two amounts that differ, so that they also read differently. */
export function twoAmounts(resource: string, a: number, b: number): readonly [string, string] {
  const [first, second] = [amountText(resource, a), amountText(resource, b)];
  return first === second ? [formatAmount(resource, a), formatAmount(resource, b)] : [first, second];
}
