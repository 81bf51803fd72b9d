import { describe, expect, it } from 'vitest';
import { instanceType } from '../karpenter/disruption/cluster.js';
import { allocatable, nodeNotReady, nodeReady, scale } from './actions.js';
import { deployment, poolV0, poolV1 } from './manifests.js';
import { play, type Scene } from './scene.js';
import { lines } from './told.js';

const T = instanceType('t', 2, { 'on-demand': 0.2 });

describe('a startup taint that nobody removes', () => {
  const startup = { startupTaints: [{ key: 'node.cilium.io/agent-not-ready', effect: 'NoExecute' }] };
  const scene = { begins: '11:59:59', types: [T], deployments: [deployment('web', 1, '1500m')] };

  it('E25: v1.14.1 keeps planning the pod onto the node, never consolidates it, and deletes it at expireAfter', () => {
    const pool = poolV1({ consolidateAfter: '0s' }, { ...startup, expireAfter: '10m' });
    const told = play({ ...scene, version: 'v1.14.1', pools: [pool], ends: '12:10:04' });
    expect(told({ also: ['NodeReady'] })).toEqual(
      lines(`
        12:00:00.0  NodeClaimCreated    general-001 by provisioner for web-0001
        12:00:02.7  NodeClaimLaunched   general-001: t on-demand a
        12:00:33.7  NodeRegistered      n001
        12:00:43.7  NodeReady           n001   # but StartupTaintsExist: not initialized, for which there is no timeout
        12:10:00.0  NodeClaimDeleting   general-001, by expiration   # forceful, initialized or not (§1.8)
        12:10:00.0  NodeTainted         n001
        12:10:01.0  NodeClaimCreated    general-002 by provisioner for web-0001   # only now is the pod's node one that goes
        12:10:03.7  NodeClaimLaunched   general-002: t on-demand a
      `),
    );
    const passes = told({ from: '12:00:01', to: '12:09:59', only: ['SchedulingPass'] });
    expect(passes).toHaveLength(59);
    expect(passes.every((line) => line.endsWith('1 pending, 0 of leaving nodes: 0 new'))).toBe(true);
  });

  it('E25: v0.32.0 marks it Expired and leaves it there for ever, silently', () => {
    const pool = poolV0({ consolidationPolicy: 'WhenUnderutilized', expireAfter: '10m' }, startup);
    const told = play({ ...scene, version: 'v0.32.0', pools: [pool], ends: '13:00:00' });
    expect(told({ also: ['NodeReady'] })).toEqual(
      lines(`
        12:00:00.0  NodeClaimCreated    general-001 by provisioner for web-0001
        12:00:02.7  NodeClaimLaunched   general-001: t on-demand a
        12:00:33.7  NodeRegistered      n001
        12:00:43.7  NodeReady           n001
        12:10:00.0  Expired             n001   # a marker only: the node is no candidate
      `),
    );
  });
});

describe('a GPU that no device plugin advertises', () => {
  const gpu = 'nvidia.com/gpu';
  const g = instanceType('g', 2, { 'on-demand': 0.2 });
  const G = { ...g, capacity: { ...g.capacity, [gpu]: 1 } };
  const pod = {
    containers: [{ name: 'main', image: 'image', resources: { requests: { cpu: 1, [gpu]: 1 }, limits: { [gpu]: 1 } } }],
  };

  it('E26: the node is not initialized until the resource that its pod asked for is there', () => {
    const told = play({
      begins: '11:59:59',
      ends: '12:06:00',
      types: [G],
      pools: [poolV1({ consolidateAfter: '0s' })],
      deployments: [deployment('train', 1, '1', pod)],
      script: {
        '12:00:35': allocatable('n001', { [gpu]: 0 }),
        '12:05:00': allocatable('n001', { [gpu]: 1 }),
      },
    });
    expect(told({ from: '12:00:30', also: ['NodeReady'], without: ['PodBound'] })).toEqual(
      lines(`
        12:00:33.7  NodeRegistered      n001
        12:00:43.7  NodeReady           n001   # but ResourceNotRegistered
        12:05:00.0  NodeInitialized     n001   # the plugin has come
        12:05:00.0  Consolidatable      n001
      `),
    );
  });
});

