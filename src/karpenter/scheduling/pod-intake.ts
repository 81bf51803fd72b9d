import { ObjectCache } from '../../kernel/object-cache.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../kubernetes/selectors.js';
import type { ClusterSnapshot, StateNode } from '../cluster-snapshot.js';
import { isLabelValue, isQualifiedName } from '../manifest/label-rules.js';
import { asksForTheSame } from '../pdb-limits.js';
import { hasDoNotDisrupt } from '../pod-predicates.js';
import { CAPACITY_TYPE_LABEL, NODEPOOL_LABEL, normalizeLabelKey } from '../requirements/labels.js';
import { parseLabelInteger } from '../requirements/requirement.js';
import { podIndex } from './cluster-index.js';
import type { PodIntakePolicy, PodProblem } from './pod-intake-policy.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import { storageIndex, type StorageIndex } from './storage-index.js';

/** Pending pods that a pass takes, and those that it leaves alone. */
export interface PodIntake {
  readonly pods: readonly Pod[];
  readonly ignored: readonly { readonly pod: Pod; readonly problems: readonly PodProblem[] }[];
}

const verdicts = new WeakMap<
  Pod,
  { readonly storage: StorageIndex; readonly profile: SchedulingProfile; readonly problems: readonly PodProblem[] }
>();

/** Pods that wait for a node, in snapshot order, sorted into those that a pass tries and those that it ignores (§2.1–2.2). */
export function pendingPods(snapshot: ClusterSnapshot, profile: SchedulingProfile): PodIntake {
  const storage = storageIndex(snapshot);
  const pods: Pod[] = [];
  const ignored: { pod: Pod; problems: readonly PodProblem[] }[] = [];
  for (const pod of podIndex(snapshot).provisionable) {
    const problems = problemsOf(pod, storage, profile);
    if (problems.length === 0) pods.push(pod);
    else ignored.push({ pod, problems });
  }
  return { pods, ignored };
}

/** Pods that have to leave nodes marked for deletion (POD-4). They are not validated (POD-3). */
export function podsOfDeletingNodes(snapshot: ClusterSnapshot, profile: SchedulingProfile): readonly Pod[] {
  const deleting: Pod[] = [];
  for (const { stateNode, markedForDeletion } of profile.stateNodes.views(snapshot.stateNodes)) {
    if (!markedForDeletion || stateNode.node === undefined) continue;
    for (const pod of movingPods(stateNode, snapshot, profile)) deleting.push(pod);
  }
  return deleting;
}

interface KnownPods {
  budgets: ClusterSnapshot['podDisruptionBudgets'];
  readonly nowMs: number;
  readonly profile: SchedulingProfile;
  /** Some pod is protected, for a time perhaps. */
  readonly timeMatters: boolean;
  readonly moving: readonly Pod[];
}

const knownPods = new ObjectCache<readonly Pod[], KnownPods>();

/**
 * Pods that have to go elsewhere when their node goes; the same list while its pods stay as they are, unless budgets are
 * changed by more than their status, or time runs that protects a pod.
 */
export function movingPods({ pods }: StateNode, snapshot: ClusterSnapshot, profile: SchedulingProfile): readonly Pod[] {
  const { podDisruptionBudgets: budgets, nowMs } = snapshot;
  const known = knownPods.get(pods);
  if (known?.profile === profile && (known.nowMs === nowMs || !known.timeMatters)) {
    if (known.budgets === budgets) return known.moving;
    if (asksForTheSame(known.budgets, budgets)) {
      known.budgets = budgets;
      return known.moving;
    }
  }
  const moving = pods.filter((pod) => profile.intake.movesOn(pod, snapshot));
  const timeMatters = pods.some(hasDoNotDisrupt);
  knownPods.set(pods, { budgets, nowMs, profile, timeMatters, moving });
  return moving;
}

function problemsOf(pod: Pod, storage: StorageIndex, profile: SchedulingProfile): readonly PodProblem[] {
  const known = verdicts.get(pod);
  if (known?.storage === storage && known.profile === profile) return known.problems;
  const problems = validate(pod, storage, profile);
  verdicts.set(pod, { storage, profile, problems });
  return problems;
}

function validate(pod: Pod, storage: StorageIndex, profile: SchedulingProfile): readonly PodProblem[] {
  const policy = profile.intake;
  const problems: PodProblem[] = [];
  const { all } = profile.podRequirements(pod);
  if (policy.optOutKeys.every((key) => all.find(key)?.operator === 'DoesNotExist')) {
    problems.push({ code: 'opted-out', subject: NODEPOOL_LABEL });
  }
  for (const [key, value] of Object.entries(pod.spec.nodeSelector)) {
    problems.push(...requirementProblems({ key, operator: 'In', values: [value] }, policy));
  }
  const nodeAffinity = pod.spec.affinity?.nodeAffinity;
  const preferred = policy.validatesPreferredTerms ? (nodeAffinity?.preferred ?? []) : [];
  for (const term of [...preferred.map(({ preference }) => preference), ...(nodeAffinity?.required ?? [])]) {
    problems.push(...termProblems(term, policy));
  }
  const volumeProblem = policy.volumeProblem(pod, storage);
  if (volumeProblem !== undefined) problems.push(volumeProblem);
  return problems;
}

function termProblems({ matchFields, matchExpressions }: NodeSelectorTerm, policy: PodIntakePolicy): PodProblem[] {
  const problems = matchExpressions.flatMap((requirement) => requirementProblems(requirement, policy));
  return matchFields.length === 0
    ? problems
    : [{ code: 'match-fields', subject: matchFields[0]?.key ?? '' }, ...problems];
}

function requirementProblems(requirement: NodeSelectorRequirement, policy: PodIntakePolicy): PodProblem[] {
  const { operator, values } = requirement;
  const key = normalizeLabelKey(requirement.key);
  const problems: PodProblem[] = [];
  const add = (code: PodProblem['code']): void => void problems.push({ code, subject: requirement.key });
  if (!policy.operators.has(operator)) add('unsupported-operator');
  if (policy.isRestrictedLabel(key)) add('restricted-label');
  if (!isQualifiedName(key) || !values.every(isLabelValue)) add('invalid-label');
  if (operator === 'In' && values.length === 0) add('missing-values');
  if (['Gt', 'Lt', 'Gte', 'Lte'].includes(operator)) {
    const bound = values.length === 1 ? parseLabelInteger(values[0] ?? '') : undefined;
    if (bound === undefined || bound < 0) add('not-an-integer');
  }
  const known = policy.knownCapacityTypes;
  if (
    known !== undefined &&
    key === CAPACITY_TYPE_LABEL &&
    operator === 'In' &&
    !values.some((value) => known.has(value))
  ) {
    add('unknown-capacity-type');
  }
  return problems;
}
