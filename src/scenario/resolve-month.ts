import type { MonthWeights } from '../workload/month-weights.js';
import type { ScenarioFile } from './scenario-file.js';
import { daysOf } from './resolve-traffic.js';

/** Weights of the kinds of days; paydays are those that the key names, or else those of the traffic curves. */
export function resolveMonth({ month, traffic }: ScenarioFile): MonthWeights | undefined {
  if (month === undefined) return undefined;
  const { paydayDates, weekdays, weekends, paydays } = month;
  const ofTraffic = Object.values(traffic ?? {}).flatMap(({ payday }) => payday?.days ?? []);
  const dates = [...new Set(daysOf(paydayDates ?? ofTraffic))].sort((a, b) => a - b);
  return { weekdays, weekends, paydays, paydayDates: dates };
}
