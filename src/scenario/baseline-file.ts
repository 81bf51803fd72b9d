import { z } from 'zod';
import { EXPANDERS } from '../baseline/cluster-autoscaler/settings.js';

/** The `baseline` block of a scenario file: what Karpenter is measured against, where the defaults are not right. */

const share = z.number({ error: 'a share such as 0.2' }).min(0, { error: 'a share of 0 or more, such as 0.2' });

const duration = z
  .string({ error: 'a duration such as 10s or 5m' })
  .regex(/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/, { error: 'a duration such as 10s or 5m' });

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

const nodeGroup = z.strictObject({
  ...groupFields,
  instanceTypes: z
    .array(z.string())
    .min(1, { error: 'at least one instance type' })
    .describe('In order of preference, all of one size: Cluster Autoscaler takes the first for all'),
  capacityType: z.enum(['on-demand', 'spot']),
  minSize: z.int().min(0).optional().describe('Default 0'),
  maxSize: z.int().min(1),
  priority: z
    .int()
    .min(1, { error: 'a whole number of 1 or more' })
    .optional()
    .describe(
      'For the priority expander, higher is preferred. Default: none, as a group that its ConfigMap does not name',
    ),
});

const clusterAutoscaler = z
  .strictObject({
    preset: z
      .enum(['default', 'tuned', 'aggressive'])
      .optional()
      .describe(
        "Flags to begin with: Cluster Autoscaler's defaults, the usual EKS setup (the default here), or early removal",
      ),
    scanInterval: duration.optional().describe('Default 10s'),
    expanders: z
      .array(z.enum(EXPANDERS))
      .min(1, { error: 'at least one expander' })
      .optional()
      .describe('Applied one after the other. Default priority, least-waste'),
    maxNodeProvisionTime: duration.optional().describe('Default 15m'),
    newPodScaleUpDelay: duration.optional().describe('Default 0s'),
    balanceSimilarNodeGroups: z.boolean().optional().describe('Default true'),
    scaleDownUnneededTime: duration.optional().describe('Default 10m'),
    scaleDownUnreadyTime: duration.optional().describe('Default 20m'),
    scaleDownDelayAfterAdd: duration.optional().describe('Default 10m'),
    scaleDownDelayAfterFailure: duration.optional().describe('Default 3m'),
    scaleDownUtilizationThreshold: share
      .max(1, { error: 'a share of at most 1' })
      .optional()
      .describe('Requests over allocatable at or below which a node may go. Default 0.5'),
    skipNodesWithSystemPods: z.boolean().optional().describe('Default false'),
    nodeGroups: z.array(nodeGroup).min(1, { error: 'at least one group' }).optional(),
  })
  .describe('Cluster Autoscaler on managed node groups');

/** Schema of the block. */
export const baselineSchema = z
  .strictObject({ static: staticFleet.optional(), clusterAutoscaler: clusterAutoscaler.optional() })
  .describe('What the same run is measured against (--baseline), where the defaults do not do');
