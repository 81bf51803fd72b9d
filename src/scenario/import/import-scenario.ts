import { stringify } from 'yaml';
import type { KarpenterVersion } from '../../karpenter/settings.js';
import type { ScenarioCatalogue } from '../scenario-catalogue.js';
import { completeWorkloads, type CompleteWorkloads } from './complete-workloads.js';
import type { Dump } from './dump.js';
import { dumpPlace } from './dump-place.js';
import { findingWords, ImportFindings, type ImportFinding } from './import-finding.js';
import { importedReservations } from './imported-reservations.js';
import { jobWork } from './job-work.js';
import { completeNodeClass, karpenterManifests } from './karpenter-manifests.js';
import { dropLostClaims } from './lost-claims.js';
import { fieldOf, metadataOf, without } from './object-fields.js';
import { NODE_POOLS_FILE } from './node-pools-file.js';
import { Pseudonyms } from './pseudonyms.js';
import { noteReading, nothingUseful } from './reading-findings.js';
import { serviceLoads, type ImportedService } from './service-loads.js';
import { shapedObject, OWN_NAMES, type DumpObject, type Naming } from './shaped-object.js';
import type { PodUsage } from './usage.js';

/** What an import is told besides the dump. */
export interface ImportOptions {
  readonly catalogue: ScenarioCatalogue;
  readonly name: string;
  readonly redact: boolean;
  readonly usage: ReadonlyMap<string, PodUsage>;
  /** 0 to 1. */
  readonly utilisation: number;
  readonly duration: string;
  /** Default: what the nodes' labels say. */
  readonly region?: string | undefined;
}

/** A scenario made of a dump: its files by name, and what has to be said about it. */
export interface ImportedScenario {
  readonly files: Readonly<Record<string, string>>;
  readonly version: KarpenterVersion;
  readonly region: string;
  readonly zones: readonly string[];
  readonly start: string;
  /** Objects in the scenario by what they are, in order of weight. */
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly ImportFinding[];
  /** Redacted: what scheduling depends on and was therefore kept, by label key or kind. */
  readonly kept: readonly string[];
}

/** A scenario, or why there is none. */
export type ImportResult =
  | { readonly scenario: ImportedScenario; readonly problems?: undefined }
  | { readonly scenario?: undefined; readonly problems: readonly string[] };

/** Makes a scenario of a dump that has been read. Secrets, ConfigMaps, environment and arguments are not in the dump any more. */
export function importScenario(dump: Dump, options: ImportOptions): ImportResult {
  const findings = new ImportFindings();
  noteReading(dump, findings);
  const drivers = dump.list('CSINode').length;
  if (drivers > 0) findings.add('left-out', 'CSINode objects', '', drivers);
  const place = dumpPlace(dump, options, findings);
  if (place.problems !== undefined) return { problems: place.problems };
  dropLostClaims(dump, findings);
  const karpenter = karpenterManifests(dump, findings);
  const { version } = karpenter;
  const { reservations, nodeClasses } = importedReservations(dump, karpenter.nodeClasses, options.catalogue, findings);
  const workloads = completeWorkloads(dump, findings);
  if (
    workloads.pods.length + workloads.deployments.length + dump.list('Node').length + karpenter.nodePools.length ===
    0
  ) {
    return { problems: [nothingUseful(dump)] };
  }
  if (karpenter.nodePools.length === 0) {
    findings.add(
      'broken',
      'there is no NodePool: Karpenter has nothing to decide about; dump nodepools,ec2nodeclasses, too',
    );
  }
  const loads = serviceLoads(
    workloads,
    { usage: options.usage, utilisation: options.utilisation, autoscalers: dump.list('HorizontalPodAutoscaler') },
    findings,
  );
  const state = [...dump.list('Node'), ...karpenter.nodeClaims, ...workloads.replicaSets, ...workloads.pods];
  const defined = definedObjects(dump, workloads);
  noteNodes(dump, workloads, findings);
  const all = [...karpenter.nodePools, ...nodeClasses, ...defined, ...state];
  const pseudonyms = options.redact ? Pseudonyms.of(all) : undefined;
  const naming: Naming = pseudonyms ?? OWN_NAMES;
  const shown = (objects: readonly DumpObject[]): readonly DumpObject[] =>
    pseudonyms === undefined ? objects : objects.map((object) => shapedObject(object, naming) ?? object);
  const start = new Date(Math.ceil(dump.latestMs / 1000) * 1000).toISOString().replace('.000', '');
  const jobs = jobWork(dump, workloads, dump.latestMs, findings);
  const document = {
    name: options.name,
    description: `Imported from a dump of ${start}`,
    karpenter: { version },
    region: place.region,
    zones: place.zones,
    start,
    duration: options.duration,
    manifests: { common: ['workloads.yaml'], [version]: [NODE_POOLS_FILE] },
    startState: 'start-state.json',
    ...(reservations.length > 0 && {
      capacityReservations: reservations.map(({ id, ...rest }) => ({ id: naming.name('reservation', id), ...rest })),
    }),
    ...trafficOf(loads, naming),
    ...(jobs.length === 0 ? {} : { jobs: jobs.map((job) => ({ ...job, job: renamed(job.job, naming) })) }),
  };
  const files = {
    'scenario.yaml': scenarioText(document, findings.list()),
    [NODE_POOLS_FILE]: stream([
      ...shown(karpenter.nodePools),
      ...shown(nodeClasses).map((object) => completeNodeClass(object, version)),
    ]),
    'workloads.yaml': stream(shown(defined).map(withoutState)),
    'start-state.json': jsonList(shown(state)),
  };
  return {
    scenario: {
      files,
      version,
      region: place.region,
      zones: place.zones,
      start,
      counts: {
        'Karpenter nodes': karpenter.nodeClaims.length,
        'other nodes': Math.max(0, dump.list('Node').length - karpenter.nodeClaims.length),
        pods: workloads.pods.length,
        NodePools: karpenter.nodePools.length,
        Deployments: workloads.deployments.length,
        StatefulSets: workloads.statefulSets.length,
        DaemonSets: workloads.daemonSets.length,
        'Jobs and CronJobs': workloads.jobs.length + workloads.cronJobs.length,
        autoscalers: dump.list('HorizontalPodAutoscaler').length,
      },
      findings: findings.list(),
      kept: pseudonyms?.kept ?? [],
    },
  };
}

