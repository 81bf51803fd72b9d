import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise, type Summary } from '../../src/analysis/summary.js';
import { checkRunFolder, RunFolderError, writeRunFolder } from '../../src/report/run-folder.js';
import { LogBuilder } from '../analysis/log-builder.js';

const FILES = ['events.jsonl', 'ledger.csv', 'nodes.csv', 'pods.csv', 'summary.json', 'timeline.csv'];

const run = analyse(new LogBuilder().managed('sys').end(120));
const summary = summarise(run);

describe('a run folder', () => {
  let top: string;
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'karpsim-run-folder-'));
  });
  afterEach(() => {
    rmSync(top, { recursive: true, force: true });
  });

  it('appears whole, with its parents, and nothing stays beside it', () => {
    writeRunFolder(join(top, 'reports/out/day'), run, summary);
    expect(readdirSync(join(top, 'reports/out'))).toEqual(['day']);
    expect(readdirSync(join(top, 'reports/out/day')).sort()).toEqual(FILES);
    const written = JSON.parse(readFileSync(join(top, 'reports/out/day/summary.json'), 'utf8')) as Summary;
    expect(written).toEqual(summary);
  });

  it('replaces an earlier run and leaves other files in the folder alone', () => {
    const folder = join(top, 'day');
    writeRunFolder(folder, run, summary);
    writeFileSync(join(folder, 'my-notes.txt'), 'keep me');
    const other = analyse(new LogBuilder({ seed: '8' }).end(60));
    writeRunFolder(folder, other, summarise(other));
    expect(readdirSync(folder).sort()).toEqual([...FILES, 'my-notes.txt'].sort());
    expect(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))).toMatchObject({ seed: 8 });
    expect(readdirSync(top)).toEqual(['day']);
  });

  it('is refused where a file stands in its way, before anything is written', () => {
    writeFileSync(join(top, 'taken'), '');
    for (const folder of [join(top, 'taken'), join(top, 'taken/deeper/day')]) {
      expect(() => {
        checkRunFolder(folder);
      }).toThrow(RunFolderError);
      expect(() => {
        writeRunFolder(folder, run, summary);
      }).toThrow(/is a file, not a folder/);
    }
    expect(readdirSync(top)).toEqual(['taken']);
  });

  it('is checked without a trace', () => {
    checkRunFolder(join(top, 'a/b/c'));
    expect(readdirSync(top)).toEqual([]);
  });

  it('leaves the folder as it was when one of its files cannot be written', () => {
    mkdirSync(join(top, 'day/summary.json'), { recursive: true });
    expect(() => {
      writeRunFolder(join(top, 'day'), run, summary);
    }).toThrow(/summary\.json is a folder, not a file/);
    expect(readdirSync(join(top, 'day'))).toEqual(['summary.json']);
    expect(readdirSync(top)).toEqual(['day']);
  });

  it('lets an error that is not the file system’s through, and cleans up', () => {
    const broken = { ...run, timeline: undefined } as unknown as typeof run;
    expect(() => {
      writeRunFolder(join(top, 'day'), broken, summary);
    }).toThrow(TypeError);
    expect(existsSync(join(top, 'day'))).toBe(false);
    expect(readdirSync(top)).toEqual([]);
  });
});
