import type { ClusterSnapshot } from '../karpenter/cluster-snapshot.js';
import { decodeNodePoolV1, decodeNodePoolV1beta1 } from '../karpenter/manifest/decode-node-pool.js';
import type { KarpenterSettings, KarpenterVersion } from '../karpenter/settings.js';
import { decodePodDisruptionBudget } from '../kubernetes/manifest/decode-disruption-budget.js';
import { decodeNamespace } from '../kubernetes/manifest/decode-node.js';
import { decodePod } from '../kubernetes/manifest/decode-pod.js';
import {
  decodePersistentVolume,
  decodePersistentVolumeClaim,
  decodeStorageClass,
} from '../kubernetes/manifest/decode-storage.js';
import { decodeDaemonSet } from '../kubernetes/manifest/decode-workloads.js';
import type { Condition, Pod } from '../kubernetes/pod.js';
import type { Namespace } from '../kubernetes/workloads.js';
import type { CaseCatalogs } from './case-catalogs.js';
import type { CaseFile } from './case-file.js';
import { caseStateNode } from './case-nodes.js';
import { readManifest } from './read-manifest.js';
import { recordedSettings } from './recorded-settings.js';

/** A case as the policies see it. */
export interface CaseCluster {
  readonly snapshot: ClusterSnapshot;
  readonly settings: KarpenterSettings;
  /** Node name of the case by the name of Node or NodeClaim: a launched node has only the latter. */
  readonly caseNames: ReadonlyMap<string, string>;
}

/** Builds the cluster of a case. @throws Error for a case that cannot be read. */
export function caseCluster(caseFile: CaseFile, version: KarpenterVersion, catalogs: CaseCatalogs): CaseCluster {
  const nowMs = Date.parse(caseFile.now);
  const decodeNodePool = version === 'v0.32.0' ? decodeNodePoolV1beta1 : decodeNodePoolV1;
  const nodePools = (caseFile.nodePools ?? []).map((manifest) =>
    readManifest(withDefaults(manifest, version), decodeNodePool, nowMs),
  );
  const all = catalogs.resolve(caseFile.instanceTypes, version);
  const own = new Map(
    Object.entries(caseFile.instanceTypesByNodePool ?? {}).map(([name, types]) => [
      name,
      catalogs.resolve(types, version),
    ]),
  );
  const instanceTypes: ClusterSnapshot['instanceTypes'] = (nodePoolName) => own.get(nodePoolName) ?? all;
  const pods = (caseFile.pods ?? []).map((manifest) =>
    withStatus(readManifest(manifest, decodePod, nowMs), hasPhase(manifest), version),
  );
  const bound = new Map<string, Pod[]>();
  for (const pod of pods) {
    const { nodeName = '' } = pod.spec;
    if (nodeName !== '') bound.set(nodeName, [...(bound.get(nodeName) ?? []), pod]);
  }
  const caseNames = new Map<string, string>();
  const stateNodes = (caseFile.nodes ?? []).map((node) => {
    caseNames.set(node.name, node.name);
    caseNames.set(node.nodeClaim ?? `${node.name}-claim`, node.name);
    const { nodePool = '' } = node;
    return caseStateNode({
      version,
      nowMs,
      node,
      nodePool: nodePools.find(({ metadata }) => metadata.name === nodePool),
      instanceType: instanceTypes(nodePool).find(({ name }) => name === node.instanceType),
      pods: node.phase === 'launched' ? [] : (bound.get(node.name) ?? []),
    });
  });
  const read = <T>(manifests: readonly unknown[] | undefined, decode: Parameters<typeof readManifest<T>>[1]): T[] =>
    (manifests ?? []).map((manifest) => readManifest(manifest, decode, nowMs));
  const snapshot: ClusterSnapshot = {
    nowMs,
    nodePools,
    stateNodes,
    pods,
    daemonSets: read(caseFile.daemonSets, decodeDaemonSet),
    podDisruptionBudgets: read(caseFile.podDisruptionBudgets, decodePodDisruptionBudget),
    persistentVolumeClaims: read(caseFile.persistentVolumeClaims, decodePersistentVolumeClaim),
    persistentVolumes: read(caseFile.persistentVolumes, decodePersistentVolume),
    storageClasses: read(caseFile.storageClasses, decodeStorageClass),
    csiNodes: [],
    namespaces: withNamedNamespaces(read(caseFile.namespaces, decodeNamespace), pods),
    instanceTypes,
  };
  return { snapshot, settings: recordedSettings(caseFile.settings, version), caseNames };
}

/** Fields that the API server would have filled in; a case may leave them out. */
function withDefaults(manifest: unknown, version: KarpenterVersion): unknown {
  if (version === 'v0.32.0') return manifest;
  const nodePool = manifest as { spec?: { disruption?: object; template?: { spec?: object } } };
  const templateSpec = {
    nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
    requirements: [],
    ...nodePool.spec?.template?.spec,
  };
  return {
    ...nodePool,
    spec: {
      ...nodePool.spec,
      disruption: { consolidateAfter: '0s', ...nodePool.spec?.disruption },
      template: { ...nodePool.spec?.template, spec: templateSpec },
    },
  };
}

function hasPhase(manifest: unknown): boolean {
  return (manifest as { status?: { phase?: unknown } }).status?.phase !== undefined;
}

/** Status as scheduler and kubelet would have left it by now. What the case says stays. */
function withStatus(pod: Pod, phaseIsGiven: boolean, version: KarpenterVersion): Pod {
  const bound = (pod.spec.nodeName ?? '') !== '';
  const { creationTimeMs } = pod.metadata;
  const conditions: Condition[] = [...pod.status.conditions];
  const add = (type: string, status: Condition['status'], reason: string): void => {
    if (conditions.some((condition) => condition.type === type)) return;
    conditions.push({ type, status, reason, lastTransitionTimeMs: creationTimeMs });
  };
  const phase = bound && !phaseIsGiven ? 'Running' : pod.status.phase;
  if (bound) {
    add('PodScheduled', 'True', '');
    if (phase === 'Running' && version === 'v1.14.1') add('Ready', 'True', '');
  } else add('PodScheduled', 'False', 'Unschedulable');
  const startTimeMs = pod.status.startTimeMs ?? (bound && version === 'v1.14.1' ? creationTimeMs : undefined);
  return { ...pod, status: { ...pod.status, phase, conditions, startTimeMs } };
}

/** A namespace that a pod names and the list lacks exists without labels. */
function withNamedNamespaces(namespaces: readonly Namespace[], pods: readonly Pod[]): readonly Namespace[] {
  const known = new Set(namespaces.map(({ metadata }) => metadata.name));
  const added: Namespace[] = [];
  for (const { metadata } of pods) {
    const name = metadata.namespace;
    if (known.has(name)) continue;
    known.add(name);
    added.push({
      metadata: {
        name,
        namespace: '',
        uid: `namespace-${name}`,
        labels: {},
        annotations: {},
        ownerReferences: [],
        creationTimeMs: 0,
      },
    });
  }
  return [...namespaces, ...added];
}
