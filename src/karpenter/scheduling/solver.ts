import type { Pod } from '../../kubernetes/pod.js';
import type { StateNode } from '../cluster-snapshot.js';
import { passMemo, type PassAnswer, type Question } from './pass-memo.js';
import { passSetup } from './pass-setup.js';
import { once, planContext, planOf, type PlanContext } from './plan-claim.js';
import { SchedulingPass, type PassOutcome } from './scheduling-pass.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import type { SchedulingRequest, SchedulingResult } from './scheduling-result.js';

const NO_ERRORS: SchedulingResult['errors'] = new Map();
const NOTHING: SchedulingResult = { newNodeClaims: [], existingNodes: [], errors: NO_ERRORS };

/**
 * One scheduling pass: where each pod goes, on which nodes, existing or new (scheduling.md §4–§9). Pure; the request's
 * `random` is drawn from only where the real controller leaves a choice to map order.
 *
 * Without any usable NodePool the pass decides nothing, not even for existing nodes (POD-11).
 */
export function solve(request: SchedulingRequest, profile: SchedulingProfile): SchedulingResult {
  if (request.pods.length === 0) return NOTHING;
  const { snapshot, settings } = request;
  const nodePools = profile.orderNodePools(snapshot.nodePools, request.random);
  if (nodePools.length === 0) return NOTHING;
  const setup = passSetup(snapshot, nodePools, profile, settings);
  const wholePass = (): PassOutcome => new SchedulingPass(request, profile, nodePools, setup).run();
  const memo = passMemo(setup, nodePools, settings, profile);
  const question = memo.question(request, setup);
  if (question === undefined) return wholePass();
  // Nodes without room are left out below: only a whole pass can say why each of them refused.
  const whole = once(wholePass);
  const nodeRefusals: SchedulingResult['nodeRefusals'] = (podUid) => whole().nodeRefusals?.(podUid) ?? [];
  const known = memo.recall(question);
  if (known !== undefined) return resultOf(known, question, planContext(request, profile), nodeRefusals);
  const outcome = new SchedulingPass({ ...request, destinations: question.nodes }, profile, nodePools, setup).run();
  if (outcome.errors.size === 0 && outcome.relaxedPods.size === 0) memo.remember(question, answerOf(outcome, question));
  return { ...outcome, nodeRefusals };
}

/** The decision without names. */
function answerOf({ claims, existingNodes }: PassOutcome, question: Question): PassAnswer {
  const podPlaces = new Map(question.pods.map((pod, place) => [pod, place]));
  const nodePlaces = new Map(question.nodes.map((node, place) => [node, place]));
  const placesOf = (pods: readonly Pod[]): number[] => pods.map((pod) => podPlaces.get(pod) ?? -1);
  return {
    claims: claims.map(({ packed, pods }) => ({ packed, pods: placesOf(pods) })),
    nodes: existingNodes.map(({ stateNode, pods }) => ({
      node: nodePlaces.get(stateNode) ?? -1,
      pods: placesOf(pods),
    })),
  };
}

/** A known decision with the names of another question. */
function resultOf(
  { claims, nodes }: PassAnswer,
  question: Question,
  context: PlanContext,
  nodeRefusals: SchedulingResult['nodeRefusals'],
): SchedulingResult {
  const podsAt = (places: readonly number[]): Pod[] => places.map((place) => question.pods[place] as Pod);
  return {
    newNodeClaims: claims.map(({ packed, pods }) => planOf(packed, podsAt(pods), context)),
    existingNodes: nodes.map(({ node, pods }) => ({
      stateNode: question.nodes[node] as StateNode,
      pods: podsAt(pods),
    })),
    errors: NO_ERRORS,
    nodeRefusals,
  };
}
