import { describe, expect, it } from 'vitest';
import {
  claimsOf,
  keepsOldTemplate,
  reconcileStatefulSet,
  statefulPodName,
} from '../../src/kubernetes/controllers/stateful-set.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import type { StatefulSet } from '../../src/kubernetes/workloads.js';
import { node, pod, podSpec, runningPod, selector } from './objects.js';

function set(
  replicas: number,
  podManagementPolicy: StatefulSet['podManagementPolicy'] = 'OrderedReady',
  updateStrategy: StatefulSet['updateStrategy'] = { type: 'RollingUpdate', partition: 0 },
): StatefulSet {
  return {
    metadata: { ...node('db').metadata, namespace: 'default' },
    replicas,
    selector: selector({ app: 'db' }),
    template: { labels: { app: 'db' }, annotations: {}, spec: podSpec() },
    podManagementPolicy,
    updateStrategy,
    minReadySeconds: 0,
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

  describe('whose template has changed', () => {
    const isAvailable = (pod: Pod): boolean =>
      pod.status.phase === 'Running' && pod.metadata.deletionTimeMs === undefined;
    const old = (...names: readonly string[]) => ({
      isOutdated: (pod: Pod) => names.includes(pod.metadata.name),
      isAvailable,
    });
    const partition = (from: number) => set(3, 'OrderedReady', { type: 'RollingUpdate', partition: from });

    it('replaces its pods from the highest ordinal, each when those above are ready again', () => {
      const pods = [up(0), up(1), up(2)];
      expect(names(reconcileStatefulSet(set(3), pods, old('db-0', 'db-1', 'db-2')).delete)).toEqual(['db-2']);
      expect(names(reconcileStatefulSet(set(3), pods, old('db-0', 'db-1')).delete)).toEqual(['db-1']);
      const starting = [up(0), up(1), pod('db-2')];
      expect(reconcileStatefulSet(set(3), starting, old('db-0', 'db-1')).delete).toEqual([]);
      expect(names(reconcileStatefulSet(set(3, 'Parallel'), pods, old('db-0', 'db-1')).delete)).toEqual(['db-1']);
    });

    it('leaves ordinals below the partition as they are, and makes them anew from the old template', () => {
      const pods = [up(0), up(1), up(2)];
      expect(reconcileStatefulSet(partition(2), pods, old('db-0', 'db-1')).delete).toEqual([]);
      expect([0, 1, 2].map((ordinal) => keepsOldTemplate(partition(2), ordinal))).toEqual([true, true, false]);
    });

    it('with OnDelete waits until somebody else deletes a pod', () => {
      const manual = set(3, 'OrderedReady', { type: 'OnDelete' });
      expect(reconcileStatefulSet(manual, [up(0), up(1), up(2)], old('db-0', 'db-1', 'db-2')).delete).toEqual([]);
      expect(keepsOldTemplate(manual, 0)).toBe(false);
    });
  });

  it('names pods and claims by ordinal', () => {
    expect(statefulPodName(set(1), 4)).toBe('db-4');
    expect(claimsOf(set(1), 4).map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([
      ['default', 'data-db-4'],
    ]);
  });
});
