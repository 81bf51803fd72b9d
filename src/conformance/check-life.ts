import type { CaseCatalogs } from './case-catalogs.js';
import { finalSummary, lifeDifference, type LifeDifference } from './life-compare.js';
import { playStory } from './life-run.js';
import type { LifeRecording, RecordedStory } from './life-story.js';
import { stableText } from './stable-text.js';

/** Spread of the real controller's own runs above which only the end of a story is compared, seconds. */
const LOOSE_ABOVE_SECONDS = 2;

/** How a story compares with its recordings. */
export interface LifeVerdict {
  readonly agreed: boolean;
  /** `timeline`: every event was compared; `final`: only where the story ended. */
  readonly compared: 'timeline' | 'final';
  readonly expected: unknown;
  readonly got: unknown;
}

/** Of things that fall on one instant either may come first: a story is played under so many orders at most. */
const ORDERS = 24;

/** Plays a story and compares it with the recorded runs; one of them has to be met by one of ours. */
export function checkStory(recorded: RecordedStory, catalogs: CaseCatalogs): LifeVerdict {
  const { withinSeconds, shakenWithinSeconds } = recorded.agreement;
  const spread = Math.max(withinSeconds, shakenWithinSeconds);
  const isLoose = withinSeconds < 0 || shakenWithinSeconds < 0 || spread > LOOSE_ABOVE_SECONDS;
  const recordings = [recorded.recording, ...(recorded.alternatives ?? []).map(({ recording }) => recording)];
  let best: LifeVerdict & { readonly until: number } = {
    agreed: false,
    compared: isLoose ? 'final' : 'timeline',
    expected: undefined,
    got: undefined,
    until: -Infinity,
  };
  try {
    for (let order = 1; order <= ORDERS; order++) {
      const ours = playStory(recorded.story, catalogs, String(order));
      const verdict = isLoose ? compareEnds(recordings, ours) : compareTimelines(recordings, ours, spread);
      if (verdict.agreed) return verdict;
      if (verdict.until > best.until) best = verdict;
    }
  } catch (error) {
    return { ...best, got: { error: error instanceof Error ? error.message : String(error) } };
  }
  return best;
}

/** `until`: how long we follow, s. What we followed longest says best where we went wrong. */
type Comparison = LifeVerdict & { readonly until: number };

function compareEnds(recordings: readonly LifeRecording[], ours: LifeRecording): Comparison {
  const got = finalSummary(ours);
  const ends = recordings.map(finalSummary);
  const agreed = ends.some((end) => stableText(end) === stableText(got));
  return { agreed, compared: 'final', expected: ends[0], got, until: 0 };
}

function compareTimelines(recordings: readonly LifeRecording[], ours: LifeRecording, spread: number): Comparison {
  const compared = 'timeline';
  let last: LifeDifference | undefined;
  for (const recording of recordings) {
    const difference = lifeDifference(recording, ours, spread);
    if (difference === undefined) return { agreed: true, compared, expected: undefined, got: undefined, until: 0 };
    if (last === undefined || difference.t > last.t) last = difference;
  }
  const { t = 0, what, expected, got } = last ?? {};
  return { agreed: false, compared, expected: { t, what, at: expected }, got: { at: got }, until: t };
}
