import type { LoadModel } from './service-load.js';

/**
 * Mean factor on the cost of a request, over an interval, for a pod that has been serving for `ageMs` at its start: high at
 * first, decaying exponentially to 1 (kubernetes.md §9.2).
 */
export function warmUpFactor({ warmupFactor, warmupMs }: LoadModel, ageMs: number, elapsedMs: number): number {
  if (warmupFactor === 1 || ageMs > 20 * warmupMs) return 1;
  const decayed = Math.exp(-ageMs / warmupMs) - Math.exp(-(ageMs + elapsedMs) / warmupMs);
  return 1 + ((warmupFactor - 1) * warmupMs * decayed) / elapsedMs;
}
