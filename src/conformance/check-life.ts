import type { CaseCatalogs } from './case-catalogs.js';
import { finalSummary, lifeDifference, type LifeDifference } from './life-compare.js';
import { playStory } from './life-run.js';
import type { LifeRecording, RecordedStory } from './life-story.js';
import { stableText } from './stable-text.js';
import { failed, type Verdict } from './verdict.js';

/** Spread of the real controller's own runs above which only the end of a story is compared, seconds. */
const LOOSE_ABOVE_SECONDS = 2;

/** How long before the first difference a trail begins, seconds, and how many events it has at most. */
const TRAIL_SECONDS = 30;
const TRAIL_EVENTS = 8;

/** Of things that fall on one instant either may come first: a story is played under so many orders at most. */
const ORDERS = 24;

/** The part of a story's name before its slash. */
export function storyFamily(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('/')));
}

/** Whether the real controller's own runs part so far that only the end of the story can be compared. */
export function isLooseStory({ withinSeconds, shakenWithinSeconds }: RecordedStory['agreement']): boolean {
  const spread = Math.max(withinSeconds, shakenWithinSeconds);
  return withinSeconds < 0 || shakenWithinSeconds < 0 || spread > LOOSE_ABOVE_SECONDS;
}

/**
 * Plays a story and compares it with the recorded runs; one of them has to be met by one of ours. The trail of a story that
 * went otherwise is what happened just before.
 */
export function checkStory(recorded: RecordedStory, catalogs: CaseCatalogs): Verdict {
  const { withinSeconds, shakenWithinSeconds } = recorded.agreement;
  const spread = Math.max(withinSeconds, shakenWithinSeconds);
  const isLoose = isLooseStory(recorded.agreement);
  const recordings = [recorded.recording, ...(recorded.alternatives ?? []).map(({ recording }) => recording)];
  let best: Comparison = { agreed: false, expected: undefined, got: undefined, until: -Infinity };
  try {
    for (let order = 1; order <= ORDERS; order++) {
      const ours = playStory(recorded.story, catalogs, String(order));
      const verdict = isLoose ? compareEnds(recordings, ours) : compareTimelines(recordings, ours, spread);
      if (verdict.agreed) return { agreed: true, expected: undefined, got: undefined };
      if (verdict.until > best.until) best = verdict;
    }
  } catch (error) {
    return { agreed: false, expected: undefined, got: failed(error) };
  }
  const { expected, got, trail } = best;
  return { agreed: false, expected, got, trail };
}

/** `until`: how long we follow, s. What we followed longest says best where we went wrong. */
type Comparison = Verdict & { readonly until: number };

function compareEnds(recordings: readonly LifeRecording[], ours: LifeRecording): Comparison {
  const got = finalSummary(ours);
  const ends = recordings.map(finalSummary);
  const agreed = ends.some((end) => stableText(end) === stableText(got));
  return { agreed, expected: ends[0], got, until: 0 };
}

function compareTimelines(recordings: readonly LifeRecording[], ours: LifeRecording, spread: number): Comparison {
  let last: LifeDifference | undefined;
  for (const recording of recordings) {
    const difference = lifeDifference(recording, ours, spread);
    if (difference === undefined) return { agreed: true, expected: undefined, got: undefined, until: 0 };
    if (last === undefined || difference.t > last.t) last = difference;
  }
  const { t = 0, what, expected, got } = last ?? {};
  const trail = trailUntil(ours, t);
  return { agreed: false, expected: { t, what, at: expected }, got: { t, what, at: got }, trail, until: t };
}

function trailUntil({ events }: LifeRecording, until: number): string[] {
  const near = events.filter(({ t }) => t <= until && t >= until - TRAIL_SECONDS);
  return near.slice(-TRAIL_EVENTS).map(({ t, type, subject = '', detail }) => {
    const text = detail === undefined ? '' : ` ${JSON.stringify(detail)}`;
    return `${t.toFixed(1)} s ${type} ${subject}${text}`;
  });
}
