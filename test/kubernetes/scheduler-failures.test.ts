import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/kubernetes/pod.js';
import { KubeScheduler } from '../../src/kubernetes/scheduler/kube-scheduler.js';
import { SchedulerCache } from '../../src/kubernetes/scheduler/scheduler-cache.js';
import { budget } from './budgets.js';
import { node, pod, podSpec, runningPod, selector } from './objects.js';

/** More than a node of four cores has beside a pod of two. */
const SPEC = podSpec({ cpu: 3000 });
const LABELS = { app: 'web' };

/** A replica of one template: they share the objects of spec and labels. */
function replica(name: string, more: Partial<Pod['metadata']> = {}): Pod {
  const { metadata, status } = pod(name);
  return { metadata: { ...metadata, labels: LABELS, ...more }, spec: SPEC, status };
}

function fullCluster() {
  const cache = new SchedulerCache();
  cache.setNode(node('n'));
  cache.setPod(runningPod('old', 'n', { requests: { cpu: 2000 } }));
  const scheduler = new KubeScheduler(cache, { seed: 's' });
  const failure = (tried: Pod) => {
    const result = scheduler.schedule(tried);
    return 'node' in result ? undefined : result.unschedulable;
  };
  return { cache, scheduler, failure };
}

describe('a pod that fits nowhere', () => {
  it('speaks for the other pods of its template', () => {
    const { failure } = fullCluster();
    const first = failure(replica('a'));
    expect([...(first?.plugins ?? [])]).toEqual(['NodeResourcesFit']);
    expect(failure(replica('b'))).toBe(first);
    expect(failure(replica('a'))).toBe(first);
  });

  it.each<[string, (cache: SchedulerCache) => void]>([
    [
      'a node that comes',
      (cache) => {
        cache.setNode(node('m'));
      },
    ],
    [
      'a node that changes',
      (cache) => {
        cache.setNode(node('n', { allocatable: { cpu: 8000, memory: 1e9, pods: 9 } }));
      },
    ],
    [
      'a pod that goes',
      (cache) => {
        cache.deletePod('uid-old');
      },
    ],
    [
      'a pod that finishes',
      (cache) => {
        cache.setPod(runningPod('old', 'n', { status: { phase: 'Succeeded' } }));
      },
    ],
  ])('fits after %s', (_, change) => {
    const { cache, failure } = fullCluster();
    expect(failure(replica('a'))).toBeDefined();
    change(cache);
    expect(failure(replica('a'))).toBeUndefined();
  });

  it.each<[string, (cache: SchedulerCache) => void]>([
    [
      'a node goes',
      (cache) => {
        cache.deleteNode('n');
      },
    ],
    [
      'a pod is assumed',
      (cache) => {
        cache.assume(pod('next', { requests: { cpu: 100 } }), 'n');
      },
    ],
    [
      'a namespace changes',
      (cache) => {
        cache.setNamespace({ metadata: { ...pod('default').metadata, labels: { team: 'a' } } });
      },
    ],
    [
      'a budget changes',
      (cache) => {
        cache.setPodDisruptionBudget(budget());
      },
    ],
    [
      'the selector of an owner comes',
      (cache) => {
        cache.setOwnerSelector('ReplicaSet', 'default', 'web', selector(LABELS));
      },
    ],
    [
      'the selector of an owner goes',
      (cache) => {
        cache.deleteOwnerSelector('ReplicaSet', 'default', 'web');
      },
    ],
  ])('is tried anew when %s', (_, change) => {
    const { cache, failure } = fullCluster();
    const first = failure(replica('a'));
    change(cache);
    expect(failure(replica('a'))).not.toBe(first);
  });

  it('does not speak for pods of other labels or another namespace', () => {
    const { failure } = fullCluster();
    const first = failure(replica('a'));
    expect(failure(replica('b', { labels: { app: 'other' } }))).not.toBe(first);
    expect(failure(replica('c', { namespace: 'other' }))).not.toBe(first);
  });

  it('does not speak for others while room is kept for a nominated pod', () => {
    const { scheduler, failure } = fullCluster();
    scheduler.nominations.set(pod('urgent', { requests: { cpu: 100 } }), 'n');
    const first = failure(replica('a'));
    expect(failure(replica('b'))).not.toBe(first);
  });

  it('does not speak for others when it has volumes', () => {
    const { scheduler } = fullCluster();
    const withClaim = pod('a', {
      spec: { volumes: [{ name: 'v', kind: 'persistentVolumeClaim', claimName: 'late' }] },
    });
    const first = scheduler.schedule(withClaim);
    const second = scheduler.schedule(withClaim);
    expect('node' in first || 'node' in second).toBe(false);
    expect('node' in first ? undefined : first.unschedulable).not.toBe(
      'node' in second ? undefined : second.unschedulable,
    );
  });
});
