import { posix } from 'node:path';
import { loadScenario, type LoadedScenario, type LoadOptions } from '../../src/scenario/load-scenario.js';
import type { ScenarioCatalogue } from '../../src/scenario/scenario-catalogue.js';
import type { ScenarioSpec } from '../../src/scenario/scenario-spec.js';

/** A small region: three zones, three types with the labels that requirements ask for. */
const CATALOGUE: ScenarioCatalogue = {
  typeNames: new Set(['m5.large', 'm5.xlarge', 'c5.large']),
  regions: ['us-east-1'],
  zones: () => ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  typeRequirements: ({ names, zones }) =>
    ['m5.large', 'm5.xlarge', 'c5.large']
      .filter((name) => names === undefined || names.includes(name))
      .map((name) => ({
        name,
        requirements: [
          { key: 'node.kubernetes.io/instance-type', operator: 'In', values: [name] },
          { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
          { key: 'karpenter.k8s.aws/instance-cpu', operator: 'In', values: [name === 'm5.xlarge' ? '4' : '2'] },
          { key: 'topology.kubernetes.io/zone', operator: 'In', values: zones },
          { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand', 'spot'] },
        ],
      })),
};

export const SCENARIO = `name: test
region: us-east-1
zones: [us-east-1a, us-east-1b]
start: 2026-03-27T06:00:00Z
duration: 6h
manifests:
  common: [app.yaml]
  v1.14.1: [pools.yaml]
traffic:
  web: { requestsPerSecond: 100, noise: 0 }
services:
  - deployment: app/web
    traffic: web
    share: 0.5
    load: { cpuMillisecondsPerRequest: 10, idleCpu: 20m, idleMemory: 100Mi }
`;

export const POOLS = `apiVersion: karpenter.sh/v1
kind: NodePool
metadata: { name: general }
spec:
  template:
    spec:
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
      requirements:
        - { key: node.kubernetes.io/instance-type, operator: In, values: [m5.large, c5.large] }
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: { name: default }
spec:
  role: r
  amiSelectorTerms: [{ alias: al2023@latest }]
  subnetSelectorTerms: [{ tags: { a: b } }]
  securityGroupSelectorTerms: [{ tags: { a: b } }]
`;

export const APP = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: app }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, resources: { requests: { cpu: 250m, memory: 256Mi } } }]
`;

/** Options that load `dir/test.yaml` from files in memory; files that are not given are the ones above. */
export function loadOptions(
  files: Readonly<Record<string, string>> = {},
  options: Partial<LoadOptions> = {},
): LoadOptions {
  const all: Readonly<Record<string, string>> = {
    'test.yaml': SCENARIO,
    'pools.yaml': POOLS,
    'app.yaml': APP,
    ...files,
  };
  return {
    file: 'dir/test.yaml',
    catalogue: CATALOGUE,
    readFile: (path) => {
      const text = all[posix.relative('dir', path)];
      if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      return text;
    },
    ...options,
  };
}

/** Loads `dir/test.yaml` from files in memory; files that are not given are the ones above. */
export function load(files: Readonly<Record<string, string>> = {}, options: Partial<LoadOptions> = {}): LoadedScenario {
  return loadScenario(loadOptions(files, options));
}

/** The spec of a scenario that must be free of mistakes. */
export function spec(files: Readonly<Record<string, string>> = {}, options: Partial<LoadOptions> = {}): ScenarioSpec {
  const loaded = load(files, options);
  if (loaded.problems !== undefined) throw new Error(JSON.stringify(loaded.problems, undefined, 1));
  return loaded.spec;
}

/** `file:line:column path message` of every problem. */
export function complaints(files: Readonly<Record<string, string>> = {}, options: Partial<LoadOptions> = {}): string[] {
  return (load(files, options).problems ?? []).map(
    ({ file, line, column, path, message }) => `${file}:${line}:${column} ${path} ${message}`,
  );
}
