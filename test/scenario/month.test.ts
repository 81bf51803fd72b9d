import { describe, expect, it } from 'vitest';
import { load, SCENARIO, spec } from './scenario-fixture.js';

const withMonth = (month: string) => ({ 'test.yaml': `${SCENARIO}\nmonth: ${month}\n` });

describe('month', () => {
  it('has its paydays as days of the month, the last as the 31st', () => {
    const month = '{ weekdays: 20, weekends: 8.4, paydays: 2, paydayDates: [last, 15] }';
    expect(spec(withMonth(month)).month).toEqual({ weekdays: 20, weekends: 8.4, paydays: 2, paydayDates: [15, 31] });
  });

  it('takes the paydays of the traffic where it names none', () => {
    const traffic = SCENARIO.replace(
      /^traffic:$/m,
      'traffic:\n  salaries: { requestsPerSecond: 1, payday: { days: [27, last] } }',
    );
    const files = { 'test.yaml': `${traffic}\nmonth: { weekdays: 20, weekends: 8, paydays: 2 }\n` };
    expect(spec(files).month?.paydayDates).toEqual([27, 31]);
  });

  it('is absent unless the scenario has it', () => {
    expect(spec({ 'test.yaml': SCENARIO }).month).toBeUndefined();
  });

  it.each([
    ['{ weekdays: 20, weekends: 8, paydays: 4 }', 'at most 31'],
    ['{ weekdays: 0, weekends: 0, paydays: 0 }', 'more than 0'],
    ['{ weekdays: -1, weekends: 8, paydays: 0 }', 'days a month, 0 or more'],
    ['{ weekdays: 20, weekends: 8 }', 'paydays'],
    ['{ weekdays: 20, weekends: 8, paydays: 1, paydayDates: [32] }', 'a day of the month from 1 to 31, or last'],
    ['{ weekdays: 20, weekends: 8, paydays: 1, paydayDays: [3] }', 'paydayDays'],
  ])('%s is refused', (month, said) => {
    const [problem, ...others] = load(withMonth(month)).problems ?? [];
    expect(others).toEqual([]);
    expect(`${problem?.path}: expected ${problem?.expected}`).toContain(said);
  });
});
