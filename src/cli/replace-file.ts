import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { BadInput } from './exit.js';
import { uninterrupted } from './signals.js';

/**
 * Writes a file whole or not at all: beside it, flushed to the disk, then given its name. An interrupted or failed write
 * leaves what was there.
 *
 * @throws BadInput when the path cannot be written
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = resolve(path);
  const fresh = join(dirname(target), `.${basename(target)}.new-${process.pid}`);
  try {
    if (existsSync(target) && !statSync(target).isFile()) throw new BadInput(`${path} is not a file`);
    await uninterrupted(() => {
      mkdirSync(dirname(target), { recursive: true });
      writeFlushed(fresh, text);
      renameSync(fresh, target);
      flushFolder(dirname(target));
    });
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new BadInput(`cannot write ${path}: ${error.message}`, { cause: error });
  } finally {
    rmSync(fresh, { force: true });
  }
}

function writeFlushed(path: string, text: string): void {
  const bytes = Buffer.from(text);
  const file = openSync(path, 'w');
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The new name is on the disk once its folder is; not every system lets a folder be opened. */
function flushFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // The rename itself has happened.
  }
}
