import type { NodeSelectorRequirement, NodeSelectorTerm } from './selectors.js';

type Labels = Readonly<Record<string, string>>;

const INTEGER = /^[+-]?\d+$/;
const INT64_MAX = 2n ** 63n - 1n;

/** A decimal int64 as Go's ParseInt reads it, undefined for anything else. */
function parseInt64(text: string | undefined): bigint | undefined {
  if (text === undefined || !INTEGER.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value > INT64_MAX || value < -INT64_MAX - 1n ? undefined : value;
}

function matchesNumerically(value: string | undefined, requirement: NodeSelectorRequirement): boolean {
  const bound = requirement.values.length === 1 ? parseInt64(requirement.values[0]) : undefined;
  const amount = parseInt64(value);
  if (bound === undefined || amount === undefined) return false;
  return requirement.operator === 'Gt' ? amount > bound : amount < bound;
}

/**
 * One node-selector requirement against a label value (undefined: the label is absent), with kube-scheduler's reading:
 * `NotIn` holds without the label; `Gt` and `Lt` need two integers; `Gte` and `Lte` are unknown to it and never hold.
 */
function matchesRequirement(requirement: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return requirement.values.length > 0 && (value === undefined || !requirement.values.includes(value));
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt':
      return matchesNumerically(value, requirement);
    case 'Gte':
    case 'Lte':
      return false;
  }
}

/** True when every expression of the term holds. A term without any expression matches no node. */
export function matchesNodeSelectorTerm(term: NodeSelectorTerm, labels: Labels, nodeName: string): boolean {
  if (term.matchExpressions.length === 0 && term.matchFields.length === 0) return false;
  for (const requirement of term.matchExpressions) {
    if (!matchesRequirement(requirement, labels[requirement.key])) return false;
  }
  for (const requirement of term.matchFields) {
    if (!matchesRequirement(requirement, requirement.key === 'metadata.name' ? nodeName : undefined)) return false;
  }
  return true;
}

/** True when any of the OR-ed terms matches the node; an empty list matches no node. */
export function matchesNodeSelectorTerms(
  terms: readonly NodeSelectorTerm[],
  labels: Labels,
  nodeName: string,
): boolean {
  return terms.some((term) => matchesNodeSelectorTerm(term, labels, nodeName));
}
