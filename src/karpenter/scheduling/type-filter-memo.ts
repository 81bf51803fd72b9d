import { ObjectCache } from '../../kernel/object-cache.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { HOSTNAME_LABEL } from '../requirements/labels.js';
import type { Requirements } from '../requirements/requirements.js';
import { usesHostPorts } from './host-ports.js';
import { filterTypes, type CandidateTypes, type KeptTypes, type TypeFilterQuestion } from './instance-type-filter.js';
import type { Refusal } from './scheduling-errors.js';

interface KnownAnswer {
  readonly podRequests: ResourceList;
  readonly relaxesMinValues: boolean;
  readonly answer: KeptTypes | Refusal;
}

interface Answers {
  readonly byText: Map<string, KeptTypes | Refusal>;
  /** Pods of a template share their requirements and requests, and most bring nothing else. */
  readonly byPod: WeakMap<Requirements, KnownAnswer>;
}

/** By the very list of groups, which changes with the types and the daemon pods, and when limits leave fewer types. */
const memo = new ObjectCache<readonly CandidateTypes[], Answers>();

/** So many kinds of pods are remembered; more than a cluster has, fewer than memory would feel. */
const KNOWN_ANSWERS = 2000;

/**
 * The answer of the type filter for a NodeClaim that is about to be opened. Pods come in crowds of equals, in one pass and
 * in the next, and for each of them every type of every NodePool is looked at: 5,000 equal pods that fit nowhere took
 * 16 s over 1,300 types, and take 0.2 s when the answer is remembered by what the filter depends on.
 *
 * @param ownRequirements the pod's requirements when they are all that narrows those of the NodePool
 */
export function filterTypesOnce(question: TypeFilterQuestion, ownRequirements?: Requirements): KeptTypes | Refusal {
  const { groups, pod, podRequests } = question;
  if (pod !== undefined && usesHostPorts(pod)) return filterTypes(question);
  let answers = memo.get(groups);
  if (answers === undefined) memo.set(groups, (answers = { byText: new Map(), byPod: new WeakMap() }));
  const known = ownRequirements === undefined ? undefined : answers.byPod.get(ownRequirements);
  if (known?.podRequests === podRequests && known.relaxesMinValues === question.relaxesMinValues) return known.answer;
  const { byText } = answers;
  const identity = identityOf(question);
  let answer = byText.get(identity);
  if (answer === undefined) {
    if (byText.size >= KNOWN_ANSWERS) byText.clear();
    byText.set(identity, (answer = filterTypes(question)));
  }
  if (ownRequirements !== undefined) {
    answers.byPod.set(ownRequirements, { podRequests, relaxesMinValues: question.relaxesMinValues, answer });
  }
  return answer;
}

function identityOf({ requirements, requests, podRequests, relaxesMinValues }: TypeFilterQuestion): string {
  const amounts = `${amountsText(requests)}|${amountsText(podRequests)}`;
  return `${requirementsText(requirements)}|${amounts}|${String(relaxesMinValues)}`;
}

/** Every NodeClaim has a hostname of its own, which no type knows. */
function requirementsText(requirements: Requirements): string {
  const texts: string[] = [];
  for (const requirement of requirements) if (requirement.key !== HOSTNAME_LABEL) texts.push(requirement.text);
  return texts.sort().join();
}

function amountsText(list: ResourceList): string {
  const texts: string[] = [];
  for (const name in list) texts.push(`${name}=${list[name] ?? 0}`);
  return texts.sort().join();
}
