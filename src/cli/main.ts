#!/usr/bin/env node
import { inlineLess } from '../kernel/inlining.js';
import { runCommandLine } from './command-line.js';

inlineLess();

// A reader that has seen enough (`karpsim … | head`) closes the pipe; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCommandLine(process.argv.slice(2));
