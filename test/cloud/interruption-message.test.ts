import { describe, expect, it } from 'vitest';
import { statusFindings } from '../../src/cloud/interruption/instance-status.js';
import { readInterruptionMessage } from '../../src/cloud/interruption/interruption-message.js';
import { interruptionReaction } from '../../src/cloud/interruption/interruption-reaction.js';

function body(detailType: string, detail: unknown, more: object = {}): string {
  return JSON.stringify({ version: '0', source: 'aws.ec2', 'detail-type': detailType, detail, ...more });
}

const SPOT = 'EC2 Spot Instance Interruption Warning';
const STATE = 'EC2 Instance State-change Notification';

describe('messages of the interruption queue (aws.md §15)', () => {
  it('are told apart by source and detail type', () => {
    expect(readInterruptionMessage(body(SPOT, { 'instance-id': 'i-1', 'instance-action': 'stop' }))).toEqual({
      kind: 'spot-interrupted',
      instanceIds: ['i-1'],
    });
    const detail = {
      service: 'EC2',
      eventTypeCategory: 'scheduledChange',
      affectedEntities: [{ entityValue: 'i-1' }, { entityValue: 'i-2' }],
    };
    expect(readInterruptionMessage(body('AWS Health Event', detail, { source: 'aws.health' }))).toEqual({
      kind: 'scheduled-change',
      instanceIds: ['i-1', 'i-2'],
    });
  });

  it.each([
    ['stopped', 'instance-stopped'],
    ['STOPPED', 'instance-terminated'],
    ['shutting-down', 'instance-terminated'],
    ['running', undefined],
  ])('state %s makes %s: states are compared without regard to case, their kind is not', (state, kind) => {
    expect(readInterruptionMessage(body(STATE, { 'instance-id': 'i-1', state }))?.kind).toBe(kind);
  });

  it.each(['', '{', '[]', body(SPOT, 'text'), body(SPOT, {}, { version: '1' }), body(SPOT, {}, { source: 'aws.s3' })])(
    'of no use is %s',
    (text) => {
      expect(readInterruptionMessage(text)).toBeUndefined();
    },
  );

  it('lead to nothing but an event when EC2 only recommends to move', () => {
    expect(interruptionReaction('rebalance-recommendation')).toMatchObject({ deletes: false, marksSpot: false });
    expect(interruptionReaction('spot-interrupted')).toMatchObject({ deletes: true, marksSpot: true, forceful: false });
  });
});

describe('status checks of instances (aws.md §15)', () => {
  const failed = (forMs: number) => ({ status: 'failed', forMs });

  it('count when they have failed for two minutes; maintenance counts at once', () => {
    const status = { instanceId: 'i-1', events: [] };
    expect(statusFindings({ ...status, instanceCheck: failed(119_999) })).toEqual([]);
    expect(statusFindings({ ...status, instanceCheck: failed(120_000) })).toEqual(['instance-status']);
    expect(statusFindings({ ...status, systemCheck: { status: 'initializing', forMs: 600_000 } })).toEqual([]);
    expect(statusFindings({ ...status, systemCheck: failed(120_000), events: ['system-reboot'] })).toEqual([
      'system-status',
      'event-status',
    ]);
  });

  it('end in a forceful termination, maintenance in a graceful one', () => {
    expect(interruptionReaction('system-status').forceful).toBe(true);
    expect(interruptionReaction('event-status').forceful).toBe(false);
  });
});
