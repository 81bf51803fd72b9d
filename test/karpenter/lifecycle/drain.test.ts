import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { backoffMs } from '../../../src/karpenter/lifecycle/launch.js';
import { drainStep } from '../../../src/karpenter/lifecycle/drain.js';
import { LIFECYCLE_V0, LIFECYCLE_V1 } from '../../../src/karpenter/lifecycle/lifecycle-profile.js';
import {
  drainBegun,
  drainCompleted,
  isDrainOver,
  terminatingNode,
  terminationTime,
  withoutDisruptedTaint,
  withTerminationTime,
} from '../../../src/karpenter/lifecycle/termination.js';
import { hasCondition } from '../../../src/karpenter/lifecycle/conditions.js';
import type { Pod } from '../../../src/kubernetes/pod.js';
import { at, MINUTE, node, nodeClaim, NOON, ownedBy, pod } from './objects.js';

const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name);

const web = pod('web', { metadata: { ownerReferences: ownedBy('ReplicaSet') } });
const log = pod('log', { metadata: { ownerReferences: ownedBy('DaemonSet') } });
const dns = pod('dns', { spec: { priorityClassName: 'system-cluster-critical' } });
const proxy = pod('proxy', {
  metadata: { ownerReferences: ownedBy('DaemonSet') },
  spec: {
    priorityClassName: 'system-node-critical',
    tolerations: [{ key: '', operator: 'Exists', value: '', effect: '' }],
  },
});
const terminating = (leaving: Pod, deletionTimeMs = NOON): Pod => ({
  ...leaving,
  metadata: { ...leaving.metadata, deletionTimeMs },
});

describe('a look at a draining node', () => {
  it('says until when another look at the same pods finds the same', () => {
    const protectedFor = (value: string) => ({ annotations: { 'karpenter.sh/do-not-disrupt': value } });
    const kinds = [
      web,
      log,
      dns,
      proxy,
      pod('kept', { metadata: protectedFor('100s'), status: { startTimeMs: NOON } }),
    ];
    const bound = fc.tuple(
      fc.constantFrom(...kinds),
      fc.option(fc.integer({ min: -MINUTE - 10_000, max: 0 }), { nil: undefined }),
    );
    const end = fc.option(fc.integer({ min: 0, max: 2 * MINUTE }), { nil: undefined });
    const profile = fc.constantFrom(LIFECYCLE_V1, LIFECYCLE_V0);
    fc.assert(
      fc.property(fc.array(bound), end, profile, fc.nat({ max: 3 * MINUTE }), (chosen, endMs, version, laterMs) => {
        const pods = chosen.map(([kind, leftMs]) => (leftMs === undefined ? kind : terminating(kind, NOON + leftMs)));
        const terminationMs = endMs === undefined ? undefined : NOON + endMs;
        const first = drainStep(pods, terminationMs, NOON, version);
        const nowMs = Math.min(NOON + laterMs, first.holdsUntilMs);
        const again = drainStep(pods, terminationMs, nowMs, version);
        const told = ({ drained, waiting, evict, forceDelete }: typeof first) => [drained, waiting, evict, forceDelete];
        expect(told(again)).toEqual(told(first));
      }),
    );
  });

  it('holds as long as pods go in time, and only while the node may take its time', () => {
    expect(drainStep([terminating(web)], undefined, NOON, LIFECYCLE_V1).holdsUntilMs).toBe(NOON + MINUTE);
    expect(drainStep([terminating(web), log], undefined, NOON, LIFECYCLE_V0).holdsUntilMs).toBe(NOON + MINUTE);
    expect(drainStep([terminating(web)], NOON + MINUTE, NOON, LIFECYCLE_V1).holdsUntilMs).toBe(NOON);
  });
});

describe('the order of a drain (E120)', () => {
  it('waits for each group to be gone with v1.14.1', () => {
    const step = (pods: readonly Pod[]): string[] => names(drainStep(pods, undefined, NOON, LIFECYCLE_V1).evict);
    expect(step([web, log, dns, proxy])).toEqual(['web']);
    expect(step([terminating(web), log, dns, proxy])).toEqual([]);
    expect(step([log, dns, proxy])).toEqual(['log']);
    expect(step([dns, proxy])).toEqual(['dns']);
    expect(drainStep([proxy], undefined, NOON, LIFECYCLE_V1).drained).toBe(true);
  });

  it('goes on as soon as a group is terminating with v0.32.0, but is over only when they are gone', () => {
    const step = (pods: readonly Pod[]): string[] => names(drainStep(pods, undefined, NOON, LIFECYCLE_V0).evict);
    expect(step([web, log, dns, proxy])).toEqual(['web']);
    expect(step([terminating(web), log, dns, proxy])).toEqual(['log']);
    expect(step([terminating(web), terminating(log), dns, proxy])).toEqual(['dns']);
    expect(drainStep([terminating(web), proxy], undefined, NOON, LIFECYCLE_V0).drained).toBe(false);
  });

  it('ignores finished pods, and pods that should have been gone for a minute', () => {
    const finished = pod('job', { status: { phase: 'Succeeded' } });
    const stuck = terminating(web, NOON - MINUTE - 1);
    expect(drainStep([finished, stuck], undefined, NOON, LIFECYCLE_V1).drained).toBe(true);
    expect(drainStep([terminating(web, NOON - MINUTE)], undefined, NOON, LIFECYCLE_V1).drained).toBe(false);
  });
});

