/**
 * Brings raw scores to 0–100 by the largest, truncated; reversed, the largest raw score becomes 0. With nothing but
 * zeros everybody gets 0, or 100 when reversed (kubernetes.md §1.7).
 */
export function normalizeScores(raw: readonly number[], reverse: boolean): number[] {
  let largest = 0;
  for (const score of raw) if (score > largest) largest = score;
  if (largest === 0) return raw.map(() => (reverse ? 100 : 0));
  return raw.map((score) => {
    const scaled = Math.floor((100 * score) / largest);
    return reverse ? 100 - scaled : scaled;
  });
}
