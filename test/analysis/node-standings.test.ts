import { describe, expect, it } from 'vitest';
import { standingAt, type NodeStanding } from '../../src/analysis/node-standing.js';
import { nodeStandings } from '../../src/analysis/node-standings.js';
import type { EventLog, EventPayloads } from '../../src/simulation/event-log.js';
import { LogBuilder } from './log-builder.js';

const START = Date.UTC(2026, 6, 1);

function pool(settings: Partial<EventPayloads['NodePoolApplied']> = {}): EventPayloads['NodePoolApplied'] {
  return {
    nodePool: 'general',
    consolidationPolicy: 'WhenEmptyOrUnderutilized',
    consolidateAfter: 30_000,
    expireAfter: 'Never',
    budgets: [],
    limits: {},
    startupTaints: [],
    replicas: -1,
    ...settings,
  };
}

/** Node `node-a`: launched at 10 s, registered at 30 s, Ready and initialized at 40 s. */
function withNode(settings: Partial<EventPayloads['NodePoolApplied']> = {}, version = 'v1.14.1'): LogBuilder {
  return new LogBuilder({ karpenterVersion: version })
    .at(0, 'NodePoolApplied', pool(settings))
    .created(1, 'bank/p')
    .claimed(5, 'a', 'general', ['bank/p'])
    .launched(10, 'a')
    .joined(30, 40, 'a');
}

function blocked(
  code: string,
  detail: EventPayloads['DisruptionBlocked']['detail'] = {},
  method = 'single',
): EventPayloads['DisruptionBlocked'] {
  const event = method === '' ? 'DisruptionBlocked' : 'Unconsolidatable';
  return { node: 'node-a', method, code, event, message: code, detail };
}

const consolidatable = (status: boolean): EventPayloads['ConditionChanged'] => {
  return { nodeClaim: 'a', node: 'node-a', condition: 'Consolidatable', status, reason: '' };
};

function at(log: EventLog, seconds: number): NodeStanding | undefined {
  const found = nodeStandings(log).find(({ node }) => node.nodeClaim === 'a');
  if (found === undefined) throw new Error('no node');
  return standingAt(found, seconds * 1000);
}

/** State and codes at a moment. */
function brief(log: EventLog, seconds: number): string {
  const standing = at(log, seconds);
  return standing === undefined
    ? 'nothing'
    : `${standing.state}: ${standing.reasons.map(({ code }) => code).join(', ')}`;
}

describe('a node that comes up', () => {
  it('is launching, booting, starting, and then waits for its consolidateAfter', () => {
    const log = withNode().end(100);
    expect([4, 5, 15, 35, 45].map((seconds) => brief(log, seconds))).toEqual([
      'nothing',
      'launching: launching',
      'booting: booting',
      'starting: not-initialized',
      'running: not-consolidatable',
    ]);
    expect(at(log, 15)?.reasons[0]).toMatchObject({
      event: 'DisruptionBlocked',
      message: 'Nodeclaim does not have an associated node',
    });
    expect(at(log, 45)?.reasons[0]?.detail).toMatchObject({ untilMs: START + 70_000, after: 'its initialization' });
  });

  it('says so in an event of v1.14.1 and keeps silent in v0.32.0', () => {
    expect(at(withNode().end(100), 35)?.reasons[0]).toMatchObject({ message: "Node isn't initialized" });
    expect(at(withNode({}, 'v0.32.0').end(100), 35)?.reasons[0]).toMatchObject({ event: '', message: '' });
  });

  it('names the startup taint that nobody removes for as long as it is there', () => {
    const log = new LogBuilder()
      .at(0, 'NodePoolApplied', pool())
      .claimed(5, 'a')
      .launched(10, 'a')
      .at(30, 'NodeRegistered', { node: 'node-a', nodeClaim: 'a', nodePool: 'general' })
      .at(40, 'NodeReady', { node: 'node-a' })
      .at(40, 'NodeNotInitialized', {
        node: 'node-a',
        nodeClaim: 'a',
        reason: 'StartupTaintsExist',
        waitsFor: 'cni:NoExecute',
      })
      .end(3600);
    for (const seconds of [41, 600, 3600]) {
      expect(at(log, seconds)).toMatchObject({
        state: 'starting',
        reasons: [{ code: 'not-initialized', detail: { waitsFor: 'cni:NoExecute' } }],
      });
    }
  });

  it('names why the cloud returned no instance', () => {
    const log = new LogBuilder()
      .claimed(5, 'a')
      .at(7, 'LaunchFailed', { nodeClaim: 'a', nodePool: 'general', reason: 'no capacity' })
      .end(20);
    expect(at(log, 10)?.reasons).toMatchObject([{ code: 'launching', detail: { launchFailed: 'no capacity' } }]);
  });
});

