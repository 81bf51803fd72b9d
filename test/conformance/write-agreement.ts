import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { checkFolder, type CheckRow } from '../../src/conformance/check-folder.js';
import { withAgreement } from './agreement-table.js';
import { FLOORS_FILE, README_FILE, readFloors, RECORDINGS, type Floor } from './floors.js';

/** Compares the project's recordings, raises the floors to what agreed, and writes the README's table from them. */
async function writeAgreement(): Promise<void> {
  const { report, problems } = await checkFolder(RECORDINGS);
  if (problems !== undefined) throw new Error(problems.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  const old = readFloors();
  const fallen = report.rows.filter((row) => (old[row.kind]?.[row.version]?.[row.family]?.agreed ?? 0) > row.agreed);
  if (fallen.length > 0) {
    const rows = fallen.map(({ kind, version, family, agreed }) => `${kind} ${version} ${family}: only ${agreed} agree`);
    throw new Error(`floors may only rise, so nothing was written\n${rows.join('\n')}`);
  }
  const floors = floorsOf(report.rows);
  writeFileSync(FLOORS_FILE, `${JSON.stringify(floors, null, 2)}\n`);
  const readme = withAgreement(readFileSync(README_FILE, 'utf8'), floors);
  writeFileSync(README_FILE, await format(readme, { ...(await resolveConfig(README_FILE)), parser: 'markdown' }));
  process.stdout.write(`${report.passed} passed, ${report.failed} failed\n`);
}

function floorsOf(rows: readonly CheckRow[]): Record<string, Record<string, Record<string, Floor>>> {
  const floors: Record<string, Record<string, Record<string, Floor>>> = {};
  for (const { kind, version, family, cases, agreed } of rows) {
    ((floors[kind] ??= {})[version] ??= {})[family] = { cases, agreed };
  }
  return floors;
}

await writeAgreement();
