import { describe, expect, it } from 'vitest';
import { instanceType } from '../karpenter/disruption/cluster.js';
import { makeAvailable, nominate, removeBudget, scale } from './actions.js';
import { deployment, podDisruptionBudget, poolV1 } from './manifests.js';
import { applyPool, play, setBudget } from './scene.js';
import { lines } from './told.js';

const T = instanceType('t', 2, { 'on-demand': 0.2 });
const U = instanceType('u', 4, { 'on-demand': 0.4 });
const W = instanceType('w', 4, { 'on-demand': 0.25 });
const from = '12:00:00';

describe('the life of a node that gets too large (v1.14.1)', () => {
  it('goes from pending pods over Consolidatable, command and replacement to gone', () => {
    const told = play({
      begins: '12:00:00',
      ends: '12:07:10',
      types: [T, U],
      pools: [poolV1({ consolidateAfter: '30s' })],
      deployments: [deployment('web', 2, '1500m')],
      script: { '12:05:00': scale('web', 1) },
    });
    expect(told({ also: ['NodeReady', 'PodEventRecorded'] })).toEqual(
      lines(`
        12:00:01.0  NodeClaimCreated    general-001 by provisioner for web-0001 web-0002   # a second of batching
        12:00:03.7  NodeClaimLaunched   general-001: u on-demand a
        12:00:34.7  NodeRegistered      n001
        12:00:44.7  NodeReady           n001   # 44.7 s
        12:00:44.7  NodeInitialized     n001
        12:00:45.3  PodBound            web-0001 on n001
        12:00:45.3  PodEventRecorded    n001   # the second within 10 s is not recorded
        12:00:45.3  PodBound            web-0002 on n001
        12:01:15.0  Consolidatable      n001   # on the whole second (§9.2); nothing is cheaper yet
        12:05:00.0  PodDeleting         web-0002 on n001, by replicaset
        12:05:00.0  PodEventRecorded    n001
        12:05:00.0  NotConsolidatable   n001
        12:05:04.0  PodGone             web-0002 on n001
        12:05:30.0  Consolidatable      n001
        12:05:30.0  DisruptionProposed  single: replace n001   # the loop looks every ten seconds from 12:00:00 on
        12:05:45.0  NodeTainted         n001   # validated after 15 s
        12:05:45.0  NodeClaimCreated    general-002 by disruption for web-0001
        12:05:45.0  DisruptionCommand   Underutilized: replace n001 by general-002
        12:05:47.7  NodeClaimLaunched   general-002: t on-demand a
        12:06:18.7  NodeRegistered      n002
        12:06:28.7  NodeReady           n002
        12:06:28.7  NodeInitialized     n002
        12:06:29.0  NodeClaimDeleting   general-001, by disruption   # the queue looks every second
        12:06:29.0  PodDeleting         web-0001 on n001, by eviction
        12:06:29.0  PodEventRecorded    n001
        12:06:29.0  DisruptionSucceeded n001
        12:06:29.0  PodBound            web-0003 on n002
        12:06:29.0  PodEventRecorded    n002
        12:06:33.0  PodGone             web-0001 on n001
        12:06:34.0  NodeDrained         n001   # five seconds at least
        12:06:34.0  InstanceTerminating general-001
        12:06:59.0  Consolidatable      n002
        12:07:04.0  NodeDeleted         n001   # 28 s, seen at a multiple of five
        12:07:04.0  NodeClaimDeleted    general-001
      `),
    );
  });
});

describe('consolidateAfter (v1.14.1)', () => {
  it('E102: counts from the last recorded pod event, and the second of two within 10 s is not recorded', () => {
    const told = play({
      begins: '11:59:15',
      ends: '12:01:51',
      types: [T, U],
      pools: [poolV1({ consolidateAfter: '60s' })],
      delays: { readySeconds: 10.3 },
      deployments: [deployment('web', 1, '3'), deployment('api', 0, '500m')],
      script: { '11:59:50': scale('web', 0), '12:00:30': scale('api', 1), '12:00:36': scale('api', 2) },
    });
    expect(told({ from, also: ['PodEventRecorded'] })).toEqual(
      lines(`
        12:00:00.0  NodeInitialized     n001
        12:00:30.0  PodBound            api-0001 on n001
        12:00:30.0  PodEventRecorded    n001
        12:00:36.0  PodBound            api-0002 on n001
        12:01:30.0  Consolidatable      n001
        12:01:35.0  DisruptionProposed  single: replace n001
        12:01:50.0  NodeTainted         n001
        12:01:50.0  NodeClaimCreated    general-002 by disruption for api-0001 api-0002
        12:01:50.0  DisruptionCommand   Underutilized: replace n001 by general-002
      `),
    );
  });
});

