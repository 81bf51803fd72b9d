import type { ScheduledEvent } from './scheduled-event.js';

/** An event was asked for at a time the clock cannot reach: past, fractional, or not a number. */
export class SchedulingError extends Error {
  override readonly name = 'SchedulingError';

  constructor(
    readonly label: string,
    readonly timeMs: number,
    readonly nowMs: number,
    reason: string,
  ) {
    super(`cannot schedule "${label}" at ${timeMs} ms: ${reason} (now ${nowMs} ms)`);
  }
}

/** An action threw. The run stops at that event; `cause` is what was thrown. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
  readonly label: string;
  readonly timeMs: number;
  readonly priority: number;
  readonly sequence: number;

  constructor(event: ScheduledEvent, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `event "${event.label}" at ${event.timeMs} ms (priority ${event.priority}, sequence ${event.sequence}) failed: ${reason}`,
      { cause },
    );
    this.label = event.label;
    this.timeMs = event.timeMs;
    this.priority = event.priority;
    this.sequence = event.sequence;
  }
}
