import { RandomStream } from '../kernel/random-streams.js';
import type { RecordedOutcome } from './case-file.js';

/** How our answers compare with the recorded ones. */
export interface Verdict {
  readonly agreed: boolean;
  /** The recorded answer; of several the most frequent. */
  readonly expected: unknown;
  /** The first of our answers that is not among the recorded ones; the first answer when all are. */
  readonly got: unknown;
  /** Why we decided so, a line a reason; for people. */
  readonly trail?: readonly string[] | undefined;
}

/** Our answer to one question, drawing from `random` where the real controller leaves a choice to map order. */
export type Answer = (random: () => number) => unknown;

/** Said of a kind of recording that nothing here answers yet: it counts as failed, never as skipped. */
export const NOT_BUILT = 'this kind is not built yet';

/** Stands in the place of our answer where there is none. */
export function failed(error: unknown): { readonly error: string } {
  return { error: error instanceof Error ? error.message : String(error) };
}

const SEEDS = 5;
/** With several right answers one in five may be a rare one that nobody recorded. */
const DRAWS_TO_AGREE = 4;

/** Notes whether it was drawn from. */
class NotingStream extends RandomStream {
  drawn = false;

  override next(): number {
    this.drawn = true;
    return super.next();
  }
}

/**
 * Judges one question. With one recorded answer all five seeds have to give it; with several at least four of five draws
 * have to be among them.
 *
 * @param identity text that is equal for equal answers; it leaves out what is for people
 */
export function judge(
  name: string,
  recorded: readonly RecordedOutcome[],
  answer: Answer,
  identity: (outcome: unknown) => string,
): Verdict {
  const right = new Set(recorded.map(({ result }) => identity(result)));
  const needed = right.size === 1 ? SEEDS : DRAWS_TO_AGREE;
  const expected = recorded[0]?.result;
  let matches = 0;
  let first: unknown;
  let wrong: unknown;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const stream = new NotingStream(`conformance/${seed}/${name}`);
    const got = answer(() => stream.next());
    first ??= got;
    const matched = right.has(identity(got));
    if (matched) matches++;
    else wrong ??= got;
    // Without a draw the other seeds give the same answer.
    if (!stream.drawn) return { agreed: matched, expected, got };
  }
  return { agreed: matches >= needed, expected, got: wrong ?? first };
}
