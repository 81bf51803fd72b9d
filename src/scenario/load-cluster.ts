import type { EC2NodeClass } from '../cloud/node-class.js';
import type { DataSource } from '../cloud/prices/price-book.js';
import { usualZones } from '../cloud/zones.js';
import type { ClusterSnapshot } from '../karpenter/cluster-snapshot.js';
import type { NodePool } from '../karpenter/nodepool.js';
import { INSTANCE_TYPE_LABEL, normalizeLabelKey } from '../karpenter/requirements/labels.js';
import type { KarpenterSettings, KarpenterVersion } from '../karpenter/settings.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem, UnmodelledField } from '../kubernetes/manifest/problem.js';
import type { ObjectMeta } from '../kubernetes/object-meta.js';
import type { Pod } from '../kubernetes/pod.js';
import type { Namespace } from '../kubernetes/workloads.js';
import { clusterBudgets } from './cluster-budgets.js';
import { checkClusterClaims, clusterClaims } from './cluster-claims.js';
import type { Assumption } from './cluster-assumption.js';
import type { ClusterFile } from './cluster-files.js';
import { clusterNodes } from './cluster-nodes.js';
import { clusterPods } from './cluster-pods.js';
import { ManifestSet } from './manifest-set.js';
import { checkNodeClassRef } from './node-pool-checks.js';
import type { ClusterLists } from './object-kinds.js';
import { assumedNodeClass, OfferedTypes } from './offered-types.js';
import { resolveSettings } from './resolve-settings.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';

/** What to read, and what the command line says about it. */
export interface ClusterOptions {
  readonly files: readonly ClusterFile[];
  readonly catalogue: ScenarioCatalogue;
  /** Default: the version that serves the NodePools of the files. */
  readonly karpenterVersion?: KarpenterVersion | undefined;
  /** Default: us-east-1. */
  readonly region?: string | undefined;
  /** Names; default: all zones of the region that sell current instance types. */
  readonly zones?: readonly string[] | undefined;
  /** Names of instance types; default: the whole catalogue. */
  readonly types?: readonly string[] | undefined;
}

/** A cluster as it stands at one instant, with what Karpenter would work with. */
export interface Cluster {
  readonly settings: KarpenterSettings;
  readonly region: string;
  readonly zones: readonly string[];
  /** How many instance types are offered. */
  readonly typeCount: number;
  /** Those of the files; where there is none, a usual one is assumed for each NodePool. */
  readonly nodeClasses: readonly EC2NodeClass[];
  /** Where the prices of the instance types come from. */
  readonly priceSources: readonly DataSource[];
  readonly snapshot: ClusterSnapshot;
  readonly assumptions: readonly Assumption[];
  readonly unmodelled: readonly UnmodelledField[];
}

/** A cluster, or everything that is wrong with its files. */
export type LoadedCluster =
  | { readonly cluster: Cluster; readonly problems?: undefined }
  | { readonly cluster?: undefined; readonly problems: readonly Problem[] };

const DEFAULT_REGION = 'us-east-1';

/** Reads manifests, plain or dumped, and puts a snapshot together. Now is the latest time that any object names. */
export function loadCluster(options: ClusterOptions): LoadedCluster {
  const version = options.karpenterVersion ?? servedBy(options.files);
  const manifests = ManifestSet.ofCluster(version);
  for (const { file, text } of options.files) manifests.add(file, text);
  const { lists } = manifests;
  const mixed = lists.nodePools.length > 0 && manifests.unserved.length > 0;
  const place = checkPlace(options);
  const nowMs = latestTime(lists);
  const made = clusterPods(lists, nowMs);
  const claims = clusterClaims(lists, made);
  const problems = [
    ...place.problems,
    ...manifests.problems,
    ...(mixed ? [] : manifests.unserved),
    // Where no NodeClass is given at all, a usual one is assumed; else a missing one is a mistake.
    ...lists.nodePools.flatMap((nodePool) =>
      checkNodeClassRef(manifests, nodePool, lists.nodeClasses.length > 0 ? lists : assumedClasses(lists)),
    ),
    ...checkClusterClaims(manifests, made, claims),
  ];
  if (place.problems.length > 0) return { problems: inOrder(problems) };
  const { region, zones, types } = place;
  const offered = new OfferedTypes({ version, region, zones, types, nodeClasses: lists.nodeClasses });
  const nodes = clusterNodes(manifests, made.pods, offered);
  problems.push(...nodes.problems);
  if (problems.length > 0) return { problems: inOrder(problems) };
  const pools = new Map(lists.nodePools.map((nodePool) => [nodePool.metadata.name, nodePool]));
  return {
    cluster: {
      settings: resolveSettings(undefined, version),
      region,
      zones,
      typeCount: offered.count,
      nodeClasses: (lists.nodeClasses.length > 0 ? lists : assumedClasses(lists)).nodeClasses,
      priceSources: offered.priceSources,
      snapshot: {
        nowMs,
        nodePools: lists.nodePools,
        stateNodes: nodes.stateNodes,
        pods: made.pods,
        daemonSets: lists.daemonSets,
        podDisruptionBudgets: clusterBudgets(manifests, made.pods, nowMs),
        persistentVolumeClaims: claims,
        persistentVolumes: lists.persistentVolumes,
        storageClasses: lists.storageClasses,
        csiNodes: lists.csiNodes,
        namespaces: withNamedNamespaces(lists.namespaces, made.pods),
        instanceTypes: (name) => {
          const nodePool = pools.get(name);
          return nodePool === undefined ? [] : offered.ofNodePool(nodePool);
        },
      },
      assumptions: [
        ...made.assumptions,
        ...nodes.assumptions,
        ...poolAssumptions(lists, options.catalogue),
        ...(mixed ? [{ code: 'other-version-left-out', count: manifests.unserved.length, subjects: [] } as const] : []),
      ],
      unmodelled: manifests.unmodelled,
    },
  };
}

