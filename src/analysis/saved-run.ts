import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { closestName } from '../kubernetes/manifest/closest-name.js';
import type { EventLog, LogEvent } from '../simulation/event-log.js';
import { EVENT_FIELDS, isOfKind, type FieldKind } from './event-fields.js';

const EVENTS_FILE = 'events.jsonl';

/** A run folder that cannot be read: the file, the line it fails at (0: the file as a whole), and what is wrong. */
export class SavedRunError extends Error {
  override readonly name = 'SavedRunError';

  constructor(
    readonly file: string,
    readonly line: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Reads the event log of a run folder. Every line is checked: a log that is cut off, was written by another version of
 * karpsim, or is no event log at all is refused at its first wrong line.
 *
 * @param folder of the run, or its events.jsonl
 * @throws SavedRunError
 */
export function readSavedRun(folder: string): EventLog {
  const file = folder.endsWith('.jsonl') ? folder : join(folder, EVENTS_FILE);
  return parseEventLog(file, textOf(folder, file));
}

function textOf(folder: string, file: string): string {
  const found = statSync(folder, { throwIfNoEntry: false });
  const hint = 'name the folder that karpsim run wrote, reports/out/<scenario> for instance';
  if (found === undefined) throw new SavedRunError(folder, 0, `there is no such folder — ${hint}`);
  if (folder !== file && !found.isDirectory()) throw new SavedRunError(folder, 0, `is not a run folder — ${hint}`);
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const reason = missing ? `the folder has no ${EVENTS_FILE}` : `cannot be read: ${(cause as Error).message}`;
    throw new SavedRunError(file, 0, `${reason} — ${hint}`, { cause });
  }
}

/** Parses and checks the lines of an event log. @throws SavedRunError */
export function parseEventLog(file: string, text: string): EventLog {
  const log: LogEvent[] = [];
  let last = 0;
  for (let from = 0, line = 1; from < text.length; line++) {
    const end = text.indexOf('\n', from);
    const event = parseLine(file, line, text.slice(from, end === -1 ? text.length : end));
    const wrong = wrongWith(event, log.length, last);
    if (wrong !== undefined) throw new SavedRunError(file, line, wrong);
    const checked = event as LogEvent;
    if (log.length === 0 && checked.type !== 'RunStarted') {
      throw new SavedRunError(file, line, 'an event log of karpsim begins with RunStarted');
    }
    log.push(checked);
    last = checked.timeMs;
    from = end === -1 ? text.length : end + 1;
  }
  if (log.length === 0)
    throw new SavedRunError(file, 0, 'is empty, an event log begins with RunStarted — run it again');
  if (log.at(-1)?.type !== 'RunEnded') {
    throw new SavedRunError(file, log.length, 'the log is cut off here, the last event is RunEnded — run it again');
  }
  return log;
}

function parseLine(file: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SavedRunError(file, line, `is not JSON, the file is cut off or no event log — run it again`, { cause });
  }
}

/** What is wrong with an event, given how many came before it and the time of the last. */
function wrongWith(event: unknown, seq: number, lastMs: number): string | undefined {
  if (!isOfKind(event, 'object')) return 'is no event: expected an object with seq, timeMs and type';
  const fields = event as Readonly<Record<string, unknown>>;
  const { type, timeMs } = fields;
  if (fields['seq'] !== seq) return `seq: expected ${seq}: lines are missing, or it is no event log of karpsim`;
  if (typeof timeMs !== 'number' || timeMs < lastMs) return `timeMs: expected a time of ${lastMs} or later`;
  const kinds: Readonly<Record<string, FieldKind>> | undefined = Object.hasOwn(EVENT_FIELDS, String(type))
    ? EVENT_FIELDS[type as keyof typeof EVENT_FIELDS]
    : undefined;
  if (kinds === undefined) return `type: ${unknownType(String(type))}`;
  for (const name in kinds) {
    const kind = kinds[name];
    if (kind === undefined || isOfKind(fields[name], kind)) continue;
    const got = fields[name] === undefined ? 'nothing' : JSON.stringify(fields[name]).slice(0, 60);
    return `${String(type)}.${name}: expected ${kind}, got ${got}: another version of karpsim wrote it — run it again`;
  }
  return undefined;
}

function unknownType(type: string): string {
  const meant = closestName(type, Object.keys(EVENT_FIELDS));
  return `there is no event ${JSON.stringify(type)}${meant === undefined ? '' : ` (${meant}?)`}: another version of karpsim wrote it, or another program`;
}
