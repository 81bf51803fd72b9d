import { usualZones } from '../cloud/zones.js';
import type { NodePool } from '../karpenter/nodepool.js';
import type { KarpenterVersion } from '../karpenter/settings.js';

/** What a starter scenario is made around. */
export interface Starter {
  readonly name: string;
  /** Of one API version. */
  readonly nodePools: readonly NodePool[];
  /** Path of their manifest, relative to the scenario's folder. */
  readonly manifest: string;
  /** Whether the manifest has the EC2NodeClasses, too. */
  readonly hasNodeClasses: boolean;
  readonly region: string;
}

const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** Files of a commented starter scenario by name: a service with traffic, autoscaler and disruption budget on the NodePools. */
export function starterScenario(starter: Starter): Readonly<Record<string, string>> {
  const { name, nodePools, manifest, hasNodeClasses, region } = starter;
  const version: KarpenterVersion = nodePools[0]?.apiVersion === 'karpenter.sh/v1beta1' ? 'v0.32.0' : 'v1.14.1';
  const manifests = [manifest, ...(hasNodeClasses ? [] : ['nodeclass.yaml'])];
  const classes = [...new Set(nodePools.map(({ template }) => template.nodeClassRef.name))];
  return {
    'scenario.yaml': scenarioText({ name, version, region, zones: zonesOf(nodePools, region), manifests }),
    'workloads.yaml': workloadsText(nodePools),
    ...(hasNodeClasses ? {} : { 'nodeclass.yaml': classes.map((own) => nodeClassText(own, version)).join('---\n') }),
  };
}

/** Zones that the NodePools name, else the usual ones. */
function zonesOf(nodePools: readonly NodePool[], region: string): readonly string[] {
  const named = nodePools.flatMap(({ template }) =>
    template.requirements.flatMap(({ key, operator, values }) =>
      key === ZONE_LABEL && operator === 'In' ? values : [],
    ),
  );
  const zones = [...new Set(named)].filter((zone) => zone.startsWith(region)).sort();
  return zones.length > 0 ? zones : usualZones(region).slice(0, 3);
}

function scenarioText(parts: {
  readonly name: string;
  readonly version: KarpenterVersion;
  readonly region: string;
  readonly zones: readonly string[];
  readonly manifests: readonly string[];
}): string {
  const { name, version, region, zones, manifests } = parts;
  return `# yaml-language-server: $schema=../scenario.schema.json
# A starter: replace workloads.yaml by your own manifests, and the traffic by your own figures.
name: ${name}
karpenter:
  version: ${version}
# Prices and instance types are those of this region; zones are those of your subnets.
region: ${region}
zones: [${zones.join(', ')}]
# UTC. The first minutes fill an empty cluster: look at what comes after.
start: 2026-03-25T06:00:00Z
duration: 6h
seed: 1
manifests:
  common:
    - workloads.yaml
  ${version}:
${manifests.map((file) => `    - ${file}`).join('\n')}
# Nodes that Karpenter does not manage and that its own pods run on.
managedNodeGroups:
  - { name: system, instanceType: m5.large, count: 2 }
traffic:
  visitors:
    # Mean of a day. A preset in place of 24 factors: flat, office, …
    requestsPerSecond: 200
    spikes:
      - { at: '09:00', factor: 3, ramp: 2m, hold: 20m, decay: 10m }
services:
  - deployment: default/web
    traffic: visitors
    load:
      # What one request costs, and what a pod needs without any. kubectl top pods tells.
      cpuMillisecondsPerRequest: 10
      idleCpu: 20m
      idleMemory: 200Mi
# What you want to know more of: karpsim run tells it apart from the rest.
window: { from: '09:00', to: '10:00' }
`;
}

function workloadsText(nodePools: readonly NodePool[]): string {
  const taints = nodePools[0]?.template.taints ?? [];
  const tolerations = taints.map(({ key, effect }) => `        - { key: ${key}, operator: Exists, effect: ${effect} }`);
  return `# One service: a Deployment with requests, its autoscaler and its disruption budget.
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 6
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
${tolerations.length === 0 ? '' : `      # The taints of NodePool ${nodePools[0]?.metadata.name ?? ''}.\n      tolerations:\n${tolerations.join('\n')}\n`}      containers:
        - name: web
          # Karpenter packs by requests alone: a container without any counts as nothing.
          resources: { requests: { cpu: 500m, memory: 512Mi } }
          readinessProbe: { initialDelaySeconds: 5, periodSeconds: 5 }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: default }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 6
  maxReplicas: 60
  metrics:
    - type: Resource
      resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: default }
spec:
  maxUnavailable: 20%
  selector: { matchLabels: { app: web } }
`;
}

function nodeClassText(name: string, version: KarpenterVersion): string {
  const old = version === 'v0.32.0';
  return `# Stands for the EC2NodeClass that your NodePools name and their file does not have.
apiVersion: karpenter.k8s.aws/${old ? 'v1beta1' : 'v1'}
kind: EC2NodeClass
metadata: { name: ${name} }
spec:
  role: my-node-role
  ${old ? 'amiFamily: AL2' : 'amiSelectorTerms: [{ alias: al2023@latest }]'}
  subnetSelectorTerms: [{ tags: { karpenter.sh/discovery: my-cluster } }]
  securityGroupSelectorTerms: [{ tags: { karpenter.sh/discovery: my-cluster } }]
`;
}
