/** The queue looks at each command at once and then at this interval (v1.14.1). */
export const QUEUE_POLL_MS = 1000;

const TIMEOUT_PER_CANDIDATE_MS = 80;
const MIN_TIMEOUT_MS = 10 * 60_000;
const MAX_TIMEOUT_MS = 3_600_000;

/** A replacement as the API server shows it; `gone`: its NodeClaim was deleted, as after a capacity error. */
export type ReplacementState = 'initialized' | 'waiting' | 'gone';

/** What a look at a command leads to. */
interface QueueStep {
  /** Every replacement is there: delete the candidates' NodeClaims. */
  readonly deletesCandidates: boolean;
  /**
   * `failed`: take taint, DisruptionReason and mark off the candidates; replacements live on. `succeeded`: let go of the
   * candidates, which stay marked by their deletion timestamps.
   */
  readonly outcome: 'waiting' | 'succeeded' | 'failed';
  readonly failure?: 'replacement-gone' | 'timeout' | undefined;
}

/** How long commands may take while so many candidates are held, all commands together. */
export function commandTimeoutMs(heldCandidates: number): number {
  return Math.min(Math.max(heldCandidates * TIMEOUT_PER_CANDIDATE_MS, MIN_TIMEOUT_MS), MAX_TIMEOUT_MS);
}

/**
 * A look of v1.14.1's queue at one command (disruption.md §7.2). The time limit is strict and applied after the look:
 * replacements that become ready too late still cost the candidates their lives, and the command counts as failed. At
 * one look a second from the start a limit of ten minutes strikes at 601 s.
 *
 * @param startedMs when the command was started.
 * @param heldCandidates candidates of all commands in the queue.
 */
export function queueStep(
  replacements: readonly ReplacementState[],
  startedMs: number,
  nowMs: number,
  heldCandidates: number,
): QueueStep {
  if (replacements.includes('gone')) {
    return { deletesCandidates: false, outcome: 'failed', failure: 'replacement-gone' };
  }
  const ready = replacements.every((state) => state === 'initialized');
  if (nowMs - startedMs > commandTimeoutMs(heldCandidates)) {
    return { deletesCandidates: ready, outcome: 'failed', failure: 'timeout' };
  }
  return { deletesCandidates: ready, outcome: ready ? 'succeeded' : 'waiting' };
}
