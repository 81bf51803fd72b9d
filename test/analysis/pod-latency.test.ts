import { describe, expect, it } from 'vitest';
import { provisioningSteps } from '../../src/analysis/provisioning-steps.js';
import { analyse } from '../../src/analysis/run-analysis.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { LogBuilder } from './log-builder.js';

function latency(log: EventLog, pod: string) {
  return analyse(log).pods.findLast((each) => each.pod.pod === pod);
}

describe('the wait of a pod', () => {
  it('begins at its own creation when it joins a NodeClaim that is under way', () => {
    const log = new LogBuilder()
      .claimed(100, 'x')
      .launched(102, 'x')
      .created(110, 'bank/late')
      .at(110.1, 'PodUnschedulable', { pod: 'bank/late' })
      .at(111.1, 'BatchClosed', { openedAtMs: 110_100, by: 'idle' })
      .at(111.2, 'PodNominated', { pod: 'bank/late', target: 'x' })
      .joined(123, 140, 'x')
      .bound(140.5, 'bank/late', 'node-x')
      .end(3600);
    expect(latency(log, 'bank/late')?.marks).toEqual({
      unschedulableMs: 110_100,
      batchClosedMs: 111_100,
      decidedMs: 111_200,
      launchedMs: 111_200,
      registeredMs: 123_000,
      provisionedMs: 140_000,
      boundMs: 140_500,
    });
  });

  it('counts as decided when the NodeClaim that served it existed, after a failed launch too', () => {
    const log = new LogBuilder()
      .created(10, 'bank/a')
      .at(11, 'BatchClosed', { openedAtMs: 10_000, by: 'idle' })
      .at(11, 'PodNominated', { pod: 'bank/a', target: 'first' })
      .claimed(11, 'first')
      .at(13, 'LaunchFailed', { nodeClaim: 'first', nodePool: 'general', reason: 'InsufficientCapacity' })
      .at(15, 'BatchClosed', { openedAtMs: 13_500, by: 'idle' })
      .at(15, 'PodNominated', { pod: 'bank/a', target: 'second' })
      .claimed(15, 'second')
      .launched(17, 'second')
      .joined(40, 50, 'second')
      .bound(51, 'bank/a', 'node-second')
      .end(3600);
    expect(latency(log, 'bank/a')?.marks).toMatchObject({ batchClosedMs: 11_000, decidedMs: 15_000 });
  });

  it('takes the first of several passes that meant the same node', () => {
    const log = new LogBuilder()
      .created(10, 'bank/a')
      .at(11, 'BatchClosed', { openedAtMs: 10_000, by: 'idle' })
      .claimed(11.2, 'x')
      .at(11.2, 'PodNominated', { pod: 'bank/a', target: 'x' })
      .at(30, 'BatchClosed', { openedAtMs: 29_000, by: 'idle' })
      .at(30, 'PodNominated', { pod: 'bank/a', target: 'x' })
      .launched(13, 'x')
      .joined(40, 50, 'x')
      .bound(51, 'bank/a', 'node-x')
      .end(3600);
    expect(latency(log, 'bank/a')?.marks).toMatchObject({ batchClosedMs: 11_000, decidedMs: 11_200 });
  });

  it('follows the node it was bound to, not the one Karpenter meant', () => {
    const log = new LogBuilder()
      .claimed(1, 'old')
      .launched(2, 'old')
      .joined(20, 30, 'old')
      .created(100, 'bank/a')
      .at(101, 'PodNominated', { pod: 'bank/a', target: 'new' })
      .claimed(101, 'new')
      .bound(105, 'bank/a', 'node-old')
      .end(3600);
    const found = latency(log, 'bank/a');
    expect(found).toMatchObject({ pendingMs: 5000, state: 'running' });
    expect(found?.marks).toBeUndefined();
  });

  it('starts again when a StatefulSet uses a name again', () => {
    const log = new LogBuilder()
      .managed('sys')
      .created(0, 'bank/db-0')
      .bound(1, 'bank/db-0', 'sys')
      .at(50, 'PodDeleting', { pod: 'bank/db-0', node: 'sys', by: 'replicaset' })
      .at(60, 'PodGone', { pod: 'bank/db-0', node: 'sys' })
      .created(60, 'bank/db-0')
      .bound(63, 'bank/db-0', 'sys')
      .end(3600);
    expect(analyse(log).pods.map(({ state, pendingMs }) => [state, pendingMs])).toEqual([
      ['gone', 1000],
      ['running', 3000],
    ]);
  });

  it('ends at its deletion for a pod that never got a node', () => {
    const log = new LogBuilder()
      .created(10, 'bank/a')
      .at(25, 'PodDeleting', { pod: 'bank/a', node: '', by: 'replicaset' })
      .at(25, 'PodGone', { pod: 'bank/a', node: '' })
      .end(3600);
    expect(latency(log, 'bank/a')).toMatchObject({ state: 'never-bound', pendingMs: 15_000 });
  });
});

