/** Kinds of message that Karpenter v1.14.1 tells apart (aws.md §15). */
export type InterruptionKind =
  | 'spot-interrupted'
  | 'rebalance-recommendation'
  | 'scheduled-change'
  | 'instance-stopped'
  | 'instance-terminated'
  | 'capacity-reservation-interrupted';

/** A message of the interruption queue. */
export interface InterruptionMessage {
  readonly kind: InterruptionKind;
  readonly instanceIds: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** By source and detail type; the version of all is 0. */
const READERS: Readonly<Record<string, (detail: Fields) => InterruptionMessage | undefined>> = {
  'aws.ec2/EC2 Spot Instance Interruption Warning': (detail) => aboutInstance('spot-interrupted', detail),
  'aws.ec2/EC2 Instance Rebalance Recommendation': (detail) => aboutInstance('rebalance-recommendation', detail),
  'aws.ec2/EC2 Capacity Reservation Instance Interruption Warning': (detail) =>
    aboutInstance('capacity-reservation-interrupted', detail),
  'aws.ec2/EC2 Instance State-change Notification': readStateChange,
  'aws.health/AWS Health Event': readHealthEvent,
};

/**
 * Reads the body of a message as EventBridge writes it. Undefined for everything that Karpenter takes from the queue and does
 * nothing about: other events, other states and what is no event at all.
 */
export function readInterruptionMessage(body: string): InterruptionMessage | undefined {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isFields(event) || event['version'] !== '0') return undefined;
  const detail = event['detail'];
  const reader = READERS[`${text(event['source'])}/${text(event['detail-type'])}`];
  return isFields(detail) ? reader?.(detail) : undefined;
}

function aboutInstance(kind: InterruptionKind, detail: Fields): InterruptionMessage {
  return { kind, instanceIds: [text(detail['instance-id'])] };
}

/** States are compared without regard to case, but what kind they make is not (corrections §15). */
function readStateChange(detail: Fields): InterruptionMessage | undefined {
  const state = text(detail['state']);
  if (!['stopping', 'stopped', 'shutting-down', 'terminated'].includes(state.toLowerCase())) return undefined;
  const isStop = state === 'stopping' || state === 'stopped';
  return aboutInstance(isStop ? 'instance-stopped' : 'instance-terminated', detail);
}

function readHealthEvent({ service, eventTypeCategory, affectedEntities }: Fields): InterruptionMessage | undefined {
  if (service !== 'EC2' || eventTypeCategory !== 'scheduledChange') return undefined;
  const entities = Array.isArray(affectedEntities) ? affectedEntities.filter(isFields) : [];
  return { kind: 'scheduled-change', instanceIds: entities.map(({ entityValue }) => text(entityValue)) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
