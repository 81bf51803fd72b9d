import type { RandomStreams } from '../../kernel/random-streams.js';
import type { SpotAdvice } from '../prices/spot-advisor.js';

/** Advice taken for a type that the advisor does not know: the shallowest bucket. */
const UNKNOWN_BUCKET = 4;
const BUCKETS = 5;

/**
 * How deep the spot pools of a region are, as EC2 might see it: a score in [0, 1) for each type and zone, higher is deeper.
 * EC2 publishes no such figure. The advisor's interruption bucket gives the fifth that the score lies in, bucket 0 the
 * uppermost, and a draw from the stream `spot-depth/<zone>/<type>` its place there.
 */
export class SpotDepths {
  readonly #scores = new Map<string, Map<string, number>>();

  constructor(
    private readonly advice: ReadonlyMap<string, SpotAdvice>,
    private readonly streams: RandomStreams,
  ) {}

  score(instanceType: string, zone: string): number {
    let byZone = this.#scores.get(instanceType);
    if (byZone === undefined) this.#scores.set(instanceType, (byZone = new Map<string, number>()));
    let score = byZone.get(zone);
    if (score === undefined) {
      const bucket = this.advice.get(instanceType)?.interruptionBucket ?? UNKNOWN_BUCKET;
      const place = this.streams.stream(`spot-depth/${zone}/${instanceType}`).next();
      score = (BUCKETS - 1 - bucket + place) / BUCKETS;
      byZone.set(zone, score);
    }
    return score;
  }
}