describe('the six steps', () => {
  const log = new LogBuilder()
    .managed('sys')
    .created(0, 'bank/early')
    .bound(2, 'bank/early', 'sys')
    .created(100, 'bank/a')
    .at(100.2, 'PodUnschedulable', { pod: 'bank/a' })
    .at(101.2, 'BatchClosed', { openedAtMs: 100_200, by: 'idle' })
    .at(101.5, 'PodNominated', { pod: 'bank/a', target: 'x' })
    .claimed(101.5, 'x')
    .launched(104, 'x')
    .joined(124, 141, 'x', 142)
    .bound(142.5, 'bank/a', 'node-x')
    .at(173, 'PodReady', { pod: 'bank/a', node: 'node-x' })
    .created(180, 'bank/b')
    .bound(180.1, 'bank/b', 'node-x')
    .created(190, 'bank/c')
    .end(3600);
  const { pods } = analyse(log);

  it('split the wait of pods that needed a node', () => {
    const steps = provisioningSteps(pods, { fromMs: 50_000, toMs: 200_000 });
    expect(steps).toMatchObject({ waited: 1, displaced: 0, onExistingNodes: 1, withoutNode: 1 });
    expect(steps.podPending.p50).toBe(0.2);
    expect(steps.karpenterTrigger.p50).toBe(1);
    expect(steps.instanceSelection.p50).toBe(0.3);
    expect(steps.nodeProvisioning.p50).toBe(40.5);
    expect(steps.podScheduling.p50).toBe(0.5);
    expect(steps.createdToBound.max).toBe(42.5);
    expect(steps.createdToReady.max).toBe(73);
    expect(steps.existingCreatedToBound.max).toBe(0.1);
  });

  it('count a pod whose place others took, and its wait for a later NodeClaim with instance selection', () => {
    const log = new LogBuilder()
      .created(0, 'bank/a')
      .at(1, 'BatchClosed', { openedAtMs: 0, by: 'idle' })
      .claimed(1, 'x')
      .at(1, 'PodNominated', { pod: 'bank/a', target: 'x' })
      .launched(3, 'x')
      .claimed(31, 'y')
      .at(31, 'PodNominated', { pod: 'bank/a', target: 'y' })
      .launched(33, 'y')
      .joined(20, 30, 'x')
      .joined(50, 60, 'y')
      .bound(60, 'bank/a', 'node-y')
      .end(3600);
    const steps = provisioningSteps(analyse(log).pods, { fromMs: 0, toMs: 3_600_000 });
    expect(steps).toMatchObject({ waited: 1, displaced: 1 });
    expect(steps.karpenterTrigger.p50).toBe(1);
    expect(steps.instanceSelection.p50).toBe(30);
    expect(steps.nodeProvisioning.p50).toBe(29);
  });

  it('count the pods created inside the window alone', () => {
    expect(provisioningSteps(pods, { fromMs: 0, toMs: 100_000 })).toMatchObject({
      waited: 0,
      onExistingNodes: 1,
      withoutNode: 0,
      createdToBound: { p50: null },
    });
  });
});
