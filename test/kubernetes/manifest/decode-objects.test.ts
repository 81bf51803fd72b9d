import { describe, expect, it } from 'vitest';
import { decodeHorizontalPodAutoscaler } from '../../../src/kubernetes/manifest/decode-autoscaler.js';
import { decodePodDisruptionBudget } from '../../../src/kubernetes/manifest/decode-disruption-budget.js';
import { decodeNamespace, decodeNode } from '../../../src/kubernetes/manifest/decode-node.js';
import {
  decodeCSINode,
  decodePersistentVolume,
  decodePersistentVolumeClaim,
  decodeStorageClass,
} from '../../../src/kubernetes/manifest/decode-storage.js';
import {
  decodeDaemonSet,
  decodeDeployment,
  decodeStatefulSet,
} from '../../../src/kubernetes/manifest/decode-workloads.js';
import { decodeYaml, readYaml } from './read-manifest.js';

const TEMPLATE = '{metadata: {labels: {app: a}}, spec: {containers: [{name: c}]}}';
const WORKLOAD = `metadata: {name: w, namespace: n}
spec:
  selector: {matchLabels: {app: a}}
  template: ${TEMPLATE}
`;

describe('workload decoders', () => {
  it('give a Deployment one replica and a rolling update of 25 % and 25 %', () => {
    expect(decodeYaml(WORKLOAD, decodeDeployment)).toMatchObject({
      metadata: { name: 'w', namespace: 'n', uid: 'Deployment/n/w' },
      replicas: 1,
      minReadySeconds: 0,
      strategy: { type: 'RollingUpdate', maxSurge: '25%', maxUnavailable: '25%' },
      template: { labels: { app: 'a' } },
    });
  });

  it('read the strategy that is given', () => {
    const text = (strategy: string) => `${WORKLOAD}  strategy: ${strategy}\n`;
    expect(decodeYaml(text('{type: Recreate}'), decodeDeployment).strategy).toEqual({ type: 'Recreate' });
    expect(decodeYaml(text('{rollingUpdate: {maxSurge: 1, maxUnavailable: 10%}}'), decodeDeployment).strategy).toEqual({
      type: 'RollingUpdate',
      maxSurge: 1,
      maxUnavailable: '10%',
    });
    expect(readYaml(text('{rollingUpdate: {maxSurge: "1"}}'), decodeDeployment).problems).toMatchObject([
      { path: 'spec.strategy.rollingUpdate.maxSurge', hint: 'write 1 without quotes' },
    ]);
  });

  it('refuse a selector that does not match the template', () => {
    const { problems } = readYaml(WORKLOAD.replace('{app: a}}', '{app: b}}'), decodeDeployment);
    expect(problems).toMatchObject([{ path: 'spec.selector', line: 3, code: 'refused-by-api-server' }]);
  });

  it('read StatefulSets with their claim templates, and DaemonSets', () => {
    const text = `${WORKLOAD}  serviceName: s
  volumeClaimTemplates: [{metadata: {name: data}, spec: {storageClassName: gp3, accessModes: [ReadWriteOnce]}}]\n`;
    expect(decodeYaml(text, decodeStatefulSet)).toMatchObject({
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      volumeClaimTemplates: [{ metadata: { name: 'data' }, storageClassName: 'gp3', phase: 'Pending' }],
    });
    expect(decodeYaml(WORKLOAD, decodeDaemonSet)).toMatchObject({ metadata: { name: 'w' } });
  });
});

