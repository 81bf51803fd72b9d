import { matchesLabelSelector } from '../label-selector.js';
import type { LabelSelector } from '../selectors.js';
import type { DaemonSet, Deployment, PodTemplate, ReplicaSet, StatefulSet } from '../workloads.js';
import { decodeObjectMeta } from './decode-object-meta.js';
import { decodePodTemplate } from './decode-pod.js';
import { decodeLabelSelector } from './decode-selectors.js';
import { decodePersistentVolumeClaim } from './decode-storage.js';
import type { FieldReader } from './field-reader.js';
import { decodeIntOrPercent } from './int-or-percent.js';

/** apps/v1 Deployment with the API server's defaults: 1 replica, RollingUpdate 25 % / 25 %. */
export function decodeDeployment(object: FieldReader): Deployment {
  object.irrelevant('status');
  const metadata = decodeObjectMeta(object, 'Deployment', 'namespaced');
  const spec = object.requiredObject('spec');
  spec.irrelevant('progressDeadlineSeconds', 'revisionHistoryLimit');
  if (spec.boolean('paused') === true) spec.noteUnmodelled('paused');
  return {
    metadata,
    replicas: spec.integer('replicas', { min: 0 }) ?? 1,
    ...decodeSelectorAndTemplate(spec),
    strategy: decodeStrategy(spec.object('strategy')),
    minReadySeconds: spec.integer('minReadySeconds', { min: 0 }) ?? 0,
  };
}

function decodeStrategy(strategy: FieldReader | undefined): Deployment['strategy'] {
  const type = strategy?.oneOf('type', ['RollingUpdate', 'Recreate']) ?? 'RollingUpdate';
  if (type === 'Recreate') return { type };
  const rollingUpdate = strategy?.object('rollingUpdate');
  return {
    type,
    maxSurge: (rollingUpdate && decodeIntOrPercent(rollingUpdate, 'maxSurge')) ?? '25%',
    maxUnavailable: (rollingUpdate && decodeIntOrPercent(rollingUpdate, 'maxUnavailable')) ?? '25%',
  };
}

/** apps/v1 StatefulSet. */
export function decodeStatefulSet(object: FieldReader): StatefulSet {
  object.irrelevant('status');
  const metadata = decodeObjectMeta(object, 'StatefulSet', 'namespaced');
  const spec = object.requiredObject('spec');
  spec.irrelevant('serviceName', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy');
  return {
    metadata,
    replicas: spec.integer('replicas', { min: 0 }) ?? 1,
    ...decodeSelectorAndTemplate(spec),
    podManagementPolicy: spec.oneOf('podManagementPolicy', ['OrderedReady', 'Parallel']) ?? 'OrderedReady',
    updateStrategy: decodeStatefulSetUpdate(spec.object('updateStrategy')),
    minReadySeconds: spec.integer('minReadySeconds', { min: 0 }) ?? 0,
    volumeClaimTemplates: spec.objects('volumeClaimTemplates').map(decodePersistentVolumeClaim),
  };
}

function decodeStatefulSetUpdate(strategy: FieldReader | undefined): StatefulSet['updateStrategy'] {
  const type = strategy?.oneOf('type', ['RollingUpdate', 'OnDelete']) ?? 'RollingUpdate';
  if (type === 'OnDelete') return { type };
  const rollingUpdate = strategy?.object('rollingUpdate');
  // Behind a feature gate that is off.
  if (rollingUpdate?.has('maxUnavailable') === true) rollingUpdate.noteUnmodelled('maxUnavailable');
  return { type, partition: rollingUpdate?.integer('partition', { min: 0 }) ?? 0 };
}

/** apps/v1 ReplicaSet. */
export function decodeReplicaSet(object: FieldReader): ReplicaSet {
  object.irrelevant('status');
  const metadata = decodeObjectMeta(object, 'ReplicaSet', 'namespaced');
  const spec = object.requiredObject('spec');
  return {
    metadata,
    replicas: spec.integer('replicas', { min: 0 }) ?? 1,
    ...decodeSelectorAndTemplate(spec),
    minReadySeconds: spec.integer('minReadySeconds', { min: 0 }) ?? 0,
  };
}

/** apps/v1 DaemonSet. */
export function decodeDaemonSet(object: FieldReader): DaemonSet {
  object.irrelevant('status');
  const metadata = decodeObjectMeta(object, 'DaemonSet', 'namespaced');
  const spec = object.requiredObject('spec');
  spec.irrelevant('revisionHistoryLimit');
  return {
    metadata,
    ...decodeSelectorAndTemplate(spec),
    updateStrategy: decodeDaemonSetUpdate(spec.object('updateStrategy')),
    minReadySeconds: spec.integer('minReadySeconds', { min: 0 }) ?? 0,
  };
}

function decodeDaemonSetUpdate(strategy: FieldReader | undefined): DaemonSet['updateStrategy'] {
  const type = strategy?.oneOf('type', ['RollingUpdate', 'OnDelete']) ?? 'RollingUpdate';
  if (type === 'OnDelete') return { type };
  const rollingUpdate = strategy?.object('rollingUpdate');
  const surge = rollingUpdate && decodeIntOrPercent(rollingUpdate, 'maxSurge');
  if (surge !== undefined && surge !== 0 && surge !== '0%') rollingUpdate?.noteUnmodelled('maxSurge');
  return { type, maxUnavailable: (rollingUpdate && decodeIntOrPercent(rollingUpdate, 'maxUnavailable')) ?? 1 };
}

function decodeSelectorAndTemplate(spec: FieldReader): { selector: LabelSelector; template: PodTemplate } {
  const selector = decodeLabelSelector(spec, 'selector');
  const template = decodePodTemplate(spec);
  if (template.spec.restartPolicy !== undefined) {
    const path = ['template', 'spec', 'restartPolicy'];
    spec.refuse(path, `Unsupported value: "${template.spec.restartPolicy}"`, 'Always, or a Job in place of this');
  }
  if (selector === undefined) {
    spec.missing('selector', 'a label selector that matches spec.template.metadata.labels');
  } else if (!matchesLabelSelector(selector, template.labels)) {
    spec.problem('selector', {
      code: 'refused-by-api-server',
      message: 'the selector does not match spec.template.metadata.labels',
      expected: 'a selector that matches the labels of the template',
    });
  }
  return { selector: selector ?? { matchLabels: {}, matchExpressions: [] }, template };
}
