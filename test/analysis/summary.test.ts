import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import { LogBuilder, resources } from './log-builder.js';

/** Two managed minutes, one spot node for pods a and b, pod c on the room that is left, pod d that never fits. */
function story() {
  return new LogBuilder()
    .at(0, 'Note', { code: 'latency-rows', text: '13 rows stand behind launch latency' })
    .managed('sys')
    .created(0, 'kube-system/coredns', 100, 1, 'kube-system/coredns')
    .bound(0, 'kube-system/coredns', 'sys')
    .at(0, 'PodReady', { pod: 'kube-system/coredns', node: 'sys' })
    .created(100, 'bank/a')
    .at(100.1, 'PodUnschedulable', { pod: 'bank/a' })
    .at(100.1, 'BatchOpened', {})
    .created(100.5, 'bank/b')
    .at(100.6, 'PodUnschedulable', { pod: 'bank/b' })
    .at(101.6, 'BatchClosed', { openedAtMs: 100_100, by: 'idle' })
    .at(101.8, 'PodNominated', { pod: 'bank/a', target: 'x' })
    .at(101.8, 'PodNominated', { pod: 'bank/b', target: 'x' })
    .claimed(101.8, 'x', 'general', ['bank/a', 'bank/b'])
    .launched(104, 'x', { pricePerHour: 0.036 })
    .at(124, 'PodCreated', { pod: 'kube-system/proxy', service: '', daemonSet: true, requests: resources(500, 1) })
    .joined(124, 140, 'x', 145)
    .bound(141, 'bank/a', 'node-x')
    .bound(146, 'bank/b', 'node-x')
    .bound(146, 'kube-system/proxy', 'node-x')
    .at(171, 'PodReady', { pod: 'bank/a', node: 'node-x' })
    .at(180, 'PodReady', { pod: 'bank/b', node: 'node-x' })
    .created(200, 'bank/c')
    .bound(200.2, 'bank/c', 'node-x')
    .created(1000, 'bank/d', 9000, 1, 'bank/huge')
    .at(1000.1, 'PodUnschedulable', { pod: 'bank/d' })
    .at(1100, 'SpotInterruption', { node: 'node-x', instanceType: 'c5.large', zone: 'us-east-1a' })
    .at(1100, 'NodeClaimDeleting', { nodeClaim: 'x', node: 'node-x', by: 'interruption' })
    .at(1101, 'PodDeleting', { pod: 'bank/a', node: 'node-x', by: 'interruption' })
    .at(1101, 'PodGone', { pod: 'bank/a', node: 'node-x' })
    .at(1140, 'InstanceTerminating', { nodeClaim: 'x', node: 'node-x', reclaimed: false })
    .at(1140, 'PodGone', { pod: 'bank/b', node: 'node-x' })
    .at(1140, 'PodGone', { pod: 'bank/c', node: 'node-x' })
    .at(1200, 'NodeClaimDeleted', { nodeClaim: 'x' })
    .end(2000);
}

