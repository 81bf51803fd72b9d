import { z } from 'zod';
import { NOTICE_KINDS } from '../cloud/interruption/interruption-event.js';
import { FAULTS } from '../cloud/launch/launch-faults.js';
import { INSTANCE_MATCH_CRITERIA } from '../cloud/launch/capacity-reservations.js';
import { AMI_FAMILIES } from '../cloud/node-class.js';
import { duration, positiveDuration, quantity, text } from './schema-values.js';

const fraction = z.number().min(0).max(1, { error: 'a fraction from 0 to 1' });

const instances = z.strictObject({
  instanceType: z.string().optional(),
  zone: z.string().optional(),
  count: z.int().min(1).optional(),
});

const shortageRate = z.strictObject({
  perMonth: z
    .number()
    .min(0)
    .describe('How often an instance family runs out of capacity in a zone within 720 hours, on average; 0: never'),
  meanDuration: positiveDuration.optional().describe('Mean of an exponential distribution. Default 30m'),
});

/** How Karpenter hears of interruptions: fields of `karpenter`. */
export const interruptionSettings = {
  interruptionQueue: z
    .string()
    .optional()
    .describe('INTERRUPTION_QUEUE. Empty, as by default and in the guide: interruption warnings go unheard'),
  interruptionEvents: z
    .array(z.enum(NOTICE_KINDS))
    .optional()
    .describe('Events that EventBridge rules send to the queue; default all'),
};

/** Events that come from EC2. */
export const cloudEvents = {
  interrupt: instances
    .optional()
    .describe('Spot interruption warning for matching instances; all of them without count'),
  rebalance: instances
    .optional()
    .describe('Rebalance recommendation for matching spot instances, which Karpenter does not act on'),
  maintenance: instances
    .optional()
    .describe('AWS Health announces maintenance of the hosts of matching instances, spot or not'),
  exhaust: z
    .strictObject({
      instanceType: z.string().optional(),
      instanceFamily: z.string().optional().describe('Such as c5'),
      zone: z.string().optional(),
      capacityType: z.enum(['on-demand', 'spot']).optional(),
      duration: positiveDuration,
    })
    .optional()
    .describe('No capacity in the matching pools for a time'),
  failLaunches: z
    .strictObject({
      reason: z.enum(FAULTS, { error: `one of ${FAULTS.join(', ')}` }),
      nodeClass: z.string().optional().describe('Name of an EC2NodeClass; default all'),
      zone: z.string().optional().describe('For no-free-ips: one zone; default all'),
      duration: positiveDuration,
    })
    .optional()
    .describe('Launches fail for a time, and the report says what to look at'),
};

/** How EC2 gives capacity and takes it back, and what starts take: fields of a scenario. */
export const cloudSettings = {
  spot: z
    .strictObject({
      interruptionMultiplier: z
        .number()
        .min(0)
        .optional()
        .describe('Factor on the interruption rate of the spot advisor; default 1, 0 switches interruptions off'),
      correlation: fraction
        .optional()
        .describe('Share of interruptions that take a whole pool (type and zone) within three minutes. Default 0.9'),
      meanOutage: positiveDuration
        .optional()
        .describe('Mean time that a pool has no spot capacity after it was taken back. Default 30m'),
      meanRebalanceLead: duration
        .optional()
        .describe('Mean time from a rebalance recommendation to the warning. Default 5m; 0s: none comes'),
      capacityWeight: fraction
        .optional()
        .describe(
          'How much depth of a pool outweighs its price where EC2 chooses among spot pools: 1 depth alone, 0 price alone. Default 0.6',
        ),
    })
    .optional()
    .describe('How EC2 gives spot capacity and takes it back'),
  subnets: z
    .array(
      z.strictObject({
        id: text(/^subnet-[a-z0-9-]+$/, 'an id such as subnet-0a1'),
        zone: z.string(),
        freeIPs: z.int().min(0).describe('Addresses that are free at the start'),
        tags: z.record(z.string(), z.string()).optional(),
      }),
    )
    .optional()
    .describe(
      'Subnets of the account; default: one in each zone that every EC2NodeClass selects and that is never full',
    ),
  capacityReservations: z
    .array(
      z.strictObject({
        id: text(/^cr-[0-9a-z]+$/, 'an id such as cr-0a1b2c'),
        instanceType: z.string(),
        zone: z.string(),
        count: z
          .int({ error: 'a whole number, 1 or more' })
          .min(1, { error: 'a whole number, 1 or more' })
          .describe('Instances that it holds, all for this cluster'),
        ownerID: text(/^[0-9]{12}$/, 'an account of 12 digits').optional(),
        instanceMatchCriteria: z.enum(INSTANCE_MATCH_CRITERIA).optional().describe('Default open'),
        tags: z.record(z.string(), z.string()).optional(),
      }),
    )
    .optional()
    .describe(
      'On-demand capacity reservations without an end, for EC2NodeClasses with capacityReservationSelectorTerms. Default none',
    ),
  shortages: z
    .strictObject({ spot: shortageRate.optional(), 'on-demand': shortageRate.optional() })
    .optional()
    .describe('Shortages that come by chance, by capacity type. Default none'),
  nodeStart: z
    .strictObject({
      amiBoot: z
        .partialRecord(z.enum(AMI_FAMILIES), duration)
        .optional()
        .describe('Added to the boot (launched → registered) of nodes of an AMI family. Default 0s'),
      startupTaints: z
        .array(
          z.strictObject({
            key: z.string().min(1),
            removedAfter: duration.describe('From Ready; what removes it is a daemon of the cluster'),
          }),
        )
        .optional()
        .describe('When startup taints are removed. One that is not listed stays, and its node is never initialized'),
      imagePull: z
        .strictObject({
          imageSize: quantity.optional().describe('Compressed bytes of an image. Default 250M'),
          bandwidth: quantity.optional().describe('Bytes a second of a node, shared by its pulls. Default 50M'),
          overhead: duration.optional().describe('Before the first byte. Default 500ms'),
        })
        .optional()
        .describe('Image pulls: the first pod of an image on a node waits for them'),
    })
    .optional()
    .describe('Parts of a start that the observed launch times do not have'),
};
