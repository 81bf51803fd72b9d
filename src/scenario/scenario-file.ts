import { z } from 'zod';
import { EDITION_YEARS } from '../cloud/prices/editions.js';
import { COMMITMENT_PLANS } from '../cloud/prices/commitment.js';
import { baselineSchema } from './baseline-file.js';
import { cloudEvents, cloudSettings, interruptionSettings } from './cloud-schema.js';
import { at, factor, file, namespacedName, positiveDuration, text } from './schema-values.js';
import { service, trafficCurve } from './traffic-schema.js';
import { claimsKeys } from './claims-schema.js';
import { monthSchema } from './month-schema.js';

/**
 * The scenario file: strict, so that a misspelt key is found. A custom error text says what would have been right; the
 * rest of a message is made from the issue. Texts in `describe` go into the JSON Schema, where editors show them.
 */

const version = z.enum(['v1.14.1', 'v0.32.0']);

const featureGates = z
  .strictObject({
    SpotToSpotConsolidation: z.boolean().optional(),
    ReservedCapacity: z.boolean().optional(),
    NodeOverlay: z.boolean().optional(),
    StaticCapacity: z.boolean().optional(),
    CapacityBuffer: z.boolean().optional(),
    NodeRepair: z.boolean().optional(),
    Drift: z.boolean().optional().describe('v0.32.0 only, off by default; always on in v1'),
  })
  .describe("Karpenter's FEATURE_GATES; defaults are those of the version");

const karpenter = z
  .strictObject({
    version: version.optional().describe('Default v1.14.1; the command line may choose another'),
    batchIdleDuration: positiveDuration.optional().describe('BATCH_IDLE_DURATION, default 1s'),
    batchMaxDuration: positiveDuration.optional().describe('BATCH_MAX_DURATION, default 10s'),
    preferencePolicy: z.enum(['Respect', 'Ignore']).optional(),
    minValuesPolicy: z.enum(['Strict', 'BestEffort']).optional(),
    vmMemoryOverheadPercent: z
      .number()
      .min(0)
      .max(1, { error: 'a fraction such as 0.075' })
      .optional()
      .describe('VM_MEMORY_OVERHEAD_PERCENT, a fraction, default 0.075'),
    ...interruptionSettings,
    featureGates: featureGates.optional(),
  })
  .describe('Settings of the Karpenter installation');

const manifests = z
  .strictObject({
    common: z.array(file).optional().describe('Files that serve every version'),
    'v1.14.1': z.array(file).optional().describe('Files for Karpenter v1.14.1 (karpenter.sh/v1)'),
    'v0.32.0': z.array(file).optional().describe('Files for Karpenter v0.32.0 (karpenter.sh/v1beta1)'),
  })
  .describe(
    'Manifest files by Karpenter version, relative to this file. A version without an entry cannot be simulated',
  );

const managedNodeGroup = z.strictObject({
  name: z.string().min(1),
  instanceType: z.string(),
  count: z.int().min(1),
  labels: z.record(z.string(), z.string()).optional(),
  taints: z
    .array(
      z.strictObject({
        key: z.string().min(1),
        value: z.string().optional(),
        effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
      }),
    )
    .optional()
    .describe('Keep other pods away, such as CriticalAddonsOnly=true:NoSchedule'),
});

const job = z.strictObject({
  job: namespacedName.describe('namespace/name of the Job, or of the CronJob that makes it'),
  duration: positiveDuration.describe('How long a pod works, from the start of its containers: median'),
  durationP95: positiveDuration.optional().describe('95th percentile. Default: every pod takes equally long'),
  failureShare: z.number().min(0).max(1).optional().describe('Share of pods that fail, 0 to 1. Default 0'),
});

const event = z
  .strictObject({
    at,
    apply: file.optional().describe('Apply a changed manifest, as kubectl would'),
    scale: z.strictObject({ deployment: namespacedName, replicas: z.int().min(0) }).optional(),
    deleteNode: z
      .string()
      .optional()
      .describe('Delete a node: its name, its NodeClaim, or a NodePool for the oldest node of it'),
    failZone: z.string().min(1).optional().describe('A zone fails: every instance in it ends without notice'),
    failNode: z
      .strictObject({
        node: z.string().describe('Its name, its NodeClaim, or a NodePool for the oldest node of it'),
        failure: z
          .enum(['instance-gone', 'unreachable'])
          .optional()
          .describe('instance-gone (the default): EC2 has it no more. unreachable: it runs on and is not heard of'),
      })
      .optional()
      .describe('A node dies without notice'),
    ...cloudEvents,
  })
  .refine((value) => Object.keys(value).length === 2, {
    error: `exactly one of apply, scale, deleteNode, failNode, failZone, ${Object.keys(cloudEvents).join(', ')} beside at`,
  });

const note = z.union([z.string(), z.strictObject({ karpenter: version, note: z.string() })], {
  error: 'a text, or {karpenter: version, note: text}',
});

