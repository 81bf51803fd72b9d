import { describe, expect, it } from 'vitest';
import { restartDelay, type CrashHistory } from '../../src/kubernetes/kubelet/crash-backoff.js';

/** Delays of a container that dies as soon as it runs, or `runsMs` after. */
function delays(count: number, runsMs = 1000): number[] {
  let history: CrashHistory | undefined;
  let nowMs = 0;
  return Array.from({ length: count }, () => {
    nowMs += runsMs;
    const next = restartDelay(history, nowMs);
    history = next.history;
    nowMs += next.delayMs;
    return next.delayMs / 1000;
  });
}

describe('the back-off of a container that keeps ending (kubernetes.md §2.5)', () => {
  it('is nothing the first time, then 10 s, doubling up to five minutes', () => {
    expect(delays(9)).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it('starts over when the container has run for more than ten minutes', () => {
    expect(delays(3, 601_000)).toEqual([0, 0, 0]);
    expect(delays(3, 600_000)).toEqual([0, 10, 20]);
  });
});
