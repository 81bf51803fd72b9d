import type { FittedLatency, LatencyDistribution } from '../cloud/launch/fitted-latency.js';
import { capacityTypesOf } from '../scenario/autoscaled-groups.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';

/** The same scenario in another world that may just as well be the real one. */
export type SpecChange = (spec: ScenarioSpec) => ScenarioSpec;

/** One value of something that the simulator cannot know. */
export interface UncertainSetting {
  readonly name: string;
  /** Returns the spec itself where it has nothing to change: no spot is bought, nothing is launched, no traffic is modelled. */
  readonly change: SpecChange;
}

/** Something that the simulator cannot know, at both ends of its range. */
export interface Uncertainty {
  readonly name: string;
  readonly settings: readonly [UncertainSetting, UncertainSetting];
}

/**
 * Phases of a launch with another last one. The first two are those of the observed nodes: loop day plus the 0.6 s that other
 * pools took longer, and all nodes but i3 (aws.md §19.4).
 */
function latencyProfile(source: string, lastPhase: { shiftSeconds: number; mu: number; sigma: number }): FittedLatency {
  const distribution: LatencyDistribution = {
    of: 'phases',
    phases: [
      { shiftSeconds: 2.551, mu: -1.2895, sigma: 0.4162 },
      { shiftSeconds: 16.85, mu: 1.391, sigma: 0.5462 },
      lastPhase,
    ],
    correlation: 0.42,
  };
  return { source, groups: [{ family: '', rows: 0, distribution, longestSeconds: 180 }] };
}

/** Five t3 nodes took 11 to 22.5 s from registered to initialized, nodes that format disks 100 to 115 s (aws.md §19.3). */
const LEAN = latencyProfile('lean nodes', { shiftSeconds: 11, mu: 1.6, sigma: 0.5 });
const SLOW = latencyProfile('slow nodes', { shiftSeconds: 100, mu: 1.8, sigma: 0.5 });

/**
 * What the interval over seeds does not cover; scenarios/README.md says why each range is as wide as it is. What a user has measured
 * (their own spot history or launch latency) is not uncertain, and is left as it is.
 */
export const UNCERTAINTIES: readonly Uncertainty[] = [
  {
    name: 'spot prices',
    // Prices of the nine types in 2022 were 13 % below to 36 % above what the savings of 2025 imply (aws.md §21).
    settings: [
      { name: 'spot prices 15 % lower', change: spotLevel(0.85) },
      { name: 'spot prices 35 % higher', change: spotLevel(1.35) },
    ],
  },
  {
    name: 'interruptions',
    // The advisor names ranges of a factor of two, for a month that is over (aws.md §20).
    settings: [
      { name: 'half the interruptions', change: interruptions(0.5) },
      { name: 'twice the interruptions', change: interruptions(2) },
    ],
  },
  {
    name: 'launch latency',
    // Few of the observed nodes are of the types that are launched; image and boot scripts decide (aws.md §19.4).
    settings: [
      { name: 'lean nodes', change: latency(LEAN) },
      { name: 'slow nodes', change: latency(SLOW) },
    ],
  },
  {
    name: 'CPU per request',
    // An assumption of the scenario, a quarter off either way.
    settings: [
      { name: 'requests cost 25 % less CPU', change: cpuPerRequest(0.75) },
      { name: 'requests cost 33 % more CPU', change: cpuPerRequest(4 / 3) },
    ],
  },
];

function spotLevel(factor: number): SpecChange {
  return (spec) =>
    buysSpot(spec) ? { ...spec, prices: { ...spec.prices, spotLevel: (spec.prices.spotLevel ?? 1) * factor } } : spec;
}

/** Whether anything of a scenario may run on spot: its NodePools, those that it applies later, or the groups of its baseline. */
function buysSpot(spec: ScenarioSpec): boolean {
  const { baseline, cluster, events, startState } = spec;
  if (baseline?.kind === 'static') return false;
  if (baseline !== undefined) return baseline.groups.some(({ capacityType }) => capacityType === 'spot');
  const applied = events.flatMap((event) => (event.action === 'apply' ? event.objects.nodePools : []));
  return (
    startState !== undefined ||
    [...cluster.nodePools, ...applied].some((nodePool) => capacityTypesOf(nodePool, spec).includes('spot'))
  );
}

function interruptions(factor: number): SpecChange {
  return (spec) => {
    const { interruptionMultiplier } = spec.spot;
    if (interruptionMultiplier === 0 || !buysSpot(spec)) return spec;
    return { ...spec, spot: { ...spec.spot, interruptionMultiplier: interruptionMultiplier * factor } };
  };
}

function latency(profile: FittedLatency): SpecChange {
  // A static fleet stands there from the start.
  return (spec) =>
    spec.latency === undefined && spec.baseline?.kind !== 'static' ? { ...spec, latency: profile } : spec;
}

function cpuPerRequest(factor: number): SpecChange {
  return (spec) => {
    if (spec.services.length === 0) return spec;
    const services = spec.services.map((service) => {
      const { model } = service;
      return { ...service, model: { ...model, cpuMilliSecondsPerRequest: model.cpuMilliSecondsPerRequest * factor } };
    });
    return { ...spec, services };
  };
}
