import { describe, expect, it } from 'vitest';
import { instanceType } from '../karpenter/disruption/cluster.js';
import { annotatePod, deleteNodeClaim, deletePod, drift, scale } from './actions.js';
import { daemonSet, deployment, podDisruptionBudget, poolV0, poolV1 } from './manifests.js';
import { play } from './scene.js';
import { lines } from './told.js';

const T = instanceType('t', 8, { 'on-demand': 0.2 });
const from = '12:00:00';

describe('the order of a drain', () => {
  const scene = {
    begins: '11:50:04',
    ends: '12:00:45',
    types: [T],
    deployments: [
      deployment('web', 1, '500m'),
      deployment('dns', 1, '500m', { priorityClassName: 'system-cluster-critical' }),
    ],
    daemonSets: [
      daemonSet('log'),
      daemonSet('proxy', { priorityClassName: 'system-node-critical', tolerations: [{ operator: 'Exists' }] }),
    ],
    script: { '12:00:00': deleteNodeClaim('general-001') },
  };
  const only = ['PodDeleting', 'PodGone', 'NodeDrained', 'InstanceTerminating', 'NodeDeleted'] as const;

  it('E120: v1.14.1 waits for each group of pods to be gone', () => {
    expect(play({ ...scene, pools: [poolV1({ consolidateAfter: 'Never' })] })({ from, only })).toEqual(
      lines(`
        12:00:00.0  PodDeleting         web-0001 on n001, by eviction   # neither critical nor of a DaemonSet
        12:00:04.0  PodGone             web-0001 on n001
        12:00:04.0  PodDeleting         log-n001 on n001, by eviction   # DaemonSet
        12:00:08.0  PodGone             log-n001 on n001
        12:00:08.0  PodDeleting         dns-0001 on n001, by eviction   # critical
        12:00:12.0  PodGone             dns-0001 on n001
        12:00:12.0  NodeDrained         n001   # proxy tolerates the taint and does not count
        12:00:12.0  InstanceTerminating general-001
        12:00:42.0  PodDeleting         proxy-n001 on n001, by garbage-collection
        12:00:42.0  PodGone             proxy-n001 on n001
        12:00:42.0  NodeDeleted         n001
      `),
    );
  });

  it('E120: v0.32.0 goes on, a second later, as soon as a group is terminating', () => {
    const pools = [poolV0({ consolidationPolicy: 'WhenUnderutilized', consolidateAfter: 'Never' })];
    expect(play({ ...scene, version: 'v0.32.0', pools })({ from, only })).toEqual(
      lines(`
        12:00:00.0  PodDeleting         web-0001 on n001, by eviction
        12:00:01.0  PodDeleting         log-n001 on n001, by eviction
        12:00:02.0  PodDeleting         dns-0001 on n001, by eviction
        12:00:04.0  PodGone             web-0001 on n001
        12:00:05.0  PodGone             log-n001 on n001
        12:00:06.0  PodGone             dns-0001 on n001
        12:00:06.0  NodeDrained         n001
        12:00:06.0  InstanceTerminating general-001
        12:00:06.0  PodDeleting         proxy-n001 on n001, by garbage-collection
        12:00:06.0  PodGone             proxy-n001 on n001
        12:00:06.0  NodeDeleted         n001
      `),
    );
  });
});

describe('a PDB that lets one pod go at a time (v1.14.1)', () => {
  it('E42: does not keep a node of five pods, and throttles its drain to one in ten seconds', () => {
    const told = play({
      begins: '11:50:04',
      ends: '12:01:30',
      types: [T],
      pools: [poolV1({ consolidateAfter: 'Never' })],
      deployments: [deployment('web', 5, '1')],
      podDisruptionBudgets: [podDisruptionBudget('web', { maxUnavailable: 1 })],
      script: { '12:00:00': drift('general-001') },
    });
    const only = ['DisruptionCommand', 'NodeClaimDeleting', 'PodDeleting', 'NodeDrained'] as const;
    // Which of the five retries first is chance.
    expect(told({ from, only }).map((line) => line.replace(/web-000\d/, 'a pod'))).toEqual(
      lines(`
        12:00:04.0  DisruptionCommand   Drifted: replace n001 by general-002
        12:00:48.0  NodeClaimDeleting   general-001, by disruption
        12:00:48.0  PodDeleting         a pod on n001, by eviction
        12:00:54.3  PodDeleting         a pod on n001, by eviction   # retries after .1, .2, .4, .8, 1.6, 3.2 s, in phase
        12:01:00.7  PodDeleting         a pod on n001, by eviction   # 6.4 s
        12:01:10.7  PodDeleting         a pod on n001, by eviction   # from here on 10 s
        12:01:20.7  PodDeleting         a pod on n001, by eviction
        12:01:25.0  NodeDrained         n001
      `),
    );
  });
});

describe('a terminationGracePeriod of 10 minutes (v1.14.1)', () => {
  it('E121: ends every drain by 12:10:00, with what each pod needs of it', () => {
    const told = play({
      begins: '11:50:04',
      ends: '12:10:35',
      types: [T],
      pools: [poolV1({ consolidateAfter: 'Never' }, { terminationGracePeriod: '10m' })],
      // Containers that never stop by themselves.
      delays: { podStopSeconds: 3600 },
      deployments: [
        deployment('web', 1, '1'),
        deployment('job', 1, '1'),
        deployment('slow', 1, '1', { terminationGracePeriodSeconds: 900 }),
        deployment('left', 1, '1'),
      ],
      podDisruptionBudgets: [podDisruptionBudget('web', { maxUnavailable: 0 })],
      script: {
        '11:55:00': [annotatePod('job-0001', 'karpenter.sh/do-not-disrupt', 'true')],
        '11:55:01': [deletePod('left-0001', 1500), scale('left', 0)],
        '12:00:00': deleteNodeClaim('general-001'),
      },
    });
    const only = [
      'NodeClaimDeleting',
      'EvictionBlocked',
      'PodDeleting',
      'PodGone',
      'NodeDrained',
      'NodeDeleted',
    ] as const;
    expect(told({ from: '11:55:00', only })).toEqual(
      lines(`
        11:55:01.0  PodDeleting         left-0001 on n001, by scenario   # deletionTimestamp 12:20:01
        12:00:00.0  NodeClaimDeleting   general-001, by scenario   # T = 12:10:00
        12:00:00.0  PodDeleting         slow-0001 on n001, by termination   # T - 15 min has passed: DELETE with 600 s
        12:00:00.0  EvictionBlocked     web-0001 on n001, by PDB pdb   # retried every 10 s
        # job-0001 says do-not-disrupt: nobody asks to evict it.
        12:09:31.0  PodDeleting         web-0001 on n001, by termination   # first look after T - 30 s, PDB or not
        12:09:31.0  PodDeleting         job-0001 on n001, by termination
        12:10:00.0  PodGone             slow-0001 on n001
        12:10:00.0  PodGone             web-0001 on n001   # with the 29 s that were left
        12:10:00.0  PodGone             job-0001 on n001
        12:10:00.0  PodGone             left-0001 on n001   # deleted again, so that it ends by T
        12:10:00.0  NodeDrained         n001
        12:10:30.0  NodeDeleted         n001
      `),
    );
  });
});
