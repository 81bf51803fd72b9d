import { describe, expect, it } from 'vitest';
import { instanceType } from '../karpenter/disruption/cluster.js';
import { exhaust, makeAvailable, scale } from './actions.js';
import { deployment, poolV0, poolV1 } from './manifests.js';
import { play, type Scene } from './scene.js';
import { lines } from './told.js';

const T = instanceType('t', 2, { 'on-demand': 0.2 });
const POOL_V1 = poolV1({ consolidateAfter: 'Never' });
const POOL_V0 = poolV0({ consolidationPolicy: 'WhenUnderutilized', consolidateAfter: 'Never' });

/** One pending pod; its NodeClaim is created at 12:00:00, a second after Karpenter started. */
const onePod = { begins: '11:59:59', types: [T], deployments: [deployment('web', 1, '1500m')] };

describe('a machine that never joins', () => {
  const silent = { ...onePod, ends: '12:15:14', delays: { launchSeconds: 5, neverRegister: ['n001'] } };

  it('E20: v0.32.0 gives up 15 minutes after the launch', () => {
    const told = play({ ...silent, version: 'v0.32.0', pools: [POOL_V0] });
    expect(told()).toEqual(
      lines(`
        12:00:00.0  NodeClaimCreated    general-001 by provisioner for web-0001
        12:00:05.0  NodeClaimLaunched   general-001: t on-demand a
        12:15:05.0  NodeClaimDeleting   general-001, by liveness   # §1.3: NodeNotFound is a new reason, so the clock started at launch
        12:15:05.0  InstanceTerminating general-001                # never registered: nothing to drain
        12:15:05.0  NodeClaimDeleted    general-001                # fire and forget
        12:15:10.0  NodeClaimCreated    general-002 by provisioner for web-0001
      `),
    );
  });

  it('E21: v1.14.1 gives up 15 minutes after creation', () => {
    const told = play({ ...silent, version: 'v1.14.1', pools: [POOL_V1] });
    expect(told()).toEqual(
      lines(`
        12:00:00.0  NodeClaimCreated    general-001 by provisioner for web-0001
        12:00:05.0  NodeClaimLaunched   general-001: t on-demand a
        12:15:00.0  NodeClaimDeleting   general-001, by liveness   # registration_timeout, from creationTimestamp
        12:15:00.0  InstanceTerminating general-001
        12:15:00.0  NodeClaimCreated    general-002 by provisioner for web-0001   # the pod asks every 10 s
        12:15:05.0  NodeClaimLaunched   general-002: t on-demand a
      `),
    );
  });
});

describe('a launch that always fails, but not for capacity', () => {
  const refused = { ...onePod, createFails: true, delays: { launchSeconds: 0 } };

  it('E22: v0.32.0 retries with 1 … 60 s of backoff and gives up at the first retry after 15 minutes', () => {
    const told = play({ ...refused, version: 'v0.32.0', pools: [POOL_V0], ends: '12:15:09' });
    expect(told({ to: '12:02:30' })).toEqual(
      lines(`
        12:00:00.0  NodeClaimCreated    general-001 by provisioner for web-0001
        12:00:00.0  LaunchFailed        general-001: UnauthorizedOperation
        12:00:01.0  LaunchFailed        general-001: UnauthorizedOperation
        12:00:03.0  LaunchFailed        general-001: UnauthorizedOperation
        12:00:07.0  LaunchFailed        general-001: UnauthorizedOperation
        12:00:15.0  LaunchFailed        general-001: UnauthorizedOperation
        12:00:31.0  LaunchFailed        general-001: UnauthorizedOperation
        12:01:03.0  LaunchFailed        general-001: UnauthorizedOperation   # 32 s later, from here on a minute
        12:02:03.0  LaunchFailed        general-001: UnauthorizedOperation
      `),
    );
    expect(told({ from: '12:14:00' })).toEqual(
      lines(`
        12:14:03.0  LaunchFailed        general-001: UnauthorizedOperation
        12:15:03.0  LaunchFailed        general-001: UnauthorizedOperation
        12:15:03.0  NodeClaimDeleting   general-001, by liveness   # Registered=False/NotLaunched since 12:00:00
        12:15:04.0  NodeClaimDeleted    general-001
      `),
    );
  });

  it('E23: v1.14.1 gives up at the first retry after 5 minutes', () => {
    const told = play({ ...refused, version: 'v1.14.1', pools: [POOL_V1], ends: '12:05:09' });
    expect(told({ from: '12:04:00' })).toEqual(
      lines(`
        12:04:03.0  LaunchFailed        general-001: UnauthorizedOperation
        12:05:03.0  LaunchFailed        general-001: UnauthorizedOperation
        12:05:03.0  NodeClaimDeleting   general-001, by liveness   # launch_timeout
        12:05:04.0  NodeClaimDeleted    general-001
      `),
    );
  });
});

describe('a launch for which there is no capacity', () => {
  // A pool of t alone, until a dearer type comes into stock.
  const scene: Scene = {
    begins: '11:59:54',
    ends: '12:00:30',
    types: [T, instanceType('u', 2, { 'on-demand': 0.4 })],
    pools: [],
    deployments: [deployment('web', 0, '1500m')],
    script: {
      '11:59:54': [makeAvailable('u', false), exhaust('t')],
      '11:59:59': scale('web', 1),
      '12:00:05': makeAvailable('u'),
    },
  };

  it.each([
    ['v1.14.1', POOL_V1],
    ['v0.32.0', POOL_V0],
  ] as const)('E24: %s deletes the NodeClaim at once, a later pass makes another', (version, pool) => {
    expect(play({ ...scene, version, pools: [pool] })()).toEqual(
      lines(`
        12:00:00.0  NodeClaimCreated    general-001 by provisioner for web-0001
        12:00:02.7  LaunchFailed        general-001: all requested instance types were unavailable
        12:00:02.7  NodeClaimDeleting   general-001, by insufficient-capacity
        12:00:03.7  NodeClaimDeleted    general-001   # the lifecycle worker sleeps for a second (corrections)
        12:00:10.0  NodeClaimCreated    general-002 by provisioner for web-0001   # t is hidden for 3 minutes
        12:00:12.7  NodeClaimLaunched   general-002: u on-demand a
      `),
    );
  });
});
