import { describe, expect, it } from 'vitest';
import { ClusterStore, objectKey } from '../../src/simulation/cluster-store.js';
import { CpuContention } from '../../src/simulation/cpu-contention.js';
import { NodeUsage } from '../../src/simulation/node-usage.js';
import { LiveUsage } from '../../src/workload/live-usage.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import { node, pod, readyCondition, runningPod } from '../kubernetes/objects.js';

/** An m5.large: 1,900 m for pods. */
const CAPACITY = { cpu: 2000, memory: 8e9, pods: 29 };

function cluster() {
  const store = new ClusterStore();
  const write = (written: Pod): void => {
    store.pods.set(objectKey(written.metadata), written);
  };
  for (const name of ['a', 'b']) store.nodes.set(name, node(name, { allocatable: CAPACITY }));
  return { store, write };
}

describe('what the pods of a node use', () => {
  const { store, write } = cluster();
  const measured = new LiveUsage();
  measured.change(70, 700);
  const usage = new NodeUsage(store, (uid) => (uid === 'uid-web' ? measured : undefined));
  const namesOn = (name: string) => usage.podsOn(name).map((each) => each.pod.metadata.name);
  write(runningPod('web', 'a', { requests: { cpu: 100, memory: 1000 } }));
  write(runningPod('agent', 'a', { requests: { cpu: 10, memory: 20 } }));

  it('is what is measured, and what they request where nothing is', () => {
    expect(usage.totalOn('a')).toEqual({ cpuMilli: 80, memoryBytes: 720 });
    expect(usage.totalOn('nowhere')).toEqual({ cpuMilli: 0, memoryBytes: 0 });
  });

  it('follows each measurement', () => {
    const pods = usage.podsOn('a');
    measured.change(90, 700);
    expect(usage.totalOn('a')).toEqual({ cpuMilli: 100, memoryBytes: 720 });
    measured.change(90, 800);
    expect(usage.totalOn('a')).toEqual({ cpuMilli: 100, memoryBytes: 820 });
    expect(usage.podsOn('a')).toBe(pods);
  });

  it('is the same object until something changes', () => {
    const total = usage.totalOn('a');
    measured.change(90, 800);
    expect(usage.totalOn('a')).toBe(total);
    write(runningPod('agent', 'a', { requests: { cpu: 10, memory: 20 } }));
    expect(usage.totalOn('a')).not.toBe(total);
    expect(usage.totalOn('a')).toEqual(total);
    measured.change(90, 700);
    expect(usage.totalOn('a').memoryBytes).toBe(720);
  });

  it('follows a pod that comes, changes, is bound elsewhere, or goes', () => {
    write(pod('new', { requests: { cpu: 5 } }));
    expect(namesOn('a')).toEqual(['web', 'agent']);
    write(runningPod('new', 'a', { requests: { cpu: 5 } }));
    expect(namesOn('a')).toEqual(['web', 'agent', 'new']);
    write(runningPod('new', 'a', { requests: { cpu: 7 } }));
    expect(usage.totalOn('a').cpuMilli).toBe(107);
    write(runningPod('new', 'b', { requests: { cpu: 7 } }));
    expect([usage.totalOn('a').cpuMilli, usage.totalOn('b').cpuMilli]).toEqual([100, 7]);
    store.pods.delete('default/new');
    expect(namesOn('b')).toEqual([]);
  });

  it('ends with the node', () => {
    store.nodes.delete('a');
    expect(namesOn('a')).toEqual([]);
  });
});

describe('the pods of an exhausted node', () => {
  const { store, write } = cluster();
  const wants: Record<string, LiveUsage> = { 'uid-x': new LiveUsage(), 'uid-y': new LiveUsage() };
  const want = (uid: string, milli: number): void => {
    wants[uid]?.change(milli, 0);
  };
  want('uid-x', 500);
  want('uid-y', 900);
  const caps: Record<string, number> = {};
  const usage = new NodeUsage(store, (uid) => wants[uid]);
  const contention = new CpuContention(store, usage, (uid, milli) => {
    caps[uid] = milli;
  });
  /** Caps that a look sets. */
  const look = () => {
    for (const uid of Object.keys(caps)) Reflect.deleteProperty(caps, uid);
    contention.look();
    return { ...caps };
  };
  for (const name of ['x', 'y']) write(runningPod(name, 'a', { requests: { cpu: 500 } }));

  it('get no caps while there is enough for all', () => {
    expect(look()).toEqual({});
  });

  it('get their shares once, and again when one of them wants something else', () => {
    want('uid-x', 2000);
    expect(look()).toEqual({ 'uid-x': 1000, 'uid-y': 1000 });
    expect(look()).toEqual({});
    want('uid-y', 2000);
    expect(look()).toEqual({ 'uid-x': 950, 'uid-y': 950 });
  });

  it('get them again when one of them is ready anew', () => {
    write(runningPod('y', 'a', { requests: { cpu: 500 }, status: { conditions: [readyCondition(1)] } }));
    expect(look()).toEqual({ 'uid-x': 950, 'uid-y': 950 });
    expect(look()).toEqual({});
  });

  it('get them again when the node has another capacity', () => {
    store.nodes.set('a', node('a', { allocatable: { ...CAPACITY, cpu: 1600 } }));
    expect(look()).toEqual({ 'uid-x': 750, 'uid-y': 750 });
  });

  it('are set free once when there is enough again', () => {
    want('uid-x', 0);
    want('uid-y', 0);
    expect(look()).toEqual({ 'uid-x': Infinity, 'uid-y': Infinity });
    expect(look()).toEqual({});
  });
});
