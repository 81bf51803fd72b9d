import type { EventPayloads, EventType, LogEvent } from './event-log.js';

/** The append-only log of one run: stamps every event with its time and sequence number. */
export class RunLog {
  readonly #events: LogEvent[] = [];
  readonly #now: () => number;

  /** @param now - Milliseconds since the start of the run. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Everything logged so far, in order. */
  get events(): readonly LogEvent[] {
    return this.#events;
  }

  /** Appends one event at the current virtual time. */
  append<T extends EventType>(type: T, payload: EventPayloads[T]): void {
    this.#events.push({ seq: this.#events.length, timeMs: this.#now(), type, ...payload } as LogEvent);
  }
}
