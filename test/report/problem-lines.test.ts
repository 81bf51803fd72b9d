import { describe, expect, it } from 'vitest';
import { problemLines } from '../../src/report/problem-lines.js';

const shown = (file: string): string => file.replace('/home/me/', '');

describe('the lines of a problem', () => {
  it('name file, line, column, field, what was expected and what to try', () => {
    const problem = {
      file: '/home/me/day.yaml',
      line: 12,
      column: 3,
      path: 'trafic',
      code: 'unknown-field',
      message: 'unknown key "trafic"',
      expected: 'one of traffic, events',
      hint: 'did you mean "traffic"?',
    } as const;
    const other = { ...problem, line: 14, path: '', message: 'bad indentation', expected: undefined, hint: undefined };
    expect(problemLines([problem, other], shown)).toBe(
      'day.yaml:12:3: trafic: unknown key "trafic" (expected one of traffic, events) — did you mean "traffic"?\n' +
        'day.yaml:14:3: bad indentation\n',
    );
  });

  it('name the option that set a wrong value', () => {
    const problem = { file: '--set seed=x', line: 1, column: 1, path: 'seed', code: 'wrong-type' } as const;
    expect(problemLines([{ ...problem, message: '"x" has the wrong type', expected: 'a whole number' }], shown)).toBe(
      '--set seed=x: seed: "x" has the wrong type (expected a whole number)\n',
    );
  });

  it('name no line where there is none', () => {
    const problem = { line: 0, column: 0, path: '', code: 'unreadable-file', message: 'no such file' } as const;
    expect(problemLines([{ ...problem, file: '/home/me/gone.yaml' }], shown)).toBe('gone.yaml: no such file\n');
    expect(problemLines([{ ...problem, file: '' }], shown)).toBe('no such file\n');
  });
});
