import { describe, expect, it } from 'vitest';
import { decodePod } from '../../src/kubernetes/manifest/decode-pod.js';
import { readPlain } from '../../src/kubernetes/manifest/read-session.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import { podRequests, podRequestsWithoutSidecars } from '../../src/kubernetes/pod-requests.js';
import {
  maxResources,
  mergeResources,
  minResources,
  resourcesFit,
  subtractResources,
} from '../../src/kubernetes/resource-arithmetic.js';

const GI = 1024 ** 3;
const container = (name: string, cpu: string, memory: string, fields: object = {}) => ({
  name,
  resources: { requests: { cpu, memory } },
  ...fields,
});
const sidecar = (cpu: string, memory: string) => container('side', cpu, memory, { restartPolicy: 'Always' });

function pod(spec: object, status: object = {}): Pod {
  return readPlain({ metadata: { name: 'p' }, spec: { containers: [], ...spec }, status }, decodePod).value;
}

describe('requests of a pod', () => {
  it.each([
    [
      'init container before a sidecar',
      [container('main', '6', '2Gi')],
      [container('init', '10', '4Gi'), sidecar('4900m', '2969Mi')],
      undefined,
      10_900,
    ],
    [
      'sidecar before an init container',
      [container('main', '6', '2Gi')],
      [sidecar('4900m', '2969Mi'), container('init', '5', '1Gi')],
      undefined,
      10_900,
    ],
    [
      'init container above all that runs',
      [container('main', '5', '1Gi')],
      [sidecar('4900m', '2969Mi'), container('init', '6', '2Gi')],
      undefined,
      10_900,
    ],
    [
      'pod-level requests, which replace the sum',
      [container('main', '5', '1Gi')],
      [container('init', '6', '2Gi'), sidecar('4', '2Gi')],
      { requests: { cpu: '9900m', memory: '3994Mi' } },
      9900,
    ],
  ])('%s (X23)', (_name, containers, initContainers, resources, cpuMilli) => {
    const requests = podRequests(pod({ containers, initContainers, ...(resources !== undefined && { resources }) }));
    expect(requests['cpu']).toBe(cpuMilli);
    expect(requests['pods']).toBe(1);
  });

  it('know no sidecars before Karpenter v1: each init container runs alone (X23, K0)', () => {
    const spec = {
      containers: [container('main', '6', '2Gi')],
      initContainers: [container('init', '10', '4Gi'), sidecar('4900m', '2Gi')],
    };
    expect(podRequestsWithoutSidecars(pod(spec))).toEqual({ cpu: 10_000, memory: 4 * GI, pods: 1 });
  });

  it('count the overhead, and a resize in progress with the larger amount', () => {
    const status = (requests: object, conditions: readonly object[] = []) => ({
      conditions,
      containerStatuses: [{ name: 'main', resources: { requests }, allocatedResources: { cpu: '1' } }],
    });
    const spec = { containers: [container('main', '2', '1Gi')], overhead: { cpu: '100m' } };
    expect(podRequests(pod(spec))['cpu']).toBe(2100);
    expect(podRequests(pod(spec, status({ cpu: '3' })))['cpu']).toBe(3100);
    const infeasible = [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }];
    expect(podRequests(pod(spec, status({ cpu: '500m' }, infeasible)))['cpu']).toBe(1100);
    expect(podRequestsWithoutSidecars(pod(spec, status({ cpu: '3' })))['cpu']).toBe(2100);
  });
});

describe('resource arithmetic (QTY-3)', () => {
  it('adds over the union of names, and subtracts over the names of the first list', () => {
    expect(mergeResources({ cpu: 1 }, { cpu: 2, gpu: 3 })).toEqual({ cpu: 3, gpu: 3 });
    expect(subtractResources({ cpu: 1 }, { cpu: 2, gpu: 3 })).toEqual({ cpu: -1 });
  });

  it('takes the largest over the union, and the smallest over the common names', () => {
    expect(maxResources([{ cpu: 1, gpu: 1 }, { cpu: 2 }])).toEqual({ cpu: 2, gpu: 1 });
    expect(minResources({ cpu: 1, gpu: 1 }, { cpu: 2 })).toEqual({ cpu: 1 });
  });

  it('fits nothing into a list with a negative amount, wanted or not', () => {
    expect(resourcesFit({ cpu: 1 }, { cpu: 1, memory: 0 })).toBe(true);
    expect(resourcesFit({ cpu: 1, gpu: 1 }, { cpu: 1 })).toBe(false);
    expect(resourcesFit({}, { cpu: 1, memory: -1 })).toBe(false);
    expect(resourcesFit({ gpu: 0 }, { cpu: 1 })).toBe(true);
  });
});
