import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/kubernetes/pod.js';
import { KubeScheduler } from '../../src/kubernetes/scheduler/kube-scheduler.js';
import { SchedulerCache } from '../../src/kubernetes/scheduler/scheduler-cache.js';
import type { PersistentVolume } from '../../src/kubernetes/storage.js';
import type { PersistentVolumeClaim } from '../../src/kubernetes/workloads.js';
import { GI, node, pod, runningPod } from './objects.js';

const { metadata } = node('x');
const EBS = 'ebs.csi.aws.com';

function claim(name: string, change: Partial<PersistentVolumeClaim> = {}): PersistentVolumeClaim {
  return {
    metadata: { ...metadata, name, namespace: 'default', uid: `uid-${name}` },
    storageClassName: 'gp3',
    phase: 'Pending',
    accessModes: ['ReadWriteOnce'],
    storageBytes: 10 * GI,
    ...change,
  };
}

function volume(name: string, zone: string, change: Partial<PersistentVolume> = {}): PersistentVolume {
  return {
    metadata: { ...metadata, name },
    driver: EBS,
    isLocal: false,
    storageClassName: 'gp3',
    accessModes: ['ReadWriteOnce'],
    capacityBytes: 10 * GI,
    phase: 'Available',
    nodeAffinity: [
      {
        matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] }],
        matchFields: [],
      },
    ],
    ...change,
  };
}

function user(name: string, claimName: string): Pod {
  return pod(name, { spec: { volumes: [{ name: 'data', kind: 'persistentVolumeClaim', claimName }] } });
}

/** Two zones, a class that binds late and one that binds at once. */
function cluster(): SchedulerCache {
  const cache = new SchedulerCache();
  for (const zone of ['a', 'b']) cache.setNode(node(zone, { zone }));
  for (const [name, volumeBindingMode] of [
    ['gp3', 'WaitForFirstConsumer'],
    ['now', 'Immediate'],
  ] as const) {
    cache.volumes.setStorageClass({
      metadata: { ...metadata, name },
      provisioner: EBS,
      volumeBindingMode,
      allowedTopologies: [],
      isDefault: false,
    });
  }
  return cache;
}

function verdict(incoming: Pod, cache: SchedulerCache): { passes: string[]; reasons: string[] } {
  const attempt = new KubeScheduler(cache, { seed: 's' }).attempt(incoming);
  const rejections = attempt.fitError?.rejections ?? attempt.rejections;
  return {
    passes: attempt.feasible.map(({ name }) => name).sort(),
    reasons: [...new Set([...rejections.values()].flatMap(({ reasons }) => reasons))],
  };
}

describe('volumes', () => {
  it('a claim that does not exist rules out every node', () => {
    expect(verdict(user('p', 'missing'), cluster())).toEqual({
      passes: [],
      reasons: ['persistentvolumeclaim "missing" not found'],
    });
  });

  it('a claim that binds at once must be bound before its pod', () => {
    const cache = cluster();
    cache.volumes.setPersistentVolumeClaim(claim('data', { storageClassName: 'now' }));
    expect(verdict(user('p', 'data'), cache).reasons).toEqual(['pod has unbound immediate PersistentVolumeClaims']);
  });

  it('a bound volume pins the pod to its zone', () => {
    const cache = cluster();
    cache.volumes.setPersistentVolume(volume('pv', 'b'));
    cache.volumes.setPersistentVolumeClaim(claim('data', { volumeName: 'pv', phase: 'Bound' }));
    expect(verdict(user('p', 'data'), cache)).toEqual({
      passes: ['b'],
      reasons: ["node(s) didn't match PersistentVolume's node affinity"],
    });
  });

  it('a claim that binds late lets its first pod choose, and binds it to that choice', () => {
    const cache = cluster();
    cache.volumes.setPersistentVolumeClaim(claim('data'));
    const first = user('first', 'data');
    expect(verdict(first, cache).passes).toEqual(['a', 'b']);
    expect(cache.assume(first, 'a')).toMatchObject({ bind: [], provision: [{ metadata: { name: 'data' } }] });
    expect(verdict(user('second', 'data'), cache).passes).toEqual(['a']);
  });

  it('takes the smallest free volume that is large enough before it provisions one', () => {
    const cache = cluster();
    cache.volumes.setPersistentVolumeClaim(claim('data'));
    cache.volumes.setPersistentVolume(volume('large', 'a', { capacityBytes: 50 * GI }));
    cache.volumes.setPersistentVolume(volume('fitting', 'a', { capacityBytes: 20 * GI }));
    cache.volumes.setPersistentVolume(volume('small', 'a', { capacityBytes: 5 * GI }));
    const plan = cache.assume(user('p', 'data'), 'a');
    expect(plan?.bind.map((each) => each.volume.metadata.name)).toEqual(['fitting']);
  });

  it('stops at the number of volumes that a node can attach', () => {
    const cache = cluster();
    cache.volumes.setCSINode({ metadata: { ...metadata, name: 'a' }, drivers: [{ name: EBS, count: 1 }] });
    for (const name of ['one', 'two']) cache.volumes.setPersistentVolumeClaim(claim(name));
    const resident = runningPod('resident', 'a', { spec: user('resident', 'one').spec });
    cache.setPod({ ...resident, spec: { ...resident.spec, nodeName: 'a' } });
    expect(verdict(user('p', 'two'), cache)).toEqual({ passes: ['b'], reasons: ['node(s) exceed max volume count'] });
    expect(verdict(user('p', 'one'), cache).passes).toEqual(['a', 'b']);
  });

  it('a ReadWriteOncePod claim has one user', () => {
    const cache = cluster();
    cache.volumes.setPersistentVolumeClaim(claim('data', { accessModes: ['ReadWriteOncePod'] }));
    cache.assume(user('first', 'data'), 'a');
    expect(verdict(user('second', 'data'), cache).passes).toEqual([]);
    cache.deletePod('uid-first');
    expect(verdict(user('second', 'data'), cache).passes).toEqual(['a']);
  });
});