const variant = z
  .strictObject({
    name: z.string().min(1, { error: 'a name of at least one character' }).describe('Stands in the table'),
    karpenter: version.optional().describe('Karpenter version; default: that of the run'),
    set: z
      .array(z.string(), { error: 'a list of texts such as NodePool/general.spec.disruption.consolidateAfter=5m' })
      .optional()
      .describe('path=value, as with --set: a field of this file or of a manifest (Kind/name.path)'),
  })
  .describe('The same run with other settings');

/** Schema of a scenario file. */
export const scenarioFileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    name: text(/^[a-z0-9][a-z0-9.-]*$/, 'a name of lower-case letters, digits, - and .').describe(
      'Names the run and its report folder',
    ),
    description: z.string().optional(),
    extends: file
      .optional()
      .describe(
        'Scenario file that this one changes: maps are merged key by key, lists and texts replaced, null takes a key away',
      ),
    set: z
      .array(z.string(), { error: 'a list of texts such as NodePool/general.spec.disruption.consolidateAfter=5m' })
      .optional()
      .describe('path=value, as with --set: a field of this file or of a manifest (Kind/name.path)'),
    scale: z
      .record(text(/^traffic(\..+)?$/, 'traffic, or traffic.NAME for one curve'), factor)
      .optional()
      .describe('Factor on the demand of every traffic curve (traffic) or of one (traffic.NAME)'),
    story: z
      .enum(['traffic-spike', 'underutilization', 'none'])
      .optional()
      .describe('Steps that are printed: of scaling up, of consolidation, or none (the default)'),
    karpenter: karpenter.optional(),
    region: z.string(),
    zones: z.array(z.string()).min(1, { error: 'at least one zone' }).describe('Availability zones of the subnets'),
    start: text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'a UTC time such as 2026-03-27T00:00:00Z'),
    duration: positiveDuration,
    seed: z.int({ error: 'a whole number, 0 or more' }).min(0, { error: 'a whole number, 0 or more' }).optional(),
    manifests,
    startState: file
      .optional()
      .describe(
        'File with the Nodes, NodeClaims, ReplicaSets and Pods that are there when the run begins, as kubectl prints them. Default: none',
      ),
    managedNodeGroups: z.array(managedNodeGroup).optional().describe('Nodes that are there from the start and stay'),
    traffic: z.record(z.string(), trafficCurve).optional().describe('Named traffic curves'),
    services: z.array(service).optional().describe('Deployments that serve traffic'),
    jobs: z.array(job).optional().describe('Work of the Jobs and CronJobs of the manifests'),
    ...cloudSettings,
    prices: z
      .strictObject({
        onDemand: z
          .union([z.literal(EDITION_YEARS), z.string().min(1)], {
            error: `${EDITION_YEARS.join(', ')}, or a price file (CSV) relative to the scenario file`,
          })
          .optional()
          .describe('On-demand prices: 2026 (the default), 2023, or a price file as karpsim pricing refresh writes it'),
        spotHistory: file
          .optional()
          .describe('JSON output of aws ec2 describe-spot-price-history: used for the pools that it has'),
        spotLevel: z
          .number()
          .positive()
          .optional()
          .describe('Factor on derived spot prices, to ask what if they were higher. Default 1'),
        commitment: z
          .strictObject({
            plan: z.enum(COMMITMENT_PLANS).describe('A Compute Savings Plan of one year, nothing upfront'),
            perHour: z
              .number()
              .positive({ error: 'dollars an hour above 0' })
              .optional()
              .describe(
                "Dollars an hour at the plan's rates, used or not. Default: what the least hour of the run uses",
              ),
          })
          .optional()
          .describe('On-demand usage that is committed to'),
        spotMovement: z
          .boolean()
          .optional()
          .describe('Whether derived spot prices take small steps during the run. Default true'),
      })
      .optional()
      .describe('Which prices are used'),
    month: monthSchema.optional(),
    latency: file.optional().describe('Launch latency of your own, a file that karpsim calibrate latency wrote'),
    baseline: baselineSchema.optional(),
    events: z.array(event).optional(),
    window: z.strictObject({ from: at, to: at }).optional().describe('Part of the run that is reported separately'),
    notes: z.array(note).optional().describe('Remarks that are printed with the results'),
    claims: claimsKeys.claims.optional().describe('Sentences that karpsim claims checks against this scenario'),
    runs: claimsKeys.runs.optional().describe('Runs that claims refer to, besides those that there always are'),
    usage: claimsKeys.usage.optional(),
    variants: z
      .array(variant)
      .optional()
      .describe('Settings to run beside the scenario itself, under the same luck; a table compares them'),
  })
  .describe('A karpsim scenario');

/** A scenario file as written, after validation. */
export type ScenarioFile = z.infer<typeof scenarioFileSchema>;
