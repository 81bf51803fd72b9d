import { isQuantityError, parseAmount } from '../../kubernetes/quantity.js';
import type { CompleteWorkloads } from './complete-workloads.js';
import type { ImportFindings } from './import-finding.js';
import { controllerOf, fieldOf, keyOf, metadataOf, textOf } from './object-fields.js';
import type { DumpObject } from './shaped-object.js';
import type { PodUsage } from './usage.js';

/** A Deployment or StatefulSet with the load that its pods carry together. */
export interface ImportedService {
  /** Key of `services` that names it. */
  readonly kind: 'deployment' | 'statefulSet';
  /** `namespace/name`. */
  readonly workload: string;
  /** CPU of all its pods, milli. */
  readonly cpuMilli: number;
  /** Memory of one pod. */
  readonly memoryBytes: number;
  /** Twenty-four factors on the mean where the usage tells them. */
  readonly daily?: readonly number[] | undefined;
}

/** Where figures of usage come from. */
export interface LoadSources {
  readonly usage: ReadonlyMap<string, PodUsage>;
  /** What pods use of their requests where nothing else tells. */
  readonly utilisation: number;
  readonly autoscalers: readonly DumpObject[];
}

/** Loads of all Deployments and StatefulSets: measured, else what their autoscaler last saw, else their requests at a utilisation. */
export function serviceLoads(
  { deployments, statefulSets, replicaSets, pods }: CompleteWorkloads,
  { usage, utilisation, autoscalers }: LoadSources,
  findings: ImportFindings,
): readonly ImportedService[] {
  const deploymentOfSet = new Map(
    replicaSets.map((set) => [keyOf(set), `${keyOf(set).split('/')[0] ?? ''}/${String(controllerOf(set)?.['name'])}`]),
  );
  const names = new Set([
    ...deployments.map((object) => `Deployment ${keyOf(object)}`),
    ...statefulSets.map((object) => `StatefulSet ${keyOf(object)}`),
  ]);
  const podsOf = new Map<string, DumpObject[]>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const namespace = keyOf(pod).split('/')[0] ?? '';
    const name = `${namespace}/${String(owner?.['name'])}`;
    const deployment = deploymentOfSet.get(name) ?? name.replace(/-[^-]+$/, '');
    const key = owner?.['kind'] === 'ReplicaSet' ? `Deployment ${deployment}` : `${String(owner?.['kind'])} ${name}`;
    if (!names.has(key)) continue;
    const own = podsOf.get(key);
    if (own === undefined) podsOf.set(key, [pod]);
    else own.push(pod);
  }
  const seenByAutoscaler = new Map(autoscalers.flatMap((autoscaler) => lastSeen(autoscaler)));
  return [...deployments, ...statefulSets].flatMap((object): ImportedService[] => {
    const key = keyOf(object);
    const reference = `${String(object['kind'])} ${key}`;
    const own = podsOf.get(reference) ?? [];
    const requests = requestsOf(object);
    const measured = own.flatMap((pod) => usage.get(keyOf(pod)) ?? []);
    const cpu = measured.flatMap(({ cpuMilli }) => cpuMilli ?? []);
    const memory = measured.flatMap(({ memoryBytes }) => memoryBytes ?? []);
    const count = Math.max(1, own.length);
    const share = seenByAutoscaler.get(reference);
    if (cpu.length === 0 && requests.cpuMilli === 0) {
      findings.add(
        'guessed',
        'workloads without CPU requests and usage: their load is unknown, and none is played',
        key,
      );
      return [];
    }
    if (cpu.length === 0) {
      const text =
        share === undefined
          ? `workloads without measured usage: their pods use ${Math.round(utilisation * 100)} % of their CPU requests`
          : 'workloads whose usage is what their autoscaler last saw';
      findings.add('guessed', text, key);
    }
    const memoryBytes = memory.length > 0 ? sum(memory) / memory.length : requests.memoryBytes * utilisation;
    return [
      {
        kind: object['kind'] === 'StatefulSet' ? 'statefulSet' : 'deployment',
        workload: key,
        cpuMilli: cpu.length > 0 ? (sum(cpu) / cpu.length) * count : requests.cpuMilli * count * (share ?? utilisation),
        memoryBytes: Math.round(memoryBytes),
        daily: dailyFactors(measured),
      },
    ];
  });
}

/** What the autoscaler of a workload last saw, as a share of its CPU requests. */
function lastSeen(autoscaler: DumpObject): [string, number][] {
  const target = fieldOf(autoscaler, 'spec', 'scaleTargetRef');
  const metrics = fieldOf(autoscaler, 'status', 'currentMetrics');
  if (!Array.isArray(metrics)) return [];
  for (const metric of metrics as readonly unknown[]) {
    const seen = fieldOf(metric, 'resource', 'current', 'averageUtilization');
    if (fieldOf(metric, 'resource', 'name') !== 'cpu' || typeof seen !== 'number') continue;
    return [
      [
        `${String(fieldOf(target, 'kind'))} ${textOf(metadataOf(autoscaler)['namespace'], 'default')}/${String(fieldOf(target, 'name'))}`,
        seen / 100,
      ],
    ];
  }
  return [];
}

function requestsOf(workload: DumpObject): { readonly cpuMilli: number; readonly memoryBytes: number } {
  const containers = fieldOf(workload, 'spec', 'template', 'spec', 'containers');
  const total = (resource: 'cpu' | 'memory'): number =>
    sum(
      (Array.isArray(containers) ? (containers as unknown[]) : []).map((container) => {
        const given =
          fieldOf(container, 'resources', 'requests', resource) ?? fieldOf(container, 'resources', 'limits', resource);
        const amount =
          typeof given === 'string' || typeof given === 'number' ? parseAmount(resource, String(given)) : 0;
        return isQuantityError(amount) ? 0 : amount;
      }),
    );
  return { cpuMilli: total('cpu'), memoryBytes: total('memory') };
}

/** Factors by hour of the day where every hour was measured. */
function dailyFactors(usage: readonly PodUsage[]): readonly number[] | undefined {
  const hours = Array.from({ length: 24 }, (_, hour) => {
    const own = usage.flatMap(({ cpuByHour }) => cpuByHour?.[hour] ?? []);
    const samples = sum(own.map((part) => part.samples));
    return samples === 0 ? undefined : sum(own.map((part) => part.sum)) / samples;
  });
  const known = hours.filter((hour) => hour !== undefined);
  const mean = sum(known) / 24;
  return known.length < 24 || mean === 0 ? undefined : known.map((hour) => Math.round((hour / mean) * 1000) / 1000);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
