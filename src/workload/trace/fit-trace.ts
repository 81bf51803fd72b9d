import type { RequestTrace } from './request-trace.js';
import type { TraceFile, TraceGap } from './trace-file.js';

/** How a trace is replayed. */
export interface TraceReplay {
  /** Part of the trace, on its own clock in ms; undefined: from its beginning, to its end. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Time of the run at which that part begins. */
  readonly atMs: number;
  /** Time of the trace that passes in a unit of time of the run; 2 is twice as fast. */
  readonly speed: number;
  /** What the rates are scaled by, or so that their highest or their mean is this many requests a second. */
  readonly scale: { readonly by: 'factor' | 'peak' | 'mean'; readonly value: number };
}

/** A trace in time of the run, and the gaps that it has there. */
export interface FittedTrace extends RequestTrace {
  readonly gaps: readonly TraceGap[];
}

/**
 * Cuts, aligns, speeds up and scales a trace. Peak and mean are those of the part that is replayed; the mean is weighted by time.
 * @returns undefined when the part has less than two samples, or no requests to scale.
 */
export function fitTrace(trace: TraceFile, replay: TraceReplay): FittedTrace | undefined {
  const { fromMs = trace.timesMs[0] ?? 0, toMs = Infinity, atMs, speed, scale } = replay;
  const kept: { readonly timeMs: number; readonly rate: number }[] = [];
  for (const [index, timeMs] of trace.timesMs.entries()) {
    if (timeMs >= fromMs && timeMs <= toMs) kept.push({ timeMs, rate: trace.rates[index] ?? 0 });
  }
  if (kept.length < 2) return undefined;
  const level = scale.by === 'factor' ? 1 : scale.by === 'peak' ? peak(kept) : mean(kept);
  if (level === 0) return undefined;
  const factor = scale.value / level;
  return {
    timesMs: Float64Array.from(kept, ({ timeMs }) => atMs + (timeMs - fromMs) / speed),
    rates: Float64Array.from(kept, ({ rate }) => rate * factor),
    gaps: trace.gaps.filter((gap) => gap.toMs >= fromMs && gap.fromMs <= toMs),
  };
}

interface Sample {
  readonly timeMs: number;
  readonly rate: number;
}

function peak(samples: readonly Sample[]): number {
  return samples.reduce((highest, { rate }) => Math.max(highest, rate), 0);
}

/** Of the curve that joins the samples by straight lines. */
function mean(samples: readonly Sample[]): number {
  let sum = 0;
  let before = samples[0];
  for (const sample of samples) {
    if (before !== undefined) sum += ((before.rate + sample.rate) / 2) * (sample.timeMs - before.timeMs);
    before = sample;
  }
  const lengthMs = (before?.timeMs ?? 0) - (samples[0]?.timeMs ?? 0);
  return sum / lengthMs;
}
