import { describe, expect, it } from 'vitest';
import { instanceType } from '../karpenter/disruption/cluster.js';
import { annotateNode, scale } from './actions.js';
import { deployment, poolV0, poolV1 } from './manifests.js';
import { play } from './scene.js';
import { lines } from './told.js';

const T = instanceType('t', 2, { 'on-demand': 0.2 });
const V0 = poolV0({ consolidationPolicy: 'WhenUnderutilized' });
const from = '12:00:00';

/** A node whose pod goes at 12:00:00. The loop looks at 12:00:04, :14, … */
const oneNode = {
  begins: '11:50:04',
  ends: '12:01:00',
  types: [T],
  deployments: [deployment('web', 1, '1500m')],
  script: { '12:00:00': scale('web', 0) },
};

describe('a node that is empty', () => {
  it('E103: with consolidateAfter 0s v1.14.1 decides at the next look and acts 15 s later', () => {
    expect(play({ ...oneNode, pools: [poolV1({ consolidateAfter: '0s' })] })({ from })).toEqual(
      lines(`
        12:00:00.0  PodDeleting         web-0001 on n001, by replicaset   # a terminating pod is not rescheduled: empty now
        12:00:04.0  PodGone             web-0001 on n001
        12:00:04.0  DisruptionProposed  emptiness: delete n001
        12:00:19.0  NodeTainted         n001
        12:00:19.0  DisruptionCommand   Empty: delete n001
        12:00:19.0  NodeClaimDeleting   general-001, by disruption
        12:00:19.0  DisruptionSucceeded n001       # a pure delete is done at the first look of the queue
        12:00:24.0  NodeDrained         n001       # not before 5 s (§1.11)
        12:00:24.0  InstanceTerminating general-001
        12:00:54.0  NodeDeleted         n001       # gone after 28 s, seen at the next 5-s mark
        12:00:54.0  NodeClaimDeleted    general-001
      `),
    );
  });

  it('E104: with WhenEmpty and 30s v0.32.0 deletes it at the first look after 30 s, without validation', () => {
    const pool = poolV0({ consolidationPolicy: 'WhenEmpty', consolidateAfter: '30s' });
    expect(play({ ...oneNode, version: 'v0.32.0', pools: [pool] })({ from })).toEqual(
      lines(`
        12:00:00.0  PodDeleting         web-0001 on n001, by replicaset
        12:00:00.0  Empty               n001
        12:00:04.0  PodGone             web-0001 on n001
        12:00:34.0  DisruptionCommand   emptiness: delete n001
        12:00:34.0  NodeClaimDeleting   general-001, by disruption
        12:00:34.0  NodeTainted         n001   # by termination: a delete command does not taint (§7.1)
        12:00:34.0  NodeDrained         n001   # no floor, and the instance is not waited for
        12:00:34.0  InstanceTerminating general-001
        12:00:34.0  NodeDeleted         n001
        12:00:34.0  NodeClaimDeleted    general-001
        12:00:36.0  DisruptionSucceeded n001   # the loop has waited for that, 2 s at least
      `),
    );
  });

  it('E105: with WhenUnderutilized v0.32.0 decides at the next look and acts 15 s later', () => {
    expect(play({ ...oneNode, version: 'v0.32.0', pools: [V0] })({ from, to: '12:00:30' })).toEqual(
      lines(`
        12:00:00.0  PodDeleting         web-0001 on n001, by replicaset
        12:00:04.0  PodGone             web-0001 on n001
        12:00:04.0  DisruptionProposed  empty-consolidation: delete n001
        12:00:19.0  DisruptionCommand   consolidation: delete n001
        12:00:19.0  NodeClaimDeleting   general-001, by disruption
        12:00:19.0  NodeTainted         n001
        12:00:19.0  NodeDrained         n001
        12:00:19.0  InstanceTerminating general-001
        12:00:19.0  NodeDeleted         n001
        12:00:19.0  NodeClaimDeleted    general-001
        12:00:21.0  DisruptionSucceeded n001
      `),
    );
  });
});

