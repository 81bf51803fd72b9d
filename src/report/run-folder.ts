import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { RunAnalysis } from '../analysis/run-analysis.js';
import type { Summary } from '../analysis/summary.js';
import { eventsJsonl } from './events-jsonl.js';
import { ledgerCsv } from './ledger-csv.js';
import { nodesCsv } from './nodes-csv.js';
import { podsCsv } from './pods-csv.js';
import { summaryJson } from './summary-json.js';
import { timelineCsv } from './timeline-csv.js';

/** A folder that cannot take a run: what is wrong, in one sentence. The caller's input is at fault, not the program. */
export class RunFolderError extends Error {
  override readonly name = 'RunFolderError';
}

const RUN_FILES = ['events.jsonl', 'pods.csv', 'nodes.csv', 'ledger.csv', 'timeline.csv', 'summary.json'] as const;

type RunFile = readonly [name: (typeof RUN_FILES)[number], chunks: Iterable<string>];

/**
 * Fails early, before a long simulation, when `folder` cannot take a run: it is a file, lies under one, or may not be written.
 * Changes nothing.
 *
 * @throws RunFolderError naming the path that is in the way.
 */
export function checkRunFolder(folder: string): void {
  let path = resolve(folder);
  while (!existsSync(path)) path = dirname(path);
  if (!statSync(path).isDirectory()) throw new RunFolderError(`${path} is a file, not a folder`);
  for (const name of RUN_FILES) {
    const file = statSync(join(folder, name), { throwIfNoEntry: false });
    if (file?.isDirectory() === true) throw new RunFolderError(`${join(folder, name)} is a folder, not a file`);
  }
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new RunFolderError(`${path} is not writable`, { cause });
  }
}

/**
 * Writes the files of a run to `folder`, all or nothing: they are written to a folder beside it, which then takes its name. In a
 * folder that is already there, the files of an earlier run are replaced and anything else is left alone. All of it happens
 * within one synchronous call, so a signal handler runs before or after it and never sees half a run.
 *
 * @throws RunFolderError when the folder cannot be written; nothing is left behind then.
 */
export function writeRunFolder(folder: string, run: RunAnalysis, summary: Summary): void {
  checkRunFolder(folder);
  const target = resolve(folder);
  const fresh = join(dirname(target), `.${basename(target)}.new-${process.pid}`);
  const files = runFiles(run, summary);
  try {
    mkdirSync(dirname(target), { recursive: true });
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh);
    for (const [name, chunks] of files) writeFile(join(fresh, name), chunks);
    if (!existsSync(target)) renameSync(fresh, target);
    else for (const [name] of files) renameSync(join(fresh, name), join(target, name));
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new RunFolderError(`cannot write the run to ${target}: ${error.message}`, { cause: error });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function runFiles(run: RunAnalysis, summary: Summary): readonly RunFile[] {
  return [
    ['events.jsonl', eventsJsonl(run.log)],
    ['pods.csv', [podsCsv(run.pods)]],
    ['nodes.csv', [nodesCsv(run)]],
    ['ledger.csv', [ledgerCsv(run)]],
    ['timeline.csv', [timelineCsv(run.timeline, run.facts.startTimeMs)]],
    ['summary.json', [summaryJson(summary)]],
  ];
}

function writeFile(path: string, chunks: Iterable<string>): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk of chunks) writeFileSync(file, chunk);
  } finally {
    closeSync(file);
  }
}
