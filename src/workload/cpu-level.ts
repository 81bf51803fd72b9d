/** What a pod would use of a node's cpu, and its weight when there is not enough for all. */
export interface CpuClaim {
  readonly wantMilli: number;
  /** Its cpu request, which cgroups turn into a weight. */
  readonly requestMilli: number;
}

/** A pod without a request has the least weight there is, that of 2 millicores. */
const LEAST_REQUEST_MILLI = 2;

/** Weight of a pod for {@link cpuLevel}. */
export function cpuWeight(requestMilli: number): number {
  return Math.max(requestMilli, LEAST_REQUEST_MILLI);
}

/**
 * How much cpu a unit of weight gets on a node whose pods want more than it has: who wants less than its share gets what it wants,
 * and the rest is shared by weight (kubernetes.md §9.2). Each pod can have up to level × weight.
 * @returns Infinity where there is enough for everybody.
 */
export function cpuLevel(capacityMilli: number, claims: readonly CpuClaim[]): number {
  let left = capacityMilli;
  let weights = 0;
  let wanted = 0;
  for (const { wantMilli, requestMilli } of claims) {
    wanted += wantMilli;
    weights += cpuWeight(requestMilli);
  }
  if (wanted <= capacityMilli) return Infinity;
  const levelWanted = ({ wantMilli, requestMilli }: CpuClaim): number => wantMilli / cpuWeight(requestMilli);
  for (const claim of [...claims].sort((a, b) => levelWanted(a) - levelWanted(b))) {
    if (levelWanted(claim) * weights >= left) break;
    left -= claim.wantMilli;
    weights -= cpuWeight(claim.requestMilli);
  }
  return left / weights;
}
