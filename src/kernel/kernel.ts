import { EventQueue } from './event-queue.js';
import { KernelError, SchedulingError } from './kernel-error.js';
import type { Action, ScheduledEvent } from './scheduled-event.js';

/** What `at` and `after` return; good for `cancel` and nothing else. */
export type EventHandle = Readonly<ScheduledEvent>;

export interface RunOptions {
  /** Called every few thousand events and once at the end. */
  readonly onProgress?: ((nowMs: number, executedEvents: number) => void) | undefined;
}

const EVENTS_PER_PROGRESS_CALL = 4096;

/** Virtual clock in integer milliseconds since the start, and the loop that moves it from event to event. */
export class Kernel {
  readonly #queue = new EventQueue();
  #nowMs = 0;
  #sequence = 0;
  #executed = 0;
  #running = false;
  #stopRequested = false;

  /** Milliseconds since the start. */
  get now(): number {
    return this.#nowMs;
  }

  /** Events waiting to run. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Events run so far. */
  get executed(): number {
    return this.#executed;
  }

  /**
   * Schedules an action. An event for the present runs after the one that schedules it, whatever its priority.
   * @param timeMs integer, not before `now`
   * @param priority integer; lower runs first among events of one time
   * @param label names the event in errors
   * @throws SchedulingError
   */
  at(timeMs: number, priority: number, label: string, action: Action): EventHandle {
    if (!Number.isSafeInteger(timeMs)) {
      throw new SchedulingError(label, timeMs, this.#nowMs, 'time must be an integer number of milliseconds');
    }
    if (timeMs < this.#nowMs) throw new SchedulingError(label, timeMs, this.#nowMs, 'time has passed');
    if (!Number.isSafeInteger(priority)) {
      throw new SchedulingError(label, timeMs, this.#nowMs, `priority must be an integer, not ${priority}`);
    }
    const event: ScheduledEvent = { timeMs, priority, sequence: this.#sequence, label, action };
    this.#sequence += 1;
    this.#queue.push(event);
    return event;
  }

  /** `at`, counted from `now`. */
  after(delayMs: number, priority: number, label: string, action: Action): EventHandle {
    return this.at(this.#nowMs + delayMs, priority, label, action);
  }

  /** @returns whether the event was still waiting; cancelling twice, or after it ran, does nothing */
  cancel(handle: EventHandle): boolean {
    return this.#queue.cancel(handle);
  }

  /**
   * Runs every event up to and including `untilMs`, then sets the clock there. After `stop()` or a failure the clock
   * stays at the last event and a further `run` goes on from it.
   * @throws KernelError when an action throws
   * @throws SchedulingError when `untilMs` is fractional or has passed, or when called from an action
   */
  run(untilMs: number, options: RunOptions = {}): void {
    this.#checkRun(untilMs);
    const { onProgress } = options;
    this.#running = true;
    this.#stopRequested = false;
    try {
      this.#runEvents(untilMs, onProgress);
      if (!this.#wasStopped()) this.#nowMs = untilMs;
    } finally {
      this.#running = false;
    }
    onProgress?.(this.#nowMs, this.#executed);
  }

  /** Ends the run after the present event. Outside a run it does nothing. */
  stop(): void {
    this.#stopRequested = true;
  }

  #runEvents(untilMs: number, onProgress: RunOptions['onProgress']): void {
    let sinceProgress = 0;
    while (!this.#stopRequested) {
      const event = this.#queue.popUntil(untilMs);
      if (event === undefined) return;
      this.#nowMs = event.timeMs;
      this.#execute(event);
      sinceProgress += 1;
      if (sinceProgress === EVENTS_PER_PROGRESS_CALL) {
        sinceProgress = 0;
        onProgress?.(this.#nowMs, this.#executed);
      }
    }
  }

  #execute(event: ScheduledEvent): void {
    const action = event.action;
    event.action = undefined;
    this.#executed += 1;
    try {
      action?.();
    } catch (error) {
      throw new KernelError(event, error);
    }
  }

  #wasStopped(): boolean {
    return this.#stopRequested;
  }

  #checkRun(untilMs: number): void {
    if (this.#running) throw new SchedulingError('run', untilMs, this.#nowMs, 'a run is already under way');
    if (!Number.isSafeInteger(untilMs)) {
      throw new SchedulingError('run', untilMs, this.#nowMs, 'the end must be an integer number of milliseconds');
    }
    if (untilMs < this.#nowMs) throw new SchedulingError('run', untilMs, this.#nowMs, 'the end has passed');
  }
}
