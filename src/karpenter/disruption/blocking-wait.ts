import type { ReplacementState } from './command-queue.js';

/** v0.32.0 waits with growing pauses: 2, 4, 8, then 10 s each, up to 60 looks, 574 s in all. */
const LOOKS = 60;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 10_000;

/** A NodeClaim that is missing so soon may only not have been seen yet. */
const MISSING_GRACE_MS = 5000;

/** What a look leads to: done, given up, or another look after a pause. */
export type WaitStep = { readonly kind: 'done' | 'failed' } | { readonly kind: 'wait'; readonly pauseMs: number };

function again(look: number): WaitStep {
  if (look >= LOOKS - 1) return { kind: 'failed' };
  return { kind: 'wait', pauseMs: Math.min(FIRST_PAUSE_MS * 2 ** look, LONGEST_PAUSE_MS) };
}

/**
 * A look at a replacement that v0.32.0's loop waits for (disruption.md §7.1). A failure unmarks and untaints the
 * candidates and fails the loop; replacements that exist are left alone.
 *
 * @param look number of the look, from 0.
 * @param waitedMs since the first look.
 */
export function awaitReplacement(state: ReplacementState, look: number, waitedMs: number): WaitStep {
  if (state === 'initialized') return { kind: 'done' };
  if (state === 'gone' && waitedMs > MISSING_GRACE_MS) return { kind: 'failed' };
  return again(look);
}

/** A look at a deleted NodeClaim that v0.32.0's loop waits for, one after another; giving up is only logged. */
export function awaitDeletion(isGone: boolean, look: number): WaitStep {
  return isGone ? { kind: 'done' } : again(look);
}
