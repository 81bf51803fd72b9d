import type { EventLog } from '../simulation/event-log.js';
import { eventsOfType } from './events-of-type.js';

const MINUTE_MS = 60_000;

/** Connections to databases that starting and restarting pods opened. */
export interface OpenedConnections {
  readonly opened: number;
  /** In a minute of the run: mean over all of it, and the most. */
  readonly perMinute: { readonly mean: number; readonly max: number };
}

/** All services together, and each that opens connections, names in code unit order. */
export interface DatabaseConnections extends OpenedConnections {
  readonly byService: Readonly<Record<string, OpenedConnections>>;
}

/** Connections opened in each minute of the run, by service; what was opened in the minute that ends at m × 60 s stands at m. */
export function connectionsByMinute(log: EventLog, minutes: number): ReadonlyMap<string, Float64Array> {
  const services = new Map<string, Float64Array>();
  for (const event of eventsOfType(log, 'DatabaseConnectionsOpened')) {
    let counts = services.get(event.service);
    if (counts === undefined) services.set(event.service, (counts = new Float64Array(minutes)));
    const minute = Math.ceil(event.timeMs / MINUTE_MS);
    if (minute < minutes) counts[minute] = (counts[minute] ?? 0) + event.connections;
  }
  return new Map([...services].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Folds them into totals. */
export function databaseConnections(log: EventLog, endMs: number): DatabaseConnections {
  const minutes = Math.ceil(endMs / MINUTE_MS) + 1;
  const services = connectionsByMinute(log, minutes);
  const all = new Float64Array(minutes);
  for (const counts of services.values()) {
    for (let minute = 0; minute < minutes; minute++) all[minute] = (all[minute] ?? 0) + (counts[minute] ?? 0);
  }
  const byService = [...services].map(([name, counts]) => [name, totals(counts, endMs)] as const);
  return { ...totals(all, endMs), byService: Object.fromEntries(byService) };
}

function totals(counts: Float64Array, endMs: number): OpenedConnections {
  let opened = 0;
  let max = 0;
  for (const count of counts) {
    opened += count;
    max = Math.max(max, count);
  }
  const mean = endMs === 0 ? 0 : (opened * MINUTE_MS) / endMs;
  return { opened, perMinute: { mean: Math.round(mean * 1e6) / 1e6, max } };
}