/** v1 wherever its API is spoken; a cluster that knows v1beta1 alone runs the older version. */
function servedBy(files: readonly ClusterFile[]): KarpenterVersion {
  const speaks = (apiVersion: string): boolean => {
    const pattern = new RegExp(`apiVersion"?:\\s*["']?karpenter\\.sh/${apiVersion}["']?\\s*[,}\\r\\n]`);
    return files.some(({ text }) => pattern.test(text));
  };
  return !speaks('v1') && speaks('v1beta1') ? 'v0.32.0' : 'v1.14.1';
}

interface Place {
  readonly region: string;
  readonly zones: readonly string[];
  readonly types: readonly string[] | undefined;
  readonly problems: readonly Problem[];
}

function checkPlace({ catalogue, region = DEFAULT_REGION, zones: given, types }: ClusterOptions): Place {
  const problems: Problem[] = [];
  const unknown = (option: string, value: string, known: Iterable<string>, message: string, expected: string) => {
    const at = { file: `--${option}`, line: 0, column: 0, path: '' };
    problems.push({ ...at, code: 'missing-reference', message, expected, hint: didYouMean(value, known) });
  };
  for (const type of types ?? []) {
    if (catalogue.typeNames.has(type)) continue;
    const message = `"${type}" is not an instance type in the data`;
    unknown('types', type, catalogue.typeNames, message, 'EC2 instance types such as m5.large');
  }
  if (!catalogue.regions.includes(region)) {
    const expected = `one of ${catalogue.regions.join(', ')}`;
    unknown('region', region, catalogue.regions, `there is no data for region "${region}"`, expected);
    return { region, zones: [], types, problems };
  }
  const known = catalogue.zones(region);
  const zones = given ?? usualZones(region);
  for (const zone of zones) {
    if (known.includes(zone)) continue;
    unknown('zones', zone, known, `"${zone}" is no zone of ${region}`, `one of ${known.join(', ')}`);
  }
  return { region, zones, types, problems };
}

function assumedClasses({ nodePools }: ClusterLists): Pick<ClusterLists, 'nodeClasses'> {
  return { nodeClasses: nodePools.map(({ template }) => assumedNodeClass(template.nodeClassRef.name)) };
}

function poolAssumptions({ nodePools, nodeClasses }: ClusterLists, { typeNames }: ScenarioCatalogue): Assumption[] {
  const about = (code: Assumption['code'], subjects: Iterable<string>): Assumption[] => {
    const unique = [...new Set(subjects)];
    return unique.length === 0 ? [] : [{ code, count: unique.length, subjects: unique }];
  };
  const classes = nodeClasses.length > 0 ? [] : nodePools.map(({ template }) => template.nodeClassRef.name);
  const unknown = nodePools.flatMap((nodePool) => namedTypes(nodePool).filter((name) => !typeNames.has(name)));
  const fixed = nodePools.filter(({ replicas }) => replicas !== undefined);
  return [
    ...about('node-class-assumed', classes),
    ...about('unknown-instance-type', unknown),
    ...about(
      'static-node-pool',
      fixed.map(({ metadata }) => metadata.name),
    ),
  ];
}

function namedTypes({ template }: NodePool): readonly string[] {
  return template.requirements.flatMap(({ key, operator, values }) =>
    normalizeLabelKey(key) === INSTANCE_TYPE_LABEL && operator === 'In' ? values : [],
  );
}

function latestTime(lists: ClusterLists): number {
  let latest = 0;
  const see = ({ creationTimeMs, deletionTimeMs = 0 }: ObjectMeta): void => {
    latest = Math.max(latest, creationTimeMs, deletionTimeMs);
  };
  for (const { metadata } of lists.nodes) see(metadata);
  for (const { metadata } of lists.nodeClaims) see(metadata);
  for (const { metadata } of lists.nodePools) see(metadata);
  for (const { metadata, status } of lists.pods) {
    see(metadata);
    for (const { lastTransitionTimeMs } of status.conditions) latest = Math.max(latest, lastTransitionTimeMs);
  }
  return latest;
}

/** A namespace that a pod names exists, with the label that Kubernetes gives each. */
function withNamedNamespaces(namespaces: readonly Namespace[], pods: readonly Pod[]): readonly Namespace[] {
  const named = (metadata: ObjectMeta): Namespace => ({
    metadata: { ...metadata, labels: { 'kubernetes.io/metadata.name': metadata.name, ...metadata.labels } },
  });
  const all = new Map(namespaces.map(({ metadata }) => [metadata.name, named(metadata)]));
  for (const { metadata } of pods) {
    const name = metadata.namespace;
    if (all.has(name)) continue;
    const ids = { name, namespace: '', uid: `Namespace//${name}`, creationTimeMs: 0 };
    all.set(name, named({ ...ids, labels: {}, annotations: {}, ownerReferences: [] }));
  }
  return [...all.values()];
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return [...problems].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}
