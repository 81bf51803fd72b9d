import type { LabelSelector, LabelSelectorRequirement } from './selectors.js';

type Labels = Readonly<Record<string, string>>;

/** One expression of a label selector. `NotIn` also holds for objects without the label, as in Kubernetes. */
function matchesRequirement(requirement: LabelSelectorRequirement, labels: Labels): boolean {
  const value = labels[requirement.key];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** True when the labels satisfy the selector: absent selects nothing, empty selects everything. */
export function matchesLabelSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  for (const key in selector.matchLabels) {
    if (labels[key] !== selector.matchLabels[key]) return false;
  }
  for (const requirement of selector.matchExpressions) {
    if (!matchesRequirement(requirement, labels)) return false;
  }
  return true;
}

/** True for a selector without conditions, which selects everything; false for an absent one. */
export function isEmptyLabelSelector(selector: LabelSelector | undefined): boolean {
  if (selector === undefined || selector.matchExpressions.length > 0) return false;
  return Object.keys(selector.matchLabels).length === 0;
}
