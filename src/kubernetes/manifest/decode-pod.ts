import type { Condition, Pod, PodSpec, PodStatus, PodVolume } from '../pod.js';
import type { PodTemplate } from '../workloads.js';
import { decodeAffinity, decodeTopologySpreadConstraint } from './decode-affinity.js';
import { decodeContainer, decodeResources } from './decode-container.js';
import { decodeObjectMeta } from './decode-object-meta.js';
import { decodeToleration } from './decode-selectors.js';
import type { FieldReader } from './field-reader.js';

const DEFAULT_SCHEDULER = 'default-scheduler';

/** v1 Pod, status included when the manifest comes from a cluster. */
export function decodePod(object: FieldReader): Pod {
  const metadata = decodeObjectMeta(object, 'Pod', 'namespaced');
  return {
    metadata,
    spec: decodePodSpec(object.requiredObject('spec')),
    status: decodePodStatus(object.object('status'), metadata.creationTimeMs),
  };
}

/** `spec.template` of a workload. */
export function decodePodTemplate(parent: FieldReader): PodTemplate {
  const template = parent.requiredObject('template');
  const metadata = template.object('metadata');
  metadata?.irrelevant('creationTimestamp', 'name', 'namespace');
  return {
    labels: metadata?.stringMap('labels') ?? {},
    annotations: metadata?.stringMap('annotations') ?? {},
    spec: decodePodSpec(template.requiredObject('spec')),
  };
}

function decodePodSpec(spec: FieldReader): PodSpec {
  spec.irrelevant(
    'dnsPolicy',
    'dnsConfig',
    'serviceAccount',
    'serviceAccountName',
    'automountServiceAccountToken',
    'imagePullSecrets',
    'securityContext',
    'hostname',
    'subdomain',
    'hostAliases',
    'setHostnameAsFQDN',
    'hostPID',
    'hostIPC',
    'hostUsers',
    'enableServiceLinks',
    'shareProcessNamespace',
    'os',
    'ephemeralContainers',
  );
  const scheduler = spec.nonEmptyString('schedulerName') ?? DEFAULT_SCHEDULER;
  if (scheduler !== DEFAULT_SCHEDULER) spec.noteUnmodelled('schedulerName');
  const containers = spec.objects('containers').map(decodeContainer);
  if (containers.length === 0) spec.missing('containers', 'at least one container');
  return {
    nodeName: spec.nonEmptyString('nodeName'),
    containers,
    initContainers: spec.objects('initContainers').map(decodeContainer),
    resources: spec.has('resources') ? decodeResources(spec).requests : undefined,
    overhead: spec.resourceList('overhead'),
    nodeSelector: spec.stringMap('nodeSelector'),
    affinity: decodeAffinity(spec.object('affinity')),
    tolerations: spec.objects('tolerations').map(decodeToleration),
    topologySpreadConstraints: spec.objects('topologySpreadConstraints').map(decodeTopologySpreadConstraint),
    volumes: spec.objects('volumes').flatMap(decodeVolume),
    priority: spec.integer('priority'),
    priorityClassName: spec.nonEmptyString('priorityClassName'),
    preemptionPolicy: spec.oneOf('preemptionPolicy', ['Never', 'PreemptLowerPriority']),
    terminationGracePeriodSeconds: spec.integer('terminationGracePeriodSeconds', { min: 0 }) ?? 30,
    schedulingGates: spec.objects('schedulingGates').map((gate) => gate.requiredString('name')),
    hostNetwork: spec.boolean('hostNetwork') ?? false,
    restartPolicy: decodeRestartPolicy(spec),
    schedulerName: scheduler === DEFAULT_SCHEDULER ? undefined : scheduler,
    resourceClaims: spec.count('resourceClaims'),
  };
}

/** Undefined for the default, which a workload's template must have. */
function decodeRestartPolicy(spec: FieldReader): PodSpec['restartPolicy'] {
  const policy = spec.oneOf('restartPolicy', ['Always', 'OnFailure', 'Never']);
  return policy === 'Always' ? undefined : policy;
}

/** Volumes other than claims (config maps, secrets, emptyDir, …) impose nothing on placement and are left out. */
function decodeVolume(volume: FieldReader): PodVolume[] {
  const name = volume.requiredString('name');
  const claim = volume.object('persistentVolumeClaim');
  if (claim !== undefined) {
    claim.irrelevant('readOnly');
    return [{ name, kind: 'persistentVolumeClaim', claimName: claim.requiredString('claimName') }];
  }
  const ephemeral = volume.object('ephemeral');
  volume.restIrrelevant();
  if (ephemeral === undefined) return [];
  const template = ephemeral.requiredObject('volumeClaimTemplate');
  template.irrelevant('metadata');
  const spec = template.requiredObject('spec');
  spec.restIrrelevant();
  return [{ name, kind: 'ephemeral', storageClassName: spec.string('storageClassName') }];
}

function decodePodStatus(status: FieldReader | undefined, creationTimeMs: number): PodStatus {
  if (status === undefined) {
    return { phase: 'Pending', conditions: [], containerStatuses: [] };
  }
  const decoded: PodStatus = {
    phase: status.oneOf('phase', ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']) ?? 'Pending',
    conditions: decodeConditions(status, creationTimeMs),
    nominatedNodeName: status.nonEmptyString('nominatedNodeName'),
    startTimeMs: status.timeMs('startTime'),
    containerStatuses: status.objects('containerStatuses').map((container) => {
      const allocatedResources = container.resourceList('allocatedResources');
      const requests = container.object('resources')?.resourceList('requests');
      const restartCount = container.integer('restartCount') ?? 0;
      container.restIrrelevant();
      return { name: container.requiredString('name'), requests, allocatedResources, restartCount };
    }),
  };
  status.restIrrelevant();
  return decoded;
}

/** `status.conditions` of a pod or node; one without transition time has been so since the object's creation. */
export function decodeConditions(status: FieldReader, creationTimeMs: number): readonly Condition[] {
  return status.objects('conditions').map((condition) => {
    condition.irrelevant('message', 'lastProbeTime', 'lastHeartbeatTime', 'observedGeneration');
    return {
      type: condition.requiredString('type'),
      status: condition.oneOf('status', ['True', 'False', 'Unknown']) ?? 'Unknown',
      reason: condition.string('reason') ?? '',
      lastTransitionTimeMs: condition.timeMs('lastTransitionTime') ?? creationTimeMs,
    };
  });
}
