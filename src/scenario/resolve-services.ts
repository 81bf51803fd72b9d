import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { isQuantityError, parseAmount } from '../kubernetes/quantity.js';
import { scaleDemand } from '../workload/scale-demand.js';
import type { LoadModel, RequestModel, ServiceLoad } from '../workload/service-load.js';
import { durationMs } from './clock.js';
import type { ReadFile } from './file-reading.js';
import { TrafficResolver, type RunSpan } from './resolve-traffic.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ScenarioFile } from './scenario-file.js';

type Service = NonNullable<ScenarioFile['services']>[number];
type Load = NonNullable<Service['load']>;
type Usage = NonNullable<Service['usage']>;

/** Services of a scenario, what is wrong with them, and what the user must know of their traces. */
export interface ResolvedServices {
  readonly services: readonly ServiceLoad[];
  readonly problems: readonly Problem[];
  readonly remarks: readonly string[];
}

/** Services with their traffic and load model; problems for names that lead nowhere. */
export function resolveServices(
  document: ScenarioDocument,
  run: RunSpan,
  workloads: { readonly deployments: readonly string[]; readonly statefulSets: readonly string[] },
  readFile: ReadFile,
): ResolvedServices {
  const { services = [] } = document.content;
  const { curves, problems: curveProblems, remarks } = new TrafficResolver(document, run, readFile).resolve();
  const problems: Problem[] = [...curveProblems];
  const seen = new Set<string>();
  const resolved = services.flatMap((service, index): ServiceLoad[] => {
    const at = (key: string) => ['services', index, key];
    const key = service.statefulSet === undefined ? 'deployment' : 'statefulSet';
    const kind = key === 'deployment' ? 'Deployment' : 'StatefulSet';
    const deployment = service[key] ?? '';
    const known = key === 'deployment' ? workloads.deployments : workloads.statefulSets;
    if (!known.includes(deployment)) {
      problems.push(
        document.problem(at(key), {
          code: 'missing-reference',
          message: `there is no ${kind} ${deployment} in the manifests`,
          expected: known.length === 0 ? `a ${kind}` : `one of ${known.join(', ')}`,
          hint: didYouMean(deployment, known),
        }),
      );
    }
    if (seen.has(deployment)) {
      const message = `${deployment} has traffic already`;
      problems.push(
        document.problem(at(key), { code: 'duplicate-name', message, expected: 'one entry for each workload' }),
      );
    }
    seen.add(deployment);
    const curve = curves.get(service.traffic);
    if (curve === undefined) {
      const names = [...curves.keys()];
      problems.push(
        document.problem(at('traffic'), {
          code: 'missing-reference',
          message: `there is no traffic curve "${service.traffic}"`,
          expected: names.length === 0 ? 'a name under traffic' : `one of ${names.join(', ')}`,
          hint: didYouMean(service.traffic, names),
        }),
      );
      return [];
    }
    const { load, usage, share = 1, workQueue = false, databaseConnections } = service;
    const traffic = scaleDemand(curve, share);
    const common = {
      deployment,
      traffic,
      databaseConnections,
      ...(kind === 'StatefulSet' ? { kind: 'StatefulSet' as const } : {}),
    };
    if (usage !== undefined) return [{ ...common, model: resolveUsage(usage) }];
    // The schema asks for one of the two.
    if (load === undefined) return [];
    return [{ ...common, model: resolveLoad(load), requests: resolveRequests(load, workQueue) }];
  });
  const told = resolved.filter(({ requests }) => requests !== undefined).length;
  const unknown = resolved.length - told;
  return { services: resolved, problems, remarks: unknown === 0 ? remarks : [...remarks, usageRemark(unknown, told)] };
}

function resolveLoad(load: Load): LoadModel {
  return {
    idleCpuMilli: amount('cpu', load.idleCpu ?? 0),
    // A core-millisecond is a milli-cpu for a second.
    cpuMilliSecondsPerRequest: load.cpuMillisecondsPerRequest,
    warmupFactor: load.warmup?.factor ?? 1,
    warmupMs: durationMs(load.warmup?.decay ?? '1s'),
    idleMemoryBytes: amount('memory', load.idleMemory),
    memoryBytesPerRps: amount('memory', load.memoryPerRequestPerSecond ?? 0),
  };
}

function usageRemark(unknown: number, known: number): string {
  const which =
    known > 0 ? `Of ${unknown} of ${unknown + known} services` : unknown === 1 ? 'Of the service' : 'Of the services';
  return `${which} only the CPU is known (usage in place of load): nothing is told of requests lost or late.`;
}

function resolveUsage({ cpu, memory }: Usage): LoadModel {
  return {
    idleCpuMilli: 0,
    cpuMilliSecondsPerRequest: amount('cpu', cpu),
    warmupFactor: 1,
    warmupMs: 0,
    idleMemoryBytes: amount('memory', memory),
    memoryBytesPerRps: 0,
  };
}

/** What is not given is as kubernetes.md §9.3 has it. */
function resolveRequests({ ioTime = '0s', timeout = '5s', retries = 0.3 }: Load, workQueue: boolean): RequestModel {
  const ioMs = durationMs(ioTime);
  if (workQueue) return { ioMs, timeoutMs: Infinity, retryShare: 0 };
  return { ioMs, timeoutMs: durationMs(timeout), retryShare: retries };
}

function amount(resource: string, quantity: string | number): number {
  const value = parseAmount(resource, String(quantity));
  // The schema has accepted the text; only an exponent beyond reason is left.
  return isQuantityError(value) ? NaN : value;
}
