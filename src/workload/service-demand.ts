import { RandomStreams } from '../kernel/random-streams.js';
import type { ServiceLoad } from './service-load.js';
import { TrafficDemand } from './traffic-demand.js';

/** How far apart a peak is looked for. */
const SAMPLE_MS = 15_000;

/**
 * The request rate of a service in a run: whatever provides the nodes, the same for the same seed.
 * @param startTimeMs epoch ms at the start of the run
 */
export function serviceDemand({ deployment, traffic }: ServiceLoad, startTimeMs: number, seed: string): TrafficDemand {
  // Services on one curve share its noise: each reads a copy of the same stream.
  const noise = new RandomStreams(seed).stream(`traffic/noise/${traffic.curve ?? deployment}`);
  return new TrafficDemand(traffic, startTimeMs, noise);
}

/** Highest rate of a demand within a run, requests a second, looked at every 15 s. */
export function peakRate(demand: Pick<TrafficDemand, 'at'>, durationMs: number): number {
  let peak = 0;
  for (let ms = 0; ms <= durationMs; ms += SAMPLE_MS) peak = Math.max(peak, demand.at(ms));
  return peak;
}
