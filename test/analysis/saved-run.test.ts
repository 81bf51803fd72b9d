import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseEventLog, readSavedRun, SavedRunError } from '../../src/analysis/saved-run.js';
import { eventsJsonl } from '../../src/report/events-jsonl.js';
import { LogBuilder } from './log-builder.js';

const log = new LogBuilder().managed('node-1').created(1, 'bank/a').bound(2, 'bank/a', 'node-1').end(60);
const text = [...eventsJsonl(log)].join('');
const lines = text.trimEnd().split('\n');

const folder = mkdtempSync(join(tmpdir(), 'karpsim-saved-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** `line: message` of what is refused. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof SavedRunError) return `${error.line}: ${error.message}`;
    throw error;
  }
  throw new Error('nothing was refused');
}

const parsed = (changed: string): (() => unknown) => {
  return () => parseEventLog('events.jsonl', changed);
};

/** The log with one line changed, lines counted from 1. */
function withLine(line: number, change: (event: Record<string, unknown>) => void): string {
  const event = JSON.parse(lines[line - 1] ?? '') as Record<string, unknown>;
  change(event);
  return lines.with(line - 1, JSON.stringify(event)).join('\n');
}

describe('a saved run', () => {
  it('is read as it was written, from its folder or its file', () => {
    writeFileSync(join(folder, 'events.jsonl'), text);
    expect(readSavedRun(folder)).toEqual(log);
    expect(readSavedRun(join(folder, 'events.jsonl'))).toEqual(log);
  });

  it('that is no folder, or has no events, is refused by name', () => {
    expect(refusal(() => readSavedRun(join(folder, 'nowhere')))).toMatch(/no such folder.*karpsim run/);
    expect(refusal(() => readSavedRun(tmpdir()))).toMatch(/has no events\.jsonl/);
    writeFileSync(join(folder, 'summary.json'), '{}');
    expect(refusal(() => readSavedRun(join(folder, 'summary.json')))).toMatch(/is not a run folder/);
  });

  it('that is cut off within a line or after one is refused at its last line', () => {
    expect(refusal(parsed(text.slice(0, -20)))).toMatch(/^5: .*not JSON/);
    expect(refusal(parsed(lines.slice(0, 3).join('\n')))).toMatch(/^3: .*cut off here/);
    expect(refusal(parsed(''))).toMatch(/^0: .*is empty/);
  });

  it('from which lines are missing is refused at the first that does not follow', () => {
    expect(refusal(parsed(lines.toSpliced(2, 1).join('\n')))).toMatch(/^3: .*seq: expected 2/);
    expect(refusal(parsed(withLine(4, (event) => (event['timeMs'] = 5))))).toBe(
      '4: timeMs: expected a time of 1000 or later',
    );
  });

  it('of another program or version is refused with the field that tells', () => {
    expect(refusal(parsed('[1]\n'))).toMatch(/^1: .*is no event/);
    expect(refusal(parsed('{"level":"INFO"}\n'))).toMatch(/^1: seq/);
    expect(refusal(parsed(lines.slice(1).join('\n').replace('"seq":1', '"seq":0')))).toMatch(/begins with RunStarted/);
    expect(refusal(parsed(withLine(3, (event) => (event['type'] = 'PodCreate'))))).toMatch(
      /no event "PodCreate" \(PodCreated\?\)/,
    );
    expect(refusal(parsed(withLine(3, (event) => delete event['requests'])))).toMatch(
      /^3: PodCreated\.requests: expected object, got nothing/,
    );
    expect(refusal(parsed(withLine(4, (event) => (event['node'] = 7))))).toMatch(
      /^4: PodBound\.node: expected string, got 7/,
    );
  });
});
