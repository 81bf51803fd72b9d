import { describe, expect, it } from 'vitest';
import { judgeMemory, memoryLimit, oomScoreAdj, type PodMemory } from '../../src/kubernetes/kubelet/memory-pressure.js';
import type { Pod, PodSpec } from '../../src/kubernetes/pod.js';
import { GI, MI, node, runningPod } from './objects.js';

const NODE = node('n', { allocatable: { cpu: 4000, memory: 8 * GI, pods: 110 } });

function podOf(name: string, requestGi: number, more: Partial<PodSpec> = {}, limitGi?: number): Pod {
  const requests = requestGi === 0 ? {} : { memory: requestGi * GI };
  const limits = limitGi === undefined ? {} : { memory: limitGi * GI };
  return runningPod(name, 'n', { spec: { containers: [{ name: 'app', requests, limits, ports: [] }], ...more } });
}

const uses = (pod: Pod, gi: number): PodMemory => ({ pod, usedBytes: gi * GI, limitBytes: memoryLimit(pod) });

/** Names of those killed and evicted, given how much all used a minute before. */
function judge(pods: readonly PodMemory[], usedBeforeGi: number) {
  const before = { usedBytes: usedBeforeGi * GI, sinceMs: 60_000 };
  const { oomKilled, evicted, pressure } = judgeMemory(NODE, pods, before);
  const names = (list: readonly PodMemory[]) => list.map(({ pod }) => pod.metadata.name);
  return { oomKilled: names(oomKilled), evicted: names(evicted), pressure };
}

describe('the memory of a node', () => {
  it('is nobody’s trouble while the pods fit, however far they are above their requests', () => {
    expect(judge([uses(podOf('a', 1), 4), uses(podOf('b', 1), 4)], 0)).toEqual({
      oomKilled: [],
      evicted: [],
      pressure: false,
    });
  });

  it('has a pod above its own limit killed, however much room there is', () => {
    const pods = [uses(podOf('a', 1, {}, 2), 2.1), uses(podOf('b', 1, {}, 2), 2)];
    expect(judge(pods, 0)).toEqual({ oomKilled: ['a'], evicted: [], pressure: false });
  });

  it('when it runs out slowly has pods evicted that are above their requests, lowest priority first, then the furthest', () => {
    const pods = [
      uses(podOf('within', 3), 3),
      uses(podOf('far', 1), 3),
      uses(podOf('near', 1), 2),
      uses(podOf('low', 0.4, { priority: -10 }), 0.5),
    ];
    expect(judge(pods, 8.3)).toEqual({ oomKilled: [], evicted: ['low'], pressure: true });
    expect(judge([...pods, uses(podOf('more', 1), 1.5)], 9.9).evicted).toEqual(['low', 'far']);
  });

  it('never has critical pods evicted', () => {
    const critical = podOf('dns', 1, { priority: 2_000_000_000 });
    expect(judge([uses(critical, 6), uses(podOf('a', 3), 3)], 8.9).evicted).toEqual(['a']);
  });

  it('when it runs out faster than the kubelet looks has the kernel kill, until the pods fit under their common limit', () => {
    const pods = [uses(podOf('small', 4), 4), uses(podOf('big', 1), 5)];
    // 100 Mi in 10 s is 600 Mi in the minute between two samples.
    expect(judge(pods, 9 - 600 / 1024)).toMatchObject({ oomKilled: [], evicted: ['big'] });
    expect(judge(pods, 9 - 601 / 1024)).toMatchObject({ oomKilled: ['big'], evicted: [] });
  });

  it('lets the kubelet evict what the kernel left above allocatable', () => {
    const pods = [
      uses(podOf('a', 1.5), 3),
      uses(podOf('b', 1.2), 3),
      uses(podOf('c', 1), 2.05),
      uses(podOf('d', 0), 2),
    ];
    // 10.05 GiB: without the best-effort pod 8.05, which is within the threshold.
    expect(judge(pods, 0)).toEqual({ oomKilled: ['d'], evicted: ['b'], pressure: true });
  });
});

describe('oom_score_adj', () => {
  const guaranteed = podOf('a', 1, {
    containers: [{ name: 'a', requests: { cpu: 1, memory: MI }, limits: { cpu: 1, memory: MI }, ports: [] }],
  });
  it.each([
    ['a guaranteed pod', guaranteed, -997],
    ['a best-effort pod', podOf('a', 0), 1000],
    ['a burstable pod that requests an eighth of the node', podOf('a', 1), 875],
    ['a burstable pod that requests all of it', podOf('a', 8), 2],
    ['a node-critical pod', podOf('a', 0, { priorityClassName: 'system-node-critical' }), -997],
  ])('of %s', (_, pod, score) => {
    expect(oomScoreAdj(pod, 8 * GI)).toBe(score);
  });
});
