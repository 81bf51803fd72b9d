/**
 * Brings the first `count` raw scores to 0–100 by the largest, truncated, in place; reversed, the largest raw score becomes
 * 0. With nothing but zeros everybody gets 0, or 100 when reversed (kubernetes.md §1.7).
 */
export function normalizeScores(scores: Float64Array, count: number, reverse: boolean): void {
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, scores[i] ?? 0);
  for (let i = 0; i < count; i++) {
    const scaled = largest === 0 ? 0 : Math.floor((100 * (scores[i] ?? 0)) / largest);
    scores[i] = reverse ? 100 - scaled : scaled;
  }
}
