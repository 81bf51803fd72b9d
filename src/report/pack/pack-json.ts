import type { Packing } from '../../analysis/packing.js';
import { podName, workloadOf } from '../../analysis/pod-groups.js';
import type { SchedulingError } from '../../karpenter/scheduling/scheduling-result.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { ImportFinding } from '../../scenario/import/import-finding.js';
import { assumptionWords } from './assumption-words.js';
import { ignoredWords, nodePoolWords, nodeWords, refusalWords } from './refusal-words.js';

/**
 * The data of `karpsim pack --json`: cpu in cores, other amounts in base units, prices in dollars an hour.
 *
 * @param shown - How a file's path is shown to the reader.
 * @param findings - What a dump made hard to read, or left to guess.
 */
export function packJson(
  packing: Packing,
  shown: (file: string) => string,
  findings: readonly ImportFinding[] = [],
): string {
  return JSON.stringify({ ...packData(packing, shown), findings }, null, 2) + '\n';
}

function packData(packing: Packing, shown: (file: string) => string) {
  const { cluster, nodePoolCount, nodeCount, triedPods, movingPods } = packing;
  const { settings, region, zones, typeCount, snapshot } = cluster;
  const total = (groups: readonly { readonly pods: readonly Pod[] }[]): number =>
    groups.reduce((sum, { pods }) => sum + pods.length, 0);
  return {
    karpenterVersion: settings.version,
    region,
    zones,
    instanceTypes: typeCount,
    nodePools: nodePoolCount,
    nodes: { total: snapshot.stateNodes.length, goingAway: snapshot.stateNodes.length - nodeCount },
    pods: {
      total: snapshot.pods.length,
      toPlace: triedPods,
      moving: movingPods,
      onExistingNodes: total(packing.existingNodes),
      onNewNodes: total(packing.newNodeClaims),
      unplaced: total(packing.unplaced),
      ignored: total(packing.ignored),
    },
    pricePerHour: packing.newNodeClaims.reduce((sum, { choice }) => sum + (choice.types[0]?.pricePerHour ?? 0), 0),
    existingNodes: packing.existingNodes.map(({ nodeName, nodePoolName, pods }) => ({
      node: nodeName,
      nodePool: nodePoolName ?? null,
      pods: pods.map(podName),
    })),
    newNodeClaims: packing.newNodeClaims.map(({ nodePoolName, pods, requests, choice }) => ({
      nodePool: nodePoolName,
      pods: pods.map(podName),
      requests: inUnits(requests),
      instanceTypeCount: choice.typeCount,
      instanceTypes: choice.types.map(({ name, pricePerHour, capacityType, zone }) => ({
        name,
        pricePerHour: pricePerHour ?? null,
        capacityType: capacityType ?? null,
        zone: zone ?? null,
      })),
      zones: choice.zones,
      capacityTypes: choice.capacityTypes,
      requirements: choice.requirements,
    })),
    unplaced: packing.unplaced.map(({ pods, error, nodes }) => ({
      pods: pods.map(podName),
      workload: (pods[0] && workloadOf(pods[0])) ?? null,
      code: error.code,
      reason: nodePoolWords(error, nodePoolCount),
      nodePools: error.causes.map((cause) => ({ nodePool: cause.nodePoolName ?? null, ...refusalData(cause) })),
      nodeReason: nodeWords(nodes, nodeCount),
      nodes: nodes.map((refusal) => ({ node: refusal.nodeName, ...refusalData(refusal.error) })),
    })),
    ignored: packing.ignored.map(({ reasons, pods }) => ({
      pods: pods.map(podName),
      reasons: reasons.map((reason) => ({ code: reason.code, subject: reason.subject, reason: ignoredWords(reason) })),
    })),
    assumptions: cluster.assumptions.map((assumption) => ({ ...assumption, text: assumptionWords(assumption) })),
    unmodelled: cluster.unmodelled.map((field) => ({ ...field, file: shown(field.file) })),
  };
}

function refusalData(error: SchedulingError) {
  return { code: error.code, reason: refusalWords(error), detail: detailData(error.detail) };
}

/** `requests/cpu: 200000` as `requests: {cpu: 200}`. */
function detailData(detail: SchedulingError['detail']): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  const amounts: Record<string, Record<string, number>> = {};
  for (const [name, value] of Object.entries(detail)) {
    const slash = name.indexOf('/');
    if (slash === -1 || typeof value !== 'number') data[name] = value;
    else (amounts[name.slice(0, slash)] ??= {})[name.slice(slash + 1)] = value;
  }
  for (const [name, list] of Object.entries(amounts)) data[name] = inUnits(list);
  return data;
}

function inUnits(list: ResourceList): ResourceList {
  return Object.fromEntries(
    Object.entries(list).map(([name, amount]) => [name, name === 'cpu' ? amount / 1000 : amount]),
  );
}
