import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSource } from './parse-source.js';
import { testTitles } from './test-titles.js';

/** Worked examples of disruption.md §15.2 to §15.9. The first nineteen are about admission. */
const FIRST = 20;
const LAST = 121;

/** Numbers of the examples that a title names, `E31–E34` being four. */
function examples(title: string): number[] {
  return [...title.matchAll(/\bE(\d+)\b(?:–E(\d+)\b)?/g)].flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index),
  );
}

const root = new URL('../', import.meta.url);

describe('the worked examples', () => {
  const titles = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith('house/'))
    .flatMap((file) => testTitles(parseSource(file, readFileSync(new URL(file, root), 'utf8')).tree));

  it('all have a test that names them', () => {
    const named = new Set(titles.flatMap(examples));
    const missing = Array.from({ length: LAST - FIRST + 1 }, (_, index) => FIRST + index).filter(
      (number) => !named.has(number),
    );
    expect(missing.map((number) => `E${number}`)).toEqual([]);
  });
});

describe('titles of tests', () => {
  const titlesOf = (text: string): string[] => testTitles(parseSource('test/x.test.ts', text).tree);

  it('are the texts of suites and tests, and the first texts of their rows', () => {
    const text = `describe('a', () => { it('b (E1)', () => { expect(f('c')).toBe('d'); }); // E2
      it.each([['E3', 1], ['E4', 2]])('%s is %i', () => {}); describe.each(LIST)('e', () => {}); });`;
    expect(titlesOf(text).sort()).toEqual(['%s is %i', 'E3', 'E4', 'a', 'b (E1)', 'e']);
  });

  it('name examples one by one or from one to another', () => {
    expect(examples('an empty node (E31–E34, E36)')).toEqual([31, 32, 33, 34, 36]);
    expect(examples('E2E and HE5 are none')).toEqual([]);
  });
});
