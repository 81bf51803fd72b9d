import {
  isEmptyResourceList,
  maxResources,
  mergeResources,
  minResources,
} from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { CAPACITY_TYPE_LABEL, HOSTNAME_LABEL, ZONE_LABEL } from '../requirements/labels.js';
import type { Requirement } from '../requirements/requirement.js';
import { conflicts, type Requirements } from '../requirements/requirements.js';
import type { SchedulingError } from './scheduling-result.js';
import type { TypeView } from './type-view.js';

type Detail = SchedulingError['detail'];

/** What the type filter was asked. */
interface FilteredTypes {
  readonly groups: readonly { readonly types: readonly TypeView[]; readonly overhead: ResourceList | undefined }[];
  readonly requirements: Requirements;
  readonly requests: ResourceList;
  readonly podRequests: ResourceList;
  readonly fitRule: {
    readonly judge: (
      type: TypeView,
      requirements: Requirements,
      requests: ResourceList,
    ) => { readonly offered: boolean; readonly fits: boolean };
  };
}

/** The label on which what is asked and what is there exclude each other, and both sides of it. */
export function incompatibilityDetail(
  there: Requirements,
  asked: Requirements,
  allowUndefined: ReadonlySet<string>,
): Detail {
  const incompatibility = there.incompatibilityWith(asked, allowUndefined);
  if (incompatibility === undefined) return {};
  const { key } = incompatibility;
  const has = there.find(key);
  return { ...incompatibility, wanted: wordsOf(asked.get(key)), ...(has === undefined ? {} : { has: wordsOf(has) }) };
}

/** Resources of which a node has less left than is asked. */
export function shortageDetail(requests: ResourceList, remaining: ResourceList): Detail {
  const detail: Record<string, number> = {};
  for (const name in requests) {
    const [want, left] = [requests[name] ?? 0, remaining[name] ?? 0];
    if (want <= left) continue;
    detail[`requests/${name}`] = want;
    detail[`remaining/${name}`] = left;
  }
  // A node that is overcommitted in anything takes nothing (QTY-3).
  for (const name in remaining) if ((remaining[name] ?? 0) < 0) detail[`remaining/${name}`] = remaining[name] ?? 0;
  return detail;
}

/** What the limits still allow, and the least that any type has of it. */
export function limitsDetail(remaining: ResourceList, types: readonly TypeView[]): Detail {
  const detail: Record<string, number> = {};
  for (const name in remaining) {
    detail[`remaining/${name}`] = remaining[name] ?? 0;
    if (types.length > 0) {
      detail[`smallest/${name}`] = Math.min(...types.map(({ type }) => type.capacity[name] ?? 0));
    }
  }
  return detail;
}

/**
 * What an empty answer of the type filter is made of: how many types there were, how many met each condition, what was
 * asked, and the largest amounts of the types that passed on everything but size.
 */
export function typeFilterDetail({
  groups,
  requirements,
  requests,
  podRequests,
  fitRule,
}: FilteredTypes): Record<string, string | number | string[]> {
  const all = [...requirements].filter(({ key }) => key !== HOSTNAME_LABEL);
  const excluded = new Map<Requirement, number>();
  const best: { rank: number; largest: ResourceList[] } = { rank: -1, largest: [] };
  let [types, meeting, fitting, offered] = [0, 0, 0, 0];
  for (const { types: members, overhead } of groups) {
    const want = overhead === undefined ? requests : mergeResources(requests, overhead);
    for (const type of members) {
      types++;
      const against = all.filter((requirement) => {
        const own = type.requirements.find(requirement.key);
        return own !== undefined && conflicts(own, requirement);
      });
      for (const requirement of against) excluded.set(requirement, (excluded.get(requirement) ?? 0) + 1);
      const fit = fitRule.judge(type, requirements, want);
      if (against.length === 0) meeting++;
      if (fit.fits) fitting++;
      if (fit.offered) offered++;
      const rank = Number(against.length === 0) * 2 + Number(fit.offered);
      if (rank > best.rank) [best.rank, best.largest] = [rank, []];
      if (rank === best.rank) best.largest.push(spare(type, overhead));
    }
  }
  const detail: Record<string, string | number | string[]> = {
    requirements: [...requirements.keys()].sort(),
    types,
    meeting,
    fitting,
    offered,
    conflicts: decisive(excluded, types).map(wordsOf).sort(),
    offering: [ZONE_LABEL, CAPACITY_TYPE_LABEL].flatMap((key) => {
      const requirement = requirements.find(key);
      return requirement === undefined ? [] : [wordsOf(requirement)];
    }),
  };
  for (const name in podRequests) detail[`requests/${name}`] = podRequests[name] ?? 0;
  const largest = maxResources(best.largest);
  for (const name in podRequests) detail[`largest/${name}`] = Math.max(0, largest[name] ?? 0);
  Object.assign(detail, daemonDetail(groups.flatMap(({ overhead }) => (overhead === undefined ? [] : [overhead]))));
  return detail;
}

/** What a type has for pods once its daemon pods run. */
function spare({ plainAllocatable }: TypeView, overhead: ResourceList = {}): ResourceList {
  const left: Record<string, number> = { ...plainAllocatable };
  for (const name in overhead) left[name] = (left[name] ?? 0) - (overhead[name] ?? 0);
  return left;
}

/** Requirements that rule out every type by themselves; if none does, all that rule out some. */
function decisive(excluded: ReadonlyMap<Requirement, number>, types: number): readonly Requirement[] {
  const alone = [...excluded].filter(([, count]) => count === types).map(([requirement]) => requirement);
  return alone.length > 0 ? alone : [...excluded.keys()];
}

function daemonDetail(overheads: readonly ResourceList[]): Record<string, number> {
  const [first, ...others] = overheads;
  if (first === undefined) return {};
  const smallest = others.reduce(minResources, first);
  const detail: Record<string, number> = {};
  if (isEmptyResourceList(smallest)) return detail;
  for (const name in smallest) detail[`daemonMin/${name}`] = smallest[name] ?? 0;
  const largest = maxResources(overheads);
  for (const name in largest) detail[`daemonMax/${name}`] = largest[name] ?? 0;
  return detail;
}

const MANY = 6;

/** `zone in [a, b]`, `arch not in [arm64]`, `cpu > 4`: a requirement in the words of a manifest. */
function wordsOf(requirement: Requirement): string {
  const { key, operator, members, lowerBound, upperBound } = requirement;
  const bounds = [
    ...(lowerBound === undefined ? [] : [`>= ${lowerBound}`]),
    ...(upperBound === undefined ? [] : [`<= ${upperBound}`]),
  ];
  if (operator === 'Exists') return `${key} ${bounds.length > 0 ? bounds.join(' and ') : 'Exists'}`;
  if (operator === 'DoesNotExist') return `${key} DoesNotExist`;
  const values = [...members].sort();
  const shown = values.length > MANY ? [...values.slice(0, MANY), `and ${values.length - MANY} more`] : values;
  return `${key} ${operator} [${shown.join(', ')}]`;
}
