import { describe, expect, it } from 'vitest';

import { awaitDeletion, awaitReplacement } from '../../../src/karpenter/disruption/blocking-wait.js';
import { commandTimeoutMs, QUEUE_POLL_MS, queueStep } from '../../../src/karpenter/disruption/command-queue.js';
import { ConsolidationMemo } from '../../../src/karpenter/disruption/consolidation-memo.js';
import { at, MINUTE, NOON } from '../lifecycle/objects.js';

describe('the queue of v1.14.1', () => {
  it('gives commands 80 ms for each held node, between 10 minutes and an hour', () => {
    expect([1, 100, 10_000, 80_000].map(commandTimeoutMs)).toEqual([600_000, 600_000, 800_000, 3_600_000]);
  });

  it('finishes a pure delete at the first look', () => {
    expect(queueStep([], NOON, NOON, 1)).toEqual({ deletesCandidates: true, outcome: 'succeeded' });
  });

  it('waits until every replacement is initialized', () => {
    expect(queueStep(['initialized', 'waiting'], NOON, NOON + MINUTE, 1).outcome).toBe('waiting');
    expect(queueStep(['initialized', 'initialized'], NOON, NOON + MINUTE, 1)).toEqual({
      deletesCandidates: true,
      outcome: 'succeeded',
    });
  });

  it('gives up after ten minutes, at the look of 601 s (E112)', () => {
    const failedAt = Array.from({ length: 700 }, (_, look) => look * QUEUE_POLL_MS).find(
      (sinceMs) => queueStep(['waiting'], NOON, NOON + sinceMs, 1).outcome === 'failed',
    );
    expect(failedAt).toBe(601_000);
    expect(queueStep(['waiting'], NOON, NOON + 601_000, 1)).toEqual({
      deletesCandidates: false,
      outcome: 'failed',
      failure: 'timeout',
    });
  });

  it('deletes the nodes of a command that is ready too late, and still counts it as failed', () => {
    expect(queueStep(['initialized'], NOON, NOON + 601_000, 1)).toMatchObject({
      deletesCandidates: true,
      outcome: 'failed',
    });
  });

  it('gives up at once when a replacement is gone (E113)', () => {
    expect(queueStep(['initialized', 'gone'], NOON, NOON + 20_000, 1)).toEqual({
      deletesCandidates: false,
      outcome: 'failed',
      failure: 'replacement-gone',
    });
  });
});

describe('the waiting loop of v0.32.0', () => {
  it('looks 60 times within about 574 s', () => {
    let waitedMs = 0;
    let looks = 0;
    for (;;) {
      const step = awaitReplacement('waiting', looks++, waitedMs);
      if (step.kind !== 'wait') break;
      waitedMs += step.pauseMs;
    }
    expect([looks, waitedMs]).toEqual([60, 574_000]);
  });

  it('takes a missing replacement for lost after five seconds (E114)', () => {
    expect(awaitReplacement('gone', 0, 0).kind).toBe('wait');
    expect(awaitReplacement('gone', 1, 2000).kind).toBe('wait');
    expect(awaitReplacement('gone', 2, 6000)).toEqual({ kind: 'failed' });
  });

  it('notices a node that is ready at 60 s at its next look, at 64 s (E101)', () => {
    let waitedMs = 0;
    let look = 0;
    for (;;) {
      const step = awaitReplacement(waitedMs >= 60_000 ? 'initialized' : 'waiting', look++, waitedMs);
      if (step.kind !== 'wait') break;
      waitedMs += step.pauseMs;
    }
    expect(waitedMs).toBe(64_000);
  });

  it('notices a deletion that takes 30 s at 34 s (E101)', () => {
    let waitedMs = 0;
    let look = 0;
    for (;;) {
      const step = awaitDeletion(waitedMs >= 30_000, look++);
      if (step.kind !== 'wait') break;
      waitedMs += step.pauseMs;
    }
    expect(waitedMs).toBe(34_000);
  });
});

describe('the consolidation memo', () => {
  it('skips an unchanged cluster until its mark is five minutes old (E115)', () => {
    const memo = new ConsolidationMemo();
    memo.markUnconsolidated(at('11:58'));
    expect(memo.isConsolidated('multi', at('12:00'))).toBe(false);
    memo.markConsolidated('multi', at('12:00'));
    expect(memo.isConsolidated('multi', at('12:02:59'))).toBe(true);
    // Five minutes after the last change, not after the look.
    expect(memo.isConsolidated('multi', at('12:03'))).toBe(false);
  });

  it('looks again after a change', () => {
    const memo = new ConsolidationMemo();
    memo.markConsolidated('single', NOON);
    memo.markUnconsolidated(NOON);
    expect(memo.isConsolidated('single', NOON)).toBe(false);
  });

  it('is kept for each method', () => {
    const memo = new ConsolidationMemo();
    memo.markConsolidated('multi', NOON);
    expect(memo.isConsolidated('single', NOON)).toBe(false);
    memo.markConsolidated('single', NOON);
    expect(memo.isConsolidated('multi', NOON)).toBe(true);
  });

  it('shares the refresh: one method’s reading of old state wakes the others', () => {
    const memo = new ConsolidationMemo();
    memo.markConsolidated('multi', NOON);
    memo.markConsolidated('single', NOON);
    expect(memo.isConsolidated('multi', NOON + 5 * MINUTE)).toBe(false);
    expect(memo.isConsolidated('single', NOON + 5 * MINUTE)).toBe(false);
  });
});
