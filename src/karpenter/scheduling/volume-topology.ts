import type { Pod, PodVolume } from '../../kubernetes/pod.js';
import type { NodeSelectorRequirement } from '../../kubernetes/selectors.js';
import type { PersistentVolume, StorageClass } from '../../kubernetes/storage.js';
import { HOSTNAME_LABEL } from '../requirements/labels.js';
import { Requirements } from '../requirements/requirements.js';
import { claimNameOf, type StorageIndex } from './storage-index.js';

/** Where a pod's volumes let it run. */
export interface VolumeTopology {
  /** The pod as it is scheduled; v0.32.0 writes what volumes demand into its node affinity. */
  readonly pod: Pod;
  /** Demands on the node, one of which has to hold; empty: none. */
  readonly alternatives: readonly Requirements[];
  /** False when a volume could not be looked up: the pod then takes no part in topology, but is still placed (POD-10). */
  readonly known: boolean;
}

export type VolumeTopologyRule = (pod: Pod, storage: StorageIndex) => VolumeTopology;

type Expressions = readonly NodeSelectorRequirement[];

/** Terms of one volume; undefined when something it refers to is missing. */
type TermsOf = (pod: Pod, volume: PodVolume, storage: StorageIndex) => readonly Expressions[] | undefined;

/** v1.14.1: every combination of the volumes' OR-ed terms is an alternative for the node alone (POD-9). */
export function volumeAlternatives(pod: Pod, storage: StorageIndex): VolumeTopology {
  if (pod.spec.volumes.length === 0) return { pod, alternatives: [], known: true };
  let alternatives: readonly Requirements[] = [];
  for (const volume of pod.spec.volumes) {
    const terms = termsV1(pod, volume, storage);
    if (terms === undefined) return { pod, alternatives: [], known: false };
    if (terms.length === 0) continue;
    const own = terms.map((expressions) => Requirements.fromExpressions(expressions, 'inclusive'));
    alternatives = alternatives.length === 0 ? own : combine(alternatives, own);
  }
  return { pod, alternatives, known: true };
}

/** v0.32.0: the first term of each volume is added to every alternative of the pod's own node affinity (POD-9). */
export function injectedVolumeTopology(pod: Pod, storage: StorageIndex): VolumeTopology {
  const expressions: NodeSelectorRequirement[] = [];
  for (const volume of pod.spec.volumes) {
    const terms = termsV0(pod, volume, storage);
    if (terms === undefined) return { pod, alternatives: [], known: false };
    expressions.push(...(terms[0] ?? []));
  }
  if (expressions.length === 0) return { pod, alternatives: [], known: true };
  const { affinity } = pod.spec;
  const own = affinity?.nodeAffinity?.required ?? [];
  const required = (own.length === 0 ? [{ matchExpressions: [], matchFields: [] }] : own).map((term) => ({
    ...term,
    matchExpressions: [...term.matchExpressions, ...expressions],
  }));
  const nodeAffinity = { preferred: affinity?.nodeAffinity?.preferred ?? [], required };
  return {
    pod: { ...pod, spec: { ...pod.spec, affinity: { ...affinity, nodeAffinity } } },
    alternatives: [],
    known: true,
  };
}

const termsV1: TermsOf = (pod, volume, storage) => {
  const claim = storage.claim(pod.metadata.namespace, claimNameOf(pod, volume));
  if (claim === undefined) return undefined;
  if ((claim.volumeName ?? '') !== '') {
    const bound = storage.volume(claim.volumeName ?? '');
    return bound === undefined ? undefined : boundTerms(bound);
  }
  const className = claim.storageClassName ?? '';
  if (className === '') return [];
  const storageClass = storage.storageClass(className);
  return storageClass === undefined ? undefined : classTerms(storageClass).filter((term) => term.length > 0);
};

const termsV0: TermsOf = (pod, volume, storage) => {
  const claim = storage.claim(pod.metadata.namespace, claimNameOf(pod, volume));
  if (claim === undefined) return undefined;
  if ((claim.volumeName ?? '') !== '') {
    const bound = storage.volume(claim.volumeName ?? '');
    return bound === undefined ? undefined : (bound.nodeAffinity ?? []).map((term) => term.matchExpressions);
  }
  const named = claim.storageClassName ?? '';
  const className = named === '' ? (storage.defaultStorageClassName ?? '') : named;
  if (className === '') return [];
  const storageClass = storage.storageClass(className);
  return storageClass === undefined ? undefined : classTerms(storageClass);
};

/** A local disk's hostname is not honoured: moving means another host. A term of that alone allows every node. */
function boundTerms(volume: PersistentVolume): readonly Expressions[] {
  const terms: Expressions[] = [];
  for (const { matchExpressions } of volume.nodeAffinity ?? []) {
    if (matchExpressions.length === 0) continue;
    terms.push(volume.isLocal ? matchExpressions.filter(({ key }) => key !== HOSTNAME_LABEL) : matchExpressions);
  }
  return terms;
}

function classTerms({ allowedTopologies }: StorageClass): readonly Expressions[] {
  return allowedTopologies.map((term) => term.map(({ key, values }) => ({ key, operator: 'In', values })));
}

/** Cross product without combinations that contradict themselves; if all do, they stay, and fail at every node. */
function combine(earlier: readonly Requirements[], later: readonly Requirements[]): readonly Requirements[] {
  const all = earlier.flatMap((a) => later.map((b) => [a, b] as const));
  const agreeing = all.filter(([a, b]) => a.conflictWith(b) === undefined);
  return (agreeing.length > 0 ? agreeing : all).map(([a, b]) => a.and(b));
}