describe('a node that is NotReady later', () => {
  it('E27: stays initialized and uses up a unit of the budget', () => {
    const told = play({
      begins: '11:50:04',
      ends: '12:02:00',
      types: [T],
      pools: [poolV1({ consolidateAfter: '0s', budgets: [{ nodes: '1' }] })],
      deployments: [deployment('web', 2, '1500m')],
      script: {
        '12:00:00': nodeNotReady('n001'),
        '12:00:30': scale('web', 1),
        '12:01:30': nodeReady('n001'),
      },
    });
    expect(told({ from: '12:00:00' })).toEqual(
      lines(`
        12:00:30.0  PodDeleting         web-0002 on n002, by replicaset
        12:00:34.0  PodGone             web-0002 on n002
        # n002 is empty and Consolidatable for a minute: 1 - 1 NotReady = 0
        12:01:34.0  DisruptionProposed  emptiness: delete n002
        12:01:49.0  NodeTainted         n002
        12:01:49.0  DisruptionCommand   Empty: delete n002
        12:01:49.0  NodeClaimDeleting   general-002, by disruption
        12:01:49.0  DisruptionSucceeded n002
        12:01:54.0  NodeDrained         n002
        12:01:54.0  InstanceTerminating general-002
      `),
    );
  });
});

describe('the sync gate', () => {
  const scene: Scene = {
    begins: '11:50:04',
    ends: '12:01:00',
    types: [T, instanceType('big', 3, { 'on-demand': 0.3 })],
    pools: [],
    delays: { launchSeconds: 40 },
    deployments: [deployment('web', 2, '1700m'), deployment('api', 0, '2500m')],
    script: { '12:00:00': scale('api', 1), '12:00:02': scale('web', 1) },
  };

  it('E28: while a NodeClaim is being launched v1.14.1 disrupts nothing', () => {
    expect(play({ ...scene, pools: [poolV1({ consolidateAfter: '0s' })] })({ from: '12:00:00' })).toEqual(
      lines(`
        12:00:01.0  NodeClaimCreated    general-003 by provisioner for api-0001
        12:00:02.0  PodDeleting         web-0002 on n002, by replicaset   # empty from here: due at the poll of 12:00:04
        12:00:06.0  PodGone             web-0002 on n002
        12:00:41.0  NodeClaimLaunched   general-003: big on-demand a
        12:00:42.0  DisruptionProposed  emptiness: delete n002   # the loop looked every second meanwhile
        12:00:57.0  NodeTainted         n002
        12:00:57.0  DisruptionCommand   Empty: delete n002
        12:00:57.0  NodeClaimDeleting   general-002, by disruption
        12:00:57.0  DisruptionSucceeded n002
      `),
    );
  });

  it('E28: nor does v0.32.0', () => {
    const pools = [poolV0({ consolidationPolicy: 'WhenUnderutilized' })];
    const told = play({ ...scene, version: 'v0.32.0', pools });
    expect(told({ from: '12:00:00', only: ['NodeClaimLaunched', 'DisruptionProposed'] })).toEqual(
      lines(`
        12:00:41.0  NodeClaimLaunched   general-003: big on-demand a
        12:00:42.0  DisruptionProposed  empty-consolidation: delete n002
      `),
    );
  });
});

describe('nomination', () => {
  it('E43: keeps a node for 20 s after the last pass that counted on it', () => {
    const told = play({
      begins: '11:50:04',
      ends: '11:51:20',
      types: [T],
      pools: [poolV1({ consolidateAfter: '0s' })],
      deployments: [deployment('web', 1, '1500m')],
      // The pod goes before it is bound, so the node is empty when it is ready.
      script: { '11:50:48': scale('web', 0) },
    });
    expect(told({ from: '11:50:45', also: ['SchedulingPass', 'DisruptionBlocked'], without: ['PodGone'] })).toEqual(
      lines(`
        11:50:45.0  SchedulingPass      1 pending, 0 of leaving nodes: 0 new   # nominated until 11:51:05
        11:50:48.0  PodDeleting         web-0001 on , by replicaset
        11:50:48.7  NodeInitialized     n001
        11:50:48.7  Consolidatable      n001
        11:50:54.0  DisruptionBlocked   n001: nominated   # and still at 11:51:04
        11:51:14.0  DisruptionProposed  emptiness: delete n001
      `),
    );
  });
});
