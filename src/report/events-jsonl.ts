import type { EventLog } from '../simulation/event-log.js';

const LINES_PER_CHUNK = 4096;

/**
 * The event log as JSON lines, in chunks of many whole lines. Keys stand in the order in which the simulation wrote them, so
 * equal logs give equal bytes.
 */
export function* eventsJsonl(log: EventLog): Generator<string> {
  for (let from = 0; from < log.length; from += LINES_PER_CHUNK) {
    let chunk = '';
    for (const event of log.slice(from, from + LINES_PER_CHUNK)) chunk += JSON.stringify(event) + '\n';
    yield chunk;
  }
}
