import { isRecord } from '../../kubernetes/manifest/field-path.js';
import type { ClusterFile } from '../cluster-files.js';
import type { ScenarioCatalogue } from '../scenario-catalogue.js';
import type { Dump } from './dump.js';
import { dumpPlace } from './dump-place.js';
import { ImportFindings, type ImportFinding } from './import-finding.js';
import { completeNodeClass, karpenterManifests } from './karpenter-manifests.js';
import { dropLostClaims } from './lost-claims.js';
import { fieldOf, textOf, without } from './object-fields.js';
import { noteReading, nothingUseful } from './reading-findings.js';
import type { DumpObject } from './shaped-object.js';

/** A dump as the cluster that it is of, ready for `loadCluster`, or why there is none. */
export type DumpCluster =
  | {
      readonly files: readonly ClusterFile[];
      readonly region: string;
      readonly zones: readonly string[];
      /** What could not be read, and what was guessed. */
      readonly findings: readonly ImportFinding[];
      readonly problems?: undefined;
    }
  | { readonly files?: undefined; readonly problems: readonly string[] };

/** Kinds that a pass over a cluster looks at, besides Karpenter's own. */
const KINDS = [
  'Namespace',
  'PriorityClass',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CSINode',
  'Node',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'PodDisruptionBudget',
  'Pod',
] as const;

/** What a look at a cluster as it stands does not need, or does not miss. */
const BESIDE_THE_POINT: ReadonlySet<ImportFinding['kind']> = new Set(['left-out', 'note']);

/**
 * The objects of a dump as one text, with what its APIs ask for and a dump leaves out; nothing else of them is kept.
 * @param given - what the caller says of the place; the dump is asked for the rest
 */
export function dumpCluster(
  dump: Dump,
  given: {
    readonly catalogue: ScenarioCatalogue;
    readonly file: string;
    readonly region?: string | undefined;
    readonly zones?: readonly string[] | undefined;
  },
): DumpCluster {
  const findings = new ImportFindings();
  noteReading(dump, findings);
  const place = dumpPlace(dump, given, findings);
  if (place.problems !== undefined) return { problems: place.problems };
  dropLostClaims(dump, findings);
  const karpenter = karpenterManifests(dump, findings);
  const own = KINDS.flatMap((kind) => dump.list(kind));
  const useful = ['Pod', 'Node', 'Deployment'].some((kind) => dump.list(kind).length > 0);
  if (!useful && karpenter.nodePools.length === 0) return { problems: [nothingUseful(dump)] };
  const objects = [
    ...karpenter.nodePools,
    ...karpenter.nodeClasses.map((object) =>
      completeNodeClass(withoutReservations(object, findings), karpenter.version),
    ),
    ...karpenter.nodeClaims,
    ...own,
  ];
  const items = objects.map((object) => JSON.stringify(object)).join(',\n');
  return {
    files: [{ file: given.file, text: `{"apiVersion":"v1","kind":"List","items":[\n${items}\n]}\n` }],
    region: place.region,
    zones: given.zones ?? place.zones,
    findings: findings.list().filter(({ kind }) => !BESIDE_THE_POINT.has(kind)),
  };
}

/** Which reservations an EC2NodeClass has is known to its status, how large they are to nobody. */
function withoutReservations(nodeClass: DumpObject, findings: ImportFindings): DumpObject {
  const terms = 'capacityReservationSelectorTerms';
  const spec = fieldOf(nodeClass, 'spec');
  if (!isRecord(spec) || spec[terms] === undefined) return without(nodeClass, 'status');
  const text = `${terms} of EC2NodeClasses: no reserved capacity is offered, since no object tells how large reservations are`;
  findings.add('guessed', text, textOf(fieldOf(nodeClass, 'metadata', 'name')));
  return { ...without(nodeClass, 'status'), spec: without(spec, terms) };
}
