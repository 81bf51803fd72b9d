import { describe, expect, it } from 'vitest';
import { nodeHistories } from '../../src/analysis/node-history.js';
import { nodeReadiness } from '../../src/analysis/node-readiness.js';
import { podHistories } from '../../src/analysis/pod-history.js';
import { timeline } from '../../src/analysis/timeline.js';
import { LogBuilder } from './log-builder.js';

describe('the timeline', () => {
  const log = new LogBuilder()
    .managed('sys')
    .at(0, 'Demand', { service: 'bank/api', requestsPerSecond: 10, readyPods: 1 })
    .at(0, 'Demand', { service: 'bank/web', requestsPerSecond: 5, readyPods: 1 })
    .created(30, 'bank/a')
    .at(60, 'Demand', { service: 'bank/api', requestsPerSecond: 40, readyPods: 1 })
    .launched(60, 'x', { pricePerHour: 0.04 })
    .joined(100, 119, 'x')
    .bound(120, 'bank/a', 'node-x')
    .at(150, 'PodReady', { pod: 'bank/a', node: 'node-x' })
    .at(181, 'PodDeleting', { pod: 'bank/a', node: 'node-x', by: 'eviction' })
    .at(250, 'PodGone', { pod: 'bank/a', node: 'node-x' })
    .at(241, 'InstanceTerminating', { nodeClaim: 'x', node: 'node-x', reclaimed: false })
    .end(330);
  const rows = timeline(log, nodeHistories(log), podHistories(log), 330_000);

  it('has a row for each whole minute, after what happened at that instant', () => {
    expect(rows.timesMs).toEqual([0, 60_000, 120_000, 180_000, 240_000, 300_000]);
    expect([...rows.podsPending]).toEqual([0, 1, 0, 0, 0, 0]);
    expect([...rows.podsBound]).toEqual([0, 0, 1, 1, 1, 0]);
    expect([...rows.podsReady]).toEqual([0, 0, 0, 1, 0, 0]);
  });

  it('shows nodes by pool and what they cost', () => {
    expect([...rows.nodes]).toEqual([1, 2, 2, 2, 2, 1]);
    expect([...rows.nodesByNodePool.keys()]).toEqual(['general', 'system']);
    expect([...(rows.nodesByNodePool.get('general') ?? [])]).toEqual([0, 1, 1, 1, 1, 0]);
    expect([...rows.rate]).toEqual([1e8, 1.4e8, 1.4e8, 1.4e8, 1.4e8, 1e8]);
  });

  it('adds up the demand of all services', () => {
    expect([...rows.demand]).toEqual([15, 45, 45, 45, 45, 45]);
  });
});

describe('node readiness', () => {
  it('measures created → initialized and counts what beats the limit', () => {
    const log = new LogBuilder()
      .managed('sys')
      .claimed(0, 'quick')
      .launched(2, 'quick')
      .joined(20, 29, 'quick', 29.999)
      .claimed(0, 'slow')
      .launched(2, 'slow')
      .joined(20, 29, 'slow', 30)
      .claimed(100, 'never')
      .end(3600);
    expect(nodeReadiness(nodeHistories(log), 30)).toEqual({
      initialized: 2,
      underLimit: 1,
      limitSeconds: 30,
      createdToInitialized: { p50: 30, p90: 30, p99: 30, max: 30 },
      fastestSeconds: 29.999,
      notInitialized: 1,
    });
  });

  it('has nothing to say about managed nodes', () => {
    const log = new LogBuilder().managed('sys').end(3600);
    expect(nodeReadiness(nodeHistories(log), 30)).toMatchObject({ initialized: 0, fastestSeconds: null });
  });
});
