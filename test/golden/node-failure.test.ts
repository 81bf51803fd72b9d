import { describe, expect, it } from 'vitest';
import { instanceType } from '../karpenter/disruption/cluster.js';
import { failNode } from './actions.js';
import { deployment, podDisruptionBudget, poolV0, poolV1 } from './manifests.js';
import { play } from './scene.js';
import { lines } from './told.js';

const T = instanceType('t', 2, { 'on-demand': 0.2 });
const POOL = poolV1({ consolidateAfter: 'Never' });
const V0 = poolV0({ consolidationPolicy: 'WhenEmpty', consolidateAfter: '30s' });

/** Three nodes with a pod each, of which the first fails at noon. */
const scene = (failure: 'instance-gone' | 'unreachable', ends: string) => ({
  begins: '11:50:04',
  ends,
  types: [T],
  deployments: [deployment('web', 3, '1500m')],
  script: { '12:00:00': failNode('n001', failure) },
});
const from = '12:00:00';

describe('a node whose instance is gone without notice (kubernetes.md §5.2)', () => {
  it('goes with its NodeClaim once it is unreachable; its pods are replaced when the pod garbage collector has come (v1.14.1)', () => {
    expect(play({ ...scene('instance-gone', '12:04:00'), pools: [POOL] })({ from })).toEqual(
      lines(`
        12:00:00.0  NodeFailed          n001: instance-gone
        12:00:00.0  InstanceTerminating general-001   # what is gone is not paid for
        12:00:48.4  NodeUnreachable     n001          # last renewal up to 10 s old, 50 s of grace, a look every 5 s
        12:00:53.4  NodeClaimDeleting   general-001, by node-failure   # the cloud's node controller; no garbage collection before 12:02
        12:00:53.4  NodeDeleted         n001          # not Ready and no instance: the finalizer is dropped without a drain (§1.11)
        12:00:53.4  NodeClaimDeleted    general-001
        12:01:52.3  PodDeleting         web-0001 on n001, by garbage-collection   # seen by a round, 40 s of quarantine
        12:01:52.3  PodGone             web-0001 on n001
        12:01:53.3  NodeClaimCreated    general-004 by provisioner for web-0004
        12:01:56.0  NodeClaimLaunched   general-004: t on-demand a
        12:02:27.0  NodeRegistered      n004
        12:02:37.0  NodeInitialized     n004
        12:02:37.3  PodBound            web-0004 on n004
      `),
    );
  });

  it('is garbage to v0.32.0 at its next look, Ready or not: its pods are evicted and replaced at once', () => {
    const run = play({ ...scene('instance-gone', '12:01:30'), version: 'v0.32.0', pools: [V0] });
    expect(run({ from })).toEqual(
      lines(`
        12:00:00.0  NodeFailed          n001: instance-gone
        12:00:00.0  InstanceTerminating general-001
        12:00:04.0  NodeClaimDeleting   general-001, by garbage-collection   # every two minutes since Karpenter's start
        12:00:04.0  PodDeleting         web-0001 on n001, by eviction
        12:00:04.0  NodeDeleted         n001   # pods remain, and there is no instance: the finalizer is dropped (§1.11)
        12:00:04.0  NodeClaimDeleted    general-001
        12:00:05.0  NodeClaimCreated    general-004 by provisioner for web-0004
        12:00:07.7  NodeClaimLaunched   general-004: t on-demand a
        12:00:38.7  NodeRegistered      n004
        12:00:48.7  NodeInitialized     n004
        12:00:49.3  PodBound            web-0004 on n004
        12:00:52.3  PodGone             web-0001 on n001   # nobody was there to stop it
      `),
    );
  });

  it('frees a pod that its budget keeps from eviction only when the pod garbage collector has come (v0.32.0)', () => {
    const run = play({
      ...scene('instance-gone', '12:01:30'),
      version: 'v0.32.0',
      pools: [V0],
      podDisruptionBudgets: [podDisruptionBudget('web', { maxUnavailable: 0 })],
    });
    expect(run({ from, only: ['EvictionBlocked', 'PodDeleting', 'NodeDeleted'] })).toEqual(
      lines(`
        12:00:04.0  EvictionBlocked     web-0001 on n001, by PDB pdb
        12:00:04.0  NodeDeleted         n001
        12:00:52.3  PodDeleting         web-0001 on n001, by garbage-collection
      `),
    );
  });
});

describe('a node that is not heard of any more while its instance runs on', () => {
  it('stays; its pods are replaced when their toleration of 300 s is over', () => {
    expect(play({ ...scene('unreachable', '12:08:00'), pools: [POOL] })({ from })).toEqual(
      lines(`
        12:00:00.0  NodeFailed          n001: unreachable
        12:00:48.4  NodeUnreachable     n001
        12:05:48.4  PodDeleting         web-0001 on n001, by taint-eviction
        12:05:49.4  NodeClaimCreated    general-004 by provisioner for web-0004
        12:05:52.1  NodeClaimLaunched   general-004: t on-demand a
        12:06:23.1  NodeRegistered      n004
        12:06:33.1  NodeInitialized     n004
        12:06:33.3  PodBound            web-0004 on n004
      `),
    );
  });

  it('with the gate NodeRepair is replaced 30 minutes after it was found unreachable (§1.13)', () => {
    const run = play({ ...scene('unreachable', '12:40:00'), pools: [POOL], gates: { NodeRepair: true } });
    expect(run({ from: '12:07:00' })).toEqual(
      lines(`
        12:30:48.0  NodeClaimDeleting   general-001, by unhealthy
        12:30:48.0  NodeTainted         n001
        12:30:53.0  NodeDrained         n001   # its pod is stuck: a minute past its deletion it is not waited for
        12:30:53.0  InstanceTerminating general-001
        12:31:23.0  PodGone             web-0001 on n001
        12:31:23.0  NodeDeleted         n001
        12:31:23.0  NodeClaimDeleted    general-001
      `),
    );
  });

  it('is not repaired while more than a fifth of the NodePool, rounded up, is unhealthy', () => {
    const run = play({
      ...scene('unreachable', '12:40:00'),
      pools: [POOL],
      gates: { NodeRepair: true },
      script: { '12:00:00': [failNode('n001', 'unreachable'), failNode('n002', 'unreachable')] },
    });
    // Two of three, and two of five once their pods have been replaced; one is allowed.
    expect(run({ from: '12:10:00', only: ['NodeClaimDeleting'] })).toEqual([]);
  });
});
