import { matchesLabelSelector } from '../kubernetes/label-selector.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { PodSpec } from '../kubernetes/pod.js';
import type { PodTemplate } from '../kubernetes/workloads.js';
import type { ManifestSet } from './manifest-set.js';
import type { ClusterObjects } from './scenario-spec.js';

/** Anything that makes pods, with the place of its pod spec. */
interface PodSource {
  readonly kind: string;
  readonly object: { readonly metadata: ObjectMeta };
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  readonly specPath: readonly string[];
  /** Claims that come with it: a StatefulSet's templates. */
  readonly ownClaims: readonly string[];
}

interface Workload {
  readonly metadata: ObjectMeta;
  readonly template: PodTemplate;
}

function podSources(objects: ClusterObjects): readonly PodSource[] {
  const fromTemplate = (kind: string, object: Workload, ownClaims: readonly string[] = []): PodSource => ({
    kind,
    object,
    labels: object.template.labels,
    spec: object.template.spec,
    specPath: ['spec', 'template', 'spec'],
    ownClaims,
  });
  return [
    ...objects.deployments.map((item) => fromTemplate('Deployment', item)),
    ...objects.daemonSets.map((item) => fromTemplate('DaemonSet', item)),
    ...objects.statefulSets.map((item) =>
      fromTemplate(
        'StatefulSet',
        item,
        item.volumeClaimTemplates.map(({ metadata }) => metadata.name),
      ),
    ),
    ...objects.jobs.map((item) => fromTemplate('Job', item)),
    ...objects.cronJobs.map((object) => ({
      kind: 'CronJob',
      object,
      labels: object.jobTemplate.spec.template.labels,
      spec: object.jobTemplate.spec.template.spec,
      specPath: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
      ownClaims: [],
    })),
    ...objects.pods.map((pod) => ({
      kind: 'Pod',
      object: pod,
      labels: pod.metadata.labels,
      spec: pod.spec,
      specPath: ['spec'],
      ownClaims: [],
    })),
  ];
}

/** `namespace/name` of an object. */
export function namespacedName({ metadata }: { readonly metadata: ObjectMeta }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** References from workloads that lead nowhere. `known` also holds what earlier manifests have defined. */
export function checkWorkloads(manifests: ManifestSet, known: ClusterObjects): readonly Problem[] {
  return [...podSources(manifests.lists).flatMap((source) => checkClaims(manifests, source, known))];
}

function checkClaims(manifests: ManifestSet, source: PodSource, known: ClusterObjects): readonly Problem[] {
  const { namespace } = source.object.metadata;
  const claims = known.persistentVolumeClaims.filter(({ metadata }) => metadata.namespace === namespace);
  const names = claims.map(({ metadata }) => metadata.name);
  return source.spec.volumes.flatMap((volume) => {
    if (volume.kind !== 'persistentVolumeClaim' || volume.claimName === '') return [];
    if (names.includes(volume.claimName) || source.ownClaims.includes(volume.name)) return [];
    return [
      manifests.problemAt(source.object, [...source.specPath, 'volumes'], {
        code: 'missing-reference',
        message: `volume ${volume.name}: there is no PersistentVolumeClaim ${namespace}/${volume.claimName}`,
        expected: 'a PersistentVolumeClaim in the manifests',
        hint: didYouMean(volume.claimName, names),
      }),
    ];
  });
}

/** What is legal but rarely meant: said with the results, not refused. */
export function workloadRemarks(manifests: ManifestSet, objects: ClusterObjects): readonly string[] {
  const sources = podSources(objects);
  const remarks: string[] = [];
  for (const budget of objects.podDisruptionBudgets) {
    const selected = sources.some(
      ({ object, labels }) =>
        object.metadata.namespace === budget.metadata.namespace && matchesLabelSelector(budget.selector, labels),
    );
    if (!selected)
      remarks.push(`PodDisruptionBudget ${namespacedName(budget)} (${manifests.placeOf(budget)}) selects no pods.`);
  }
  for (const { kind, object, labels } of sources) {
    const budgets = objects.podDisruptionBudgets.filter(
      ({ metadata, selector }) =>
        metadata.namespace === object.metadata.namespace && matchesLabelSelector(selector, labels),
    );
    if (budgets.length < 2) continue;
    const names = budgets.map(({ metadata }) => metadata.name).join(', ');
    remarks.push(
      `${kind} ${namespacedName(object)} (${manifests.placeOf(object)}) has ${budgets.length} PodDisruptionBudgets (${names}): its pods cannot be evicted.`,
    );
  }
  const classes = new Set(objects.storageClasses.map(({ metadata }) => metadata.name));
  for (const claim of objects.persistentVolumeClaims) {
    if (claim.volumeName !== undefined || !claim.storageClassName || classes.has(claim.storageClassName)) continue;
    remarks.push(
      `PersistentVolumeClaim ${namespacedName(claim)} (${manifests.placeOf(claim)}) names StorageClass ${claim.storageClassName}, which is not in the manifests.`,
    );
  }
  return remarks;
}
