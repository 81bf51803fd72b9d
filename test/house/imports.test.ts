import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nondeterminism } from './nondeterminism.js';
import { parseSource } from './parse-source.js';
import { importCycles, wrongArrows } from './rooms.js';

const root = new URL('../../', import.meta.url);

const sources = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
  .map((file) => `src/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.ts'))
  .sort()
  .map((file) => parseSource(file, readFileSync(new URL(file, root), 'utf8')));

/** In-memory files: path from the root to text. */
function parsed(files: Readonly<Record<string, string>>): ReturnType<typeof parseSource>[] {
  return Object.entries(files).map(([file, text]) => parseSource(file, text));
}

describe('the sources', () => {
  it('import only rooms above their own', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(wrongArrows(sources)).toEqual([]);
  });

  it('import each other without cycles', () => {
    expect(importCycles(sources)).toEqual([]);
  });

  it('use no wall clock, no unseeded randomness and no locale below the command line', () => {
    expect(nondeterminism(sources)).toEqual([]);
  });
});

describe('the check of arrows', () => {
  const queue = { 'src/kernel/queue.ts': 'export const q = 1;' };
  const log = { 'src/simulation/event-log.ts': '', 'src/simulation/world.ts': '' };

  it('lets a room import itself, the rooms above it and packages', () => {
    const files = parsed({
      ...queue,
      'src/cloud/fleet.ts': `import { q } from '../kernel/queue.js'; import z from 'zod'; import './price.js';`,
      'src/cloud/price.ts': '',
    });
    expect(wrongArrows(files)).toEqual([]);
  });

  it.each([
    ['a value import', `import { p } from '../cloud/pod.js';`],
    ['a type import', `import type { P } from '../cloud/pod.js';`],
    ['a re-export', `export { p } from '../cloud/pod.js';`],
    ['a star export', `export * from '../cloud/pod.js';`],
    ['a side-effect import', `import '../cloud/pod.js';`],
    ['a dynamic import', `const p = await import('../cloud/pod.js');`],
    ['an import type', `export type P = import('../cloud/pod.js').P;`],
  ])('refuses an upward arrow made by %s', (_, text) => {
    const files = parsed({ 'src/kernel/bad.ts': `\n${text}`, 'src/cloud/pod.ts': '' });
    expect(wrongArrows(files)).toEqual(['src/kernel/bad.ts:2 imports ../cloud/pod.js: kernel stands above cloud']);
  });

  it.each(['analysis', 'report'])(
    'lets %s import the types of the event log and nothing else of simulation',
    (room) => {
      const check = (text: string): string[] => wrongArrows(parsed({ ...log, [`src/${room}/fold.ts`]: text }));
      expect(check(`import type { E } from '../simulation/event-log.js';`)).toEqual([]);
      expect(check(`import { type E, type F } from '../simulation/event-log.js';`)).toEqual([]);
      expect(check(`export type { E } from '../simulation/event-log.js';`)).toEqual([]);
      for (const refused of [
        `import { type E, append } from '../simulation/event-log.js';`,
        `import '../simulation/event-log.js';`,
        `import type { World } from '../simulation/world.js';`,
      ]) {
        expect(check(refused), refused).toEqual([
          expect.stringContaining('only the types of src/simulation/event-log.ts'),
        ]);
      }
    },
  );

  it('lets the rooms after them import simulation, and the command line everything', () => {
    const files = parsed({
      ...log,
      'src/experiment/replicate.ts': `import { w } from '../simulation/world.js';`,
      'src/index.ts': `export * from './experiment/replicate.js';`,
      'src/cli/main.ts': `import * as api from '../index.js';`,
    });
    expect(wrongArrows(files)).toEqual([]);
  });

  it('refuses that a room imports the public face', () => {
    const files = parsed({ 'src/index.ts': '', 'src/cloud/fleet.ts': `import '../index.js';` });
    expect(wrongArrows(files)).toEqual(['src/cloud/fleet.ts:1 imports ../index.js: cloud stands above index']);
  });

  it('refuses a file in an unknown room, an import out of src and one that leads nowhere', () => {
    expect(wrongArrows(parsed({ 'src/utils/x.ts': '' }))).toEqual(['src/utils/x.ts is in no known room']);
    const files = parsed({ 'src/kernel/x.ts': `import '../../test/a.js';\nimport './gone.js';` });
    expect(wrongArrows(files)).toEqual([
      'src/kernel/x.ts:1 imports ../../test/a.js: leaves src',
      'src/kernel/x.ts:2 imports ./gone.js: there is no src/kernel/gone.ts',
    ]);
  });
});

describe('the check of cycles', () => {
  it('finds a circle of values, of types, and a file that imports itself', () => {
    const files = parsed({
      'src/kernel/a.ts': `import { b } from './b.js';`,
      'src/kernel/b.ts': `import type { C } from './c.js';`,
      'src/kernel/c.ts': `export * from './a.js';`,
      'src/kernel/self.ts': `import './self.js';`,
    });
    expect(importCycles(files)).toEqual([
      'import cycle: src/kernel/a.ts -> src/kernel/b.ts -> src/kernel/c.ts -> src/kernel/a.ts',
      'import cycle: src/kernel/self.ts -> src/kernel/self.ts',
    ]);
  });

  it('takes two ways to the same file for no cycle', () => {
    const files = parsed({
      'src/kernel/a.ts': `import './b.js'; import './c.js';`,
      'src/kernel/b.ts': `import './d.js';`,
      'src/kernel/c.ts': `import './d.js';`,
      'src/kernel/d.ts': '',
    });
    expect(importCycles(files)).toEqual([]);
  });
});

describe('the check of determinism', () => {
  const uses = (text: string, file = 'src/cloud/x.ts'): string[] => nondeterminism(parsed({ [file]: text }));

  it.each([
    ['Date.now()', 'Date.now'],
    [`Date['now']()`, 'Date.now'],
    ['new Date()', 'new Date()'],
    ['new Date', 'new Date()'],
    ['Date()', 'Date as a value'],
    ['new Date(2026, 0, 1)', 'new Date(year, month, …) in local time'],
    ['const { now } = Date', 'Date as a value'],
    ['const clock = { now: Date.now }', 'Date.now'],
    ['performance.now()', 'performance'],
    ['globalThis.performance.now()', 'performance'],
    ['process.hrtime.bigint()', 'hrtime'],
    ['Math.random()', 'Math.random'],
    [`Math['random']()`, 'Math.random'],
    ['const { random } = Math', 'Math.random'],
    ['crypto.randomUUID()', 'randomUUID'],
    [`import { randomBytes } from 'node:crypto'`, 'randomBytes'],
    [`import { performance as p } from 'node:perf_hooks'`, 'node:perf_hooks'],
    ['(12).toLocaleString()', 'toLocaleString'],
    ['date.toLocaleDateString()', 'toLocaleDateString'],
    [`'a'.toLocaleUpperCase()`, 'toLocaleUpperCase'],
    [`a.localeCompare(b)`, 'localeCompare'],
    ['new Intl.Collator()', 'Intl'],
    ['new Date(0).getHours()', 'getHours'],
  ])('refuses %s', (text, use) => {
    expect(uses(`\n${text};`)).toContain(`src/cloud/x.ts:2 uses ${use}`);
  });

  it.each([
    'new Date(0).toISOString()',
    'new Date(startMs + now).getUTCHours()',
    'Date.UTC(2026, 0, 1)',
    'const limit: Date = given',
    'value instanceof Date',
    'Math.max(1, 2)',
    'node.performance',
    'const node = { performance: 1 }',
    '// Date.now() in a comment',
    'const text = "Math.random()"',
  ])('accepts %s', (text) => {
    expect(uses(text)).toEqual([]);
  });

  it('leaves the command line alone', () => {
    expect(uses('Date.now()', 'src/cli/main.ts')).toEqual([]);
    expect(uses('Date.now()', 'src/index.ts')).toEqual(['src/index.ts:1 uses Date.now']);
  });
});
