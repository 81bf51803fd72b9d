import { sortFew } from '../../kernel/sort-few.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { StateNode } from '../cluster-snapshot.js';
import { OpenClaims } from './open-claims.js';
import type { PartQuestion, PassAnswer } from './pass-memo.js';
import { planOf, type PackedClaim, type PlanContext } from './plan-claim.js';
import type { SchedulingResult } from './scheduling-result.js';

const NO_ERRORS: SchedulingResult['errors'] = new Map();

/** A NodeClaim, with the places of its pods among all of the request, and those that are on it so far. */
interface ReplayedClaim {
  readonly packed: PackedClaim;
  readonly places: readonly number[];
  readonly pods: number[];
  readonly isFull: false;
}

/** What one pass over all parts of a question would have decided, with the names of the question. */
export function joinedResult(
  parts: readonly PartQuestion[],
  answers: readonly PassAnswer[],
  context: PlanContext,
  nodeRefusals: SchedulingResult['nodeRefusals'],
): SchedulingResult {
  const podAt: Pod[] = [];
  const claims: ReplayedClaim[] = [];
  const nodes: { readonly place: number; readonly stateNode: StateNode; readonly pods: readonly Pod[] }[] = [];
  let partsWithClaims = 0;
  for (const [index, answer] of answers.entries()) {
    const { pods, podPlaces, nodes: nodesOfPart, nodePlaces } = parts[index] as PartQuestion;
    for (let place = 0; place < pods.length; place++) podAt[podPlaces[place] as number] = pods[place] as Pod;
    if (answer.claims.length > 0) partsWithClaims++;
    for (const claim of answer.claims) {
      const places = claim.pods.map((pod) => podPlaces[pod] as number);
      claims.push({ packed: claim.packed, places, pods: [], isFull: false });
    }
    for (const { node, pods: placed } of answer.nodes) {
      const stateNode = nodesOfPart[node] as StateNode;
      nodes.push({
        place: nodePlaces[node] as number,
        stateNode,
        pods: placed.map((pod) => pods[pod] as Pod),
      });
    }
  }
  // The order of one part is right as it is: pods of the others were put on nodes before NodeClaims were looked at.
  const ordered = partsWithClaims > 1 ? replayed(claims, podAt.length) : claims;
  return {
    newNodeClaims: ordered.map(({ packed, places }) =>
      planOf(
        packed,
        places.map((place) => podAt[place] as Pod),
        context,
      ),
    ),
    existingNodes: parts.length > 1 ? sortFew(nodes, (a, b) => a.place - b.place) : nodes,
    errors: NO_ERRORS,
    nodeRefusals,
  };
}

/** The NodeClaims in the order that opening and filling them, pod by pod, leaves (LOOP-5). */
function replayed(claims: readonly ReplayedClaim[], podCount: number): readonly ReplayedClaim[] {
  const claimOf = new Array<ReplayedClaim | undefined>(podCount).fill(undefined);
  for (const claim of claims) for (const place of claim.places) claimOf[place] = claim;
  const open = new OpenClaims<ReplayedClaim>();
  for (let place = 0; place < podCount; place++) {
    const claim = claimOf[place];
    if (claim === undefined) continue;
    open.inOrder();
    const isNew = claim.pods.length === 0;
    claim.pods.push(place);
    if (isNew) open.append(claim);
    else open.grew(claim);
  }
  return open.all;
}