describe('what happens during the 15 s of validation (v1.14.1)', () => {
  it('E107: a node of a multi-node command is nominated: abandoned, and single-node consolidation has its turn', () => {
    const only = (type: string) => ({
      requirements: [{ key: 'node.kubernetes.io/instance-type', operator: 'In', values: [type] }],
    });
    const general = (consolidateAfter: string) => poolV1({ consolidateAfter }, only('t'));
    // Of equal weights the last name comes first, so web gets nodes of its own, with room for it on the broad one.
    const told = play({
      begins: '11:50:04',
      ends: '12:00:33',
      types: [T, U],
      pools: [poolV1({ consolidateAfter: 'Never' }, only('u'), { name: 'broad' }), general('Never')],
      deployments: [
        deployment('big', 1, '500m', { nodeSelector: { 'karpenter.sh/nodepool': 'broad' } }),
        deployment('web', 2, '1200m'),
      ],
      script: { '12:00:00': applyPool(general('0s')), '12:00:10': nominate('general-002') },
    });
    expect(told({ from })).toEqual(
      lines(`
        12:00:00.0  Consolidatable      n001
        12:00:00.0  Consolidatable      n002
        12:00:04.0  DisruptionProposed  multi: delete n001 n002   # both pods fit on n003
        12:00:19.0  DisruptionAbandoned multi: n001 n002, churn
        12:00:19.0  DisruptionProposed  single: delete n001   # same loop; n002 is nominated until 12:00:30
      `),
    );
  });

  it('E108: a new PDB blocks the node of a single-node command: abandoned, the loop ends, the memo is not set', () => {
    const told = play({
      begins: '11:50:04',
      ends: '12:01:25',
      types: [T, U],
      pools: [poolV1({ consolidateAfter: '0s' })],
      deployments: [deployment('web', 1, '3'), deployment('api', 0, '1')],
      script: {
        '12:00:00': [scale('web', 0), scale('api', 1)],
        '12:00:10': setBudget(podDisruptionBudget('api', { maxUnavailable: 0 })),
        '12:01:00': removeBudget(),
      },
    });
    expect(told({ from, also: ['DisruptionBlocked'], without: ['PodDeleting', 'PodGone', 'PodBound'] })).toEqual(
      lines(`
        12:00:04.0  DisruptionProposed  single: replace n001
        12:00:19.0  DisruptionAbandoned single: n001, churn   # event ConsolidationRejected
        12:00:29.0  DisruptionBlocked   n001: pod-disruption-budget
        12:01:09.0  DisruptionProposed  single: replace n001   # the next look after the PDB is gone, not five minutes later
        12:01:24.0  NodeTainted         n001
        12:01:24.0  NodeClaimCreated    general-002 by disruption for api-0001
        12:01:24.0  DisruptionCommand   Underutilized: replace n001 by general-002
      `),
    );
  });
});

describe('the consolidation memo (v1.14.1)', () => {
  // Three nodes of a pod each. From 12:01:00 on one node of type w could stand in for two of them, and nothing else changes.
  const general = (consolidateAfter: string, nodes: string) => poolV1({ consolidateAfter, budgets: [{ nodes }] });
  const scene = (nodes: string) => ({
    begins: '11:50:04',
    ends: '12:06:00',
    types: [T, W],
    pools: [general('Never', nodes)],
    deployments: [deployment('web', 3, '1500m')],
    script: {
      '11:50:04': makeAvailable('w', false),
      '12:00:00': applyPool(general('0s', nodes)),
      '12:01:00': makeAvailable('w'),
    },
  });
  /** Lines about the first command, with the number of its nodes: which of three equal ones is a tie. */
  const commands = (nodes: string): string[] =>
    play(scene(nodes))({ from, only: ['DisruptionProposed', 'DisruptionCommand'] })
      .map((line) => line.replace(/n00\d n00\d/, '2 nodes'))
      .slice(0, 2);

  it('E115: after a look in vain nothing is looked at before the last change is five minutes old, cheaper or not', () => {
    expect(commands('100%')).toEqual(
      lines(`
        # 12:00:00 the NodePool changed, 12:00:04 nothing was found
        12:05:04.0  DisruptionProposed  multi: replace 2 nodes
        12:05:19.0  DisruptionCommand   Underutilized: replace 2 nodes by general-004
      `),
    );
  });

  it('E116: where a budget kept a candidate out, it is looked at again every ten seconds', () => {
    expect(commands('2')).toEqual(
      lines(`
        12:01:04.0  DisruptionProposed  multi: replace 2 nodes
        12:01:19.0  DisruptionCommand   Underutilized: replace 2 nodes by general-004
      `),
    );
  });
});
