import type { Pod } from '../../kubernetes/pod.js';
import { joinedResult } from './joined-result.js';
import { passMemo, type PartQuestion, type PassAnswer, type PassMemo } from './pass-memo.js';
import { passSetup } from './pass-setup.js';
import { once, planContext } from './plan-claim.js';
import { SchedulingPass, type PassOutcome } from './scheduling-pass.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import type { SchedulingRequest, SchedulingResult } from './scheduling-result.js';
import { INSERTION_LIMIT } from './unstable-sort.js';

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
  const context = planContext(request, profile);
  const passOver = (part: PartQuestion): PassOutcome =>
    new SchedulingPass({ ...request, pods: part.pods, destinations: part.nodes }, profile, nodePools, setup).run();
  const answers = answersTo(question.parts, memo, passOver);
  if (answers !== undefined) return joinedResult(question.parts, answers, context, nodeRefusals);
  const part = question.whole();
  const known = memo.recall(part);
  if (known !== undefined && known !== 'fails') return joinedResult([part], [known], context, nodeRefusals);
  const outcome = passOver(part);
  if (holds(outcome)) memo.remember(part, answerOf(outcome, part));
  return { ...outcome, nodeRefusals };
}

/** The answers to all parts; undefined when they have to be asked about as a whole. */
function answersTo(
  parts: readonly PartQuestion[],
  memo: PassMemo,
  passOver: (part: PartQuestion) => PassOutcome,
): readonly PassAnswer[] | undefined {
  if (parts.length === 0) return undefined;
  const answers: PassAnswer[] = [];
  let claims = 0;
  for (const part of parts) {
    let answer = memo.recall(part);
    if (answer === undefined) {
      const outcome = passOver(part);
      answer = holds(outcome) ? answerOf(outcome, part) : 'fails';
      memo.remember(part, answer);
    }
    if (answer === 'fails') return undefined;
    answers.push(answer);
    claims += answer.claims.length;
  }
  // Among more than so many, the order of the NodeClaims of one part comes to depend on those of the others.
  return claims <= INSERTION_LIMIT ? answers : undefined;
}

/** Whether every pod found its place just as it is. */
function holds({ errors, relaxedPods }: PassOutcome): boolean {
  return errors.size === 0 && relaxedPods.size === 0;
}

/** The decision without names. */
function answerOf({ claims, existingNodes }: PassOutcome, question: PartQuestion): PassAnswer {
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
