import type { Container, ContainerPort, ReadinessProbe } from '../pod.js';
import type { ResourceList } from '../resource-list.js';
import type { FieldReader } from './field-reader.js';

/** A container or init container with Kubernetes' defaults: limits become missing requests. */
export function decodeContainer(container: FieldReader): Container {
  container.irrelevant(
    'image',
    'imagePullPolicy',
    'command',
    'args',
    'workingDir',
    'env',
    'envFrom',
    'volumeMounts',
    'volumeDevices',
    'securityContext',
    'stdin',
    'stdinOnce',
    'tty',
    'terminationMessagePath',
    'terminationMessagePolicy',
    'resizePolicy',
    // What restarts containers here, a lack of memory, does not wait for a probe.
    'livenessProbe',
  );
  const resources = decodeResources(container);
  return {
    name: container.requiredString('name'),
    ...resources,
    ports: container.objects('ports').map(decodePort),
    restartPolicy: container.oneOf('restartPolicy', ['Always']),
    readinessProbe: decodeReadinessProbe(container.object('readinessProbe')),
  };
}

/** `resources` of a container or pod: requests completed from limits, as the API server does. */
export function decodeResources(parent: FieldReader): {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
} {
  const resources = parent.object('resources');
  const limits = resources?.resourceList('limits') ?? {};
  const requests = { ...limits, ...resources?.resourceList('requests') };
  for (const [resource, request] of Object.entries(requests)) {
    const limit = limits[resource];
    if (limit !== undefined && request > limit) {
      resources?.problem(['requests', resource], {
        code: 'invalid-value',
        message: `the request for ${resource} is above its limit`,
        expected: 'a request that is not above the limit',
      });
    }
  }
  return { requests, limits };
}

function decodePort(port: FieldReader): ContainerPort {
  port.irrelevant('name');
  return {
    containerPort: port.integer('containerPort', { min: 1, max: 65535 }) ?? 0,
    hostPort: port.integer('hostPort', { min: 0, max: 65535 }) ?? 0,
    hostIP: port.string('hostIP') ?? '',
    protocol: port.string('protocol') ?? 'TCP',
  };
}

function decodeReadinessProbe(probe: FieldReader | undefined): ReadinessProbe | undefined {
  if (probe === undefined) return undefined;
  // What is asked does not matter: a simulated application answers as soon as it has started.
  probe.irrelevant('httpGet', 'tcpSocket', 'exec', 'grpc', 'timeoutSeconds', 'failureThreshold');
  if ((probe.integer('successThreshold', { min: 1 }) ?? 1) > 1) probe.noteUnmodelled('successThreshold');
  // 0 means the default to the API server as well.
  const period = probe.integer('periodSeconds', { min: 0 }) ?? 0;
  return {
    initialDelaySeconds: probe.integer('initialDelaySeconds', { min: 0 }) ?? 0,
    periodSeconds: period === 0 ? 10 : period,
  };
}