function definedObjects(dump: Dump, workloads: CompleteWorkloads): readonly DumpObject[] {
  const { deployments, statefulSets, daemonSets, jobs, cronJobs } = workloads;
  const others = ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'PersistentVolumeClaim', 'PersistentVolume'];
  return [
    ...['Namespace', 'PriorityClass', 'StorageClass'].flatMap((kind) => dump.list(kind)),
    ...neededPriorityClasses(dump, workloads),
    ...deployments,
    ...statefulSets,
    ...daemonSets,
    ...jobs,
    ...cronJobs,
    ...others.flatMap((kind) => dump.list(kind)),
  ];
}

/** PriorityClasses that pods name: their values are told by the pods themselves. */
function neededPriorityClasses(
  dump: Dump,
  { pods, deployments, statefulSets, daemonSets }: CompleteWorkloads,
): DumpObject[] {
  const known = new Set([
    ...dump.list('PriorityClass').map((object) => String(metadataOf(object)['name'])),
    'system-cluster-critical',
    'system-node-critical',
  ]);
  const values = new Map<string, number>();
  for (const workload of [...deployments, ...statefulSets, ...daemonSets]) {
    const name = fieldOf(workload, 'spec', 'template', 'spec', 'priorityClassName');
    if (typeof name === 'string') values.set(name, 0);
  }
  for (const pod of pods) {
    const name = fieldOf(pod, 'spec', 'priorityClassName');
    if (typeof name === 'string') values.set(name, Number(fieldOf(pod, 'spec', 'priority') ?? 0));
  }
  return [...values]
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value }));
}

function noteNodes(dump: Dump, { pods }: CompleteWorkloads, findings: ImportFindings): void {
  const nodes = new Set(dump.list('Node').map((node) => String(metadataOf(node)['name'])));
  for (const pod of pods) {
    const node = fieldOf(pod, 'spec', 'nodeName');
    if (typeof node === 'string' && !nodes.has(node)) {
      findings.add('broken', 'pods run on nodes that the dump does not hold: their controllers make them anew', node);
    }
  }
  for (const node of dump.list('Node')) {
    if (fieldOf(node, 'status', 'allocatable') === undefined) {
      findings.add(
        'guessed',
        'nodes have no status: they get the amounts of their type',
        String(metadataOf(node)['name']),
      );
    }
  }
}

function trafficOf(loads: readonly ImportedService[], naming: Naming) {
  if (loads.length === 0) return {};
  const curves: Record<string, unknown> = {};
  if (loads.some(({ daily }) => daily === undefined)) curves['steady'] = { requestsPerSecond: 1, noise: 0 };
  const services = loads.map(({ kind, workload, cpuMilli, memoryBytes, daily }, index) => {
    const traffic = daily === undefined ? 'steady' : `measured-${index + 1}`;
    if (daily !== undefined) curves[traffic] = { requestsPerSecond: 1, daily: [...daily], noise: 0 };
    const memory = `${Math.max(1, Math.round(memoryBytes / 2 ** 20))}Mi`;
    const usage = { cpu: `${Math.round(cpuMilli)}m`, memory };
    return { [kind]: renamed(workload, naming), traffic, usage };
  });
  return { traffic: curves, services };
}

function renamed(key: string, naming: Naming): string {
  const [namespace = '', name = ''] = key.split('/');
  return `${naming.name('namespace', namespace)}/${naming.name('workload', name)}`;
}

/** What a controller wrote last is not what its owner wants. */
function withoutState(object: DumpObject): DumpObject {
  return object['kind'] === 'PersistentVolumeClaim' ? object : without(object, 'status');
}

function stream(objects: readonly DumpObject[]): string {
  return objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n');
}

/** One object a line: quick to read for 50,000 pods, and quick to compare. */
function jsonList(objects: readonly DumpObject[]): string {
  const lines = objects.map((object) => JSON.stringify(object));
  return `{"apiVersion":"v1","kind":"List","items":[\n${lines.join(',\n')}\n]}\n`;
}

function scenarioText(document: object, findings: readonly ImportFinding[]): string {
  const remarks = findings.map((finding) => `#   ${findingWords(finding)}`);
  return [
    '# A running cluster, imported. What runs is in start-state.json, what its owners wrote in the other two files.',
    '# usage is the CPU that all pods of a workload use together, and the memory of each. To play requests, put load in its place.',
    ...(remarks.length === 0 ? [] : ['# Left out or guessed:', ...remarks]),
    stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 }),
  ].join('\n');
}
