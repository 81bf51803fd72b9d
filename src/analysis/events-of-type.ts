import type { EventLog, EventType, LogEvent } from '../simulation/event-log.js';

type EventOf<T extends EventType> = Extract<LogEvent, { readonly type: T }>;

type EventsByType = ReadonlyMap<EventType, readonly LogEvent[]>;

interface SortedLog {
  /** Of the log when it was sorted: one that has grown since is sorted anew. */
  readonly length: number;
  readonly byType: EventsByType;
}

/** A dozen folds ask for one or two types each, and most events are of neither: the log is sorted once for all of them. */
const SORTED = new WeakMap<EventLog, SortedLog>();

/** The events of one type, in order. */
export function eventsOfType<T extends EventType>(log: EventLog, type: T): readonly EventOf<T>[] {
  return (sortedByType(log).get(type) ?? []) as readonly EventOf<T>[];
}

/** The events of several types, in order. For rare ones: where half of the log is wanted, reading all of it costs less. */
export function eventsOfTypes<T extends EventType>(log: EventLog, ...types: readonly T[]): readonly EventOf<T>[] {
  return types.flatMap((type) => eventsOfType(log, type)).sort((a, b) => a.seq - b.seq);
}

function sortedByType(log: EventLog): EventsByType {
  const known = SORTED.get(log);
  if (known?.length === log.length) return known.byType;
  const byType = new Map<EventType, LogEvent[]>();
  for (const event of log) {
    const { type } = event;
    const events = byType.get(type);
    if (events === undefined) byType.set(type, [event]);
    else events.push(event);
  }
  SORTED.set(log, { length: log.length, byType });
  return byType;
}
