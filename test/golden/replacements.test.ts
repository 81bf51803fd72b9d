import { describe, expect, it } from 'vitest';
import { instanceType } from '../karpenter/disruption/cluster.js';
import { exhaust, scale } from './actions.js';
import { deployment, poolV0, poolV1 } from './manifests.js';
import { play } from './scene.js';
import { lines } from './told.js';

const T = instanceType('t', 2, { 'on-demand': 0.2 });
const U = instanceType('u', 4, { 'on-demand': 0.4 });
const V1 = { version: 'v1.14.1', pools: [poolV1({ consolidateAfter: '0s' })] } as const;
const V0 = { version: 'v0.32.0', pools: [poolV0({ consolidationPolicy: 'WhenUnderutilized' })] } as const;

/** A node of four cpus of which one is needed from 12:00:00 on. */
const tooLarge = {
  begins: '11:50:04',
  types: [T, U],
  deployments: [deployment('web', 1, '3'), deployment('api', 0, '1')],
  script: { '12:00:00': [scale('web', 0), scale('api', 1)] },
};
const excerpt = { from: '12:00:00', without: ['PodDeleting', 'PodGone', 'PodBound'] } as const;

describe('a replacement that is never ready', () => {
  const scene = { ...tooLarge, delays: { neverReady: ['n002'] }, ends: '12:11:00' };

  it('E112: fails its v1.14.1 command after ten minutes; the node is free again, the replacement stays', () => {
    expect(play({ ...scene, ...V1 })(excerpt)).toEqual(
      lines(`
        12:00:04.0  DisruptionProposed  single: replace n001
        12:00:19.0  NodeTainted         n001
        12:00:19.0  NodeClaimCreated    general-002 by disruption for api-0001
        12:00:19.0  DisruptionCommand   Underutilized: replace n001 by general-002
        12:00:21.7  NodeClaimLaunched   general-002: t on-demand a
        12:00:52.7  NodeRegistered      n002
        12:10:20.0  DisruptionFailed    n001: timeout   # strictly more than 600 s: at 601 (corrections)
        12:10:20.0  NodeUntainted       n001
      `),
    );
    const blocked = play({ ...scene, ...V1 })({ from: '12:10:20', only: ['DisruptionBlocked'] });
    expect(blocked).toEqual(
      lines(`
        12:10:22.0  DisruptionBlocked   n001: pods-unschedulable   # a candidate, but its pod would go to the node not initialized
      `),
    );
  });

  it('E112: and the one of v0.32.0 after 574 s, in which its loop did nothing else', () => {
    expect(play({ ...scene, ...V0 })(excerpt)).toEqual(
      lines(`
        12:00:04.0  DisruptionProposed  single: replace n001
        12:00:19.0  NodeTainted         n001
        12:00:19.0  NodeClaimCreated    general-002 by disruption for api-0001
        12:00:19.0  DisruptionCommand   consolidation: replace n001 by general-002
        12:00:21.7  NodeClaimLaunched   general-002: t on-demand a
        12:00:52.7  NodeRegistered      n002
        12:09:53.0  DisruptionFailed    n001: a replacement did not become ready
        12:09:53.0  NodeUntainted       n001
      `),
    );
  });
});

describe('a replacement for which there is no capacity, as it turns out after 20 s', () => {
  const scene = {
    ...tooLarge,
    delays: { launchSeconds: 20.3 },
    script: { '12:00:00': [scale('web', 0), scale('api', 1), exhaust('t')] },
    ends: '12:00:50',
  };

  it('E113: fails its v1.14.1 command at the first look after its NodeClaim is gone', () => {
    expect(play({ ...scene, ...V1 })(excerpt)).toEqual(
      lines(`
        12:00:06.0  DisruptionProposed  single: replace n001
        12:00:21.0  NodeTainted         n001
        12:00:21.0  NodeClaimCreated    general-002 by disruption for api-0001
        12:00:21.0  DisruptionCommand   Underutilized: replace n001 by general-002
        12:00:41.3  LaunchFailed        general-002: all requested instance types were unavailable
        12:00:41.3  NodeClaimDeleting   general-002, by insufficient-capacity
        12:00:42.3  NodeClaimDeleted    general-002   # a second later (corrections)
        12:00:43.0  DisruptionFailed    n001: replacement-gone
        12:00:43.0  NodeUntainted       n001
      `),
    );
  });

  it('E114: and the one of v0.32.0 at its next look, 24 s after it began to wait', () => {
    expect(play({ ...scene, ...V0 })(excerpt)).toEqual(
      lines(`
        12:00:06.0  DisruptionProposed  single: replace n001
        12:00:21.0  NodeTainted         n001
        12:00:21.0  NodeClaimCreated    general-002 by disruption for api-0001
        12:00:21.0  DisruptionCommand   consolidation: replace n001 by general-002
        12:00:41.3  LaunchFailed        general-002: all requested instance types were unavailable
        12:00:41.3  NodeClaimDeleting   general-002, by insufficient-capacity
        12:00:42.3  NodeClaimDeleted    general-002
        12:00:45.0  DisruptionFailed    n001: a replacement did not become ready   # looks at 0, 2, 6, 14, 24 s
        12:00:45.0  NodeUntainted       n001
      `),
    );
  });
});
