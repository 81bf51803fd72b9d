import { describe, expect, it } from 'vitest';

import { findCondition, hasCondition } from '../../../src/karpenter/lifecycle/conditions.js';
import { initializationBlocker, initialize } from '../../../src/karpenter/lifecycle/initialization.js';
import { LIFECYCLE_V0, LIFECYCLE_V1 } from '../../../src/karpenter/lifecycle/lifecycle-profile.js';
import { UNREGISTERED_TAINT } from '../../../src/karpenter/lifecycle/markers.js';
import { register } from '../../../src/karpenter/lifecycle/registration.js';
import type { Taint } from '../../../src/kubernetes/taints.js';
import { at, condition, metadata, node, nodeClaim, NOON } from './objects.js';

const CILIUM: Taint = { key: 'node.cilium.io/agent-not-ready', value: 'true', effect: 'NoExecute' };
const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoExecute' };
const DEDICATED: Taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };

const registered = nodeClaim({ status: { conditions: [condition('Launched'), condition('Registered')] } });

describe('registration', () => {
  const claim = nodeClaim({
    metadata: { labels: { team: 'a' }, annotations: { note: 'x' } },
    spec: { taints: [DEDICATED], startupTaints: [CILIUM] },
    status: { conditions: [condition('Launched')] },
  });

  it('puts labels, annotations and taints of the NodeClaim on the node and takes the unregistered taint off', () => {
    const joined = node({ spec: { taints: [UNREGISTERED_TAINT, { ...DEDICATED, value: 'other' }] } });
    const step = register(claim, [joined], NOON, LIFECYCLE_V1);
    expect(step.nodeClaim.status.nodeName).toBe('node');
    expect(hasCondition(step.nodeClaim, 'Registered')).toBe(true);
    expect(step.node?.metadata.labels).toEqual({ team: 'a', 'karpenter.sh/registered': 'true' });
    expect(step.node?.metadata.annotations).toEqual({ note: 'x' });
    // Key and effect make a taint the same one; the node's value stays.
    expect(step.node?.spec.taints).toEqual([{ ...DEDICATED, value: 'other' }, CILIUM]);
  });

  it('leaves the taints of a node alone that says so', () => {
    const labels = { 'karpenter.sh/do-not-sync-taints': 'true' };
    const step = register(claim, [node({ metadata: { labels } })], NOON, LIFECYCLE_V1);
    expect(step.node?.spec.taints).toEqual([]);
  });

  it('waits for a node, and refuses two', () => {
    const reasonOf = (nodes: Parameters<typeof register>[1]): string | undefined => {
      const { conditions } = register(claim, nodes, NOON, LIFECYCLE_V1).nodeClaim.status;
      return findCondition(conditions, 'Registered')?.reason;
    };
    expect(reasonOf([])).toBe('NodeNotFound');
    expect(reasonOf([node(), node()])).toBe('MultipleNodesFound');
  });

  it('waits for the launch with v0.32.0', () => {
    const step = register(nodeClaim(), [node()], NOON, LIFECYCLE_V0);
    expect(findCondition(step.nodeClaim.status.conditions, 'Registered')).toMatchObject({
      status: 'False',
      reason: 'NotLaunched',
    });
  });
});

describe('initialization', () => {
  it('labels the node when nothing is in the way', () => {
    const step = initialize(registered, [node()], NOON, LIFECYCLE_V1);
    expect(hasCondition(step.nodeClaim, 'Initialized')).toBe(true);
    expect(step.node?.metadata.labels).toEqual({ 'karpenter.sh/initialized': 'true' });
  });

  it('looks at readiness, startup taints, ephemeral taints and resources in this order', () => {
    const claim = nodeClaim({
      spec: { startupTaints: [CILIUM], requests: { cpu: 1000, 'nvidia.com/gpu': 1 } },
      status: registered.status,
    });
    const blocker = (status: 'True' | 'False', taints: readonly Taint[], gpu: number): string | undefined => {
      const allocatable = { cpu: 2000, 'nvidia.com/gpu': gpu };
      const joined = node({ spec: { taints }, status: { allocatable, conditions: [condition('Ready', { status })] } });
      return initializationBlocker(claim, [joined], LIFECYCLE_V1)?.reason;
    };
    expect(blocker('False', [CILIUM, NOT_READY], 0)).toBe('NodeNotReady');
    // The value of a startup taint does not count.
    expect(blocker('True', [{ ...CILIUM, value: 'false' }, NOT_READY], 0)).toBe('StartupTaintsExist');
    expect(blocker('True', [NOT_READY], 0)).toBe('KnownEphemeralTaintsExist');
    expect(blocker('True', [], 0)).toBe('ResourceNotRegistered');
    expect(blocker('True', [], 1)).toBeUndefined();
  });

  it('waits for ever for a startup taint that nobody removes (E25)', () => {
    const claim = nodeClaim({ spec: { startupTaints: [CILIUM] }, status: registered.status });
    const joined = node({ spec: { taints: [CILIUM] } });
    const step = initialize(claim, [joined], at('23:00'), LIFECYCLE_V1);
    expect(findCondition(step.nodeClaim.status.conditions, 'Initialized')).toMatchObject({
      status: 'Unknown',
      reason: 'StartupTaintsExist',
    });
    expect(initializationBlocker(claim, [joined], LIFECYCLE_V1)?.taint).toBe(
      'node.cilium.io/agent-not-ready=true:NoExecute',
    );
  });

  it('waits for a GPU that no device plugin advertises (E26)', () => {
    const claim = nodeClaim({ spec: { requests: { 'nvidia.com/gpu': 1 } }, status: registered.status });
    expect(initializationBlocker(claim, [node()], LIFECYCLE_V1)).toEqual({
      reason: 'ResourceNotRegistered',
      resource: 'nvidia.com/gpu',
    });
  });

  it('never falls back when the node is NotReady later (E27)', () => {
    const done = initialize(registered, [node()], NOON, LIFECYCLE_V1).nodeClaim;
    const notReady = node({ status: { conditions: [condition('Ready', { status: 'False' })] } });
    expect(initialize(done, [notReady], at('13:00'), LIFECYCLE_V1).nodeClaim).toBe(done);
  });

  it('knows fewer ephemeral taints with v0.32.0', () => {
    const joined = node({
      spec: { taints: [NOT_READY, { key: 'readiness.k8s.io/x', value: '', effect: 'NoSchedule' }] },
    });
    expect(initializationBlocker(registered, [joined], LIFECYCLE_V0)).toBeUndefined();
    expect(initializationBlocker(registered, [joined], LIFECYCLE_V1)?.reason).toBe('KnownEphemeralTaintsExist');
  });

  it('says nothing before registration with v1.14.1, and NotLaunched before the launch with v0.32.0', () => {
    const fresh = nodeClaim({ metadata: metadata('fresh') });
    expect(initialize(fresh, [node()], NOON, LIFECYCLE_V1).nodeClaim).toBe(fresh);
    const { conditions } = initialize(fresh, [node()], NOON, LIFECYCLE_V0).nodeClaim.status;
    expect(findCondition(conditions, 'Initialized')?.reason).toBe('NotLaunched');
  });
});
