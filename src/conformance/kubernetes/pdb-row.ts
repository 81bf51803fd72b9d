import { decodeObjectMeta } from '../../kubernetes/manifest/decode-object-meta.js';
import { decodeConditions } from '../../kubernetes/manifest/decode-pod.js';
import { decodePodDisruptionBudget } from '../../kubernetes/manifest/decode-disruption-budget.js';
import type { FieldReader } from '../../kubernetes/manifest/field-reader.js';
import { controllerOf, type ObjectMeta } from '../../kubernetes/object-meta.js';
import { podDisruptionBudgetStatus, type ScaleOf } from '../../kubernetes/pod-disruption-budget.js';
import type { Pod } from '../../kubernetes/pod.js';
import { readManifest } from '../read-manifest.js';
import { stableText } from '../stable-text.js';
import type { Verdict } from '../verdict.js';
import { barePod } from './bare-pod.js';

/** A row of pdb.jsonl; manifests stay undecoded. */
interface PdbRow {
  readonly case: {
    readonly now: string;
    readonly pdb: unknown;
    readonly pods: readonly unknown[];
    readonly deployments?: readonly unknown[];
    readonly replicaSets?: readonly unknown[];
    readonly statefulSets?: readonly unknown[];
  };
  readonly result: unknown;
}

interface Scaled {
  readonly metadata: ObjectMeta;
  readonly replicas: number;
}

/** Runs the disruption controller once and compares the budget's status with the recorded one. */
export function checkPdbRow(row: unknown): Verdict {
  const { case: source, result } = row as PdbRow;
  const pods = source.pods.map((manifest) => readManifest(manifest, decodeBarePod));
  const budget = readManifest(source.pdb, decodePodDisruptionBudget);
  const status = podDisruptionBudgetStatus(budget, pods, scalesOf(source), Date.parse(source.now));
  const disrupted = pods
    .map(({ metadata }) => metadata.name)
    .filter((name) => status.disruptedPods?.[name] !== undefined);
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods, syncError } = status;
  const got = {
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    ...(disrupted.length > 0 && { disruptedPods: disrupted.sort() }),
    condition: conditionOf(syncError, disruptionsAllowed),
    ...(syncError !== undefined && { message: syncError }),
  };
  return { agreed: stableText(got) === stableText(sorted(result)), expected: result, got };
}

function conditionOf(syncError: string | undefined, disruptionsAllowed: number): string {
  if (syncError !== undefined) return 'SyncFailed';
  return disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods';
}

/** The order of the remembered pods has no meaning. */
function sorted(result: unknown): unknown {
  const { disruptedPods, ...rest } = result as { readonly disruptedPods?: readonly string[] };
  return disruptedPods === undefined ? rest : { ...rest, disruptedPods: [...disruptedPods].sort() };
}

/** Scale by a controller's uid: of a ReplicaSet that a Deployment owns, the Deployment's. */
function scalesOf(source: PdbRow['case']): ScaleOf {
  const read = (manifests: readonly unknown[] | undefined): Map<string, Scaled> =>
    new Map(
      (manifests ?? []).map((manifest) => {
        const scaled = readManifest(manifest, decodeScaled);
        return [scaled.metadata.uid, scaled];
      }),
    );
  const deployments = read(source.deployments);
  const replicaSets = read(source.replicaSets);
  const statefulSets = read(source.statefulSets);
  return (uid) => {
    const replicaSet = replicaSets.get(uid);
    if (replicaSet === undefined) return statefulSets.get(uid)?.replicas;
    const owner = controllerOf(replicaSet.metadata.ownerReferences);
    const decides = (owner === undefined ? undefined : deployments.get(owner.uid)) ?? replicaSet;
    return { uid: decides.metadata.uid, replicas: decides.replicas };
  };
}

function decodeScaled(object: FieldReader): Scaled {
  const metadata = decodeObjectMeta(object, 'ReplicaSet', 'namespaced');
  return { metadata, replicas: object.requiredObject('spec').integer('replicas') ?? 1 };
}

/** Pods of a row have no containers. */
function decodeBarePod(object: FieldReader): Pod {
  const metadata = decodeObjectMeta(object, 'Pod', 'namespaced');
  const status = object.requiredObject('status');
  const phase = status.oneOf('phase', ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']) ?? 'Pending';
  const conditions = decodeConditions(status, metadata.creationTimeMs);
  return barePod({ metadata, status: { phase, conditions } });
}
