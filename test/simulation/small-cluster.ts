import { posix } from 'node:path';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import type { ScenarioSpec } from '../../src/scenario/scenario-spec.js';
import type { EventLog, EventType, LogEvent } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';

/** Events of one type. */
export type EventOf<T extends EventType> = Extract<LogEvent, { readonly type: T }>;

export interface SmallCluster {
  /** Lines under `spec:` of the NodePool, v1 or v1beta1. */
  readonly nodePoolSpec?: string | undefined;
  readonly nodeClassRequirements?: string | undefined;
  /** More lines under `spec:` of the EC2NodeClass. */
  readonly nodeClassSpec?: string | undefined;
  readonly replicas?: number | undefined;
  /** Lines of the pod spec. */
  readonly podSpec?: string | undefined;
  readonly moreManifests?: string | undefined;
  /** Lines of the scenario, `events:` for instance. */
  readonly scenario?: string | undefined;
  readonly duration?: string | undefined;
  /** Default: us-east-1a alone. */
  readonly zones?: readonly string[] | undefined;
  readonly version?: KarpenterVersion | undefined;
  readonly files?: Readonly<Record<string, string>> | undefined;
}

const V1_POOL = `apiVersion: karpenter.sh/v1
kind: NodePool
metadata: { name: general }
spec:
`;

const V0_POOL = V1_POOL.replace('karpenter.sh/v1', 'karpenter.sh/v1beta1');

/** m5.large and m5.xlarge, on-demand, in one zone; nodes stay for ever unless they are empty for a minute. */
export const ON_DEMAND_POOL = `  disruption: { consolidationPolicy: WhenEmpty, consolidateAfter: 60s }
  template:
    spec:
      expireAfter: Never
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
      requirements:
        - { key: node.kubernetes.io/instance-type, operator: In, values: [m5.large, m5.xlarge] }
        - { key: karpenter.sh/capacity-type, operator: In, values: [on-demand] }
`;

const NODE_CLASS = `apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: { name: default }
spec:
  role: r
  amiSelectorTerms: [{ alias: al2023@latest }]
  subnetSelectorTerms: [{ tags: { a: b } }]
  securityGroupSelectorTerms: [{ tags: { a: b } }]
`;

const V0_NODE_CLASS = `apiVersion: karpenter.k8s.aws/v1beta1
kind: EC2NodeClass
metadata: { name: default }
spec:
  role: r
  amiFamily: AL2
  subnetSelectorTerms: [{ tags: { a: b } }]
  securityGroupSelectorTerms: [{ tags: { a: b } }]
`;

/** Runs one Deployment `app/web` (1 cpu a pod unless told otherwise) on one NodePool `general`. */
export function run(cluster: SmallCluster = {}): EventLog {
  return simulate(smallSpec(cluster), { simulatorVersion: 'test' }).log;
}

/** The scenario of {@link run}. */
export function smallSpec(cluster: SmallCluster = {}): ScenarioSpec {
  const { version = 'v1.14.1', nodePoolSpec = ON_DEMAND_POOL } = cluster;
  const v0 = version === 'v0.32.0';
  const podSpec = cluster.podSpec ?? 'containers: [{ name: web, resources: { requests: { cpu: 1, memory: 1Gi } } }]';
  const files: Readonly<Record<string, string>> = {
    'test.yaml': `name: small
region: us-east-1
zones: [${(cluster.zones ?? ['us-east-1a']).join(', ')}]
start: 2026-03-27T06:00:00Z
duration: ${cluster.duration ?? '30m'}
manifests:
  common: [app.yaml]
  ${version}: [pools.yaml]
${cluster.scenario ?? ''}`,
    'pools.yaml': `${(v0 ? V0_POOL : V1_POOL) + nodePoolSpec}---\n${v0 ? V0_NODE_CLASS : NODE_CLASS}${cluster.nodeClassSpec ?? ''}`,
    'app.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: app }
spec:
  replicas: ${cluster.replicas ?? 1}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      ${podSpec}
${cluster.moreManifests ?? ''}`,
    ...cluster.files,
  };
  const { spec, problems } = loadScenario({
    file: 'dir/test.yaml',
    catalogue: pricingDataCatalogue(),
    karpenterVersion: version,
    readFile: (path) => {
      const text = files[posix.relative('dir', path)];
      if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      return text;
    },
  });
  if (spec === undefined) throw new Error(JSON.stringify(problems, undefined, 1));
  return spec;
}

/** All events of one type, in order. */
export function eventsOf<T extends EventType>(log: EventLog, type: T): readonly EventOf<T>[] {
  return log.filter((event): event is EventOf<T> => event.type === type);
}

/** The only event of a type. */
export function onlyEvent<T extends EventType>(log: EventLog, type: T): EventOf<T> {
  const events = eventsOf(log, type);
  const [event] = events;
  if (event === undefined || events.length > 1) throw new Error(`${events.length} ${type} events, expected one`);
  return event;
}
