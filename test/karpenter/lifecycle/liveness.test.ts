import { describe, expect, it } from 'vitest';

import { findCondition, hasCondition } from '../../../src/karpenter/lifecycle/conditions.js';
import { backoffMs, launchedNodeClaim, launchFailedNodeClaim } from '../../../src/karpenter/lifecycle/launch.js';
import { LIFECYCLE_V0, LIFECYCLE_V1 } from '../../../src/karpenter/lifecycle/lifecycle-profile.js';
import { liveness } from '../../../src/karpenter/lifecycle/liveness.js';
import { nodeClaimFromPlan } from '../../../src/karpenter/lifecycle/node-claim-from-plan.js';
import { register } from '../../../src/karpenter/lifecycle/registration.js';
import type { PlannedNodeClaim } from '../../../src/karpenter/scheduling/scheduling-result.js';
import { at, nodeClaim, NOON } from './objects.js';

const PLAN: PlannedNodeClaim = {
  nodePoolName: 'general',
  pods: [],
  instanceTypes: [],
  requirements: [
    { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['a'] },
    { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['spot', 'on-demand'] },
  ],
  requests: { cpu: 1000 },
  labels: { team: 'payments' },
  annotations: {},
  taints: [],
  startupTaints: [],
  nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
  expireAfter: 600_000,
};

const LAUNCH = {
  providerID: 'i-1',
  labels: { team: 'provider', 'topology.kubernetes.io/zone': 'b', 'node.kubernetes.io/instance-type': 'm5.large' },
  capacity: { cpu: 2000 },
  allocatable: { cpu: 1900 },
};

describe('a NodeClaim made from a plan', () => {
  it('has its lifecycle conditions Unknown since creation with v1.14.1, in whole seconds', () => {
    const created = nodeClaimFromPlan(PLAN, 'general-1', NOON + 237, LIFECYCLE_V1);
    expect(created.metadata.labels).toEqual({ team: 'payments', 'karpenter.sh/nodepool': 'general' });
    expect(created.metadata.creationTimeMs).toBe(NOON);
    expect(created.status.conditions.map(({ type, status }) => [type, status])).toEqual([
      ['Launched', 'Unknown'],
      ['Registered', 'Unknown'],
      ['Initialized', 'Unknown'],
    ]);
  });

  it('has no conditions at first with v0.32.0', () => {
    expect(nodeClaimFromPlan(PLAN, 'general-1', NOON, LIFECYCLE_V0).status.conditions).toEqual([]);
  });
});

describe('labels of a launched NodeClaim', () => {
  it('keep its own before the provider’s', () => {
    const created = nodeClaimFromPlan(PLAN, 'general-1', NOON, LIFECYCLE_V1);
    const { labels } = launchedNodeClaim(created, LAUNCH, NOON, LIFECYCLE_V1).metadata;
    expect(labels['team']).toBe('payments');
    expect(labels['topology.kubernetes.io/zone']).toBe('b');
  });

  it('take single-valued requirements before the provider’s with v0.32.0', () => {
    const created = nodeClaimFromPlan(PLAN, 'general-1', NOON, LIFECYCLE_V0);
    const { labels } = launchedNodeClaim(created, LAUNCH, NOON, LIFECYCLE_V0).metadata;
    expect(labels['topology.kubernetes.io/zone']).toBe('a');
    expect(labels['karpenter.sh/capacity-type']).toBeUndefined();
  });
});

describe('the registration timeout', () => {
  it('counts from the launch with v0.32.0, which changes the reason of Registered (E20)', () => {
    let claim = nodeClaimFromPlan(PLAN, 'general-1', at('12:00:00'), LIFECYCLE_V0);
    claim = register(claim, [], at('12:00:00'), LIFECYCLE_V0).nodeClaim;
    expect(findCondition(claim.status.conditions, 'Registered')?.reason).toBe('NotLaunched');
    claim = launchedNodeClaim(claim, LAUNCH, at('12:00:05'), LIFECYCLE_V0);
    claim = register(claim, [], at('12:00:05'), LIFECYCLE_V0).nodeClaim;
    claim = register(claim, [], at('12:10:00'), LIFECYCLE_V0).nodeClaim;
    expect(liveness(claim, at('12:15:04'), LIFECYCLE_V0)).toEqual({ kind: 'wait', untilMs: at('12:15:05') });
    expect(liveness(claim, at('12:15:05'), LIFECYCLE_V0)).toEqual({ kind: 'timeout', reason: 'liveness' });
  });

  it('counts from creation with v1.14.1 (E21)', () => {
    let claim = nodeClaimFromPlan(PLAN, 'general-1', at('12:00:00'), LIFECYCLE_V1);
    claim = launchedNodeClaim(claim, LAUNCH, at('12:00:05'), LIFECYCLE_V1);
    claim = register(claim, [], at('12:00:05'), LIFECYCLE_V1).nodeClaim;
    expect(findCondition(claim.status.conditions, 'Registered')?.status).toBe('Unknown');
    expect(liveness(claim, at('12:14:59'), LIFECYCLE_V1)).toEqual({ kind: 'wait', untilMs: at('12:15:00') });
    expect(liveness(claim, at('12:15:00'), LIFECYCLE_V1)).toEqual({ kind: 'timeout', reason: 'registration_timeout' });
  });

  it('also ends what never launches with v0.32.0, which has no launch timeout (E22)', () => {
    let claim = nodeClaimFromPlan(PLAN, 'general-1', at('12:00:00'), LIFECYCLE_V0);
    claim = launchFailedNodeClaim(claim, 'LaunchFailed', at('12:00:00'), LIFECYCLE_V0);
    claim = register(claim, [], at('12:00:00'), LIFECYCLE_V0).nodeClaim;
    claim = register(claim, [], at('12:14:00'), LIFECYCLE_V0).nodeClaim;
    expect(liveness(claim, at('12:14:59'), LIFECYCLE_V0).kind).toBe('wait');
    expect(liveness(claim, at('12:15:00'), LIFECYCLE_V0).kind).toBe('timeout');
  });

  it('is preceded by a launch timeout of five minutes with v1.14.1 (E23)', () => {
    let claim = nodeClaimFromPlan(PLAN, 'general-1', at('12:00:00'), LIFECYCLE_V1);
    claim = launchFailedNodeClaim(claim, 'LaunchFailed', at('12:03:00'), LIFECYCLE_V1);
    expect(liveness(claim, at('12:04:59'), LIFECYCLE_V1)).toEqual({ kind: 'wait', untilMs: at('12:05:00') });
    expect(liveness(claim, at('12:05:00'), LIFECYCLE_V1)).toEqual({ kind: 'timeout', reason: 'launch_timeout' });
  });

  it('never strikes a registered NodeClaim', () => {
    const registered = {
      type: 'Registered',
      status: 'True',
      reason: 'Registered',
      lastTransitionTimeMs: NOON,
    } as const;
    const claim = nodeClaim({ status: { conditions: [registered] } });
    expect(hasCondition(claim, 'Registered')).toBe(true);
    expect(liveness(claim, at('23:00'), LIFECYCLE_V1)).toEqual({ kind: 'alive' });
  });
});

it('failed launches are retried after 1, 2, 4 … 60 s', () => {
  expect([0, 1, 2, 5, 6, 10].map((failures) => backoffMs(LIFECYCLE_V1.launchBackoffMs, failures))).toEqual([
    1000, 2000, 4000, 32_000, 60_000, 60_000,
  ]);
});
