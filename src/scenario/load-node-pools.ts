import { readFileSync } from 'node:fs';
import { decodeNodePoolV1, decodeNodePoolV1beta1 } from '../karpenter/manifest/decode-node-pool.js';
import type { NodePool } from '../karpenter/nodepool.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import { isRecord } from '../kubernetes/manifest/field-path.js';
import { parseManifestStream } from '../kubernetes/manifest/manifest-document.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { readDocument } from '../kubernetes/manifest/read-session.js';
import { budgetRemarks } from './budget-remarks.js';
import { readFailure, tryRead, type ReadFile } from './file-reading.js';
import { flattenList, identify, type ManifestEntry } from './manifest-entries.js';

/** A NodePool with its place. */
export interface LocatedNodePool {
  readonly nodePool: NodePool;
  readonly file: string;
  readonly line: number;
  /** What is legal in it but can hardly be meant. */
  readonly remarks: readonly string[];
}

/** NodePools of manifest files, or everything that is wrong with them. */
export type LoadedNodePools =
  | {
      readonly nodePools: readonly LocatedNodePool[];
      /** Objects of other kinds, `Kind name`. */
      readonly passedOver: readonly string[];
      readonly problems?: undefined;
    }
  | { readonly nodePools?: undefined; readonly problems: readonly Problem[] };

const DECODERS = {
  'karpenter.sh/v1': decodeNodePoolV1,
  'karpenter.sh/v1beta1': decodeNodePoolV1beta1,
} as const;

/**
 * Reads the NodePools of manifest files, of either API version, without a scenario around them.
 * @param shown - How a file is named in remarks.
 */
export function loadNodePools(
  files: readonly string[],
  shown: (file: string) => string = (file) => file,
  readFile: ReadFile = (path) => readFileSync(path, 'utf8'),
): LoadedNodePools {
  const nodePools: LocatedNodePool[] = [];
  const passedOver: string[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const text = tryRead(readFile, file);
    if (text instanceof Error) {
      problems.push({ file, line: 1, column: 1, path: '', ...readFailure(shown(file), text) });
      continue;
    }
    const stream = parseManifestStream(file, text);
    problems.push(...stream.problems);
    const before = nodePools.length + problems.length;
    for (const entry of stream.documents.flatMap(flattenList)) {
      const { kind, apiVersion, name } = identify(entry.value);
      if (kind === 'NodePool') readNodePool(file, entry, apiVersion);
      else passedOver.push(`${kind ?? 'a document without kind'} ${name ?? ''}`.trim());
    }
    if (nodePools.length + problems.length === before && stream.problems.length === 0) {
      problems.push(noNodePool(file, stream.documents.flatMap(flattenList)));
    }
  }
  return problems.length > 0 ? { problems } : { nodePools, passedOver };

  function readNodePool(file: string, entry: ManifestEntry, apiVersion: string | undefined): void {
    const decode = DECODERS[apiVersion as keyof typeof DECODERS] as (typeof DECODERS)['karpenter.sh/v1'] | undefined;
    if (decode === undefined) {
      const versions = Object.keys(DECODERS);
      problems.push({
        file,
        ...entry.positionOf(['apiVersion'], 'value'),
        path: 'apiVersion',
        code: apiVersion === undefined ? 'missing-field' : 'unsupported-kind',
        message: apiVersion === undefined ? 'apiVersion is required' : `NodePool ${apiVersion} is not read`,
        expected: versions.join(' or '),
        hint: apiVersion === undefined ? undefined : didYouMean(apiVersion, versions),
      });
      return;
    }
    const reading = readDocument(entry, { file, creationTimeMs: 0 }, decode);
    problems.push(...reading.problems);
    const { line } = entry.positionOf([], 'value');
    const placeOf = (path: readonly (string | number)[]): string =>
      `${shown(file)}:${entry.positionOf(path, 'value').line}`;
    const remarks = reading.problems.length > 0 ? [] : budgetRemarks(reading.value, placeOf);
    nodePools.push({ nodePool: reading.value, file, line, remarks });
  }
}

function noNodePool(file: string, entries: readonly ManifestEntry[]): Problem {
  const kinds = entries.flatMap(({ value }) => identify(value).kind ?? []);
  const scenario = entries.some(({ value }) => isRecord(value) && 'manifests' in value && !('kind' in value));
  return {
    file,
    line: 1,
    column: 1,
    path: '',
    code: 'missing-reference',
    message: `there is no NodePool in this file${kinds.length === 0 ? '' : `, only ${[...new Set(kinds)].join(', ')}`}`,
    expected: 'a manifest with at least one NodePool, YAML or JSON',
    hint: scenario
      ? 'this is a scenario: give the file of NodePools that it names under manifests'
      : kinds.map((kind) => didYouMean(kind, ['NodePool'])).find((hint) => hint !== undefined),
  };
}
