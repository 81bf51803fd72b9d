const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A whole number with thousands separators. */
export function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number with one decimal, a whole one without. */
export function decimal(value: number): string {
  return Number.isInteger(value) ? whole(value) : `${whole(Math.trunc(value))}.${tenth(value)}`;
}

/** Dollars with two to four significant decimals: $1,234, $41.23, $0.1920, $0.0042. */
export function dollars(value: number): string {
  if (value < 0) return `-${dollars(-value)}`;
  if (value >= 1000) return `$${whole(value)}`;
  return `$${value.toFixed(value >= 1 || value === 0 ? 2 : 4)}`;
}

/** Dollars an hour for a column of a table: always three decimals, so that they line up. */
export function hourly(value: number): string {
  return `$${value.toFixed(3)}`;
}

/** A ratio in per cent: one decimal below 10 %, none above. */
export function percent(ratio: number): string {
  const value = ratio * 100;
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} %`;
}

/** The same of something that did happen: what would round to nothing is less than the smallest figure. */
export function percentOfSome(ratio: number): string {
  return ratio < 0.0005 ? '<0.1 %' : percent(ratio);
}

/** A duration of at most five characters: 0.2s, 44.6s, 2m05s, 45m, 1h12m. A dash where there is nothing to measure. */
export function duration(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds < 99.95) return `${seconds.toFixed(1)}s`;
  const rounded = Math.round(seconds);
  if (rounded < 600) return `${Math.floor(rounded / 60)}m${two(rounded % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
}

/** A response time: 0.4 ms, 17 ms, 940 ms, 4.2 s. A dash where there is nothing to measure. */
export function latency(seconds: number | null): string {
  if (seconds === null) return '–';
  const ms = seconds * 1000;
  if (ms >= 999.5) return `${seconds.toFixed(1)} s`;
  return `${ms >= 9.95 ? Math.round(ms) : ms.toFixed(1)} ms`;
}

/** A length of virtual time for a sentence: 24 h, 90 min, 45 s. */
export function span(seconds: number): string {
  if (seconds % 3600 === 0) return `${whole(seconds / 3600)} h`;
  return seconds % 60 === 0 ? `${whole(seconds / 60)} min` : `${decimal(seconds)} s`;
}

/** Time of day of the virtual clock, UTC. */
export function clock(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 16);
}

/** Time of day of the virtual clock to the second, UTC. */
export function clockSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 19);
}

/** Day of the week, UTC. */
export function weekday(epochMs: number): string {
  return WEEKDAYS[new Date(epochMs).getUTCDay()] ?? '';
}

/** Day of the week and time of day of the virtual clock, UTC. */
export function moment(epochMs: number): string {
  return `${weekday(epochMs)} ${clock(epochMs)}`;
}

/** Date and time of day of the virtual clock, UTC. */
export function date(epochMs: number): string {
  const at = new Date(epochMs);
  return `${weekday(epochMs)} ${at.toISOString().slice(0, 10)} ${clock(epochMs)}`;
}

/** A count with its noun in singular or plural. */
export function count(value: number, singular: string, plural = `${singular}s`): string {
  return `${whole(value)} ${value === 1 ? singular : plural}`;
}

function tenth(value: number): number {
  return Math.trunc(Math.abs(value) * 10) % 10;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