describe('two empty nodes, of which the second changes during the 15 s', () => {
  const pinned = { nodeSelector: { 'kubernetes.io/hostname': 'n002' } };
  const twoNodes = {
    ...oneNode,
    deployments: [deployment('web', 2, '1500m'), deployment('api', 0, '500m', pinned)],
  };
  const podComes = { '12:00:00': scale('web', 0), '12:00:10': scale('api', 1) };
  const excerpt = { from, to: '12:00:34', without: ['PodDeleting', 'PodGone', 'NodeTainted'] } as const;

  it('E106: a pod binds to it; v1.14.1 deletes the other', () => {
    const told = play({ ...twoNodes, pools: [poolV1({ consolidateAfter: '0s' })], script: podComes });
    expect(told(excerpt)).toEqual(
      lines(`
        12:00:04.0  DisruptionProposed  emptiness: delete n001 n002
        12:00:10.0  PodBound            api-0001 on n002
        12:00:19.0  DisruptionCommand   Empty: delete n001   # shrunk to what is still empty
        12:00:19.0  NodeClaimDeleting   general-001, by disruption
        12:00:19.0  DisruptionSucceeded n001
        12:00:24.0  NodeDrained         n001
        12:00:24.0  InstanceTerminating general-001
      `),
    );
  });

  it('E110: a pod binds to it; v0.32.0 abandons the whole command', () => {
    const told = play({ ...twoNodes, version: 'v0.32.0', pools: [V0], script: podComes });
    expect(told({ ...excerpt, to: '12:00:20' })).toEqual(
      lines(`
        12:00:04.0  DisruptionProposed  empty-consolidation: delete n001 n002
        12:00:10.0  PodBound            api-0001 on n002
        12:00:19.0  DisruptionAbandoned empty-consolidation: n001 n002, churn
        12:00:19.0  DisruptionProposed  single: delete n001   # the loop goes on; later methods take empty nodes too (corrections)
      `),
    );
  });

  it('E109: it gets do-not-disrupt; v0.32.0 deletes both all the same', () => {
    const annotated = annotateNode('n002', 'karpenter.sh/do-not-disrupt', 'true');
    const script = { '12:00:00': scale('web', 0), '12:00:10': annotated };
    const told = play({ ...twoNodes, version: 'v0.32.0', pools: [V0], script });
    expect(told({ from, only: ['DisruptionProposed', 'DisruptionCommand', 'NodeDeleted'] })).toEqual(
      lines(`
        12:00:04.0  DisruptionProposed  empty-consolidation: delete n001 n002
        12:00:19.0  DisruptionCommand   consolidation: delete n001 n002   # n002 is no candidate now, so nobody looks at it
        12:00:19.0  NodeDeleted         n001
        12:00:19.0  NodeDeleted         n002
      `),
    );
    const careful = play({ ...twoNodes, pools: [poolV1({ consolidateAfter: '0s' })], script });
    expect(careful({ from, only: ['DisruptionProposed', 'DisruptionCommand'] })).toEqual(
      lines(`
        12:00:04.0  DisruptionProposed  emptiness: delete n001 n002
        12:00:19.0  DisruptionCommand   Empty: delete n001   # v1.14.1 keeps n002
      `),
    );
  });
});

describe('budgets and empty nodes (v1.14.1)', () => {
  const only = ['DisruptionProposed', 'DisruptionCommand', 'InstanceTerminating'] as const;

  it('E91: seven nodes go three at a time under a budget of 3', () => {
    const told = play({
      ...oneNode,
      ends: '12:01:20',
      pools: [poolV1({ consolidateAfter: '0s', budgets: [{ nodes: '3' }] })],
      deployments: [deployment('web', 7, '1500m')],
    });
    // Equal prices: which three go first is a tie.
    const counted = told({ from, only }).map((line) => line.replace(/ (n00\d ?)+$/, (names) => ` ${nodes(names)}`));
    expect(counted.filter((line) => !line.includes('InstanceTerminating'))).toEqual(
      lines(`
        12:00:04.0  DisruptionProposed  emptiness: delete 3 nodes
        12:00:19.0  DisruptionCommand   Empty: delete 3 nodes
        12:00:29.0  DisruptionProposed  emptiness: delete 3 nodes   # their instances terminate from 12:00:24 on: budget free
        12:00:44.0  DisruptionCommand   Empty: delete 3 nodes
        12:00:54.0  DisruptionProposed  emptiness: delete 1 nodes
        12:01:09.0  DisruptionCommand   Empty: delete 1 nodes
      `),
    );
    expect(told({ from, to: '12:00:25', only: ['InstanceTerminating'] })).toHaveLength(3);
  });

  it('E87: a node that empties within the window 9 to 17 on a Monday waits for its end', () => {
    const closed = { nodes: '0', schedule: '0 9 * * mon-fri', duration: '8h' };
    const told = play({
      ...oneNode,
      begins: '16:50:04',
      ends: '17:00:30',
      pools: [poolV1({ consolidateAfter: '0s', budgets: [{ nodes: '100%' }, closed] })],
      script: { '16:55:00': scale('web', 0) },
    });
    expect(told({ from: '16:55:00', only: [...only, 'PodDeleting'] })).toEqual(
      lines(`
        16:55:00.0  PodDeleting         web-0001 on n001, by replicaset
        17:00:04.0  DisruptionProposed  emptiness: delete n001   # emptiness has no memo: the first look after the window
        17:00:19.0  DisruptionCommand   Empty: delete n001
        17:00:24.0  InstanceTerminating general-001
      `),
    );
  });
});

function nodes(names: string): string {
  return `${names.trim().split(' ').length} nodes`;
}
