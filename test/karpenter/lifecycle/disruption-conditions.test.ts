import { describe, expect, it } from 'vitest';

import type { StateNode } from '../../../src/karpenter/cluster-snapshot.js';
import { findCondition, hasCondition, withCondition } from '../../../src/karpenter/lifecycle/conditions.js';
import { consolidatableAt, podEventTime, withPodEvent } from '../../../src/karpenter/lifecycle/consolidatable.js';
import { updateDisruptionConditions } from '../../../src/karpenter/lifecycle/disruption-conditions.js';
import { driftReason } from '../../../src/karpenter/lifecycle/drift.js';
import { expiresAt } from '../../../src/karpenter/lifecycle/expiration.js';
import { LIFECYCLE_V0, LIFECYCLE_V1 } from '../../../src/karpenter/lifecycle/lifecycle-profile.js';
import type { NodeClaim } from '../../../src/karpenter/nodeclaim.js';
import type { NodePool } from '../../../src/karpenter/nodepool.js';
import type { KarpenterSettings } from '../../../src/karpenter/settings.js';
import type { InstanceType } from '../../../src/cloud/instance-type.js';
import type { Pod } from '../../../src/kubernetes/pod.js';
import { at, condition, HOUR, MINUTE, node, nodeClaim, nodePool, NOON, ownedBy, pod } from './objects.js';

const SETTINGS: KarpenterSettings = {
  version: 'v1.14.1',
  batchIdleMs: 1000,
  batchMaxMs: 10_000,
  preferencePolicy: 'Respect',
  minValuesPolicy: 'Strict',
  featureGates: {
    spotToSpotConsolidation: false,
    reservedCapacity: true,
    nodeOverlay: false,
    staticCapacity: false,
    capacityBuffer: false,
    nodeRepair: false,
    drift: false,
  },
};

const HASHES = { 'karpenter.sh/nodepool-hash': 'hash-1', 'karpenter.sh/nodepool-hash-version': 'v3' };
const LAUNCHED = condition('Launched');
const INITIALIZED = condition('Initialized');

function stateNode(claim: NodeClaim, pods: readonly Pod[] = [], nominatedUntilMs = 0): StateNode {
  return { node: node(), nodeClaim: claim, pods, markedForDeletion: false, heldByCommand: false, nominatedUntilMs };
}

function conditionsV1(claim: NodeClaim, pool: NodePool, nowMs: number): NodeClaim {
  return updateDisruptionConditions(
    claim,
    stateNode(claim),
    { nodePool: pool, settings: SETTINGS },
    nowMs,
    LIFECYCLE_V1,
  ).nodeClaim;
}

describe('the time of the last pod event (v1.14.1)', () => {
  it('is kept in whole seconds', () => {
    expect(podEventTime(undefined, NOON + 640)).toBe(NOON);
  });

  it('ignores events within 10 s of the recorded one (E102)', () => {
    expect(podEventTime(at('12:00:30'), at('12:00:36'))).toBe(at('12:00:30'));
    expect(podEventTime(at('12:00:30'), at('12:00:40'))).toBe(at('12:00:40'));
  });

  it('leaves the NodeClaim alone when nothing is recorded', () => {
    const claim = nodeClaim({ status: { lastPodEventTimeMs: at('12:00:30') } });
    expect(withPodEvent(claim, at('12:00:39'))).toBe(claim);
    expect(withPodEvent(claim, at('12:00:41')).status.lastPodEventTimeMs).toBe(at('12:00:41'));
  });
});

