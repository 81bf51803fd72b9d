import type { HorizontalPodAutoscaler, ResourceMetric } from '../kubernetes/horizontal-pod-autoscaler.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { PodTemplate } from '../kubernetes/workloads.js';
import type { ManifestSet } from './manifest-set.js';
import type { ClusterObjects } from './scenario-spec.js';
import { namespacedName } from './workload-checks.js';

interface Target {
  readonly metadata: ObjectMeta;
  readonly template: PodTemplate;
}

/**
 * Autoscalers that cannot do what they are meant to. The API server takes them all: the controller only reports events, so the
 * run goes on, and says so. `known` also holds what earlier manifests have defined.
 */
export function autoscalerRemarks(manifests: ManifestSet, known: ClusterObjects): readonly string[] {
  const targets = new Map<string, Target>([
    ...known.deployments.map((item) => [`Deployment ${namespacedName(item)}`, item] as const),
    ...known.statefulSets.map((item) => [`StatefulSet ${namespacedName(item)}`, item] as const),
  ]);
  return manifests.lists.horizontalPodAutoscalers.flatMap((autoscaler) => {
    if (autoscaler.scaleTargetRef.name === '') return [];
    const reference = targetOf(autoscaler);
    const target = targets.get(reference);
    const others = known.horizontalPodAutoscalers.filter(
      (other) => namespacedName(other) !== namespacedName(autoscaler) && targetOf(other) === reference,
    );
    const said =
      target === undefined
        ? missingTarget(autoscaler, reference, [...targets.keys()])
        : [
            ...others.slice(0, 1).map((other) => ambiguous(other, reference)),
            ...withoutRequests(autoscaler, reference, target),
          ];
    return said.map((text) => remark(manifests, autoscaler, text));
  });
}

/**
 * Autoscalers that no metric reaches, because nothing sends requests to what they scale.
 * @param loaded - `Kind namespace/name` of what has a load
 */
export function trafficlessAutoscalers(manifests: ManifestSet, loaded: ReadonlySet<string>): readonly string[] {
  return manifests.lists.horizontalPodAutoscalers.flatMap((autoscaler) => {
    const { kind, name } = autoscaler.scaleTargetRef;
    const key = `${autoscaler.metadata.namespace}/${name}`;
    const { deployments, statefulSets } = manifests.lists;
    const own = { Deployment: deployments, StatefulSet: statefulSets }[kind] ?? [];
    const isThere = own.some((item) => namespacedName(item) === key);
    if (!isThere || loaded.has(`${kind} ${key}`)) return [];
    const why = `no entry of services sends requests to ${kind} ${key}`;
    return [
      remark(
        manifests,
        autoscaler,
        `${why}; without metrics it only keeps the size between minReplicas and maxReplicas`,
      ),
    ];
  });
}

function remark(manifests: ManifestSet, autoscaler: HorizontalPodAutoscaler, text: string): string {
  return `HorizontalPodAutoscaler ${namespacedName(autoscaler)} (${manifests.placeOf(autoscaler)}): ${text}${text.endsWith('?') ? '' : '.'}`;
}

function targetOf({ metadata, scaleTargetRef: { kind, name } }: HorizontalPodAutoscaler): string {
  return `${kind} ${metadata.namespace}/${name}`;
}

function missingTarget(
  { scaleTargetRef }: HorizontalPodAutoscaler,
  reference: string,
  targets: readonly string[],
): readonly string[] {
  const names = targets.map((target) => target.slice(target.indexOf('/') + 1));
  const hint = didYouMean(scaleTargetRef.name, names);
  return [`there is no ${reference} to scale (FailedGetScale)${hint === undefined ? '' : ` — ${hint}`}`];
}

function ambiguous(other: HorizontalPodAutoscaler, reference: string): string {
  return `HorizontalPodAutoscaler ${other.metadata.name} scales ${reference} too, so that neither goes by its metrics (AmbiguousSelector)`;
}

function withoutRequests(
  { metrics }: HorizontalPodAutoscaler,
  reference: string,
  { template }: Target,
): readonly string[] {
  const blind = metrics.filter((metric) => containerWithout(metric, template) !== undefined);
  const effect = blind.length === metrics.length ? 'it never scales' : 'it only scales up, by its other metrics';
  return blind.map((metric) => {
    const { resource } = metric;
    const container = containerWithout(metric, template) ?? '';
    return (
      `container ${container} of ${reference} has no ${resource} request, so that its utilisation cannot be computed ` +
      `(FailedGetResourceMetric): ${effect}`
    );
  });
}

/** A container whose request the metric needs and does not find. */
function containerWithout({ resource, target }: ResourceMetric, { spec }: PodTemplate): string | undefined {
  if (target.type !== 'Utilization') return undefined;
  return spec.containers.find(({ requests }) => requests[resource] === undefined)?.name;
}
