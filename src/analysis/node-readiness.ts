import type { NodeHistory } from './node-history.js';
import { quantilesOf, type Quantiles } from './quantiles.js';

/** How long new nodes took, and how many were quick: where the claim "nodes are ready in under 30 seconds" stands. */
export interface NodeReadiness {
  /** NodeClaims with a node that was initialized before the run ended. */
  readonly initialized: number;
  /** Of these, the ones with created → initialized under the limit. */
  readonly underLimit: number;
  readonly limitSeconds: number;
  readonly createdToInitialized: Quantiles;
  readonly fastestSeconds: number | null;
  /** NodeClaims that never came so far: no capacity, deleted before, or under way when the run ended. */
  readonly notInitialized: number;
}

/** Measures every NodeClaim from its creation to Initialized. */
export function nodeReadiness(nodes: readonly NodeHistory[], limitSeconds: number): NodeReadiness {
  const durationsMs: number[] = [];
  let notInitialized = 0;
  for (const { managed, fromStart, createdMs, initializedMs } of nodes) {
    if (managed || (fromStart === true && initializedMs === createdMs)) continue;
    if (initializedMs === undefined) notInitialized++;
    else durationsMs.push(initializedMs - createdMs);
  }
  return {
    initialized: durationsMs.length,
    underLimit: durationsMs.filter((duration) => duration < limitSeconds * 1000).length,
    limitSeconds,
    createdToInitialized: quantilesOf(durationsMs),
    fastestSeconds: durationsMs.length === 0 ? null : durationsMs.reduce((a, b) => Math.min(a, b)) / 1000,
    notInitialized,
  };
}
