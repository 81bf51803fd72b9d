import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import { ImageStore } from '../../src/kubernetes/kubelet/image-store.js';
import { KubeletModel } from '../../src/kubernetes/kubelet/kubelet-model.js';
import { firstReadyTickMs } from '../../src/kubernetes/kubelet/readiness.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import { node, ownedBy, pod } from './objects.js';

describe('the first success of a readiness probe (kubernetes.md §2.5)', () => {
  it('example 23: boots 38 s, skips 3, 13 and 23, fails at 33, is ready at 43', () => {
    const timing = { startedMs: 0, bootMs: 38_000, initialDelaySeconds: 30, periodSeconds: 10, firstTickMs: 3000 };
    expect(firstReadyTickMs(timing)).toBe(43_000);
  });

  it('is the first tick at or after the initial delay when the application is fast', () => {
    const timing = { startedMs: 2000, bootMs: 0, initialDelaySeconds: 30, periodSeconds: 10, firstTickMs: 500 };
    expect(firstReadyTickMs(timing)).toBe(40_500);
    expect(firstReadyTickMs({ ...timing, startedMs: 500 })).toBe(30_500);
  });

  it('is never before the first tick', () => {
    const timing = { startedMs: 0, bootMs: 0, initialDelaySeconds: 0, periodSeconds: 10, firstTickMs: 700 };
    expect(firstReadyTickMs(timing)).toBe(700);
  });
});

describe('images', () => {
  it('are pulled once a node, and pulls share the rate', () => {
    const images = new ImageStore();
    expect(images.pull('n', 'a', 50_000_000, 0)).toBe(1500);
    expect(images.pull('n', 'a', 50_000_000, 1000)).toBe(500);
    expect(images.pull('n', 'b', 50_000_000, 1000)).toBe(2500);
    expect(images.pull('n', 'a', 50_000_000, 9000)).toBe(0);
    expect(images.pull('m', 'a', 50_000_000, 9000)).toBe(1500);
    images.forget('n');
    expect(images.pull('n', 'a', 50_000_000, 9000)).toBe(1500);
  });
});

describe('a kubelet', () => {
  const probed = (initialDelaySeconds: number): Pod =>
    pod('p', {
      owner: ownedBy('ReplicaSet', 'web'),
      spec: {
        containers: [
          {
            name: 'app',
            requests: {},
            limits: {},
            ports: [],
            readinessProbe: { initialDelaySeconds, periodSeconds: 10 },
          },
        ],
      },
    });
  const model = (now = 0): KubeletModel => new KubeletModel(new RandomStreams('1'), () => now);

  it('starts the first pod of an image later than the second', () => {
    const kubelet = model(0);
    const first = kubelet.startTimes(pod('a', { owner: ownedBy('ReplicaSet', 'web') }), node('n'));
    expect(first.startedMs).toBeGreaterThan(5500);
    expect(first.readyMs).toBe(first.startedMs);
    let clock = 0;
    const later = new KubeletModel(new RandomStreams('1'), () => clock);
    later.startTimes(pod('a', { owner: ownedBy('ReplicaSet', 'web') }), node('n'));
    clock = 60_000;
    expect(later.startTimes(pod('b', { owner: ownedBy('ReplicaSet', 'web') }), node('n')).startedMs).toBeLessThan(3600);
  });

  it('reports a pod ready on a tick of its probe', () => {
    const { startedMs, readyMs } = model().startTimes(probed(30), node('n'));
    expect(readyMs - startedMs).toBeGreaterThan(28_000);
    expect(readyMs - startedMs).toBeLessThanOrEqual(41_000);
  });

  it('stops a pod within its grace period and two seconds', () => {
    const kubelet = model();
    const times = Array.from({ length: 500 }, () => kubelet.stopMs(probed(0), 30_000)).sort((a, b) => a - b);
    expect(times[499]).toBeLessThanOrEqual(32_000);
    expect(times[0]).toBeGreaterThan(1000);
    expect(times[250]).toBeGreaterThan(5500);
    expect(times[250]).toBeLessThan(8000);
    expect(kubelet.stopMs(probed(0), 0)).toBeLessThanOrEqual(2000);
  });

  it('gives the n-th pod of a service the same times whatever other services do', () => {
    const alone = model();
    const crowded = model();
    crowded.startTimes(pod('x', { owner: ownedBy('ReplicaSet', 'api') }), node('other'));
    expect(crowded.startTimes(probed(30), node('n'))).toEqual(alone.startTimes(probed(30), node('n')));
  });
});
