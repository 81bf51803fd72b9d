/** A time or a duration of the log, ms, as seconds; an empty cell where there is none. */
export function secondsCell(ms: number | undefined): number | string {
  return ms === undefined ? '' : ms / 1000;
}

/** Integer nano-dollars as dollars; exact, since nine decimals are a double's to keep. */
export function dollarsCell(nanoDollars: number): number {
  return nanoDollars / 1e9;
}

/** A ratio with six decimals; an empty cell where there is none. */
export function ratioCell(part: number, whole: number): number | string {
  return whole === 0 ? '' : Math.round((part / whole) * 1e6) / 1e6;
}
