import type { RandomStream } from '../kernel/random-streams.js';

/** z of the 95th percentile of a normal distribution. */
const Z95 = 1.6448536269514722;

/** How long the pods of a Job work. */
export interface JobWork {
  /** `namespace/name` of the Job, or of the CronJob that makes it. */
  readonly job: string;
  /** From the start of its containers to their end: median, ms. */
  readonly durationMs: number;
  /** 95th percentile; the same as the median when every pod takes equally long. */
  readonly durationP95Ms: number;
  /** Share of pods that fail in place of succeeding, 0–1. */
  readonly failureShare: number;
}

/** How the work of one pod goes. */
export interface PodWork {
  readonly durationMs: number;
  readonly succeeds: boolean;
}

/** Draws the work of one pod: log-normal, as run times of batch work usually are. Two numbers of the stream, always. */
export function drawWork({ durationMs, durationP95Ms, failureShare }: JobWork, stream: RandomStream): PodWork {
  const sigma = Math.log(durationP95Ms / durationMs) / Z95;
  return {
    durationMs: Math.max(1, Math.round(stream.lognormal(Math.log(durationMs), sigma))),
    succeeds: stream.next() >= failureShare,
  };
}
