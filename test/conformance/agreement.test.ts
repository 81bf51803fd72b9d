import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../src/conformance/check-folder.js';
import { karpsim } from '../cli/karpsim.js';
import { agreementRows, rowsInReadme } from './agreement-table.js';
import { EXTRA, placedFloors, readFloors, README_FILE, RECORDINGS } from './floors.js';

const floors = placedFloors(readFloors());
const title = ({ kind, version, family }: Pick<(typeof floors)[number], 'kind' | 'version' | 'family'>): string =>
  `${kind} ${version} ${family}`;

/** What the built command finds in a folder, with a thread for every core. */
async function check(folder: string): Promise<CheckReport> {
  const { stdout, stderr } = await karpsim(['conformance', folder, '--json']);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as CheckReport;
}

describe('what the real controllers decided', () => {
  let report: CheckReport;
  beforeAll(async () => {
    report = await check(RECORDINGS);
  }, 300_000);

  it.each(floors.map((floor) => [title(floor), floor] as const))('%s is decided so as often as before', (name, floor) => {
    const row = report.rows.find((candidate) => title(candidate) === name);
    expect(row?.cases).toBe(floor.cases);
    expect(row?.agreed).toBeGreaterThanOrEqual(floor.agreed);
  });

  it('has a floor for every family', () => {
    expect(report.rows.map(title).sort()).toEqual(floors.map(title).sort());
  });

  it('is what the README’s table says', () => {
    expect(rowsInReadme(readFileSync(README_FILE, 'utf8'))).toEqual(agreementRows(readFloors()));
  });
});

describe.runIf(existsSync(EXTRA))('cases that taught something', () => {
  it('are decided as recorded, all of them', async () => {
    const { passed, failed, failures } = await check(EXTRA);
    expect(failures.map(({ name }) => name)).toEqual([]);
    expect({ failed, any: passed > 0 }).toEqual({ failed: 0, any: true });
  }, 300_000);
});