describe('Consolidatable (v1.14.1)', () => {
  const pool = nodePool({ disruption: { consolidateAfter: MINUTE } });

  it('comes consolidateAfter after the last pod event (E102)', () => {
    const claim = nodeClaim({ status: { conditions: [INITIALIZED], lastPodEventTimeMs: at('12:00:30') } });
    expect(consolidatableAt(pool, claim)).toBe(at('12:01:30'));
    expect(hasCondition(conditionsV1(claim, pool, at('12:01:29')), 'Consolidatable')).toBe(false);
    const consolidatable = conditionsV1(claim, pool, at('12:01:30'));
    expect(hasCondition(consolidatable, 'Consolidatable')).toBe(true);
    const disturbed = withPodEvent(consolidatable, at('12:05:00'));
    expect(hasCondition(conditionsV1(disturbed, pool, at('12:05:00')), 'Consolidatable')).toBe(false);
  });

  it('counts from initialization while there was no pod event', () => {
    const claim = nodeClaim({ status: { conditions: [INITIALIZED] } });
    expect(consolidatableAt(pool, claim)).toBe(NOON + MINUTE);
  });

  it('asks to be looked at again when its time comes', () => {
    const claim = nodeClaim({ status: { conditions: [INITIALIZED] } });
    const input = { nodePool: pool, settings: SETTINGS };
    const step = updateDisruptionConditions(claim, stateNode(claim), input, at('12:00:10'), LIFECYCLE_V1);
    expect(step.recheckAtMs).toBe(at('12:01:00'));
  });

  it('with 0s is true from initialization on, whatever the pods do', () => {
    const claim = nodeClaim({ status: { conditions: [INITIALIZED], lastPodEventTimeMs: at('12:00:30') } });
    expect(hasCondition(conditionsV1(claim, nodePool(), at('12:00:30')), 'Consolidatable')).toBe(true);
  });

  it('is cleared when consolidation is off, and when the node is not initialized', () => {
    const off = nodePool({ disruption: { consolidateAfter: 'Never' } });
    const claim = nodeClaim({ status: { conditions: [INITIALIZED, condition('Consolidatable')] } });
    expect(hasCondition(conditionsV1(claim, off, NOON), 'Consolidatable')).toBe(false);
    const starting = nodeClaim({ status: { conditions: [condition('Consolidatable')] } });
    expect(hasCondition(conditionsV1(starting, nodePool(), NOON), 'Consolidatable')).toBe(false);
  });

  it('is not looked at for static NodePools, nor for a NodeClaim that is being deleted', () => {
    const claim = nodeClaim({ status: { conditions: [INITIALIZED] } });
    expect(conditionsV1(claim, nodePool({ replicas: 3 }), NOON)).toBe(claim);
    const deleting = nodeClaim({ metadata: { deletionTimeMs: NOON }, status: { conditions: [INITIALIZED] } });
    expect(conditionsV1(deleting, nodePool(), NOON)).toBe(deleting);
  });
});

