import { describe, expect, it } from 'vitest';
import { readTraceFile, type TraceFile } from '../../../src/workload/trace/trace-file.js';
import type { ColumnChoice } from '../../../src/workload/trace/trace-columns.js';

function read(text: string, choice: ColumnChoice = {}): TraceFile {
  const { trace, problems } = readTraceFile('t.csv', text, choice);
  if (trace === undefined) throw new Error(JSON.stringify(problems));
  return trace;
}

/** `line:column message` of every mistake. */
function mistakes(text: string, choice: ColumnChoice = {}): readonly string[] {
  return readTraceFile('t.csv', text, choice).problems.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint === undefined ? '' : ` — ${hint}`}`,
  );
}

describe('times of a trace', () => {
  const at = Date.UTC(1998, 6, 7, 21, 40);

  it.each([
    ['RFC 3339', '1998-07-07T21:40:00Z', '1998-07-07T21:41:00Z', at],
    ['RFC 3339 with a zone', '1998-07-07T23:40:00+02:00', '1998-07-07T23:41:00+02:00', at],
    ['a blank instead of T, no zone: UTC', '1998-07-07 21:40:00', '1998-07-07 21:41', at],
    ['Unix seconds', String(at / 1000), String(at / 1000 + 60), at],
    ['Unix milliseconds', String(at), String(at + 60_000), at],
    ['seconds from 0', '0', '60', 0],
    ['seconds with a fraction', '0.5', '60.5', 500],
  ])('are read as %s', (_, first, second, expected) => {
    expect([...read(`time,rps\n${first},1\n${second},2\n`).timesMs]).toEqual([expected, expected + 60_000]);
  });
});

describe('columns of a trace', () => {
  it.each([
    ['timestamp,requests_per_second', [60, 120]],
    ['Time,RPS', [60, 120]],
    ['timestamp_utc,requests_per_minute', [1, 2]],
    ['date-time,Requests per Hour', [1 / 60, 2 / 60]],
    // Counts of a minute each.
    ['epoch,requests', [1, 2]],
    ['period,count', [1, 2]],
  ])('are found in %s', (header, rates) => {
    expect([...read(`${header}\n0,60\n60,120\n`).rates]).toEqual(rates);
  });

  it('may stand anywhere among others, and may be named', () => {
    const text = 'host,bytes,hits,ts\na,5,60,0\nb,7,120,60\n';
    expect([...read(text).rates]).toEqual([1, 2]);
    expect([...read(text, { rate: 'bytes' }).rates]).toEqual([5, 7]);
    expect([...read(text, { count: 'bytes' }).rates]).toEqual([5 / 60, 7 / 60]);
  });

  it('are told when they are not found', () => {
    expect(mistakes('when,rps\n0,1\n1,2\n')).toEqual([
      '1:1 no column of the header "when", "rps" looks like a time — name it: columns: { time: NAME }',
    ]);
    expect(mistakes('timestamp,value\n0,1\n1,2\n')[0]).toContain(
      'no column of the header "timestamp", "value" looks like requests',
    );
    expect(mistakes('timestamp,value\n0,1\n1,2\n', { rate: 'valu' })).toEqual([
      '1:1 there is no column "valu" — the header has "timestamp", "value"',
    ]);
    expect(mistakes('0,1\n1,2\n')[0]).toBe('1:1 the first line is no header');
    expect(mistakes('')[0]).toBe('1:1 the trace has no rows');
    expect(mistakes('time,rps\n')[0]).toBe('1:1 the trace has no rows');
    expect(mistakes('time,rps\n0,1\n')[0]).toBe('1:1 the trace has less than two values');
  });
});

describe('counts by interval', () => {
  it('become rates in the middle of the interval', () => {
    const { timesMs, rates } = read('time,count\n0,30\n60,90\n120,60\n');
    expect([...timesMs]).toEqual([30_000, 90_000, 150_000]);
    expect([...rates]).toEqual([0.5, 1.5, 1]);
  });

  it('are of the usual length beside a gap, and of their own where none is usual', () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${i * 60},60`).join('\n');
    expect([...read(`time,count\n${rows}\n3600,60\n`).rates].every((rate) => rate === 1)).toBe(true);
    expect([...read('time,count\n0,10\n10,60\n70,5\n').rates]).toEqual([1, 1, 5 / 60]);
  });
});

describe('gaps of a trace', () => {
  const row = (minute: number): string => `${minute * 60},${minute}`;
  const minutes = Array.from({ length: 30 }, (_, minute) => minute);

  it('are missing rows and empty fields, told with line and time', () => {
    const text = ['time,rps', ...minutes.filter((m) => m < 10 || m > 12).map(row)].join('\n');
    expect(read(text).gaps).toEqual([{ line: 12, fromMs: 600_000, toMs: 780_000 }]);
    const empty = ['time,rps', ...minutes.map((m) => (m === 10 ? '600,' : row(m)))].join('\n');
    expect(read(empty).gaps).toEqual([{ line: 13, fromMs: 600_000, toMs: 660_000 }]);
    expect(read(empty).rates).toHaveLength(29);
  });

  it('are found in a short trace that has many', () => {
    const text = 'ts,hits\n0,60\n60,60\n120,\n180,60\n300,60\n360,60\n420,60\n';
    expect(read(text).gaps.map(({ line }) => line)).toEqual([5, 6]);
    expect([...read(text).rates].every((rate) => rate === 1)).toBe(true);
  });

  it('are not told of a trace without usual distances', () => {
    expect(read('time,rps\n0,1\n5,1\n500,1\n507,1\n').gaps).toEqual([]);
  });
});

describe('mistakes in a trace', () => {
  it('are all told, with line and column', () => {
    const text = 'time,rps\n0,10\n60,-5\n120,many\n180,NaN\n90,1\n180,4\nnoon,4\n,5\n240\n';
    expect(mistakes(text)).toEqual([
      '3:4 -5 requests are less than none — leave the field empty for a gap',
      '4:5 "many" is no number — leave the field empty for a gap',
      '5:5 "NaN" is no number — leave the field empty for a gap',
      '6:1 time goes back to 90 — sort the rows by time',
      '7:1 the time 180 stands there twice — sum the rows of one time, or keep one of them',
      '8:1 "noon" is no time',
      '9:1 the time is empty',
    ]);
  });

  it('include a day that does not exist and a change of clock', () => {
    expect(mistakes('time,rps\n1998-02-28T00:00:00Z,1\n1998-02-30T00:00:00Z,1\n')).toEqual([
      '3:1 "1998-02-30T00:00:00Z" is no time',
    ]);
    expect(mistakes('time,rps\n1998-02-28T00:00:00Z,1\n888624000,1\n')).toEqual(['3:1 "888624000" is no time']);
  });
});
