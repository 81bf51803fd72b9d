import type { Problem } from '../kubernetes/manifest/problem.js';

/**
 * Problems of the user's files as lines of text, one each: `file:line:column: field: message (expected …) — what to try [rule]`. Parts that a
 * problem does not have are left out.
 *
 * @param shown - How a file's path is shown to the reader.
 */
export function problemLines(problems: readonly Problem[], shown: (file: string) => string): string {
  return problems.map((problem) => `${problemLine(problem, shown)}\n`).join('');
}

function problemLine(problem: Problem, shown: (file: string) => string): string {
  const { path, message, expected, hint, rule } = problem;
  const parts = [placeOf(problem, shown), path, message].filter((part) => part !== '');
  return (
    parts.join(': ') +
    (expected === undefined ? '' : ` (expected ${expected})`) +
    (hint === undefined ? '' : ` — ${hint}`) +
    (rule === undefined ? '' : ` [${rule}]`)
  );
}

/** An option of the command line stands where a file would; it has no lines. */
function placeOf({ file, line, column }: Problem, shown: (file: string) => string): string {
  if (file === '' || file.startsWith('--')) return file;
  return line === 0 ? shown(file) : `${shown(file)}:${line}:${column}`;
}
