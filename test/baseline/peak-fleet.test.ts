import { describe, expect, it } from 'vitest';
import { replicasAtPeak, type PeakLoad } from '../../src/baseline/peak-replicas.js';
import { staticFleet } from '../../src/baseline/static-fleet.js';
import type { NodeTemplate } from '../../src/baseline/estimator.js';
import { GI, MI, node, pod } from '../kubernetes/objects.js';

const LOAD: PeakLoad = {
  requestsPerSecond: 1200,
  cpuMilliSecondsPerRequest: 12,
  idleCpuMilli: 0,
  idleMemoryBytes: 100 * MI,
  memoryBytesPerRps: 0,
  requestedCpuMilli: 500,
  requestedMemoryBytes: 512 * MI,
};
const UNBOUNDED = { minReplicas: 1, maxReplicas: 1000, headroom: 0.2 };

/** m5.2xlarge with 250m of DaemonSets, as in the worked example. */
const M5_2XLARGE: NodeTemplate = {
  node: node('m5', { allocatable: { cpu: 7910, memory: 28 * GI, pods: 58 } }),
  daemonPods: [pod('agent', { requests: { cpu: 250 } })],
};

function webPods(replicas: number) {
  return [{ sample: pod('web', { requests: { cpu: 500, memory: 512 * MI } }), replicas }];
}

describe('replicas at the peak (kubernetes.md §6)', () => {
  it('hold λ·κ at the target utilisation, with headroom (§10 example 26)', () => {
    expect(replicasAtPeak(LOAD, { cpu: 0.6 }, { ...UNBOUNDED, headroom: 0 })).toBe(48);
    expect(replicasAtPeak(LOAD, { cpu: 0.6 }, UNBOUNDED)).toBe(58);
  });

  it('leave what an idle pod uses out of the room for requests', () => {
    // 14,400 milli in rooms of 300 − 60.
    expect(replicasAtPeak({ ...LOAD, idleCpuMilli: 60 }, { cpu: 0.6 }, { ...UNBOUNDED, headroom: 0 })).toBe(60);
  });

  it('are as many as the scarcer resource needs', () => {
    const hungry = { ...LOAD, memoryBytesPerRps: 16 * MI };
    // 19,200 Mi in rooms of 0.8 × 512 − 100 Mi.
    expect(replicasAtPeak(hungry, { cpu: 0.6, memory: 0.8 }, { ...UNBOUNDED, headroom: 0 })).toBe(63);
    expect(replicasAtPeak(hungry, { cpu: 0.6 }, { ...UNBOUNDED, headroom: 0 })).toBe(48);
  });

  it('stay within what the autoscaler may ask for', () => {
    expect(replicasAtPeak(LOAD, { cpu: 0.6 }, { ...UNBOUNDED, maxReplicas: 40 })).toBe(40);
    expect(replicasAtPeak({ ...LOAD, requestsPerSecond: 0 }, { cpu: 0.6 }, { ...UNBOUNDED, minReplicas: 3 })).toBe(3);
  });

  it('are the maximum for a service that idles above its target', () => {
    expect(replicasAtPeak({ ...LOAD, idleCpuMilli: 400 }, { cpu: 0.6 }, { ...UNBOUNDED, maxReplicas: 40 })).toBe(40);
  });
});

describe('a static fleet (kubernetes.md §6)', () => {
  it('fits into the zones that are left when one is lost (§10 example 26)', () => {
    expect(staticFleet(webPods(58), M5_2XLARGE, 3, 0)).toEqual({ nodes: 6, unplaced: [] });
  });

  it('holds everything in its only zone', () => {
    expect(staticFleet(webPods(58), M5_2XLARGE, 1, 0).nodes).toBe(4);
  });

  it('keeps a share of every node free (§10 example 26)', () => {
    expect(staticFleet(webPods(58), M5_2XLARGE, 3, 0.1).nodes).toBe(9);
  });

  it('names the workloads that no node of the type can take', () => {
    const huge = { sample: pod('huge', { requests: { cpu: 8000 } }), replicas: 2 };
    expect(staticFleet([...webPods(4), huge], M5_2XLARGE, 3, 0)).toEqual({ nodes: 3, unplaced: ['default/huge'] });
  });

  it('respects the number of pods that a node may have', () => {
    const small: NodeTemplate = {
      node: node('small', { allocatable: { cpu: 7910, memory: 28 * GI, pods: 5 } }),
      daemonPods: [],
    };
    expect(staticFleet(webPods(20), small, 2, 0).nodes).toBe(8);
  });

  it('gives a pod that keeps away from its like a node of its own', () => {
    const lonely = pod('lonely', {
      labels: { app: 'lonely' },
      requests: { cpu: 100 },
      spec: {
        affinity: {
          podAntiAffinity: {
            required: [
              {
                topologyKey: 'kubernetes.io/hostname',
                labelSelector: { matchLabels: { app: 'lonely' }, matchExpressions: [] },
                namespaces: [],
                matchLabelKeys: [],
                mismatchLabelKeys: [],
              },
            ],
            preferred: [],
          },
        },
      },
    });
    expect(staticFleet([{ sample: lonely, replicas: 4 }], M5_2XLARGE, 2, 0).nodes).toBe(8);
  });
});
