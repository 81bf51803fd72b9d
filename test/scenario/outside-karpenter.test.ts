import { describe, expect, it } from 'vitest';
import { groupsOutsideKarpenter } from '../../src/scenario/outside-karpenter.js';
import { withBaseline } from '../../src/scenario/with-baseline.js';
import { node, taint } from '../kubernetes/objects.js';
import { smallSpec } from '../simulation/small-cluster.js';

const LABELS = { 'eks.amazonaws.com/nodegroup': 'system', 'node.kubernetes.io/instance-type': 'm5.large' };
const SYSTEM_TAINT = taint('CriticalAddonsOnly', 'NoSchedule', 'true');

const START = {
  nodes: [
    node('a', { labels: LABELS, zone: 'us-east-1a', taints: [SYSTEM_TAINT] }),
    node('b', { labels: LABELS, zone: 'us-east-1b', taints: [SYSTEM_TAINT] }),
    node('c', { labels: { 'node.kubernetes.io/instance-type': 'c5.large' }, zone: 'us-east-1a' }),
  ],
  nodeClaims: [],
  replicaSets: [],
  pods: [],
};

describe('nodes of a start state outside Karpenter', () => {
  it('are groups of one type, with labels that hold for all of them', () => {
    expect(groupsOutsideKarpenter(START)).toEqual([
      { name: 'system', instanceType: 'm5.large', count: 2, labels: LABELS, taints: [SYSTEM_TAINT] },
      {
        name: 'outside Karpenter',
        instanceType: 'c5.large',
        count: 1,
        labels: { 'node.kubernetes.io/instance-type': 'c5.large' },
        taints: [],
      },
    ]);
  });

  it('stay in a run with a baseline, which begins anew', () => {
    const spec = withBaseline({ ...smallSpec({}), startState: START }, 'static');
    expect(spec.startState).toBeUndefined();
    expect(spec.managedNodeGroups.map(({ name, count }) => [name, count])).toEqual([
      ['system', 2],
      ['outside Karpenter', 1],
    ]);
    expect(spec.notes.at(-1)).toMatch(/^The start state belongs to Karpenter/);
  });
});
