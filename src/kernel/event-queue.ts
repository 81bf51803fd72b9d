import type { ScheduledEvent } from './scheduled-event.js';

/** Below this many cancelled entries a rebuild costs more than the memory it frees. */
const MIN_CANCELLED_FOR_REBUILD = 64;

/**
 * Binary heap of events ordered by (time, priority, sequence).
 *
 * Cancelling only marks the entry: finding it in the heap would need a position kept up to date on every move, which
 * slows the common path. The heap is rebuilt when more than half of it is marked, so a caller that schedules and
 * cancels for ever holds at most twice the memory of its live events.
 */
export class EventQueue {
  // Times stand beside the events because most comparisons end there, without following a pointer.
  readonly #times: number[] = [];
  readonly #events: ScheduledEvent[] = [];
  #cancelled = 0;

  /** Events that will still be popped. */
  get size(): number {
    return this.#events.length - this.#cancelled;
  }

  /** Entries held in memory, the cancelled ones among them. */
  get capacity(): number {
    return this.#events.length;
  }

  push(event: ScheduledEvent): void {
    const hole = this.#events.length;
    this.#times.push(event.timeMs);
    this.#events.push(event);
    this.#siftUp(hole, event);
  }

  /**
   * Marks an event of this queue as not to be run.
   * @returns whether it was still waiting
   */
  cancel(event: ScheduledEvent): boolean {
    if (event.action === undefined) return false;
    event.action = undefined;
    this.#cancelled += 1;
    if (this.#cancelled > MIN_CANCELLED_FOR_REBUILD && this.#cancelled * 2 > this.#events.length) this.#rebuild();
    return true;
  }

  /** Removes and returns the first event whose time is not after `untilMs`. */
  popUntil(untilMs: number): ScheduledEvent | undefined {
    for (;;) {
      const first = this.#events[0];
      if (first === undefined || first.timeMs > untilMs) return undefined;
      this.#removeFirst();
      if (first.action !== undefined) return first;
      this.#cancelled -= 1;
    }
  }

  #removeFirst(): void {
    const last = this.#events.pop();
    this.#times.pop();
    if (last !== undefined && this.#events.length > 0) this.#siftDown(0, last);
  }

  #siftUp(from: number, event: ScheduledEvent): void {
    const times = this.#times;
    const events = this.#events;
    const time = event.timeMs;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentTime = times[parent] as number;
      if (parentTime < time) break;
      const parentEvent = events[parent] as ScheduledEvent;
      if (parentTime === time && !runsBeforeAtSameTime(event, parentEvent)) break;
      times[hole] = parentTime;
      events[hole] = parentEvent;
      hole = parent;
    }
    times[hole] = time;
    events[hole] = event;
  }

  #siftDown(from: number, event: ScheduledEvent): void {
    const times = this.#times;
    const events = this.#events;
    const length = events.length;
    const time = event.timeMs;
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= length) break;
      let childTime = times[child] as number;
      const right = child + 1;
      if (right < length) {
        const rightTime = times[right] as number;
        if (
          rightTime < childTime ||
          (rightTime === childTime &&
            runsBeforeAtSameTime(events[right] as ScheduledEvent, events[child] as ScheduledEvent))
        ) {
          child = right;
          childTime = rightTime;
        }
      }
      if (time < childTime) break;
      const childEvent = events[child] as ScheduledEvent;
      if (time === childTime && runsBeforeAtSameTime(event, childEvent)) break;
      times[hole] = childTime;
      events[hole] = childEvent;
      hole = child;
    }
    times[hole] = time;
    events[hole] = event;
  }

  #rebuild(): void {
    const events = this.#events;
    let kept = 0;
    for (const event of events) {
      if (event.action === undefined) continue;
      events[kept] = event;
      this.#times[kept] = event.timeMs;
      kept += 1;
    }
    events.length = kept;
    this.#times.length = kept;
    this.#cancelled = 0;
    for (let index = (kept >> 1) - 1; index >= 0; index -= 1) this.#siftDown(index, events[index] as ScheduledEvent);
  }
}

function runsBeforeAtSameTime(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.priority < b.priority || (a.priority === b.priority && a.sequence < b.sequence);
}