describe('a running node of v1.14.1', () => {
  it('is not Consolidatable until consolidateAfter has passed since its last pod event', () => {
    const log = withNode().at(50, 'PodEventRecorded', { node: 'node-a' }).end(100);
    expect(at(log, 55)?.reasons).toMatchObject([
      { code: 'not-consolidatable', sinceMs: 50_000, detail: { untilMs: START + 80_000, after: 'its last pod event' } },
    ]);
  });

  it('keeps what consolidation found until it is Consolidatable anew, and is unjudged in between', () => {
    const log = withNode()
      .at(70, 'ConditionChanged', consolidatable(true))
      .at(80, 'DisruptionBlocked', blocked('not-cheaper', { price: 0.0832, cheapest: 0.085 }))
      .at(200, 'ConditionChanged', consolidatable(false))
      .at(230, 'ConditionChanged', consolidatable(true))
      .at(240, 'DisruptionBlocked', blocked('spot-to-spot'))
      .end(300);
    expect([75, 85, 199, 210, 235, 250].map((seconds) => brief(log, seconds))).toEqual([
      'running: not-looked-at',
      'running: not-cheaper',
      'running: not-cheaper',
      'running: not-consolidatable',
      'running: not-looked-at',
      'running: spot-to-spot',
    ]);
  });

  it('is kept from every method by what blocks it, and not a moment longer', () => {
    const log = withNode()
      .at(70, 'ConditionChanged', consolidatable(true))
      .at(80, 'DisruptionBlocked', blocked('spot-to-spot'))
      .at(90, 'DisruptionBlocked', blocked('pod-disruption-budget', { podDisruptionBudgets: ['bank/p'] }, ''))
      .at(120, 'DisruptionUnblocked', { node: 'node-a' })
      .end(300);
    expect([85, 95, 125].map((seconds) => brief(log, seconds))).toEqual([
      'running: spot-to-spot',
      'running: pod-disruption-budget',
      'running: spot-to-spot',
    ]);
  });

  it('tells drift beside consolidation, each by its own method', () => {
    const log = withNode()
      .at(60, 'ConditionChanged', { ...consolidatable(true), condition: 'Drifted', reason: 'NodePoolDrifted' })
      .at(70, 'ConditionChanged', consolidatable(true))
      .at(80, 'DisruptionBlocked', blocked('budget-exhausted', { reason: 'Drifted' }, 'drift'))
      .at(80, 'DisruptionBlocked', blocked('spot-to-spot'))
      .end(300);
    expect(brief(log, 65)).toBe('running: drifted, not-consolidatable');
    expect(brief(log, 85)).toBe('running: budget-exhausted, spot-to-spot');
  });

  it('follows the settings of its NodePool at each moment', () => {
    const log = withNode({ consolidateAfter: 'Never' })
      .bound(50, 'bank/p', 'node-a')
      .at(100, 'NodePoolApplied', pool({ consolidationPolicy: 'WhenEmpty' }))
      .at(200, 'PodDeleting', { pod: 'bank/p', node: 'node-a', by: 'replicaset' })
      .at(300, 'NodePoolApplied', pool({ replicas: 3 }))
      .end(400);
    expect([60, 150, 250, 350].map((seconds) => brief(log, seconds))).toEqual([
      'running: consolidation-disabled',
      'running: only-when-empty',
      'running: not-consolidatable',
      'running: static-nodepool',
    ]);
    expect(at(log, 60)?.reasons[0]?.message).toBe('NodePool "general" has consolidation disabled');
  });
});

