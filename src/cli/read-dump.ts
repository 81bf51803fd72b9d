import { Readable } from 'node:stream';
import type { Dump } from '../scenario/import/dump.js';
import { dumpFiles, readDump } from '../scenario/import/dump-reader.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput } from './exit.js';

/**
 * Reads a file, a folder of files or standard input into a dump, object by object.
 *
 * @returns the text of standard input, which cannot be read twice, unless an API server printed it
 * @throws BadInput when there is nothing to read
 */
export async function readDumpInto(dump: Dump, path: string): Promise<string | undefined> {
  try {
    const files = dumpFiles(path === '-' ? path : fromCaller(path));
    if (files.length === 0) {
      throw new BadInput(`${path}: there are no manifests in this folder (expected .yaml, .yml or .json)`);
    }
    const seen: string[] = [];
    for (const file of files) {
      const input = file === '-' ? Readable.from(remembered(seen, dump)) : undefined;
      for await (const entry of readDump(file, input)) dump.take({ ...entry, file: toCaller(entry.file) });
    }
    return path === '-' && !dump.isOfApiServer ? seen.join('') : undefined;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new BadInput(`cannot read ${path}: ${error.message}`, { cause: error });
  }
}

/** Standard input, remembered as long as it may be manifests that somebody wrote. */
async function* remembered(seen: string[], dump: Dump): AsyncGenerator<string> {
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin as AsyncIterable<string>) {
    if (dump.isOfApiServer) seen.length = 0;
    else seen.push(chunk);
    yield chunk;
  }
}
