import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { toCaller } from './caller-folder.js';
import { BadInput } from './exit.js';

/**
 * Writes a folder of files beside its place and renames it: it is there whole, or what was there before is.
 * @throws BadInput when it cannot be written
 */
export function writeFreshFolder(folder: string, files: Readonly<Record<string, string>>): void {
  const parent = dirname(resolve(folder));
  let fresh: string | undefined;
  try {
    mkdirSync(parent, { recursive: true });
    fresh = mkdtempSync(join(parent, `.${basename(folder)}.new-`));
    // A temporary folder is its maker's alone.
    chmodSync(fresh, 0o755);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(fresh, name), text);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new BadInput(`--out: cannot write ${toCaller(folder)}: ${error.message}`, { cause: error });
  } finally {
    if (fresh !== undefined) rmSync(fresh, { recursive: true, force: true });
  }
}

/** A name as scenarios have it, from the folder's. */
export function scenarioName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return name === '' ? 'imported' : name;
}
