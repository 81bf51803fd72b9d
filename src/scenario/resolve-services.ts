import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { isQuantityError, parseAmount } from '../kubernetes/quantity.js';
import type { LoadModel, RequestModel, ServiceLoad, TrafficSpec } from '../workload/service-load.js';
import { durationMs } from './clock.js';
import { timeWithinRun } from './resolve-events.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ScenarioFile } from './scenario-file.js';
import { DAILY_PRESETS, WEEKDAY_PRESETS } from './traffic-presets.js';

type Curve = NonNullable<ScenarioFile['traffic']>[string];
type Load = NonNullable<ScenarioFile['services']>[number]['load'];

/** Minute-level variation around the hourly mean that was measured on a busy web site (kubernetes.md §9.1). */
const MEASURED_NOISE = 0.25;

/** Services with their traffic and load model; problems for names that lead nowhere. */
export function resolveServices(
  document: ScenarioDocument,
  run: { readonly startTimeMs: number; readonly durationMs: number },
  deployments: readonly string[],
): { readonly services: readonly ServiceLoad[]; readonly problems: readonly Problem[] } {
  const { traffic = {}, services = [] } = document.content;
  const problems: Problem[] = [];
  const curves = new Map(
    Object.entries(traffic).map(([name, curve]) => [name, resolveCurve(document, name, curve, run, problems)]),
  );
  const seen = new Set<string>();
  const resolved = services.flatMap((service, index): ServiceLoad[] => {
    const at = (key: string) => ['services', index, key];
    const { deployment } = service;
    if (!deployments.includes(deployment)) {
      problems.push(
        document.problem(at('deployment'), {
          code: 'missing-reference',
          message: `there is no Deployment ${deployment} in the manifests`,
          expected: deployments.length === 0 ? 'a Deployment' : `one of ${deployments.join(', ')}`,
          hint: didYouMean(deployment, deployments),
        }),
      );
    }
    if (seen.has(deployment)) {
      const message = `${deployment} has traffic already`;
      problems.push(
        document.problem(at('deployment'), {
          code: 'duplicate-name',
          message,
          expected: 'one entry for each Deployment',
        }),
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
    const baseRps = curve.baseRps * (service.share ?? 1);
    const { load } = service;
    return [{ deployment, traffic: { ...curve, baseRps }, model: resolveLoad(load), requests: resolveRequests(load) }];
  });
  return { services: resolved, problems };
}

function resolveCurve(
  document: ScenarioDocument,
  name: string,
  curve: Curve,
  run: { readonly startTimeMs: number; readonly durationMs: number },
  problems: Problem[],
): TrafficSpec {
  const { daily = 'flat', weekdays = 'flat', spikes = [] } = curve;
  return {
    curve: name,
    baseRps: curve.requestsPerSecond,
    hourly: typeof daily === 'string' ? (DAILY_PRESETS[daily] ?? []) : daily,
    weekdays: typeof weekdays === 'string' ? (WEEKDAY_PRESETS[weekdays] ?? []) : weekdays,
    spikes: spikes.map((spike, index) => ({
      startMs: timeWithinRun(document, ['traffic', name, 'spikes', index, 'at'], spike.at, run, problems),
      factor: spike.factor,
      rampMs: durationMs(spike.ramp),
      holdMs: durationMs(spike.hold),
      decayMs: durationMs(spike.decay),
    })),
    noiseSigma: curve.noise ?? MEASURED_NOISE,
  };
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

/** What is not given is as kubernetes.md §9.3 has it. */
function resolveRequests({ ioTime = '0s', timeout = '5s', retries = 0.3 }: Load): RequestModel {
  return { ioMs: durationMs(ioTime), timeoutMs: durationMs(timeout), retryShare: retries };
}

function amount(resource: string, quantity: string | number): number {
  const value = parseAmount(resource, String(quantity));
  // The schema has accepted the text; only an exponent beyond reason is left.
  return isQuantityError(value) ? NaN : value;
}
