import { describe, expect, it } from 'vitest';
import { ClusterSnapshot } from '../../src/baseline/cluster-snapshot.js';
import { estimateNodes, type NodeTemplate } from '../../src/baseline/estimator.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import { GI, MI, node, pod, runningPod } from '../kubernetes/objects.js';

const TEMPLATE: NodeTemplate = {
  node: node('template', { allocatable: { cpu: 3920, memory: 14_600 * MI, pods: 58 } }),
  daemonPods: [],
};

function pods(name: string, count: number, requests: Pod['spec']['containers'][number]['requests']) {
  return { pods: Array.from({ length: count }, (_, index) => pod(`${name}-${index}`, { requests })) };
}

describe('the estimator (kubernetes.md §7.3)', () => {
  it('packs the most demanding group first (§10 example 28)', () => {
    const small = pods('small', 10, { cpu: 500, memory: 3 * GI });
    const big = pods('big', 6, { cpu: 2000, memory: 4 * GI });
    const estimate = estimateNodes(new ClusterSnapshot(), [small, big], TEMPLATE);
    expect(estimate.nodes).toBe(6);
    expect(estimate.pods).toHaveLength(16);
    expect(estimate.pods[0]?.metadata.name).toBe('big-0');
  });

  it('counts DaemonSet pods as running on every new node', () => {
    const group = pods('web', 4, { cpu: 1900 });
    const busy = { ...TEMPLATE, daemonPods: [pod('agent', { requests: { cpu: 200 } })] };
    expect(estimateNodes(new ClusterSnapshot(), [group], TEMPLATE).nodes).toBe(2);
    expect(estimateNodes(new ClusterSnapshot(), [group], busy).nodes).toBe(4);
  });

  it('leaves out a group whose pods fit on no node of the shape, and counts no node for it', () => {
    const estimate = estimateNodes(new ClusterSnapshot(), [pods('huge', 3, { cpu: 5000 })], TEMPLATE);
    expect(estimate).toEqual({ nodes: 0, pods: [] });
  });

  it('does not fill nodes that are there already', () => {
    const snapshot = new ClusterSnapshot();
    snapshot.addNode(node('empty', { allocatable: { cpu: 3920, memory: 14_600 * MI, pods: 58 } }));
    expect(estimateNodes(snapshot, [pods('web', 1, { cpu: 500 })], TEMPLATE).nodes).toBe(1);
  });

  it('stops at the limit of new nodes', () => {
    const estimate = estimateNodes(new ClusterSnapshot(), [pods('web', 9, { cpu: 3000 })], TEMPLATE, 4);
    expect(estimate.nodes).toBe(4);
    expect(estimate.pods).toHaveLength(4);
  });

  it('leaves the snapshot as it was', () => {
    const snapshot = new ClusterSnapshot();
    snapshot.addNode(node('old', { allocatable: { cpu: 3920, memory: 14_600 * MI, pods: 58 } }));
    snapshot.place(runningPod('resident', 'old', { requests: { cpu: 1000 } }), 'old');
    estimateNodes(snapshot, [pods('web', 9, { cpu: 3000 })], TEMPLATE);
    expect(snapshot.cache.nodes.map(({ name, usedCpuMilli }) => [name, usedCpuMilli])).toEqual([['old', 1000]]);
  });
});
