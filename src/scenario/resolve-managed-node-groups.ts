import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ScenarioSpec } from './scenario-spec.js';

/** The managed node groups of a scenario with their defaults, and problems for types that the data does not have and for names given twice. */
export function resolveManagedNodeGroups(
  document: ScenarioDocument,
  typeNames: ReadonlySet<string>,
): { readonly managedNodeGroups: ScenarioSpec['managedNodeGroups']; readonly problems: readonly Problem[] } {
  const groups = document.content.managedNodeGroups ?? [];
  const problems: Problem[] = [];
  const names = new Set<string>();
  for (const [index, { name, instanceType }] of groups.entries()) {
    const path = ['managedNodeGroups', index];
    if (!typeNames.has(instanceType)) {
      const problem = document.problem([...path, 'instanceType'], {
        code: 'missing-reference',
        message: `"${instanceType}" is not an instance type in the data`,
        expected: 'an EC2 instance type such as m5.large',
        hint: didYouMean(instanceType, typeNames),
      });
      problems.push(problem);
    }
    if (names.has(name)) {
      const message = `there is another group ${name}`;
      problems.push(document.problem([...path, 'name'], { code: 'duplicate-name', message }));
    }
    names.add(name);
  }
  const managedNodeGroups = groups.map((group) => ({
    ...group,
    labels: group.labels ?? {},
    taints: (group.taints ?? []).map((taint) => ({ ...taint, value: taint.value ?? '' })),
  }));
  return { managedNodeGroups, problems };
}
