import assert from 'node:assert/strict';
import type { Node } from '../../src/kubernetes/node.js';
import type { ObjectMeta } from '../../src/kubernetes/object-meta.js';
import type { Pod, PodSpec } from '../../src/kubernetes/pod.js';
import { KubeScheduler } from '../../src/kubernetes/scheduler/kube-scheduler.js';
import { SchedulerCache } from '../../src/kubernetes/scheduler/scheduler-cache.js';
import { runSuite } from '../run-suite.js';

const GI = 2 ** 30;
const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
/** Requests of the classes of pods, cpu milli and memory GiB, in turn. */
const SHAPES = [
  [100, 0.25],
  [250, 0.5],
  [500, 1],
  [1000, 2],
  [250, 1],
] as const;
const REPLICAS = 50;

interface Placement {
  readonly nodes: number;
  readonly pods: number;
}

/** kube-scheduler's model with all default filters and scores, pods of ReplicaSets that it spreads by default, an empty cluster. */
export default async function kubeSchedulerPlacement(): Promise<void> {
  for (const { nodes, pods } of [
    { nodes: 1000, pods: 10_000 },
    { nodes: 1200, pods: 7064 },
  ]) {
    await runSuite({
      name: `kube-scheduler-placement-${pods}-pods-${nodes}-nodes`,
      unit: 'pod',
      unitsPerRun: pods,
      minSamples: 3,
      cases: [{ name: `${pods} pods on ${nodes} nodes`, prepare: () => () => place({ nodes, pods }) }],
    });
  }
}

function meta(kind: string, name: string, labels: Readonly<Record<string, string>>): ObjectMeta {
  const namespace = kind === 'Node' ? '' : 'bench';
  return {
    name,
    namespace,
    uid: `${kind}/${name}`,
    labels,
    annotations: {},
    ownerReferences: [],
    creationTimeMs: 0,
  };
}

/** Places every pod, one after the other; each must find a node, and no node may be filled beyond what it has. */
function place({ nodes, pods }: Placement): number {
  const cache = new SchedulerCache();
  for (let index = 0; index < nodes; index++) cache.setNode(node(index));
  const waiting = podsOfReplicaSets(pods, cache);
  const scheduler = new KubeScheduler(cache, { seed: 'bench' });
  const used = new Map<string, number>();
  for (const pod of waiting) {
    const result = scheduler.schedule(pod);
    assert('node' in result, `${pod.metadata.name} finds no node`);
    cache.assume(pod, result.node);
    const cpu = (used.get(result.node) ?? 0) + (pod.spec.containers[0]?.requests['cpu'] ?? 0);
    assert(cpu <= 7910, `${result.node} is overfull`);
    used.set(result.node, cpu);
  }
  // LeastAllocated and the default spread leave no node empty.
  assert.equal(used.size, nodes);
  return used.size;
}

function node(index: number): Node {
  const name = `node-${index}`;
  const zone = ZONES[index % ZONES.length] ?? '';
  const allocatable = { cpu: 7910, memory: 28 * GI, pods: 58 };
  return {
    metadata: meta('Node', name, { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone }),
    spec: { providerID: `aws:///${zone}/${name}`, taints: [], unschedulable: false },
    status: { capacity: allocatable, allocatable, conditions: [] },
  };
}

function podsOfReplicaSets(count: number, cache: SchedulerCache): Pod[] {
  const pods: Pod[] = [];
  for (let set = 0; pods.length < count; set++) {
    const name = `app-${set}`;
    const labels = { app: name };
    cache.setOwnerSelector('ReplicaSet', 'bench', name, { matchLabels: labels, matchExpressions: [] });
    const [cpu, memoryGi] = SHAPES[set % SHAPES.length] ?? SHAPES[0];
    const spec: PodSpec = {
      containers: [{ name: 'app', requests: { cpu, memory: memoryGi * GI }, limits: {}, ports: [] }],
      initContainers: [],
      nodeSelector: {},
      tolerations: [],
      topologySpreadConstraints: [],
      volumes: [],
      schedulingGates: [],
      hostNetwork: false,
      resourceClaims: 0,
    };
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: name, controller: true };
    for (let i = 0; i < REPLICAS && pods.length < count; i++) {
      pods.push({
        metadata: { ...meta('Pod', `${name}-${i}`, labels), ownerReferences: [owner] },
        spec,
        status: { phase: 'Pending', conditions: [], containerStatuses: [] },
      });
    }
  }
  return pods;
}