describe('the summary', () => {
  const summary = summarise(analyse(story()));

  it('names the run', () => {
    expect(summary).toMatchObject({
      scenario: 'by-hand',
      seed: 7,
      karpenterVersion: 'v1.14.1',
      simulatedSeconds: 2000,
      events: story().length,
      interruptions: 1,
    });
  });

  it('counts pods without those of DaemonSets', () => {
    expect(summary.pods).toMatchObject({ created: 5, bound: 4, unschedulable: 1 });
  });

  it('counts a pod that is still pending with the time it has waited, and says so', () => {
    // Waits: coredns 0, a 41, b 45.5, c 0.2, d 1000 (until the end at 2000 s).
    expect(summary.pods.pendingSeconds).toEqual({ p50: 41, p90: 618.2, p99: 961.82, max: 1000 });
    expect(summary.notes).toEqual([
      '13 rows stand behind launch latency',
      '1 of 5 pods were still pending at the end; they count in pendingSeconds with the time they had waited (state "pending" in pods.csv).',
    ]);
  });

  it('splits the wait of pods a and b, which needed a new node, into stages', () => {
    const { breakdown } = summary.pods;
    // a: 100 → 101.8 → 104 → 124 → 141 (bound before its node was initialized) → 141 → 171
    // b: 100.5 → 101.8 → 104 → 124 → 145 → 146 → 180
    expect(breakdown.batch).toEqual({ p50: 1.55, p90: 1.75, p99: 1.795 });
    expect(breakdown.launch).toEqual({ p50: 2.2, p90: 2.2, p99: 2.2 });
    expect(breakdown.register).toEqual({ p50: 20, p90: 20, p99: 20 });
    expect(breakdown.initialize).toEqual({ p50: 19, p90: 20.6, p99: 20.96 });
    expect(breakdown.bind).toEqual({ p50: 0.5, p90: 0.9, p99: 0.99 });
    expect(breakdown.ready).toEqual({ p50: 32, p90: 33.6, p99: 33.96 });
  });

  it('shows pods by service', () => {
    expect(Object.keys(summary.pods.byService)).toEqual(['bank/api', 'bank/huge', 'kube-system/coredns']);
    const mean = (1101 - 141 + (1140 - 146) + (1140 - 200.2)) / 2000;
    expect(summary.pods.byService['bank/api']).toEqual({
      mean: Math.round(mean * 1e6) / 1e6,
      max: 3,
      end: 0,
      created: 3,
      bound: 3,
      unschedulable: 0,
      pendingSeconds: { p50: 41, p90: 44.6, p99: 45.41, max: 45.5 },
    });
    expect(summary.pods.byService['bank/huge']).toMatchObject({ created: 1, bound: 0, unschedulable: 1, max: 0 });
  });

  it('counts nodes while they are billed, managed ones under their own pool', () => {
    const share = (1140 - 104) / 2000;
    expect(summary.nodes).toEqual({
      min: 1,
      mean: 1 + share,
      max: 2,
      end: 1,
      byNodePool: { general: { mean: share, max: 1, end: 0 }, system: { mean: 1, max: 1, end: 1 } },
      byInstanceType: { 'c5.large': { mean: share, max: 1, end: 0 }, 'm5.large': { mean: 1, max: 1, end: 1 } },
      byCapacityType: { 'on-demand': { mean: 1, max: 1, end: 1 }, spot: { mean: share, max: 1, end: 0 } },
    });
  });

  it('adds up the bill', () => {
    const share = (1140 - 104) / 2000;
    expect(summary.cost.total).toBeCloseTo((0.1 * 2000) / 3600 + (0.036 * 1036) / 3600, 9);
    expect(summary.cost.perHour).toEqual({ min: 0.1, mean: 0.1 + 0.036 * share, max: 0.136 });
    expect(summary.cost.byNodePool).toEqual({
      general: { mean: 0.018648, max: 0.036, end: 0 },
      system: { mean: 0.1, max: 0.1, end: 0.1 },
    });
    expect(summary.cost.spotShare).toBeCloseTo(share / (1 + share), 6);
  });

  it('weighs requests against allocatable over the Ready time of Karpenter’s nodes', () => {
    const ready = 1140 - 140;
    const podSeconds = 1101 - 141 + (1140 - 146) + (1140 - 200.2);
    expect(summary.utilisation.cpu).toBeCloseTo((podSeconds * 500) / (ready * 2000), 6);
    expect(summary.utilisation.memory).toBeCloseTo(podSeconds / (ready * 4), 6);
    expect(summary.pods.perNode).toBeCloseTo(podSeconds / ready, 6);
  });

  it('counts disrupted nodes in Karpenter’s words, zeros included', () => {
    expect(summary.disruptions.byReason).toEqual({
      Underutilized: 0,
      Empty: 0,
      Drifted: 0,
      Expired: 0,
      Interrupted: 1,
    });
  });

  it('is the same text each time', () => {
    expect(JSON.stringify(summarise(analyse(story())))).toBe(JSON.stringify(summary));
  });
});

describe('the summary of an unusual run', () => {
  it('of nothing at all has zeros, and null where there is nothing to measure', () => {
    const summary = summarise(analyse(new LogBuilder().end(60)));
    expect(summary.pods).toMatchObject({ created: 0, perNode: 0, pendingSeconds: { p50: null, max: null } });
    expect(summary.nodes).toMatchObject({ min: 0, mean: 0, max: 0, end: 0 });
    expect(summary.cost).toMatchObject({ total: 0, spotShare: 0 });
    expect(summary.utilisation).toEqual({ cpu: 0, memory: 0 });
  });

  it('keeps a seed that is no number as text', () => {
    expect(summarise(analyse(new LogBuilder({ seed: 'payday/3' }).end(60))).seed).toBe('payday/3');
  });

  it('says that it was interrupted', () => {
    expect(summarise(analyse(new LogBuilder().end(60, 'interrupted'))).notes[0]).toMatch(/interrupted/);
  });

  it('takes the word of the command that held the node, in either version’s spelling', () => {
    const log = new LogBuilder();
    for (const [i, reason] of ['Underutilized', 'consolidation', 'Empty', 'expiration', 'Drifted'].entries()) {
      const nodeClaim = `n${i}`;
      const node = `node-${nodeClaim}`;
      log
        .launched(0, nodeClaim)
        .joined(10, 20, nodeClaim)
        .at(50, 'DisruptionCommand', {
          command: `c${i}`,
          method: 'single',
          reason,
          decision: 'delete',
          nodes: [node],
          nodePools: ['general'],
          pods: [],
          replacements: [],
          savingsPerHour: 0.04,
        })
        .at(51, 'NodeClaimDeleting', { nodeClaim, node, by: 'disruption' });
    }
    log.launched(55, 'gc').at(56, 'NodeClaimDeleting', { nodeClaim: 'gc', node: '', by: 'garbage-collection' });
    log.claimed(55, 'ice').at(57, 'NodeClaimDeleting', { nodeClaim: 'ice', node: '', by: 'insufficient-capacity' });
    expect(summarise(analyse(log.end(60))).disruptions.byReason).toEqual({
      Underutilized: 2,
      Empty: 1,
      Drifted: 1,
      Expired: 1,
      Interrupted: 0,
      GarbageCollected: 1,
    });
  });

  it('refuses a log that is cut off', () => {
    const log = new LogBuilder().end(60);
    expect(() => analyse(log.slice(0, -1))).toThrow(/ends with RunEnded/);
    expect(() => analyse(log.slice(1))).toThrow(/begins with RunStarted/);
  });
});