describe('a node of v0.32.0', () => {
  it('counts its consolidateAfter from when it became empty', () => {
    const log = withNode({ consolidationPolicy: 'WhenEmpty' }, 'v0.32.0')
      .bound(50, 'bank/p', 'node-a')
      .at(100, 'PodDeleting', { pod: 'bank/p', node: 'node-a', by: 'replicaset' })
      .at(102, 'ConditionChanged', { ...consolidatable(true), condition: 'Empty' })
      .end(400);
    expect(brief(log, 60)).toBe('running: consolidation-disabled');
    expect(at(log, 110)?.reasons).toMatchObject([
      { code: 'empty-for-too-short', detail: { untilMs: START + 132_000 } },
    ]);
  });

  it('is judged whenever consolidation looks, without a condition', () => {
    const log = withNode({ consolidationPolicy: 'WhenUnderutilized', consolidateAfter: '' }, 'v0.32.0')
      .at(80, 'DisruptionBlocked', blocked('never-spot-to-spot'))
      .end(400);
    expect([60, 90].map((seconds) => brief(log, seconds))).toEqual([
      'running: not-looked-at',
      'running: never-spot-to-spot',
    ]);
  });
});

describe('a node that a command is about', () => {
  const command = {
    command: 'single-1',
    method: 'single',
    reason: 'Underutilized',
    decision: 'replace',
    nodes: ['node-a'],
    nodePools: ['general'],
    pods: ['bank/p'],
    replacements: ['b'],
    savingsPerHour: 0.1,
  } as const;

  it('is proposed, held until its replacement is there, drained and terminated', () => {
    const log = withNode()
      .bound(50, 'bank/p', 'node-a')
      .at(100, 'DisruptionProposed', { ...command })
      .at(115, 'DisruptionCommand', command)
      .at(160, 'NodeClaimDeleting', { nodeClaim: 'a', node: 'node-a', by: 'disruption' })
      .at(161, 'EvictionBlocked', { pod: 'bank/p', node: 'node-a', podDisruptionBudget: 'bank/pdb' })
      .at(180, 'NodeDrained', { node: 'node-a' })
      .at(180, 'InstanceTerminating', { nodeClaim: 'a', node: 'node-a', reclaimed: false })
      .at(220, 'NodeClaimDeleted', { nodeClaim: 'a' })
      .end(400);
    expect([105, 120, 160, 190, 220].map((seconds) => brief(log, seconds))).toEqual([
      'proposed: proposed',
      'disrupting: disrupting',
      'draining: draining',
      'terminating: terminating',
      'nothing',
    ]);
    expect(at(log, 170)?.reasons[0]?.detail).toMatchObject({
      command: 'single-1',
      pods: 1,
      blockedPod: 'bank/p',
      podDisruptionBudget: 'bank/pdb',
    });
  });

  it.each(['DisruptionAbandoned', 'DisruptionFailed'] as const)('is free again after %s', (type) => {
    const proposed = withNode()
      .at(70, 'ConditionChanged', consolidatable(true))
      .at(100, 'DisruptionProposed', { ...command });
    const log =
      type === 'DisruptionAbandoned'
        ? proposed.at(115, type, { command: 'single-1', method: 'single', reason: 'churn' }).end(400)
        : proposed
            .at(115, 'DisruptionCommand', command)
            .at(120, type, { command: 'single-1', reason: 'timeout' })
            .end(400);
    expect(brief(log, 130)).toBe('running: not-looked-at');
  });
});

it('a managed node is nobody’s concern', () => {
  const log = new LogBuilder().managed('system-1').end(60);
  expect(nodeStandings(log)[0]?.standings).toMatchObject([
    { fromMs: 0, state: 'managed', reasons: [{ code: 'managed-group', detail: { group: 'system' } }] },
  ]);
});
