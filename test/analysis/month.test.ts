import { describe, expect, it } from 'vitest';
import { billByDay } from '../../src/analysis/bill-by-day.js';
import { projectMonth } from '../../src/analysis/month.js';
import { analyse } from '../../src/analysis/run-analysis.js';
import { commitmentBill } from '../../src/analysis/savings-plan.js';
import { summarise } from '../../src/analysis/summary.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { LogBuilder } from './log-builder.js';

const DAY = 86_400;
const PRICES = [{ name: 'on-demand prices', asOf: '2026-07-06' }];
const MONTH = { weekdays: 20, weekends: 8.4, paydays: 0, paydayDates: [], prices: PRICES };
/** Friday. */
const FRIDAY = Date.UTC(2026, 6, 3);

/** A system node at $0.10 throughout; one at $0.04 from the second midnight on for half a day. */
function days(count: number, month: object = {}, startTimeMs = FRIDAY): EventLog {
  const log = new LogBuilder({ startTimeMs, controlPlanePerHour: 0.1, month: { ...MONTH, ...month } });
  log.managed('sys');
  if (count > 1.5) {
    log.claimed(DAY - 10, 'x').launched(DAY, 'x', { capacityType: 'on-demand' });
    log.at(1.5 * DAY, 'InstanceTerminating', { nodeClaim: 'x', node: 'node-x', reclaimed: false });
  }
  return log.end(count * DAY);
}

describe('the bill by day', () => {
  const daysOf = (log: EventLog) => {
    const { ledger, facts } = analyse(log);
    return billByDay(ledger, facts, commitmentBill(log, ledger, facts.endMs));
  };

  it('charges each day for its own seconds and adds up to the bill', () => {
    const log = days(3);
    expect(daysOf(log).map(({ nanoDollars }) => nanoDollars / 1e9)).toEqual([4.8, 5.28, 4.8]);
    expect(summarise(analyse(log)).cost.bill).toBe(14.88);
  });

  it('leaves out the hours before the first midnight and after the last', () => {
    const noon = FRIDAY + 43_200_000;
    expect(daysOf(days(1.4, {}, noon))).toEqual([]);
    expect(daysOf(days(2, {}, noon)).map(({ dateMs }) => dateMs)).toEqual([FRIDAY + DAY * 1000]);
  });

  it('gives a commitment to the hours it covers usage in', () => {
    const log = new LogBuilder({ startTimeMs: FRIDAY })
      .at(0, 'CommitmentBought', { plan: 'savings-plan-1y', perHour: 0.1, savings: { '*': 0.25 } })
      .managed('sys')
      .claimed(DAY - 10, 'x')
      .launched(DAY, 'x', { capacityType: 'on-demand' })
      .at(1.5 * DAY, 'InstanceTerminating', { nodeClaim: 'x', node: 'node-x', reclaimed: false })
      .end(2 * DAY);
    // $0.10 an hour covers $0.10 / 0.75 of on-demand usage: all of the first day, $1.60 of the $1.68 of the second's first half.
    expect(daysOf(log).map(({ nanoDollars }) => nanoDollars / 1e9)).toEqual([2.4, 2.48]);
    expect(summarise(analyse(log)).cost.bill).toBe(4.88);
  });
});

describe('a month', () => {
  it('is the sum of weight × mean bill of a simulated day of the kind', () => {
    const { cost, notes } = summarise(analyse(days(3)));
    expect(cost.month).toEqual({
      total: 20 * 4.8 + 8.4 * 5.04,
      days: [
        { kind: 'weekday', aMonth: 20, simulated: 1, mean: 4.8 },
        { kind: 'weekend', aMonth: 8.4, simulated: 2, mean: 5.04 },
      ],
      basis: { simulatedHours: 72, prices: PRICES },
    });
    expect(notes).toEqual([]);
  });

  it('takes a payday for neither weekday nor weekend, the 31st for the last day of its month', () => {
    const bills = [27, 28].map((day, index) => ({ dateMs: Date.UTC(2026, 1, day), nanoDollars: 10 + index }));
    const projection = projectMonth(bills, { weekdays: 20, weekends: 0, paydays: 1, paydayDates: [31] });
    expect(projection).toMatchObject({
      nanoDollars: 20 * 10 + 11,
      parts: [{ kind: 'weekday' }, { kind: 'payday', meanPerDay: 11 }],
    });
  });

  it('is not projected without a simulated day of each kind, and says which is missing', () => {
    const { cost, notes } = summarise(analyse(days(1)));
    expect(cost).toMatchObject({ month: null, perSimulatedDay: 4.8 });
    expect(notes).toEqual(['No month is projected: no whole day of a weekend (UTC) was simulated.']);
    expect(summarise(analyse(days(3, { paydays: 2 }))).notes).toEqual([
      'No month is projected: no whole payday (UTC) was simulated; nothing says which days are paydays (month.paydayDates).',
    ]);
  });

  it('is not projected from part of a day, which is scaled to a day', () => {
    const { cost, notes } = summarise(analyse(days(0.25, { weekends: 0 })));
    expect(cost).toMatchObject({ bill: 1.2, perSimulatedDay: 4.8, month: null });
    expect(notes).toEqual(['No month is projected: no whole weekday (UTC) was simulated.']);
  });

  it('is not projected, and not missed, where the scenario has no weights', () => {
    const log = new LogBuilder().managed('sys').end(DAY);
    expect(summarise(analyse(log))).toMatchObject({ cost: { month: null, perSimulatedDay: 2.4 }, notes: [] });
  });
});
