import type { CaseCatalogs } from './case-catalogs.js';
import { finalSummary, lifeDifference } from './life-compare.js';
import { playStory } from './life-run.js';
import type { RecordedStory } from './life-story.js';
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

/** Plays a story and compares it with the recorded runs; one of them has to be met. */
export function checkStory(recorded: RecordedStory, catalogs: CaseCatalogs): LifeVerdict {
  const { story, recording, agreement, alternatives = [] } = recorded;
  const { withinSeconds, shakenWithinSeconds } = agreement;
  const spread = Math.max(withinSeconds, shakenWithinSeconds);
  const isLoose = withinSeconds < 0 || shakenWithinSeconds < 0 || spread > LOOSE_ABOVE_SECONDS;
  const compared = isLoose ? 'final' : 'timeline';
  const recordings = [recording, ...alternatives.map((alternative) => alternative.recording)];
  try {
    const ours = playStory(story, catalogs);
    if (isLoose) {
      const got = finalSummary(ours);
      const ends = recordings.map(finalSummary);
      const agreed = ends.some((end) => stableText(end) === stableText(got));
      return { agreed, compared, expected: ends[0], got };
    }
    const differences = recordings.map((other) => lifeDifference(other, ours, spread));
    if (differences.includes(undefined)) return { agreed: true, compared, expected: undefined, got: undefined };
    // The recording that we follow longest says best where we went wrong.
    const last = differences.reduce((a, b) => ((b?.t ?? 0) > (a?.t ?? 0) ? b : a));
    const { t, what, expected, got } = last ?? {};
    return { agreed: false, compared, expected: { t, what, at: expected }, got: { at: got } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { agreed: false, compared, expected: undefined, got: { error: message } };
  }
}
