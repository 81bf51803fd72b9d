import type { HourlyFactors } from '../workload/service-load.js';

const FLAT = Array.from({ length: 24 }, () => 1);

const CITY_WEEKDAY = [
  0.74, 0.46, 0.3, 0.2, 0.18, 0.23, 0.57, 1.0, 1.2, 1.16, 1.08, 1.09, 1.13, 1.13, 1.19, 1.13, 0.94, 1.17, 1.46, 1.55,
  1.48, 1.48, 1.42, 1.23,
];

/** Factor by hour of the day, mean about 1, from public traces (kubernetes.md §9.1). */
export const DAILY_PRESETS: Readonly<Record<string, HourlyFactors>> = {
  flat: FLAT,
  'city-weekday': CITY_WEEKDAY,
  'city-weekend': [
    1.55, 1.37, 1.12, 0.84, 0.54, 0.25, 0.26, 0.35, 0.54, 0.8, 1.03, 1.19, 1.29, 1.3, 1.28, 1.26, 1.13, 1.24, 1.4, 1.42,
    1.29, 1.26, 1.28, 1.23,
  ],
  // No bank publishes its hours: the city's weekday, an hour earlier.
  'retail-bank': [...CITY_WEEKDAY.slice(1), ...CITY_WEEKDAY.slice(0, 1)],
  'worldcup-quiet': [
    0.74, 0.71, 0.7, 0.69, 0.6, 0.61, 0.84, 0.76, 0.87, 0.94, 0.98, 1.06, 1.24, 1.32, 1.36, 1.4, 1.43, 1.32, 1.27, 1.25,
    1.16, 1.13, 0.84, 0.77,
  ],
  'worldcup-event': [
    0.63, 0.57, 0.52, 0.51, 0.46, 0.46, 0.51, 0.54, 0.54, 0.52, 0.54, 0.61, 0.8, 1.06, 1.65, 2.25, 2.28, 1.76, 1.26,
    1.68, 2.04, 1.4, 0.77, 0.64,
  ],
  'load-balancer': [
    0.92, 1, 0.85, 0.84, 0.82, 0.77, 0.68, 0.72, 0.73, 0.73, 0.76, 0.73, 0.99, 1.11, 1.21, 1.22, 1.21, 1.53, 1.23, 1.38,
    1.49, 1.26, 0.9, 0.93,
  ],
  'nasa-web': [
    1.05, 1.03, 1.04, 0.94, 0.92, 0.96, 0.86, 0.88, 1.01, 1.1, 1.14, 1.22, 1.25, 1.2, 1.16, 1.11, 1.05, 0.9, 0.75, 0.7,
    0.75, 0.91, 1, 1.07,
  ],
};

/** Factor by day of the week, Monday first (kubernetes.md §9.1). */
export const WEEKDAY_PRESETS: Readonly<Record<string, readonly number[]>> = {
  flat: [1, 1, 1, 1, 1, 1, 1],
  city: [0.88, 0.95, 1.0, 1.01, 1.06, 1.12, 0.97],
  'retail-bank': [1, 1, 1, 1, 1, 0.6, 0.6],
  worldcup: [0.8, 1.17, 1.11, 1.05, 1.22, 0.86, 0.79],
};

/**
 * Factor by day of the month. `salary-plateau`: operations of the clients of a Czech bank, January 1993 to March 1994, the only
 * public series of a bank: ten busy days, little before and after them (kubernetes.md §9.1).
 */
export const DAY_OF_MONTH_PRESETS: Readonly<Record<string, readonly number[]>> = {
  flat: Array.from({ length: 31 }, () => 1),
  'salary-plateau': [
    ...Array.from({ length: 4 }, () => 0.54),
    ...[1.9, 1.89, 1.98, 1.75, 1.9, 1.56, 1.76, 2.12, 2.01, 1.92],
    ...Array.from({ length: 17 }, () => 0.57),
  ],
};

interface FlashCrowd {
  readonly factor: number;
  readonly ramp: string;
  readonly hold: string;
  readonly decay: string;
}

/** Flash crowds of three strengths, and what a message to every customer does (kubernetes.md §9.1). */
export const FLASH_CROWD_PRESETS: Readonly<Record<string, FlashCrowd>> = {
  mild: { factor: 2, ramp: '10m', hold: '20m', decay: '30m' },
  strong: { factor: 3.5, ramp: '30m', hold: '60m', decay: '60m' },
  severe: { factor: 5.5, ramp: '60m', hold: '60m', decay: '60m' },
  'push-notification': { factor: 4.4, ramp: '1m', hold: '3m', decay: '10m' },
};
