import { describe, expect, it } from 'vitest';
import { instanceType } from '../karpenter/disruption/cluster.js';
import { drift, scale } from './actions.js';
import { deployment, podDisruptionBudget, poolV0, poolV1 } from './manifests.js';
import { play } from './scene.js';
import { lines } from './told.js';

const T = instanceType('t', 2, { 'on-demand': 0.2 });

describe('five drifted nodes, two of them without pods', () => {
  const V0 = poolV0({ consolidationPolicy: 'WhenUnderutilized', consolidateAfter: 'Never' });
  const scene = {
    begins: '11:50:04',
    ends: '12:02:00',
    types: [T],
    deployments: [deployment('web', 3, '1500m'), deployment('idle', 2, '1500m')],
    // n003 drifts first; of the empty ones n004 before n005.
    script: {
      '11:58:00': scale('idle', 0),
      '11:59:55': drift('general-003'),
      '11:59:56': drift('general-002'),
      '11:59:57': drift('general-001'),
      '11:59:58': drift('general-004'),
      '11:59:59': drift('general-005'),
    },
  };
  const commands = {
    from: '12:00:00',
    only: ['DisruptionCommand', 'NodeInitialized', 'NodeClaimDeleting', 'InstanceTerminating', 'NodeDeleted'],
  } as const;

  it('E92: v1.14.1 deletes the empty ones one by one, then replaces the longest drifted, as the budget of 3 allows', () => {
    const pools = [poolV1({ consolidateAfter: 'Never', budgets: [{ nodes: '3' }] })];
    expect(play({ ...scene, pools })({ ...commands, to: '12:01:00' })).toEqual(
      lines(`
        12:00:04.0  DisruptionCommand   Drifted: delete n004   # loop 1
        12:00:04.0  NodeClaimDeleting   general-004, by disruption
        12:00:04.0  DisruptionCommand   Drifted: delete n005   # loop 2, at once
        12:00:04.0  NodeClaimDeleting   general-005, by disruption
        12:00:04.0  DisruptionCommand   Drifted: replace n003 by general-006   # loop 3; then the budget is used up
        12:00:09.0  InstanceTerminating general-004   # two units free again
        12:00:09.0  InstanceTerminating general-005
        12:00:39.0  NodeDeleted         n004
        12:00:39.0  NodeDeleted         n005
        12:00:47.7  NodeInitialized     n006
        # Until here the pod of n002 was planned onto n006, which was not initialized: blocked (corrections).
        12:00:48.0  NodeClaimDeleting   general-003, by disruption
        12:00:53.0  InstanceTerminating general-003
        12:00:57.0  DisruptionCommand   Drifted: replace n002 by general-007
      `),
    );
  });

  it('E93: v0.32.0 deletes the empty ones together, waits, and then replaces one node after the other', () => {
    const told = play({ ...scene, version: 'v0.32.0', gates: { Drift: true }, pools: [V0] });
    expect(told({ ...commands, only: [...commands.only, 'DisruptionSucceeded'] })).toEqual(
      lines(`
        12:00:04.0  DisruptionCommand   drift: delete n004 n005
        12:00:04.0  NodeClaimDeleting   general-004, by disruption
        12:00:04.0  InstanceTerminating general-004
        12:00:04.0  NodeClaimDeleting   general-005, by disruption
        12:00:04.0  InstanceTerminating general-005
        12:00:04.0  NodeDeleted         n004
        12:00:04.0  NodeDeleted         n005
        12:00:06.0  DisruptionSucceeded n004 n005
        12:00:06.0  DisruptionCommand   drift: replace n003 by general-006
        12:00:49.7  NodeInitialized     n006
        12:00:50.0  NodeClaimDeleting   general-003, by disruption   # looks at 0, 2, 6, 14, 24, 34, 44 s
        12:00:54.0  InstanceTerminating general-003
        12:00:54.0  NodeDeleted         n003
        12:00:56.0  DisruptionSucceeded n003
        12:00:56.0  DisruptionCommand   drift: replace n002 by general-007
        12:01:39.7  NodeInitialized     n007
        12:01:40.0  NodeClaimDeleting   general-002, by disruption
        12:01:44.0  InstanceTerminating general-002
        12:01:44.0  NodeDeleted         n002
        12:01:46.0  DisruptionSucceeded n002
        12:01:46.0  DisruptionCommand   drift: replace n001 by general-008
      `),
    );
  });

  it('E94: behind its closed gate v0.32.0 does nothing', () => {
    expect(play({ ...scene, version: 'v0.32.0', gates: { Drift: false }, pools: [V0] })({ from: '11:59:50' })).toEqual(
      [],
    );
  });
});

