/** What EC2 and AWS Health say of an instance, and what EventBridge rules tell apart (aws.md §15). */
export type NoticeKind = 'spot-interruption' | 'rebalance-recommendation' | 'scheduled-change' | 'instance-terminated';

/** Kinds in the words of a scenario. */
export const NOTICE_KINDS = [
  'spot-interruption',
  'rebalance-recommendation',
  'scheduled-change',
  'instance-terminated',
] as const satisfies readonly NoticeKind[];

const HEADS: Readonly<Record<NoticeKind, readonly [source: string, detailType: string]>> = {
  'spot-interruption': ['aws.ec2', 'EC2 Spot Instance Interruption Warning'],
  'rebalance-recommendation': ['aws.ec2', 'EC2 Instance Rebalance Recommendation'],
  'scheduled-change': ['aws.health', 'AWS Health Event'],
  'instance-terminated': ['aws.ec2', 'EC2 Instance State-change Notification'],
};

/** The event as EventBridge puts it into the queue. */
export function interruptionEvent(kind: NoticeKind, instanceId: string): string {
  const [source, detailType] = HEADS[kind];
  return JSON.stringify({ version: '0', source, 'detail-type': detailType, detail: detailOf(kind, instanceId) });
}

function detailOf(kind: NoticeKind, instanceId: string): object {
  switch (kind) {
    case 'spot-interruption':
      return { 'instance-id': instanceId, 'instance-action': 'terminate' };
    case 'rebalance-recommendation':
      return { 'instance-id': instanceId };
    case 'instance-terminated':
      return { 'instance-id': instanceId, state: 'terminated' };
    case 'scheduled-change':
      return {
        service: 'EC2',
        eventTypeCategory: 'scheduledChange',
        affectedEntities: [{ entityValue: instanceId }],
      };
  }
}