describe('Drifted', () => {
  const drift = (claim: NodeClaim, pool: NodePool, types?: readonly InstanceType[], nowMs = NOON) =>
    driftReason(claim, { nodePool: pool, settings: SETTINGS, instanceTypes: types }, nowMs, LIFECYCLE_V1);

  it('follows the hash of the template, once both sides have the same version of it', () => {
    const pool = nodePool();
    expect(drift(nodeClaim({ metadata: { annotations: HASHES } }), pool)).toBeUndefined();
    const changed = { ...HASHES, 'karpenter.sh/nodepool-hash': 'hash-0' };
    expect(drift(nodeClaim({ metadata: { annotations: changed } }), pool)).toBe('NodePoolDrifted');
    const old = { ...changed, 'karpenter.sh/nodepool-hash-version': 'v2' };
    expect(drift(nodeClaim({ metadata: { annotations: old } }), pool)).toBeUndefined();
    expect(drift(nodeClaim(), pool)).toBeUndefined();
  });

  it('is judged anew when the NodePool is written, or the annotations of the NodeClaim', () => {
    const claim = nodeClaim({ metadata: { annotations: HASHES } });
    const rewritten = { ...nodePool(), hash: 'hash-2' };
    expect(drift(claim, nodePool())).toBeUndefined();
    expect(drift(claim, rewritten)).toBe('NodePoolDrifted');
    const annotations = { ...HASHES, 'karpenter.sh/nodepool-hash': 'hash-2' };
    expect(drift({ ...claim, metadata: { ...claim.metadata, annotations } }, rewritten)).toBeUndefined();
  });

  it('follows the requirements: a label that is missing or not allowed, but NotIn does not mind a missing one', () => {
    const asks = (operator: 'In' | 'NotIn' | 'Gt', values: string[]): NodePool =>
      nodePool({ template: { requirements: [{ key: 'tier', operator, values }] } });
    const labelled = (tier: string): NodeClaim => nodeClaim({ metadata: { labels: { tier } } });
    expect(drift(labelled('2'), asks('In', ['1', '2']))).toBeUndefined();
    expect(drift(labelled('3'), asks('In', ['1', '2']))).toBe('RequirementsDrifted');
    expect(drift(nodeClaim(), asks('In', ['1']))).toBe('RequirementsDrifted');
    expect(drift(nodeClaim(), asks('NotIn', ['1']))).toBeUndefined();
    expect(drift(labelled('2'), asks('Gt', ['2']))).toBe('RequirementsDrifted');
  });

  it('notices an instance type that is gone, but only on NodeClaims older than an hour', () => {
    const labels = {
      'node.kubernetes.io/instance-type': 'm5.large',
      'topology.kubernetes.io/zone': 'a',
      'karpenter.sh/capacity-type': 'on-demand',
    };
    const offering = { zone: 'a', capacityType: 'on-demand', price: 0.1, available: false } as const;
    const m5: InstanceType = { name: 'm5.large', capacity: {}, overhead: {}, requirements: [], offerings: [offering] };
    const claim = nodeClaim({ metadata: { labels } });
    expect(drift(claim, nodePool(), [], NOON + HOUR)).toBeUndefined();
    expect(drift(claim, nodePool(), [], NOON + HOUR + 1000)).toBe('InstanceTypeNotFound');
    // An offering that is out of capacity is still an offering.
    expect(drift(claim, nodePool(), [m5], NOON + 2 * HOUR)).toBeUndefined();
    const elsewhere: InstanceType = { ...m5, offerings: [{ ...offering, zone: 'b' }] };
    expect(drift(claim, nodePool(), [elsewhere], NOON + 2 * HOUR)).toBe('InstanceTypeNotFound');
    // A reserved node may have been demoted to on-demand already.
    const reserved = nodeClaim({ metadata: { labels: { ...labels, 'karpenter.sh/capacity-type': 'reserved' } } });
    expect(drift(reserved, nodePool(), [m5], NOON + 2 * HOUR)).toBeUndefined();
  });

  it('comes with a changed expireAfter in v1.14.1, whose value is frozen in the NodeClaim (E99)', () => {
    const claim = nodeClaim({
      metadata: { annotations: { ...HASHES, 'karpenter.sh/nodepool-hash': 'hash of 720h' } },
      spec: { expireAfter: 720 * HOUR },
      status: { conditions: [LAUNCHED] },
    });
    const pool = nodePool({ template: { expireAfter: 24 * HOUR } });
    const updated = conditionsV1(claim, pool, NOON);
    expect(findCondition(updated.status.conditions, 'Drifted')?.reason).toBe('NodePoolDrifted');
    expect(expiresAt(updated)).toBe(NOON + 720 * HOUR);
  });

  it('is only set on a launched NodeClaim, and only behind the gate with v0.32.0', () => {
    const stale = { 'karpenter.sh/nodepool-hash': 'hash-0' };
    const claim = nodeClaim({ metadata: { annotations: stale }, status: { conditions: [LAUNCHED] } });
    const driftedV0 = (gate: boolean): boolean => {
      const settings = { ...SETTINGS, featureGates: { ...SETTINGS.featureGates, drift: gate } };
      const input = { nodePool: nodePool(), settings };
      return hasCondition(
        updateDisruptionConditions(claim, stateNode(claim), input, NOON, LIFECYCLE_V0).nodeClaim,
        'Drifted',
      );
    };
    expect(driftedV0(false)).toBe(false);
    expect(driftedV0(true)).toBe(true);
    const unlaunched = nodeClaim({ metadata: { annotations: { ...HASHES, ...stale } } });
    expect(hasCondition(conditionsV1(unlaunched, nodePool(), NOON), 'Drifted')).toBe(false);
  });
});