describe('a drifted node with a terminationGracePeriod of 5 minutes and a pod that its PDB keeps (v1.14.1)', () => {
  const scene = (budget: Readonly<Record<string, unknown>>) => ({
    begins: '11:50:04',
    ends: '12:05:30',
    types: [T],
    pools: [poolV1({ consolidateAfter: 'Never' }, { terminationGracePeriod: '5m' })],
    deployments: [deployment('web', 1, '1500m')],
    podDisruptionBudgets: [podDisruptionBudget('web', budget)],
    script: { '12:00:00': drift('general-001') },
  });

  it('E95: maxUnavailable 0: no replacement; the pod is deleted at the end of the grace period less its own 30 s', () => {
    expect(play(scene({ maxUnavailable: 0 }))({ from: '12:00:00' })).toEqual(
      lines(`
        12:00:00.0  Drifted             n001: NodePoolDrifted
        12:00:04.0  NodeTainted         n001   # the next look, without validation
        12:00:04.0  DisruptionCommand   Drifted: delete n001   # a fully blocked pod is not simulated
        12:00:04.0  NodeClaimDeleting   general-001, by disruption   # T = 12:05:04
        12:00:04.0  EvictionBlocked     web-0001 on n001, by PDB pdb
        12:00:04.0  DisruptionSucceeded n001
        12:04:35.0  PodDeleting         web-0001 on n001, by termination   # the first look after T - 30 s
        12:04:36.0  NodeClaimCreated    general-002 by provisioner for web-0002   # its successor is pending only now
        12:04:38.7  NodeClaimLaunched   general-002: t on-demand a
        12:04:39.0  PodGone             web-0001 on n001
        12:04:39.0  NodeDrained         n001
        12:04:39.0  InstanceTerminating general-001
        12:05:09.0  NodeDeleted         n001
        12:05:09.0  NodeClaimDeleted    general-001
        12:05:09.7  NodeRegistered      n002
        12:05:19.7  NodeInitialized     n002
        12:05:20.3  PodBound            web-0002 on n002   # down for 41 s
      `),
    );
  });

  it('E96: minAvailable 1 of one pod: not fully blocking, so the replacement comes first', () => {
    expect(play(scene({ minAvailable: 1 }))({ from: '12:00:00' })).toEqual(
      lines(`
        12:00:00.0  Drifted             n001: NodePoolDrifted
        12:00:04.0  NodeTainted         n001
        12:00:04.0  NodeClaimCreated    general-002 by disruption for web-0001
        12:00:04.0  DisruptionCommand   Drifted: replace n001 by general-002
        12:00:06.7  NodeClaimLaunched   general-002: t on-demand a
        12:00:37.7  NodeRegistered      n002
        12:00:47.7  NodeInitialized     n002
        12:00:48.0  NodeClaimDeleting   general-001, by disruption   # T = 12:05:48
        12:00:48.0  EvictionBlocked     web-0001 on n001, by PDB pdb
        12:00:48.0  DisruptionSucceeded n001
        12:05:19.0  PodDeleting         web-0001 on n001, by termination
        12:05:19.0  PodBound            web-0002 on n002   # there is a node for it
        12:05:23.0  PodGone             web-0001 on n001
        12:05:23.0  NodeDrained         n001
        12:05:23.0  InstanceTerminating general-001
      `),
    );
  });
});
