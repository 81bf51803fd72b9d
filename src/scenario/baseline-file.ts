import { z } from 'zod';

/** The `baseline` block of a scenario file: what Karpenter is measured against, where the defaults are not right. */

const share = z.number({ error: 'a share such as 0.2' }).min(0, { error: 'a share of 0 or more, such as 0.2' });

const taint = z.strictObject({
  key: z.string().min(1),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});

/** Fields that groups of every baseline have. */
const groupFields = {
  name: z.string().min(1).optional().describe('Default: the name of its NodePool'),
  nodePool: z.string().optional().describe('NodePool whose pods it serves: its labels and taints are the default here'),
  labels: z.record(z.string(), z.string()).optional().describe('In place of those of the NodePool'),
  taints: z.array(taint).optional().describe('In place of those of the NodePool'),
} as const;

const staticGroup = z.strictObject({
  ...groupFields,
  instanceType: z.string().describe('One type for all its nodes'),
  count: z.int().min(1).optional().describe('Nodes in all zones together. Default: what the peak needs'),
});

const staticFleet = z
  .strictObject({
    headroom: share.optional().describe('Replicas above what the peak needs, a share. Default 0.2'),
    reserve: share
      .max(0.9, { error: 'a share below 0.9' })
      .optional()
      .describe('Share of every node that is kept free. Default 0.1'),
    targetUtilization: share
      .min(0.01, { error: 'a share above 0' })
      .max(1, { error: 'a share of at most 1' })
      .optional()
      .describe('CPU of a pod at the peak, a share of its request, where no autoscaler says. Default 0.6'),
    groups: z.array(staticGroup).min(1, { error: 'at least one group' }).optional(),
  })
  .describe('On-demand nodes that hold the peak, from start to end');

/** Schema of the block. */
export const baselineSchema = z
  .strictObject({ static: staticFleet.optional() })
  .describe('What the same run is measured against (--baseline), where the defaults do not do');
