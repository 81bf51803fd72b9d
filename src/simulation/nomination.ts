import type { KarpenterSettings } from '../karpenter/settings.js';

const SHORTEST_WINDOW_MS = 10_000;

/** How long a node that pods were promised to is left alone (scheduling.md §0.3): twice the longest batch, at least 10 s. */
export function nominationWindowMs({ batchMaxMs }: KarpenterSettings): number {
  return Math.max(2 * batchMaxMs, SHORTEST_WINDOW_MS);
}
