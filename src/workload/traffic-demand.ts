import type { RandomStream } from '../kernel/random-streams.js';
import { dayOfMonthFactor, paydayFactor } from './calendar-factors.js';
import { traceRate } from './trace/request-trace.js';
import type { HourlyFactors, TrafficSpec, TrafficSpike } from './service-load.js';
import { TrafficNoise } from './traffic-noise.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday; weeks here begin on Monday. */
const EPOCH_WEEKDAY = 3;
/** Means over an interval are taken from samples at most this far apart, unless told otherwise. */
const SAMPLE_MS = 5000;

/** Factor of the daily curve, linear between the centres of the hours, midnight included. */
function hourlyFactor(hourly: HourlyFactors, epochMs: number): number {
  const position = (epochMs % DAY_MS) / HOUR_MS - 0.5;
  const hours = hourly.length;
  const before = Math.floor(position);
  const share = position - before;
  const left = hourly[(before + hours) % hours] ?? 1;
  const right = hourly[(before + 1) % hours] ?? 1;
  return left + (right - left) * share;
}

/** Factor of a spike: a linear rise, a plateau, then an exponential return (kubernetes.md §9.1). */
function spikeFactor({ startMs, factor, rampMs, holdMs, decayMs }: TrafficSpike, timeMs: number): number {
  const since = timeMs - startMs;
  if (since < 0) return 1;
  if (since < rampMs) return 1 + (factor - 1) * (since / rampMs);
  const after = since - rampMs - holdMs;
  if (after <= 0) return factor;
  return decayMs === 0 ? 1 : 1 + (factor - 1) * Math.exp(-after / decayMs);
}

/** Request rate of one service over a run: base or trace × weekday × hour × day of the month × spikes × noise, and batches. */
export class TrafficDemand {
  readonly #spec: TrafficSpec;
  readonly #startTimeMs: number;
  readonly #noise: TrafficNoise;

  /**
   * @param startTimeMs - Epoch ms at the start of the run.
   * @param stream - Noise; named after the service, so that other services do not move it.
   */
  constructor(spec: TrafficSpec, startTimeMs: number, stream: RandomStream) {
    this.#spec = spec;
    this.#startTimeMs = startTimeMs;
    this.#noise = new TrafficNoise(spec.noiseSigma, stream);
  }

  /** Requests a second at `timeMs` since the start of the run. */
  at(timeMs: number): number {
    let rate = this.#flow(timeMs);
    for (const { startMs, overMs, requests } of this.#spec.batches ?? []) {
      if (timeMs >= startMs && timeMs < startMs + overMs) rate += (requests / overMs) * 1000;
    }
    return rate;
  }

  /** What does not come in batches. */
  #flow(timeMs: number): number {
    const { baseRps, hourly, weekdays, daysOfMonth, payday, trace, spikes } = this.#spec;
    const epochMs = this.#startTimeMs + timeMs;
    const weekday = (Math.floor(epochMs / DAY_MS) + EPOCH_WEEKDAY) % 7;
    let rate = baseRps * (weekdays[weekday] ?? 1) * hourlyFactor(hourly, epochMs) * this.#noise.at(timeMs);
    if (daysOfMonth !== undefined) rate *= dayOfMonthFactor(daysOfMonth, epochMs);
    if (payday !== undefined) rate *= paydayFactor(payday, epochMs);
    if (trace !== undefined) rate *= traceRate(trace, timeMs);
    for (const spike of spikes) rate *= spikeFactor(spike, timeMs);
    return rate;
  }

  /**
   * Mean requests a second between two times; batches to the millisecond.
   * @param sampleMs - The rest is taken from samples at most this far apart.
   */
  mean(fromMs: number, toMs: number, sampleMs = SAMPLE_MS): number {
    const samples = Math.max(1, Math.ceil((toMs - fromMs) / sampleMs));
    const step = (toMs - fromMs) / samples;
    let sum = 0;
    for (let i = 0; i < samples; i++) sum += this.#flow(fromMs + (i + 0.5) * step);
    let mean = sum / samples;
    for (const { startMs, overMs, requests } of this.#spec.batches ?? []) {
      const overlapMs = Math.min(toMs, startMs + overMs) - Math.max(fromMs, startMs);
      if (overlapMs > 0) mean += ((requests / overMs) * overlapMs * 1000) / (toMs - fromMs);
    }
    return mean;
  }
}
