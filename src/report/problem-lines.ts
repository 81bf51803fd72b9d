import type { Problem } from '../kubernetes/manifest/problem.js';

/**
 * Problems of the user's files as lines of text, one each: `file:line:column: field: message (expected …) — what to try`. Parts that a
 * problem does not have are left out.
 *
 * @param shown - How a file's path is shown to the reader.
 */
export function problemLines(problems: readonly Problem[], shown: (file: string) => string): string {
  return problems.map((problem) => `${problemLine(problem, shown)}\n`).join('');
}

function problemLine(problem: Problem, shown: (file: string) => string): string {
  const { file, line, column, path, message, expected, hint } = problem;
  const place = line === 0 ? [file === '' ? '' : shown(file)] : [shown(file), line, column];
  const parts = [place.join(':'), path, message].filter((part) => part !== '');
  return (
    parts.join(': ') +
    (expected === undefined ? '' : ` (expected ${expected})`) +
    (hint === undefined ? '' : ` — ${hint}`)
  );
}
