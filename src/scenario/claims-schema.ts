import { z } from 'zod';

/** Forms in which a claim is written down, in a file of claims or in a scenario. */

const NAME = /^[a-z0-9][a-z0-9.-]*$/;
const name = z
  .string({ error: 'a name of lower-case letters, digits, - and .' })
  .regex(NAME, { error: 'a name of lower-case letters, digits, - and .' });
const sentence = z.string().min(1, { error: 'a text' });

/** A number, or one with the unit of the metric: `60%` of a ratio, `30s` or `1m30s` of seconds, `$12`. */
const amount = z.union([z.number(), z.string().regex(/^-?\$?\d+(\.\d+)?( ?%)?$|^-?(\d+(\.\d+)?(ms|s|m|h))+$/)], {
  error: 'a number, a share such as 60%, or a duration such as 30s',
});

/** How a figure is compared with what is claimed. */
export const COMPARATORS = ['<', '<=', '>', '>=', 'between'] as const;

export const claimSchema = z
  .strictObject({
    id: name.describe('Names the claim in results'),
    sentence: sentence.describe('What is claimed, in the words of whoever claims it'),
    source: sentence.describe('Where it is claimed'),
    metric: z
      .string()
      .describe(
        'A metric with its statistic (pending.p99), saving.METRIC or difference.METRIC against the baseline, or spotDiscount',
      ),
    service: z
      .string()
      .regex(/^[a-z0-9.-]+\/[a-z0-9.-]+$/, { error: 'namespace/name of a workload' })
      .optional()
      .describe('namespace/name: the metric of this workload alone'),
    comparator: z.enum(COMPARATORS),
    value: amount.optional().describe('For every comparator but between'),
    range: z
      .array(amount, { error: 'two numbers, the lower first' })
      .length(2, { error: 'two numbers, the lower first' })
      .optional()
      .describe('For between: both ends satisfy the claim'),
    run: name.optional().describe('The run whose figure it is; default as-given'),
    baseline: name.optional().describe('The run that it is compared with'),
  })
  .describe('A sentence that can be checked');

export const claimRunSchema = z
  .strictObject({
    scenario: z
      .string()
      .min(1)
      .optional()
      .describe('Another scenario file, relative to this one; default: the scenario'),
    set: z
      .array(z.string(), { error: 'a list of texts such as spot.interruptionMultiplier=2' })
      .optional()
      .describe('path=value, as with --set'),
    scale: z.record(z.string(), z.number().min(0)).optional().describe('traffic or traffic.NAME: a factor'),
  })
  .describe('A run besides those that there always are');

const usageSchema = z
  .string()
  .min(1)
  .describe(
    'What pods use: a file (kubectl top pods -A, or CSV with namespace, pod, cpu, memory), or the word scenario when the load of the scenario was measured',
  );

/** Claims with what they need beside the scenario; the keys are the same in both forms. */
export const claimsKeys = {
  claims: z.array(claimSchema).min(1, { error: 'at least one claim' }),
  runs: z.record(z.string().regex(NAME, { error: 'names of lower-case letters, digits, - and .' }), claimRunSchema),
  usage: usageSchema,
};

/** A file of claims about a scenario. */
export const claimsFileSchema = z.strictObject({
  $schema: z.string().optional(),
  scenario: z.string({ error: 'a path relative to this file' }).min(1, { error: 'a path relative to this file' }),
  description: z.string().optional(),
  claims: claimsKeys.claims,
  runs: claimsKeys.runs.optional(),
  usage: claimsKeys.usage.optional(),
});

/** A claim as written, after validation. */
export type ClaimFile = z.infer<typeof claimSchema>;

/** A further run as written, after validation. */
export type ClaimRunFile = z.infer<typeof claimRunSchema>;
