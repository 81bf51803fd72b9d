import { describe, expect, it } from 'vitest';
import {
  monitorGraceMs,
  nextTick,
  podGcMs,
  taintIntervalMs,
  tolerationSeconds,
  UNREACHABLE_NO_EXECUTE,
  unreachableNode,
} from '../../src/kubernetes/controllers/node-lifecycle.js';
import type { Toleration } from '../../src/kubernetes/taints.js';
import { exists, node, pod } from './objects.js';

describe('the node controller (kubernetes.md §5.2)', () => {
  it('waits 40 s for a silent node up to Kubernetes 1.30, 50 s from 1.31 on', () => {
    expect([28, 30, 31, 34].map(monitorGraceMs)).toEqual([40_000, 40_000, 50_000, 50_000]);
  });

  it('looks at fixed moments', () => {
    expect(nextTick(12_000, 5000, 1234)).toBe(16_234);
    expect(nextTick(11_234, 5000, 1234)).toBe(11_234);
    expect(nextTick(0, 5000, 1234)).toBe(1234);
  });

  it('collects pods of a node that is gone 40 to 80 s later', () => {
    const delays = Array.from({ length: 20_000 }, (_, goneMs) => podGcMs(goneMs, 0) - goneMs);
    expect(Math.min(...delays)).toBe(40_000);
    expect(Math.max(...delays)).toBeLessThan(80_000);
  });

  it('sets Ready to Unknown and keeps new pods away', () => {
    const marked = unreachableNode(node('n'), 5000);
    expect(marked.status.conditions).toEqual([
      { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTimeMs: 5000 },
    ]);
    expect(marked.spec.taints).toEqual([{ key: 'node.kubernetes.io/unreachable', value: '', effect: 'NoSchedule' }]);
  });

  it.each([
    ['one node in ten', { ready: 9, notReady: 1 }, 10_000],
    ['two of two: too few to call the zone down', { ready: 1, notReady: 2 }, 10_000],
    ['most of a small zone', { ready: 2, notReady: 8 }, Infinity],
    ['most of a large zone', { ready: 20, notReady: 40 }, 100_000],
    ['all of one zone among healthy ones', { ready: 0, notReady: 8 }, 10_000],
  ])('paces evictions of a zone: %s', (_, zone, intervalMs) => {
    expect(taintIntervalMs(zone, [zone, { ready: 5, notReady: 0 }])).toBe(intervalMs);
  });

  it('evicts nothing when every zone is down: the fault is its own', () => {
    const zone = { ready: 0, notReady: 3 };
    expect(taintIntervalMs(zone, [zone, zone])).toBe(Infinity);
  });

  it('lets a pod stay as long as its shortest matching toleration says', () => {
    const tolerating = (...tolerations: readonly Toleration[]) => pod('p', { spec: { tolerations } });
    const forSeconds = (seconds: number): Toleration => ({
      ...exists('node.kubernetes.io/unreachable', 'NoExecute'),
      tolerationSeconds: seconds,
    });
    expect(tolerationSeconds(tolerating(), UNREACHABLE_NO_EXECUTE)).toBe(0);
    expect(tolerationSeconds(tolerating(exists('')), UNREACHABLE_NO_EXECUTE)).toBeUndefined();
    expect(tolerationSeconds(tolerating(forSeconds(300), forSeconds(60)), UNREACHABLE_NO_EXECUTE)).toBe(60);
  });
});
