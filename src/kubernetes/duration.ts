const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Longest duration that Go can hold (2^63 − 1 ns, about 292 years), in milliseconds. */
const LONGEST_MS = 9_223_372_036_854;

/**
 * Reads a Go duration (`1h30m`, `500ms`, `-1.5h`, `0`) into whole milliseconds, rounded down. Undefined when it is not
 * one, or when Go could not hold it.
 */
export function parseGoDuration(text: string): number | undefined {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text);
  if (match === null) return undefined;
  let nanoseconds = 0;
  for (const [, number = '', unit = ''] of (match[2] ?? '').matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    nanoseconds += Number(number) * (NANOSECONDS[unit] ?? 0);
  }
  const ms = Math.floor(nanoseconds / 1e6);
  if (ms > LONGEST_MS) return undefined;
  return match[1] === '-' ? 0 - ms : ms;
}
