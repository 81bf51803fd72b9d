import { readdirSync } from 'node:fs';
import { inlineLess } from '../src/kernel/inlining.js';

// As the command line does.
inlineLess();

/** Runs every suite of `bench/suites`, or those whose file name contains the first argument. */
const folder = new URL('suites/', import.meta.url);
const wanted = process.argv[2] ?? '';
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.js') && file.includes(wanted))
  .sort();
if (files.length === 0) {
  console.error(`no suite in bench/suites has "${wanted}" in its name`);
  process.exitCode = 2;
}
for (const file of files) {
  const suite = (await import(new URL(file, folder).href)) as { readonly default: () => Promise<void> };
  await suite.default();
}
