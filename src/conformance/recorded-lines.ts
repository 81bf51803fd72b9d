import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** One line of a file of recordings; numbers count from 1, empty lines included. */
export interface RecordedLine {
  readonly number: number;
  readonly text: string;
}

/** A file that is not there, cannot be read or is no gzip; `afterLine` lines came before. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';

  constructor(
    readonly file: string,
    readonly afterLine: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Lines of a `.jsonl` or `.jsonl.gz` file that are not empty. The file is read piece by piece, so that no more than a line and a
 * piece of it stand in memory.
 *
 * @throws UnreadableFileError
 */
export async function* recordedLines(file: string): AsyncGenerator<RecordedLine> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = '';
  try {
    for await (const piece of pieces(file)) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) {
        number++;
        if (text.trim() !== '') yield { number, text };
      }
    }
  } catch (error) {
    throw new UnreadableFileError(file, number, reason(error));
  }
  number++;
  rest += decoder.decode();
  if (rest.trim() !== '') yield { number, text: rest };
}

function pieces(file: string): AsyncIterable<Uint8Array> {
  const raw = createReadStream(file);
  if (!file.endsWith('.gz')) return raw;
  const unpacked = createGunzip();
  raw.on('error', (error) => unpacked.destroy(error));
  unpacked.on('close', () => raw.destroy());
  return raw.pipe(unpacked);
}

function reason(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'may not be read';
  if (code === 'EISDIR') return 'is a folder, not a file';
  if (code === 'Z_BUF_ERROR') return 'the gzip file ends too early';
  return code.startsWith('Z_') ? `is not a whole gzip file (${message})` : message;
}
