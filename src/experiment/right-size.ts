import type { UsageByWorkload } from '../workload/pod-usage.js';
import type { HorizontalPodAutoscaler } from '../kubernetes/horizontal-pod-autoscaler.js';
import type { Container } from '../kubernetes/pod.js';
import type { Deployment, StatefulSet } from '../kubernetes/workloads.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';

/** Above what is used, as Vertical Pod Autoscaler's recommender adds it (--recommendation-margin-fraction). */
const SAFETY_MARGIN = 0.15;

const MI = 2 ** 20;

type Resource = 'cpu' | 'memory';

/** How the requests of one workload change, as factors. */
type Change = Readonly<Record<Resource, number>>;

/**
 * The same scenario with requests of what the pods use and a margin, where usage is known: CPU at its 90th percentile, memory at
 * its peak, 15 % on top, rounded up to whole milli-CPU and MiB, never above a container's limit. A pod's containers keep their
 * shares. Autoscalers keep their targets in cores and bytes, so that there are as many pods as before: a utilisation target is a
 * share of the request, and grows as that shrinks.
 */
export function rightSized(spec: ScenarioSpec, usage: UsageByWorkload): ScenarioSpec {
  const changes = new Map<string, Change>();
  const resized = <W extends Deployment | StatefulSet>(workload: W): W => {
    const key = `${workload.metadata.namespace}/${workload.metadata.name}`;
    const used = usage.get(key);
    if (used === undefined) return workload;
    const { containers } = workload.template.spec;
    const wanted = { cpu: used.cpuMilli, memory: used.memoryBytes };
    const factor = (resource: Resource): number => {
      const requested = sum(containers, resource);
      return requested === 0 ? 1 : (wanted[resource] * (1 + SAFETY_MARGIN)) / requested;
    };
    const factors = { cpu: factor('cpu'), memory: factor('memory') };
    const after = containers.map((container) => resizedContainer(container, factors));
    changes.set(key, {
      cpu: ratio(sum(after, 'cpu'), sum(containers, 'cpu')),
      memory: ratio(sum(after, 'memory'), sum(containers, 'memory')),
    });
    return { ...workload, template: { ...workload.template, spec: { ...workload.template.spec, containers: after } } };
  };
  const { cluster } = spec;
  const deployments = cluster.deployments.map(resized);
  const statefulSets = cluster.statefulSets.map(resized);
  return {
    ...spec,
    cluster: {
      ...cluster,
      deployments,
      statefulSets,
      horizontalPodAutoscalers: cluster.horizontalPodAutoscalers.map((hpa) => retargeted(hpa, changes)),
    },
  };
}

function resizedContainer(container: Container, factors: Change): Container {
  const { requests, limits } = container;
  const resize = (resource: Resource, unit: number): Readonly<Record<string, number>> => {
    const before = requests[resource];
    if (before === undefined || before === 0) return {};
    // At least one unit: a request of nothing makes a pod of another class.
    const after = Math.max(unit, Math.ceil((before * factors[resource]) / unit) * unit);
    return { [resource]: Math.min(after, limits[resource] ?? Infinity) };
  };
  return { ...container, requests: { ...requests, ...resize('cpu', 1), ...resize('memory', MI) } };
}

function retargeted(hpa: HorizontalPodAutoscaler, changes: ReadonlyMap<string, Change>): HorizontalPodAutoscaler {
  const change = changes.get(`${hpa.metadata.namespace}/${hpa.scaleTargetRef.name}`);
  if (change === undefined) return hpa;
  const metrics = hpa.metrics.map((metric) =>
    metric.target.type === 'Utilization'
      ? {
          ...metric,
          target: {
            ...metric.target,
            // The API has whole per cent.
            averageUtilization: Math.max(1, Math.round(metric.target.averageUtilization / change[metric.resource])),
          },
        }
      : metric,
  );
  return { ...hpa, metrics };
}

function sum(containers: readonly Container[], resource: Resource): number {
  return containers.reduce((total, { requests }) => total + (requests[resource] ?? 0), 0);
}

function ratio(after: number, before: number): number {
  return before === 0 ? 1 : after / before;
}
