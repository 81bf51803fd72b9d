import type { Summary } from '../analysis/summary.js';

/** The summary as it stands in `summary.json` and on stdout with `--json`: one object, keys in documented order. */
export function summaryJson(summary: Summary): string {
  return JSON.stringify(summary, null, 2) + '\n';
}
