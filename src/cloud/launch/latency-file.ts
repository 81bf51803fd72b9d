import { z } from 'zod';
import type { Problem } from '../../kubernetes/manifest/problem.js';
import { jsonSyntaxPlace } from '../data/json-places.js';
import type { FittedLatency } from './fitted-latency.js';

/** Marks the file, so that any other JSON is told apart. */
const KIND = 'karpsim-launch-latency';

const seconds = z.number().min(0).max(86_400);
const lognormal = z.strictObject({ shiftSeconds: seconds, mu: z.number().max(12), sigma: z.number().min(0).max(10) });
const share = z.number().min(0).max(1);
const distribution = z.discriminatedUnion('of', [
  z.strictObject({
    of: z.literal('phases'),
    phases: z.tuple([lognormal, lognormal, lognormal]),
    correlation: z.number().min(-1).max(1),
  }),
  z.strictObject({ of: z.literal('total'), total: lognormal, shares: z.tuple([share, share, share]) }),
]);
const group = z.strictObject({
  family: z.string().max(32),
  rows: z.int().min(1),
  distribution,
  longestSeconds: seconds,
  heldOut: z.strictObject({ rows: z.int().min(1), ksDistance: share, limit: z.number().min(0) }).optional(),
});
const fileSchema = z.strictObject({ kind: z.literal(KIND), source: z.string(), groups: z.array(group).min(1) });

/** The text of a latency file. */
export function latencyFileText({ source, groups }: FittedLatency): string {
  return `${JSON.stringify({ kind: KIND, source, groups }, undefined, 2)}\n`;
}

/** Reads what `karpsim calibrate latency` wrote; all mistakes at once. */
export function readLatencyFile(
  file: string,
  text: string,
): { readonly latency?: FittedLatency | undefined; readonly problems: readonly Problem[] } {
  const expected = 'a file that karpsim calibrate latency wrote';
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint = /\.csv$/i.test(file) ? `run karpsim calibrate latency ${file} and name what it writes` : undefined;
    const place = jsonSyntaxPlace(text, message);
    return {
      problems: [{ file, ...place, path: '', code: 'wrong-type', message: `not JSON: ${message}`, expected, hint }],
    };
  }
  const parsed = fileSchema.safeParse(root);
  if (parsed.success) {
    const { source, groups } = parsed.data;
    return { latency: { source, groups }, problems: [] };
  }
  const problems = parsed.error.issues.map(({ path, message }): Problem => ({
    file,
    line: 1,
    column: 1,
    path: path.map(String).join('.'),
    code: 'invalid-value',
    message,
    expected,
  }));
  return { problems };
}
