import type { LaunchedInstance, LaunchOutcome } from './surroundings.js';

/** Why a launch call came to nothing, in words. */
export function launchFailure(outcome: Exclude<LaunchOutcome, { readonly launched: LaunchedInstance }>): string {
  if ('retry' in outcome) return outcome.retry;
  return 'insufficientCapacity' in outcome ? outcome.insufficientCapacity : outcome.nodeClassNotReady;
}
