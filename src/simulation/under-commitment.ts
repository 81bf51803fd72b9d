import type { Commitment } from '../cloud/prices/commitment.js';
import type { EventLog } from './event-log.js';
import { RunLog } from './run-log.js';
import { logCommitment } from './run-notes.js';

/**
 * The log of a run without a commitment as it reads under one: a commitment is a price, and nothing else of the run depends on it.
 * @throws DataFileError when the rates of the plan cannot be read
 */
export function underCommitment(log: EventLog, commitment: Commitment | undefined): EventLog {
  const [started, ...rest] = log;
  if (commitment === undefined || started === undefined) return log;
  const bought = new RunLog(() => started.timeMs);
  logCommitment(bought, commitment);
  return [started, ...bought.events, ...rest].map((event, seq) => ({ ...event, seq }));
}
