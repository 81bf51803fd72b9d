/** A price that is another one now. */
export interface PriceChange {
  readonly type: string;
  readonly before: number;
  readonly after: number;
}

/** How new prices differ from old ones; types in code unit order. */
export interface PriceComparison {
  readonly oldCount: number;
  readonly newCount: number;
  readonly added: readonly string[];
  readonly gone: readonly string[];
  /** By more than 5 % of the old price, either way. */
  readonly changed: readonly PriceChange[];
  /** Types whose price changed by 5 % or less. */
  readonly moved: number;
}

const NOTEWORTHY = 0.05;
/** A list that lost more than this share of its types is more likely broken than right. */
const SUSPICIOUS_LOSS = 0.1;

/** Compares two price lists by type. */
export function comparePrices(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): PriceComparison {
  const changed: PriceChange[] = [];
  let moved = 0;
  for (const [type, price] of [...before].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const now = after.get(type);
    if (now === undefined || now === price) continue;
    // A change of exactly 5 % is none that stands out, whatever a double makes of it.
    if (Math.abs(now - price) > price * NOTEWORTHY * (1 + 1e-9)) changed.push({ type, before: price, after: now });
    else moved++;
  }
  return {
    oldCount: before.size,
    newCount: after.size,
    added: [...after.keys()].filter((type) => !before.has(type)).sort(),
    gone: [...before.keys()].filter((type) => !after.has(type)).sort(),
    changed,
    moved,
  };
}

/** Whether so much is gone that the new list should not replace the old one unasked. */
export function lostTooMuch({ oldCount, gone }: PriceComparison): boolean {
  return gone.length > oldCount * SUSPICIOUS_LOSS;
}
