import type { CheckedClaim, Flip } from '../../experiment/claims/check-claims.js';
import type { Condition, Interval } from '../../experiment/claims/verdict.js';
import { decimal, duration, whole } from '../terminal/figures.js';

/** A figure in the unit of its metric. */
export function amountWords(value: number, unit: string): string {
  if (unit === 'ratio') return `${shortest(value * 100)} %`;
  if (unit === 's') return value < 0 ? `-${duration(-value)}` : duration(value);
  if (unit.startsWith('$')) return `$${value.toFixed(Math.abs(value) < 10 ? 2 : 1)}`;
  return Math.abs(value) < 10 ? shortest(value) : whole(value);
}

/** Up to two decimals below ten, up to one above. */
function shortest(value: number): string {
  const digits = Math.abs(value) < 10 ? 100 : 10;
  const rounded = Math.round(value * digits) / digits;
  return Math.abs(rounded) < 10 ? String(rounded) : decimal(rounded);
}

/** `44.1s to 45.2s`; one figure where both ends read alike. */
export function intervalWords({ low, high }: Interval, unit: string): string {
  const [from, to] = [amountWords(low, unit), amountWords(high, unit)];
  return from === to ? from : `${from} to ${to}`;
}

/** What is claimed: `< 30.0s`, `60 % to 90 %`. */
export function conditionWords(condition: Condition, unit: string): string {
  return condition.comparator === 'between'
    ? `${amountWords(condition.low, unit)} to ${amountWords(condition.high, unit)}`
    : `${condition.comparator} ${amountWords(condition.value, unit)}`;
}

/** Why the verdict is what it is, in a sentence that names the runs behind it. */
export function whyWords({ claim, estimate, interval, verdict, finding, seeds }: CheckedClaim): string {
  const { metric, condition, run, baseline } = claim;
  const claimed = conditionWords(condition, metric.unit);
  const against = baseline === undefined ? '' : ` against ${baseline}`;
  const evidence = `${seeds.length === 1 ? 'one run' : `${seeds.length} runs`} of ${run}${against}`;
  const found = interval === null ? '' : intervalWords(interval, metric.unit);
  const mean = estimate === null ? '' : amountWords(estimate, metric.unit);
  switch (finding.code) {
    case 'judged':
      return verdict === 'supported'
        ? `${found} in ${evidence}: all of it is ${claimed}`
        : `${found} in ${evidence}: none of it is ${claimed}${sideWords(condition, interval)}`;
    case 'straddles':
      return `${found} in ${evidence}: only a part of it is ${claimed}`;
    case 'flips':
      return `${found} in ${evidence}, but ${finding.flips.map((flip) => flipWords(flip, metric.unit)).join('; ')}`;
    case 'one-seed':
      return `${mean} in ${evidence}: one seed has no interval`;
    case 'nothing-measured':
      return `nothing to measure in any run of ${run}${against}`;
    case 'usage-assumed':
      return (
        `${mean} in ${evidence}, but the load of the scenario is an assumption: give usage, a file of kubectl top or Prometheus, ` +
        'or usage: scenario where its load was measured'
      );
    case 'discounts': {
      const { types } = finding.discounts;
      const outside = types.filter(({ discount }) => !within(condition, discount));
      const list = outside.map((type) => `${type.instanceType} ${amountWords(type.discount, 'ratio')}`).join(', ');
      return outside.length === 0
        ? `${found} for all ${types.length} types`
        : `${found} over ${types.length} types, mean ${mean}; not ${claimed}: ${list}`;
    }
  }
}

/** A range is missed on one side or the other, which is not the same news. */
function sideWords(condition: Condition, interval: Interval | null): string {
  if (condition.comparator !== 'between' || interval === null) return '';
  return interval.low > condition.high ? ', it is above' : ', it is below';
}

function within(condition: Condition, value: number): boolean {
  if (condition.comparator === 'between') return condition.low <= value && value <= condition.high;
  const { comparator, value: bound } = condition;
  return comparator === '<'
    ? value < bound
    : comparator === '<='
      ? value <= bound
      : comparator === '>'
        ? value > bound
        : value >= bound;
}

function flipWords({ unknown, interval, verdict }: Flip, unit: string): string {
  return `with ${unknown} it is ${intervalWords(interval, unit)}, ${verdict}`;
}
