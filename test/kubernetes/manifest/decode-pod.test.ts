import { describe, expect, it } from 'vitest';
import { decodePod } from '../../../src/kubernetes/manifest/decode-pod.js';
import { readPlain } from '../../../src/kubernetes/manifest/read-session.js';
import { decodeYaml, readYaml } from './read-manifest.js';

function podYaml(spec: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n${spec.replace(/^/gm, '  ')}`;
}

describe('decodePod', () => {
  it('fills in what the API server would: namespace, requests from limits, probe period, grace period', () => {
    const pod = decodeYaml(
      podYaml(`containers:
- name: c
  image: x
  env: [{name: A, value: b}]
  resources: {requests: {cpu: 250m}, limits: {cpu: 500m, memory: 1Gi}}
  readinessProbe: {initialDelaySeconds: 30, httpGet: {path: /, port: 80}}
  ports: [{containerPort: 80, name: http}]`),
      decodePod,
    );
    expect(pod.metadata).toMatchObject({ name: 'p', namespace: 'default', uid: 'Pod/default/p', creationTimeMs: 0 });
    expect(pod.spec.containers).toEqual([
      {
        name: 'c',
        requests: { cpu: 250, memory: 1_073_741_824 },
        limits: { cpu: 500, memory: 1_073_741_824 },
        ports: [{ containerPort: 80, hostPort: 0, hostIP: '', protocol: 'TCP' }],
        restartPolicy: undefined,
        readinessProbe: { initialDelaySeconds: 30, periodSeconds: 10 },
      },
    ]);
    expect(pod.spec.terminationGracePeriodSeconds).toBe(30);
    expect(pod.status).toEqual({ phase: 'Pending', conditions: [], containerStatuses: [] });
  });

  it('reads affinity, tolerations, spread, volumes, gates and overhead', () => {
    const { spec } = decodeYaml(
      podYaml(`containers: [{name: c}]
initContainers: [{name: i, restartPolicy: Always, resources: {requests: {cpu: "1"}}}]
overhead: {cpu: 10m}
resources: {limits: {cpu: "2"}}
nodeSelector: {disk: ssd}
hostNetwork: true
priorityClassName: high
schedulingGates: [{name: wait}]
resourceClaims: [{name: gpu}]
tolerations:
- {operator: Exists}
- {key: k, value: v, effect: NoExecute, tolerationSeconds: 300}
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [x]}]}]
    preferredDuringSchedulingIgnoredDuringExecution:
    - {weight: 50, preference: {matchExpressions: [{key: karpenter.sh/capacity-type, operator: In, values: [spot]}]}}
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - {topologyKey: zone, labelSelector: {matchLabels: {app: a}}, namespaceSelector: {}}
topologySpreadConstraints:
- {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: a}}, minDomains: 2}
volumes:
- {name: data, persistentVolumeClaim: {claimName: claim}}
- {name: tmp, emptyDir: {}}
- {name: scratch, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: gp3, accessModes: [ReadWriteOnce]}}}}`),
      decodePod,
    );
    expect(spec).toMatchObject({
      overhead: { cpu: 10 },
      resources: { cpu: 2000 },
      nodeSelector: { disk: 'ssd' },
      hostNetwork: true,
      priorityClassName: 'high',
      schedulingGates: ['wait'],
      resourceClaims: 1,
      initContainers: [{ name: 'i', restartPolicy: 'Always', requests: { cpu: 1000 } }],
      tolerations: [
        { key: '', operator: 'Exists', value: '', effect: '' },
        { key: 'k', operator: 'Equal', value: 'v', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
      volumes: [
        { name: 'data', kind: 'persistentVolumeClaim', claimName: 'claim' },
        { name: 'scratch', kind: 'ephemeral', storageClassName: 'gp3' },
      ],
    });
    expect(spec.affinity).toEqual({
      nodeAffinity: {
        required: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['x'] }], matchFields: [] }],
        preferred: [
          {
            weight: 50,
            preference: {
              matchExpressions: [{ key: 'karpenter.sh/capacity-type', operator: 'In', values: ['spot'] }],
              matchFields: [],
            },
          },
        ],
      },
      podAffinity: undefined,
      podAntiAffinity: {
        required: [
          {
            topologyKey: 'zone',
            labelSelector: { matchLabels: { app: 'a' }, matchExpressions: [] },
            namespaces: [],
            namespaceSelector: { matchLabels: {}, matchExpressions: [] },
            matchLabelKeys: [],
            mismatchLabelKeys: [],
          },
        ],
        preferred: [],
      },
    });
    expect(spec.topologySpreadConstraints).toEqual([
      {
        maxSkew: 1,
        topologyKey: 'zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { app: 'a' }, matchExpressions: [] },
        minDomains: 2,
        nodeAffinityPolicy: undefined,
        nodeTaintsPolicy: undefined,
        matchLabelKeys: [],
      },
    ]);
  });

  it('reads the status of a pod that runs in a cluster', () => {
    const { value: pod } = readPlain(
      {
        metadata: {
          name: 'p',
          namespace: 'n',
          uid: 'u-1',
          creationTimestamp: '2026-03-07T01:45:27Z',
          deletionTimestamp: '2026-03-07T02:00:00Z',
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u-2', controller: true }],
        },
        spec: { nodeName: 'node-1', containers: [{ name: 'c' }] },
        status: {
          phase: 'Running',
          startTime: '2026-03-07T01:45:30Z',
          conditions: [
            { type: 'Ready', status: 'True', lastTransitionTime: '2026-03-07T01:46:00Z' },
            { type: 'PodScheduled', status: 'True' },
          ],
          containerStatuses: [{ name: 'c', restartCount: 2, image: 'x', allocatedResources: { cpu: '1' } }],
        },
      },
      decodePod,
    );
    const createdAt = Date.UTC(2026, 2, 7, 1, 45, 27);
    expect(pod.metadata).toMatchObject({
      uid: 'u-1',
      creationTimeMs: createdAt,
      deletionTimeMs: Date.UTC(2026, 2, 7, 2),
    });
    expect(pod.spec.nodeName).toBe('node-1');
    expect(pod.status).toEqual({
      phase: 'Running',
      conditions: [
        { type: 'Ready', status: 'True', reason: '', lastTransitionTimeMs: Date.UTC(2026, 2, 7, 1, 46) },
        { type: 'PodScheduled', status: 'True', reason: '', lastTransitionTimeMs: createdAt },
      ],
      nominatedNodeName: undefined,
      startTimeMs: Date.UTC(2026, 2, 7, 1, 45, 30),
      containerStatuses: [{ name: 'c', requests: undefined, allocatedResources: { cpu: 1000 }, restartCount: 2 }],
    });
  });

  it('gives objects without creation time the time of the caller', () => {
    const pod = readPlain({ metadata: { name: 'p' }, spec: { containers: [{ name: 'c' }] } }, decodePod, 42).value;
    expect(pod.metadata.creationTimeMs).toBe(42);
  });

  it('says which features it does not model and is silent on what cannot matter', () => {
    const { unmodelled, problems } = readYaml(
      podYaml(`serviceAccountName: s
schedulerName: other
activeDeadlineSeconds: 5
containers:
- name: c
  livenessProbe: {}
  startupProbe: {}
  lifecycle: {preStop: {}}
  readinessProbe: {successThreshold: 2}`),
      decodePod,
    );
    expect(problems).toEqual([]);
    expect(unmodelled.map(({ path }) => path).sort()).toEqual([
      'spec.activeDeadlineSeconds',
      'spec.containers[0].lifecycle',
      'spec.containers[0].readinessProbe.successThreshold',
      'spec.containers[0].startupProbe',
      'spec.schedulerName',
    ]);
  });

  it('refuses what the API server refuses: no container, a request above its limit, a toleration of everything with Equal', () => {
    const { problems } = readYaml(
      podYaml(`containers: [{name: c, resources: {requests: {cpu: 2}, limits: {cpu: 1}}}]\ntolerations: [{value: x}]`),
      decodePod,
    );
    expect(problems.map(({ path }) => path)).toEqual([
      'spec.containers[0].resources.requests.cpu',
      'spec.tolerations[0].key',
    ]);
    expect(readYaml(podYaml('containers: []'), decodePod).problems).toMatchObject([{ code: 'missing-field' }]);
  });
});
