import { readFileSync } from 'node:fs';
import type { InstanceType } from '../cloud/instance-type.js';
import type { EC2NodeClass } from '../cloud/node-class.js';
import type { DataSource } from '../cloud/prices/price-book.js';
import type { NodePool } from '../karpenter/nodepool.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { isRecord } from '../kubernetes/manifest/field-path.js';
import { parseManifestStream } from '../kubernetes/manifest/manifest-document.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { ClusterFile } from './cluster-files.js';
import { readFailure, tryRead, type ReadFile } from './file-reading.js';
import { loadCluster } from './load-cluster.js';
import { loadScenario } from './load-scenario.js';
import { OfferedTypes } from './offered-types.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';

/** NodePools with the instance types that they may launch, at the prices of one region. */
export interface PricedNodePools {
  readonly version: KarpenterVersion;
  readonly region: string;
  readonly zones: readonly string[];
  readonly nodePools: readonly NodePool[];
  readonly nodeClasses: readonly EC2NodeClass[];
  /** The files hold no EC2NodeClass, so that AL2023 with its defaults stands for each. */
  readonly nodeClassesAssumed: boolean;
  readonly instanceTypes: (nodePool: NodePool) => readonly InstanceType[];
  readonly priceSources: readonly DataSource[];
}

/** What to read, and what the command line says about it. */
export interface PricedNodePoolsOptions {
  /** One scenario, or manifests. */
  readonly files: readonly string[];
  readonly catalogue: ScenarioCatalogue;
  readonly karpenterVersion?: KarpenterVersion | undefined;
  /** Manifests alone: a scenario has its own. Default us-east-1. */
  readonly region?: string | undefined;
  /** Manifests alone. Default: all zones of the region that sell current instance types. */
  readonly zones?: readonly string[] | undefined;
  /** A scenario alone: `path=value`. */
  readonly set?: readonly string[] | undefined;
  readonly readFile?: ReadFile | undefined;
}

/** Priced NodePools, or everything that is wrong with their files. */
export type LoadedPricedNodePools =
  | { readonly priced: PricedNodePools; readonly problems?: undefined }
  | { readonly priced?: undefined; readonly problems: readonly Problem[] };

/** Reads NodePools from one scenario, with its region, zones and prices, or from manifests. */
export function loadPricedNodePools(options: PricedNodePoolsOptions): LoadedPricedNodePools {
  const readFile = options.readFile ?? ((path: string) => readFileSync(path, 'utf8'));
  const files: ClusterFile[] = [];
  const problems: Problem[] = [];
  for (const file of options.files) {
    const text = tryRead(readFile, file);
    if (text instanceof Error) problems.push(problemOf(file, readFailure(file, text)));
    else files.push({ file, text });
  }
  if (problems.length > 0) return { problems };
  const scenarios = files.filter(isScenario);
  const [scenario] = scenarios;
  if (scenario === undefined) return fromManifests(files, options);
  if (files.length === 1) return fromScenario(scenario.file, options);
  const detail = {
    code: 'unsupported-value',
    message: 'this is a scenario, and it stands beside other files',
  } as const;
  const expected = 'one scenario alone, or manifests';
  return { problems: scenarios.map(({ file }) => problemOf(file, { ...detail, expected })) };
}

function problemOf(file: string, detail: Pick<Problem, 'code' | 'message' | 'expected' | 'hint'>): Problem {
  return { file, line: 1, column: 1, path: '', ...detail };
}

function isScenario({ file, text }: ClusterFile): boolean {
  const [document] = parseManifestStream(file, text).documents;
  return isRecord(document?.value) && 'manifests' in document.value && !('kind' in document.value);
}

function fromScenario(file: string, options: PricedNodePoolsOptions): LoadedPricedNodePools {
  const foreign = (['region', 'zones'] as const).filter((option) => options[option] !== undefined);
  const problems = foreign.map((option): Problem => {
    const message = 'a scenario has its own';
    const hint = `try --set '${option}=…'`;
    return { file: `--${option}`, line: 0, column: 0, path: '', code: 'unsupported-value', message, hint };
  });
  const loaded = loadScenario({ ...options, file });
  if (loaded.problems !== undefined || problems.length > 0) {
    return { problems: [...problems, ...(loaded.problems ?? [])] };
  }
  const { cluster, settings, region, zones, prices, startTimeMs, vmMemoryOverheadPercent } = loaded.spec;
  const { nodePools, nodeClasses } = cluster;
  const { version } = settings;
  const place = { version, region, zones, types: undefined, nodeClasses };
  const offered = new OfferedTypes({ ...place, prices, startTimeMs, vmMemoryOverheadPercent });
  return {
    priced: {
      version,
      region,
      zones,
      nodePools,
      nodeClasses,
      nodeClassesAssumed: false,
      instanceTypes: (nodePool) => offered.ofNodePool(nodePool),
      priceSources: offered.priceSources,
    },
  };
}

function fromManifests(files: readonly ClusterFile[], options: PricedNodePoolsOptions): LoadedPricedNodePools {
  const problems = (options.set ?? []).map((text): Problem => {
    const message = 'there is no scenario to change';
    const hint = 'give the scenario that names these manifests';
    return { file: `--set ${text}`, line: 0, column: 0, path: '', code: 'unsupported-value', message, hint };
  });
  const loaded = loadCluster({ ...options, files });
  if (loaded.problems !== undefined || problems.length > 0) {
    return { problems: [...problems, ...(loaded.problems ?? [])] };
  }
  const { settings, region, zones, snapshot, nodeClasses, assumptions, priceSources } = loaded.cluster;
  if (snapshot.nodePools.length === 0) {
    const detail = { code: 'missing-reference', message: 'there is no NodePool in this file' } as const;
    const expected = 'manifests with at least one NodePool, or a scenario';
    return { problems: files.map(({ file }) => problemOf(file, { ...detail, expected })) };
  }
  return {
    priced: {
      version: settings.version,
      region,
      zones,
      nodePools: snapshot.nodePools,
      nodeClasses,
      nodeClassesAssumed: assumptions.some(({ code }) => code === 'node-class-assumed'),
      instanceTypes: ({ metadata }) => snapshot.instanceTypes(metadata.name),
      priceSources,
    },
  };
}
