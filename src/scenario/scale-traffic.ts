import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { scaleDemand } from '../workload/scale-demand.js';
import type { ServiceLoad } from '../workload/service-load.js';
import type { Place } from './scenario-source.js';

/** A factor on the demand of one traffic curve, or of all. */
export interface TrafficScale {
  /** Undefined: every curve. */
  readonly curve: string | undefined;
  /** 2 for twice the requests. */
  readonly factor: number;
  /** Where it was asked for. */
  readonly at: Place;
}

const USAGE = 'traffic=2x, or traffic.NAME=1.5x for one curve';

/** Reads `--scale traffic=2x` arguments; the `x` may be left out. */
export function parseScales(texts: readonly string[]): {
  readonly scales: TrafficScale[];
  readonly problems: Problem[];
} {
  const scales: TrafficScale[] = [];
  const problems: Problem[] = [];
  for (const text of texts) {
    const at = { file: `--scale ${text}`, line: 1, column: 1 };
    const match = /^traffic(?:\.([^=]+))?=(\d+(?:\.\d+)?)x?$/.exec(text);
    if (match !== null) scales.push({ curve: match[1], factor: Number(match[2]), at });
    else {
      const message = `"${text}" is not a scale`;
      problems.push({ ...at, path: '', code: 'invalid-value', message, expected: USAGE });
    }
  }
  return { scales, problems };
}

/** Multiplies the demand of services; one after the other, so that `traffic` and `traffic.NAME` work together. */
export function scaleTraffic(
  services: readonly ServiceLoad[],
  scales: readonly TrafficScale[],
): { readonly services: readonly ServiceLoad[]; readonly problems: readonly Problem[] } {
  const curves = [...new Set(services.flatMap(({ traffic }) => traffic.curve ?? []))];
  const problems = scales.flatMap(({ curve, at }): Problem[] => {
    if (curve === undefined ? services.length > 0 : curves.includes(curve)) return [];
    const message =
      curve === undefined ? 'there is no traffic to scale' : `no service has the traffic curve "${curve}"`;
    const expected = curves.length === 0 ? 'a scenario with services' : `one of ${curves.join(', ')}`;
    const hint = curve === undefined ? undefined : didYouMean(curve, curves);
    return [{ ...at, path: '', code: 'missing-reference', message, expected, hint }];
  });
  const factorOf = (curve: string | undefined): number =>
    scales.reduce(
      (product, scale) => product * (scale.curve === undefined || scale.curve === curve ? scale.factor : 1),
      1,
    );
  return {
    services: services.map((service) => {
      const { traffic } = service;
      return { ...service, traffic: scaleDemand(traffic, factorOf(traffic.curve)) };
    }),
    problems,
  };
}