describe('do-not-disrupt during a drain', () => {
  const kept = pod('kept', { metadata: { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } } });

  it('holds the drain up with v1.14.1', () => {
    const step = drainStep([kept], undefined, NOON, LIFECYCLE_V1);
    expect(step.evict).toEqual([]);
    expect(step.drained).toBe(false);
  });

  it('does not help with v0.32.0', () => {
    expect(names(drainStep([kept], undefined, NOON, LIFECYCLE_V0).evict)).toEqual(['kept']);
  });
});

describe('a termination grace period of 10 minutes from 12:00:00 (E121)', () => {
  const end = at('12:10:00');
  const forced = (leaving: Pod, nowMs: number): number | undefined =>
    drainStep([leaving], end, nowMs, LIFECYCLE_V1).forceDelete[0]?.gracePeriodSeconds;

  it('is written on the NodeClaim when its deletion begins, once', () => {
    const claim = nodeClaim({ metadata: { deletionTimeMs: NOON }, spec: { terminationGracePeriodMs: 10 * MINUTE } });
    const annotated = withTerminationTime(claim);
    expect(terminationTime(annotated)).toBe(end);
    expect(withTerminationTime(annotated)).toBe(annotated);
    expect(terminationTime(withTerminationTime(nodeClaim({ metadata: { deletionTimeMs: NOON } })))).toBeUndefined();
  });

  it('deletes pods from their own grace period before its end, strictly', () => {
    const slow = pod('slow', { spec: { terminationGracePeriodSeconds: 30 } });
    expect(forced(slow, at('12:09:30'))).toBeUndefined();
    expect(forced(slow, at('12:09:31'))).toBe(29);
    // The API server's default is 30 s.
    expect(forced(web, at('12:09:31'))).toBe(29);
  });

  it('overrules do-not-disrupt', () => {
    const kept = pod('kept', { metadata: { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } } });
    expect(forced(kept, at('12:09:31'))).toBe(29);
  });

  it('deletes a pod that wants more than the whole period at once', () => {
    const patient = pod('patient', { spec: { terminationGracePeriodSeconds: 900 } });
    expect(forced(patient, NOON)).toBe(600);
  });

  it('deletes a terminating pod again when it would outlast the node, and no other', () => {
    expect(forced(terminating(web, at('12:20:00')), at('12:09:31'))).toBe(29);
    expect(forced(terminating(web, at('12:09:45')), at('12:09:31'))).toBeUndefined();
  });

  it('never asks for less than a second', () => {
    expect(forced(web, at('12:11:00'))).toBe(1);
  });
});

describe('the end of a drain', () => {
  const deleting = nodeClaim({ metadata: { deletionTimeMs: NOON } });

  it('comes five seconds after its beginning at the earliest with v1.14.1', () => {
    const begun = drainBegun(deleting, NOON + 237, LIFECYCLE_V1);
    expect(drainBegun(begun, NOON + 1237, LIFECYCLE_V1)).toBe(begun);
    expect(isDrainOver(begun, NOON + 4237, LIFECYCLE_V1)).toBe(false);
    expect(isDrainOver(begun, NOON + 5237, LIFECYCLE_V1)).toBe(true);
    expect(hasCondition(drainCompleted(begun, NOON + 5237, LIFECYCLE_V1), 'Drained')).toBe(true);
  });

  it('needs no more than the pods to be gone with v0.32.0', () => {
    expect(isDrainOver(drainBegun(deleting, NOON, LIFECYCLE_V0), NOON, LIFECYCLE_V0)).toBe(true);
  });
});

describe('the node of a deleted NodeClaim', () => {
  it('is tainted and leaves load balancers', () => {
    const leaving = terminatingNode(node(), LIFECYCLE_V0);
    expect(leaving.spec.taints).toEqual([
      { key: 'karpenter.sh/disruption', value: 'disrupting', effect: 'NoSchedule' },
    ]);
    expect(leaving.metadata.labels).toEqual({ 'node.kubernetes.io/exclude-from-external-load-balancers': 'karpenter' });
    expect(terminatingNode(leaving, LIFECYCLE_V0)).toBe(leaving);
  });

  it('keeps the taint once it is being deleted', () => {
    const { disruptedTaint } = LIFECYCLE_V1;
    const held = terminatingNode(node(), LIFECYCLE_V1);
    expect(withoutDisruptedTaint(held, disruptedTaint).spec.taints).toEqual([]);
    const deleting = { ...held, metadata: { ...held.metadata, deletionTimeMs: NOON } };
    expect(withoutDisruptedTaint(deleting, disruptedTaint)).toBe(deleting);
  });
});

it('refused evictions back off from 100 ms to 10 s', () => {
  expect([0, 1, 6, 7, 20].map((failures) => backoffMs(LIFECYCLE_V1.evictionBackoffMs, failures))).toEqual([
    100, 200, 6400, 10_000, 10_000,
  ]);
});
