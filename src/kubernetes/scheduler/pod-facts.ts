import { ObjectCache } from '../../kernel/object-cache.js';
import type { Container, ContainerPort, Pod, PodSpec } from '../pod.js';
import { podRequests } from '../pod-requests.js';
import type { ResourceList } from '../resource-list.js';

/** A container without a cpu request counts as this much when nodes are scored, milli-cpu (kubernetes.md §1.7.1). */
const DEFAULT_CPU_MILLI = 100;
/** A container without a memory request counts as this much when nodes are scored, bytes (200 MiB). */
const DEFAULT_MEMORY_BYTES = 209_715_200;

/** What the scheduler looks at in a pod's spec, computed once for a template. */
export interface PodFacts {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly ephemeralBytes: number;
  /** Requests of all other resources. */
  readonly scalar: readonly (readonly [name: string, amount: number])[];
  readonly nonZeroCpuMilli: number;
  readonly nonZeroMemoryBytes: number;
  readonly hostPorts: readonly ContainerPort[];
  readonly priority: number;
}

const COUNTED_APART: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods']);

/** By the list of containers, which binding does not replace. */
const known = new ObjectCache<PodSpec['containers'], { readonly spec: PodSpec; readonly facts: PodFacts }>();

function asksTheSame(a: PodSpec, b: PodSpec): boolean {
  return (
    a.initContainers === b.initContainers &&
    a.overhead === b.overhead &&
    a.resources === b.resources &&
    a.priority === b.priority
  );
}

function withDefaultRequests(container: Container): Container {
  const requests: ResourceList = { cpu: DEFAULT_CPU_MILLI, memory: DEFAULT_MEMORY_BYTES, ...container.requests };
  return { ...container, requests };
}

function computeFacts(pod: Pod): PodFacts {
  const { spec } = pod;
  const requests = podRequests(pod);
  const nonZero = podRequests({
    ...pod,
    spec: {
      ...spec,
      containers: spec.containers.map(withDefaultRequests),
      initContainers: spec.initContainers.map(withDefaultRequests),
    },
  });
  const longRunning = spec.initContainers.filter((container) => container.restartPolicy === 'Always');
  return {
    cpuMilli: requests['cpu'] ?? 0,
    memoryBytes: requests['memory'] ?? 0,
    ephemeralBytes: requests['ephemeral-storage'] ?? 0,
    scalar: Object.entries(requests).filter(([name]) => !COUNTED_APART.has(name)),
    nonZeroCpuMilli: nonZero['cpu'] ?? 0,
    nonZeroMemoryBytes: nonZero['memory'] ?? 0,
    hostPorts: [...longRunning, ...spec.containers].flatMap((c) => c.ports.filter((port) => port.hostPort > 0)),
    priority: spec.priority ?? 0,
  };
}

/** Facts of a pod. Pods made from one template share their containers, and so share the facts. */
export function podFacts(pod: Pod): PodFacts {
  // While a resize is under way the status counts too, and then the spec alone is no key.
  if (pod.status.containerStatuses.some((status) => status.requests !== undefined)) return computeFacts(pod);
  const entry = known.get(pod.spec.containers);
  if (entry !== undefined && asksTheSame(entry.spec, pod.spec)) return entry.facts;
  const facts = computeFacts(pod);
  known.set(pod.spec.containers, { spec: pod.spec, facts });
  return facts;
}
