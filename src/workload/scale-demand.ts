import type { TrafficSpec } from './service-load.js';

/** The same traffic with so many times the requests, those of batches included. */
export function scaleDemand(traffic: TrafficSpec, factor: number): TrafficSpec {
  if (factor === 1) return traffic;
  const batches = traffic.batches?.map((batch) => ({ ...batch, requests: batch.requests * factor }));
  return { ...traffic, baseRps: traffic.baseRps * factor, batches };
}