describe('decodeHorizontalPodAutoscaler', () => {
  const hpa = (rest: string) => `metadata: {name: h}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}
  maxReplicas: 10
${rest.replace(/^/gm, '  ')}`;

  it('defaults to one replica and 80 % cpu, without behavior (kubernetes.md §3.3)', () => {
    expect(decodeYaml(hpa(''), decodeHorizontalPodAutoscaler)).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'd' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [{ resource: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } }],
      behavior: undefined,
    });
  });

  it('fills in the half of behavior that is not given (kubernetes.md §3.4)', () => {
    const rules = decodeYaml(
      hpa(
        'behavior: {scaleDown: {stabilizationWindowSeconds: 600, policies: [{type: Percent, value: 10, periodSeconds: 60}]}}',
      ),
      decodeHorizontalPodAutoscaler,
    ).behavior;
    expect(rules).toEqual({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 600,
        selectPolicy: 'Max',
        policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
      },
    });
    expect(decodeYaml(hpa('behavior: {}'), decodeHorizontalPodAutoscaler).behavior?.scaleDown).toEqual({
      stabilizationWindowSeconds: 300,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    });
  });

  it('reads resource metrics and notes the others as not modelled', () => {
    const { value, unmodelled, problems } = readYaml(
      hpa(`metrics:
- {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}
- {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 1Gi}}}
- {type: External, external: {metric: {name: queue}}}`),
      decodeHorizontalPodAutoscaler,
    );
    expect(problems).toEqual([]);
    expect(value.metrics).toEqual([
      { resource: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
      { resource: 'memory', target: { type: 'AverageValue', averageValue: 1_073_741_824 } },
    ]);
    expect(unmodelled).toEqual([{ file: 'm.yaml', line: 8, path: 'spec.metrics[2].external' }]);
  });

  it('refuses maxReplicas below minReplicas', () => {
    expect(readYaml(hpa('minReplicas: 12'), decodeHorizontalPodAutoscaler).problems).toMatchObject([
      { path: 'spec.maxReplicas', expected: '12 or more' },
    ]);
  });
});

describe('decodePodDisruptionBudget', () => {
  it('tells no selector from an empty one', () => {
    expect(
      decodeYaml('metadata: {name: p}\nspec: {minAvailable: 1}', decodePodDisruptionBudget).selector,
    ).toBeUndefined();
    const text = 'metadata: {name: p}\nspec: {maxUnavailable: 30%, selector: {}}\nstatus: {disruptionsAllowed: 2}';
    expect(decodeYaml(text, decodePodDisruptionBudget)).toMatchObject({
      selector: { matchLabels: {}, matchExpressions: [] },
      maxUnavailable: '30%',
      status: { disruptionsAllowed: 2, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    });
  });

  it('refuses both limits at once', () => {
    const text = 'metadata: {name: p}\nspec: {maxUnavailable: 1, minAvailable: 1}';
    expect(readYaml(text, decodePodDisruptionBudget).problems).toMatchObject([{ code: 'refused-by-api-server' }]);
  });
});

describe('storage and node decoders', () => {
  it('read volumes, claims and classes', () => {
    expect(
      decodeYaml(
        'metadata: {name: v}\nspec: {local: {path: /x}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: k, operator: Exists}]}]}}}',
        decodePersistentVolume,
      ),
    ).toMatchObject({ isLocal: true, nodeAffinity: [{ matchExpressions: [{ key: 'k', operator: 'Exists' }] }] });
    const inTree = decodeYaml(
      'metadata: {name: v}\nspec: {awsElasticBlockStore: {volumeID: x}}',
      decodePersistentVolume,
    );
    expect(inTree.driver).toBe('ebs.csi.aws.com');
    expect(
      decodeYaml('metadata: {name: c}\nspec: {volumeName: v, storageClassName: ""}', decodePersistentVolumeClaim),
    ).toMatchObject({ volumeName: 'v', storageClassName: '', phase: 'Bound' });
    expect(
      decodeYaml(
        'metadata: {name: gp3, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}\nprovisioner: ebs.csi.aws.com\nparameters: {type: gp3}\nallowedTopologies: [{matchLabelExpressions: [{key: z, values: [a]}]}]',
        decodeStorageClass,
      ),
    ).toMatchObject({ isDefault: true, allowedTopologies: [[{ key: 'z', values: ['a'] }]] });
    expect(
      decodeYaml(
        'metadata: {name: n}\nspec: {drivers: [{name: d, nodeID: x, allocatable: {count: 25}}]}',
        decodeCSINode,
      ),
    ).toMatchObject({ drivers: [{ name: 'd', count: 25 }] });
  });

  it('read nodes and namespaces', () => {
    expect(
      decodeYaml(
        `metadata: {name: n, labels: {a: b}}
spec: {providerID: aws:///x, taints: [{key: k, effect: NoSchedule}]}
status: {capacity: {cpu: 2, memory: 4Gi}, conditions: [{type: Ready, status: "True"}]}`,
        decodeNode,
      ),
    ).toMatchObject({
      metadata: { namespace: '', uid: 'Node//n' },
      spec: { taints: [{ key: 'k', value: '', effect: 'NoSchedule' }], unschedulable: false },
      status: { allocatable: { cpu: 2000, memory: 4_294_967_296 }, conditions: [{ type: 'Ready', status: 'True' }] },
    });
    expect(decodeYaml('metadata: {name: n}', decodeNamespace).metadata.name).toBe('n');
  });
});
