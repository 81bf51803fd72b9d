import { isoTime } from '../analysis/run-clock.js';
import type { RunFacts } from '../analysis/run-facts.js';

/**
 * An explanation as data: the run, the moment that was asked about, and what was found. Fields that end in `Ms` are
 * milliseconds since the start of the run, `untilMs` of a reason is epoch milliseconds.
 */
export function explainJson(facts: RunFacts, timeMs: number | undefined, found: object): string {
  const { scenario, seed, karpenterVersion, startTimeMs, endMs, notes } = facts;
  const run = {
    scenario,
    seed,
    karpenterVersion,
    start: isoTime(startTimeMs),
    end: isoTime(startTimeMs + endMs),
    notes: notes.filter(({ code }) => code === 'thinking-time').map(({ text }) => text),
  };
  const at = timeMs === undefined ? {} : { at: isoTime(startTimeMs + timeMs), atMs: timeMs };
  return JSON.stringify({ run, ...at, ...found }, null, 2) + '\n';
}
