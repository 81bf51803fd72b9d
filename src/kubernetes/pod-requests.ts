import { ObjectCache } from '../kernel/object-cache.js';
import type { Container, Pod, PodSpec } from './pod.js';
import { maxResources, mergeResources } from './resource-arithmetic.js';
import type { ResourceList } from './resource-list.js';

interface CachedRequests {
  readonly spec: PodSpec;
  readonly requests: ResourceList;
}

/** By the list of containers, which all pods of a template share; a pod in the middle of a resize is not cached. */
const effectiveCache = new ObjectCache<readonly Container[], CachedRequests>();
const withoutSidecarsCache = new WeakMap<Pod, ResourceList>();

/**
 * What a pod asks of its node, as Kubernetes since 1.29 counts it: sidecars run beside the containers, other init
 * containers one after the other, pod-level requests replace the sum, a resize in progress counts with the larger of
 * wish and fact; `pods` is 1 (POD-5).
 */
export function podRequests(pod: Pod): ResourceList {
  const { spec } = pod;
  if (pod.status.containerStatuses.length > 0) return countEffective(pod);
  const known = effectiveCache.get(spec.containers);
  if (known !== undefined && asksTheSame(known.spec, spec)) return known.requests;
  const requests = countEffective(pod);
  effectiveCache.set(spec.containers, { spec, requests });
  return requests;
}

/** Whether two pods with the same list of containers ask for the same, unless one is in the middle of a resize. */
export function asksTheSame(a: PodSpec, b: PodSpec): boolean {
  return a.initContainers === b.initContainers && a.resources === b.resources && a.overhead === b.overhead;
}

/** The same before sidecars, pod-level requests and in-place resize existed, as Karpenter v0.32 counts it (POD-5, D10). */
export function podRequestsWithoutSidecars(pod: Pod): ResourceList {
  let requests = withoutSidecarsCache.get(pod);
  if (requests === undefined) {
    const containers = mergeResources(...pod.spec.containers.map((container) => container.requests));
    const peak = maxResources([containers, ...pod.spec.initContainers.map((container) => container.requests)]);
    requests = { ...mergeResources(peak, pod.spec.overhead ?? {}), pods: 1 };
    withoutSidecarsCache.set(pod, requests);
  }
  return requests;
}

function countEffective(pod: Pod): ResourceList {
  const { containers, initContainers, resources, overhead } = pod.spec;
  let total = mergeResources(...containers.map((container) => observedRequests(container, pod)));
  let sidecars: ResourceList = {};
  let initPeak: ResourceList = {};
  for (const container of initContainers) {
    let concurrent: ResourceList;
    if (container.restartPolicy === 'Always') {
      const requests = observedRequests(container, pod);
      total = mergeResources(total, requests);
      sidecars = mergeResources(sidecars, requests);
      concurrent = sidecars;
    } else {
      concurrent = mergeResources(container.requests, sidecars);
    }
    initPeak = maxResources([initPeak, concurrent]);
  }
  total = maxResources([total, initPeak]);
  if (resources !== undefined) total = { ...total, ...podLevel(resources) };
  return { ...mergeResources(total, overhead ?? {}), pods: 1 };
}

/** Kubernetes supports cpu, memory and huge pages at pod level and ignores the rest. */
function podLevel(requests: ResourceList): ResourceList {
  return Object.fromEntries(
    Object.entries(requests).filter(([name]) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')),
  );
}

function observedRequests(container: Container, pod: Pod): ResourceList {
  const status = pod.status.containerStatuses.find(({ name }) => name === container.name);
  if (status?.requests === undefined) return container.requests;
  const observed = [status.requests, status.allocatedResources ?? {}];
  const infeasible = pod.status.conditions.some(
    ({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible',
  );
  return maxResources(infeasible ? observed : [container.requests, ...observed]);
}