describe('Expired (v0.32.0)', () => {
  const update = (claim: NodeClaim, pool: NodePool, nowMs: number): NodeClaim =>
    updateDisruptionConditions(claim, stateNode(claim), { nodePool: pool, settings: SETTINGS }, nowMs, LIFECYCLE_V0)
      .nodeClaim;

  it('reads expireAfter live from the NodePool (E100)', () => {
    const claim = nodeClaim();
    const month = nodePool({ disruption: { expireAfter: 720 * HOUR } });
    const day = nodePool({ disruption: { expireAfter: 24 * HOUR } });
    expect(hasCondition(update(claim, month, NOON + 25 * HOUR), 'Expired')).toBe(false);
    const expired = update(claim, day, NOON + 25 * HOUR);
    expect(hasCondition(expired, 'Expired')).toBe(true);
    expect(hasCondition(update(expired, nodePool({ disruption: { expireAfter: 'Never' } }), NOON), 'Expired')).toBe(
      false,
    );
  });

  it('counts from the older of node and NodeClaim', () => {
    const claim = nodeClaim({ metadata: { creationTimeMs: NOON + HOUR } });
    const pool = nodePool({ disruption: { expireAfter: 2 * HOUR } });
    expect(hasCondition(update(claim, pool, NOON + 2 * HOUR), 'Expired')).toBe(true);
  });
});

describe('Empty (v0.32.0)', () => {
  const pool = nodePool({ disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: 30_000 } });
  const empty = (pods: readonly Pod[], nominatedUntilMs = 0): boolean => {
    const claim = nodeClaim({ status: { conditions: [INITIALIZED] } });
    const input = { nodePool: pool, settings: SETTINGS };
    const step = updateDisruptionConditions(claim, stateNode(claim, pods, nominatedUntilMs), input, NOON, LIFECYCLE_V0);
    return hasCondition(step.nodeClaim, 'Empty');
  };

  it('does not count DaemonSet pods, terminal ones and terminating ones (E31–E34)', () => {
    expect(empty([])).toBe(true);
    expect(empty([pod('log', { metadata: { ownerReferences: ownedBy('DaemonSet') } })])).toBe(true);
    expect(empty([pod('job', { status: { phase: 'Succeeded' } })])).toBe(true);
    expect(empty([pod('db-0', { metadata: { deletionTimeMs: NOON, ownerReferences: ownedBy('StatefulSet') } })])).toBe(
      true,
    );
    expect(empty([pod('web')])).toBe(false);
  });

  it('is cleared while the node is nominated', () => {
    expect(empty([], NOON + 1)).toBe(false);
    expect(empty([], NOON)).toBe(true);
  });
});

describe('the clock of a condition', () => {
  const waiting = nodeClaim({
    status: { conditions: [condition('Registered', { status: 'Unknown', reason: 'NodeNotFound' })] },
  });
  const changed = { type: 'Registered', status: 'Unknown', reason: 'Other' } as const;

  it('restarts on a new reason with v0.32.0 only', () => {
    const timeOf = (claim: NodeClaim): number | undefined =>
      findCondition(claim.status.conditions, 'Registered')?.lastTransitionTimeMs;
    expect(timeOf(withCondition(waiting, changed, NOON + 5500, 'any-change'))).toBe(NOON + 5000);
    expect(timeOf(withCondition(waiting, changed, NOON + 5500, 'status-change'))).toBe(NOON);
  });
});
