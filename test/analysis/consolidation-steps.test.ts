import { describe, expect, it } from 'vitest';
import { consolidationSteps } from '../../src/analysis/consolidation-steps.js';
import { consolidations } from '../../src/analysis/consolidations.js';
import { nodeHistories } from '../../src/analysis/node-history.js';
import { podHistories } from '../../src/analysis/pod-history.js';
import type { TimeWindow } from '../../src/analysis/provisioning-steps.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { LogBuilder } from './log-builder.js';

function steps(log: EventLog, window?: TimeWindow) {
  const endMs = log.at(-1)?.timeMs ?? 0;
  return consolidationSteps(consolidations(log), nodeHistories(log), podHistories(log), endMs, window);
}

/** Two dear nodes; one is replaced by a cheap one, then the other is deleted. */
function evening(): LogBuilder {
  const command = { nodePools: ['general'], savingsPerHour: 0.04 };
  return new LogBuilder()
    .managed('sys')
    .launched(0, 'a', { pricePerHour: 0.08 })
    .joined(20, 30, 'a')
    .launched(0, 'b', { pricePerHour: 0.08 })
    .joined(20, 30, 'b')
    .created(40, 'bank/p', 500, 1)
    .bound(40, 'bank/p', 'node-a')
    .at(40, 'PodEventRecorded', { node: 'node-a' })
    .at(70, 'ConditionChanged', {
      nodeClaim: 'a',
      node: 'node-a',
      condition: 'Consolidatable',
      status: true,
      reason: 'Consolidatable',
    })
    .at(74, 'DisruptionProposed', {
      command: '1',
      method: 'single',
      decision: 'replace',
      nodes: ['node-a'],
    })
    .at(89, 'DisruptionCommand', {
      command: '1',
      method: 'single',
      reason: 'Underutilized',
      decision: 'replace',
      nodes: ['node-a'],
      pods: ['bank/p'],
      replacements: ['c'],
      ...command,
    })
    .launched(92, 'c', { pricePerHour: 0.02 })
    .joined(110, 130, 'c', 131)
    .at(132, 'NodeClaimDeleting', { nodeClaim: 'a', node: 'node-a', by: 'disruption' })
    .at(135, 'PodGone', { pod: 'bank/p', node: 'node-a' })
    .at(136, 'NodeDrained', { node: 'node-a' })
    .at(137, 'InstanceTerminating', { nodeClaim: 'a', node: 'node-a', reclaimed: false })
    .at(200, 'NodeClaimDeleted', { nodeClaim: 'a' })
    .at(205, 'DisruptionProposed', { command: '2', method: 'single', decision: 'delete', nodes: ['node-c'] })
    .at(220, 'DisruptionAbandoned', { command: '2', method: 'single', reason: 'churn' })
    .at(300, 'DisruptionProposed', {
      command: '3',
      method: 'emptiness',
      decision: 'delete',
      nodes: ['node-b', 'node-c'],
    })
    .at(315, 'DisruptionCommand', {
      command: '3',
      method: 'emptiness',
      reason: 'Empty',
      decision: 'delete',
      nodes: ['node-b'],
      pods: [],
      replacements: [],
      ...command,
    })
    .at(316, 'NodeClaimDeleting', { nodeClaim: 'b', node: 'node-b', by: 'disruption' })
    .at(317, 'InstanceTerminating', { nodeClaim: 'b', node: 'node-b', reclaimed: false });
}

describe('the five steps', () => {
  it('follow each removed node from its last pod event to the end of its bill', () => {
    const found = steps(evening().end(3600));
    expect(found).toMatchObject({ nodes: 2, deleteCommands: 1, replaceCommands: 1, abandoned: { churn: 1 } });
    expect(found.quiet).toMatchObject({ p50: 30, max: 30 });
    // a: 70 → 74; b has no Consolidatable and no pod event, so from its initialization at 30 to 300.
    expect(found.opportunity).toMatchObject({ p50: 137, max: 270 });
    expect(found.validation).toMatchObject({ p50: 15, max: 15 });
    expect(found.replacementReady).toMatchObject({ p50: 42, max: 42 });
    expect(found.drain).toMatchObject({ p50: 2.5, max: 4 });
    expect(found.termination).toMatchObject({ p50: 64, max: 64 });
    expect(found.untilBillingStops).toMatchObject({ p50: (97 + 287) / 2, max: 287 });
  });

  it('say how full the nodes were when consolidation chose them', () => {
    expect(steps(evening().end(3600)).filled).toEqual({
      cpuMedian: 0.125,
      cpuMax: 0.25,
      memoryMedian: 0.125,
      memoryMax: 0.25,
    });
  });

  it('compare the first command with the end of the run', () => {
    const found = steps(evening().end(3600));
    expect(found.before).toEqual({ atMs: 74_000, nodes: 3, rate: 260_000_000 });
    expect(found.after).toEqual({ atMs: 3_600_000, nodes: 2, rate: 120_000_000 });
    expect(found).toMatchObject({ removedRate: 160_000_000, addedRate: 20_000_000, replacements: 1 });
  });

  it('compare the ends of the window where there is one, and leave out what lies outside', () => {
    const found = steps(evening().end(3600), { fromMs: 250_000, toMs: 400_000 });
    expect(found).toMatchObject({ nodes: 1, deleteCommands: 1, replaceCommands: 0, replacements: 0 });
    expect(found.before).toMatchObject({ atMs: 250_000, nodes: 3 });
    expect(found.after).toMatchObject({ atMs: 400_000, nodes: 2 });
  });

  it('fall back on bindings and deletions for a version without lastPodEventTime', () => {
    const log = new LogBuilder({ karpenterVersion: 'v0.32.0' })
      .launched(0, 'a')
      .joined(20, 30, 'a')
      .created(40, 'bank/p')
      .bound(41, 'bank/p', 'node-a')
      .at(60, 'PodDeleting', { pod: 'bank/p', node: 'node-a', by: 'replicaset' })
      .at(61, 'PodGone', { pod: 'bank/p', node: 'node-a' })
      .at(100, 'DisruptionCommand', {
        command: '1',
        method: 'emptyNodeConsolidation',
        reason: 'consolidation',
        decision: 'delete',
        nodes: ['node-a'],
        nodePools: ['general'],
        pods: [],
        replacements: [],
        savingsPerHour: 0.04,
      })
      .end(3600);
    const found = steps(log);
    expect(found.opportunity.p50).toBe(40);
    expect(found.quiet.p50).toBeNull();
    expect(found.termination.p50).toBeNull();
  });

  it('are empty when nothing was consolidated', () => {
    expect(steps(new LogBuilder().managed('sys').end(3600))).toMatchObject({
      nodes: 0,
      filled: { cpuMedian: 0, cpuMax: 0 },
      before: { atMs: 0, nodes: 1 },
      after: { nodes: 1 },
    });
  });
});
