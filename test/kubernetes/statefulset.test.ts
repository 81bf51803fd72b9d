import { describe, expect, it } from 'vitest';
import { claimsOf, reconcileStatefulSet, statefulPodName } from '../../src/kubernetes/controllers/stateful-set.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import type { StatefulSet } from '../../src/kubernetes/workloads.js';
import { node, pod, podSpec, runningPod, selector } from './objects.js';

function set(replicas: number, podManagementPolicy: StatefulSet['podManagementPolicy'] = 'OrderedReady'): StatefulSet {
  return {
    metadata: { ...node('db').metadata, namespace: 'default' },
    replicas,
    selector: selector({ app: 'db' }),
    template: { labels: { app: 'db' }, annotations: {}, spec: podSpec() },
    podManagementPolicy,
    volumeClaimTemplates: [{ metadata: { ...node('data').metadata }, storageClassName: 'gp3', phase: 'Pending' }],
  };
}

const up = (ordinal: number): Pod => runningPod(`db-${ordinal}`, 'n');
const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name);

describe('a StatefulSet (kubernetes.md §2.4)', () => {
  it('starts pods one after the other, each when the ones before are ready', () => {
    expect(reconcileStatefulSet(set(3), []).create).toEqual([0]);
    expect(reconcileStatefulSet(set(3), [pod('db-0')]).create).toEqual([]);
    expect(reconcileStatefulSet(set(3), [up(0)]).create).toEqual([1]);
  });

  it('deletes from the highest ordinal, one at a time', () => {
    const pods = [up(0), up(1), up(2)];
    expect(names(reconcileStatefulSet(set(1), pods).delete)).toEqual(['db-2']);
    const going = runningPod('db-2', 'n', { deletedMs: 1 });
    expect(reconcileStatefulSet(set(1), [up(0), up(1), going]).delete).toEqual([]);
  });

  it('replaces a pod only when its object is gone', () => {
    const going = runningPod('db-1', 'n', { deletedMs: 1 });
    expect(reconcileStatefulSet(set(2), [up(0), going]).create).toEqual([]);
    const failed = runningPod('db-1', 'n', { status: { phase: 'Failed' } });
    expect(names(reconcileStatefulSet(set(2), [up(0), failed]).delete)).toEqual(['db-1']);
  });

  it('does everything at once when it is Parallel', () => {
    expect(reconcileStatefulSet(set(3, 'Parallel'), [pod('db-1')]).create).toEqual([0, 2]);
    expect(names(reconcileStatefulSet(set(0, 'Parallel'), [up(0), up(1)]).delete)).toEqual(['db-1', 'db-0']);
  });

  it('names pods and claims by ordinal', () => {
    expect(statefulPodName(set(1), 4)).toBe('db-4');
    expect(claimsOf(set(1), 4).map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([
      ['default', 'data-db-4'],
    ]);
  });
});
