import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/kubernetes/pod.js';
import { OwnedPods } from '../../src/simulation/owned-pods.js';
import { runningPod } from '../kubernetes/objects.js';

function names(pods: readonly Pod[]): string[] {
  return pods.map(({ metadata }) => metadata.name);
}

describe('the pods of one owner', () => {
  it('are listed oldest first, in the same array until one of them changes', () => {
    const owned = new OwnedPods('ReplicaSet');
    const [a, b] = [runningPod('a', 'n1'), runningPod('b', 'n1')];
    owned.change(undefined, a);
    owned.change(undefined, b);
    const list = owned.list();
    expect(names(list)).toEqual(['a', 'b']);
    expect(owned.list()).toBe(list);
    const leaving = runningPod('a', 'n1', { deletedMs: 5 });
    owned.change(a, leaving);
    expect(owned.list()).toEqual([leaving, b]);
    expect(owned.countActive()).toBe(1);
    owned.change(leaving, undefined);
    expect(owned.list()).toEqual([b]);
  });

  it('are found by node where a DaemonSet owns them, also before they are bound', () => {
    const owned = new OwnedPods('DaemonSet');
    const bound = runningPod('a', 'n1');
    const pinned = [{ matchExpressions: [], matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }];
    const pending = {
      ...bound,
      spec: { ...bound.spec, nodeName: undefined, affinity: { nodeAffinity: { required: pinned, preferred: [] } } },
    };
    owned.change(undefined, pending as unknown as Pod);
    owned.change(undefined, runningPod('b', 'n2'));
    expect(names(owned.on('n1'))).toEqual(['a']);
    owned.change(pending as unknown as Pod, bound);
    expect(owned.on('n1')).toEqual([bound]);
    owned.change(bound, undefined);
    expect(owned.on('n1')).toEqual([]);
    expect(names(owned.on('n2'))).toEqual(['b']);
  });
});
