import type { LabelSelector } from '../../kubernetes/selectors.js';
import type { TopologyTerm } from './topology-group.js';
import type { TopologyNodeFilter } from './topology-node-filter.js';

/** Terms with the same text share a group (TOP-12). */
export type TopologyIdentity = (term: TopologyTerm) => string;

/**
 * What v1.14.1 tells groups apart by. Its hash does not see minDomains, nor anything of a filter's requirements but their
 * keys, and equal elements of a list cancel in pairs.
 */
export const topologyIdentityV1: TopologyIdentity = (term) =>
  JSON.stringify([
    ...commonIdentity(term),
    selectorIdentity(term.selector, distinct),
    term.nodeFilter === undefined
      ? null
      : [
          term.nodeFilter.honorsTaints,
          term.nodeFilter.honorsAffinity,
          oddlyOften(term.nodeFilter.tolerations.map(tolerationText)),
          oddlyOften(alternativeKeys(term.nodeFilter)),
        ],
  ]);

/** What v0.32.0 tells groups apart by: no policies or tolerations, and expressions of a selector cancel too. */
export const topologyIdentityV0: TopologyIdentity = (term) =>
  JSON.stringify([
    ...commonIdentity(term),
    selectorIdentity(term.selector, oddlyOften),
    term.nodeFilter === undefined ? null : oddlyOften(alternativeKeys(term.nodeFilter)),
  ]);

function commonIdentity({ kind, key, namespaces, maxSkew }: TopologyTerm): unknown[] {
  return [kind, key, [...namespaces].sort(), maxSkew];
}

function selectorIdentity(selector: LabelSelector | undefined, collect: (texts: string[]) => string[]): unknown {
  if (selector === undefined) return null;
  const { matchLabels, matchExpressions } = selector;
  return [
    Object.keys(matchLabels)
      .sort()
      .map((key) => [key, matchLabels[key]]),
    collect(
      matchExpressions.map(({ key, operator, values }) => JSON.stringify([key, operator, oddlyOften([...values])])),
    ),
  ];
}

function alternativeKeys(filter: TopologyNodeFilter): string[] {
  return filter.alternatives.map((alternative) => JSON.stringify([...alternative.keys()].sort()));
}

function tolerationText(toleration: TopologyNodeFilter['tolerations'][number]): string {
  const { key, operator, value, effect, tolerationSeconds } = toleration;
  return JSON.stringify([key, operator, value, effect, tolerationSeconds ?? null]);
}

function distinct(texts: string[]): string[] {
  return [...new Set(texts)].sort();
}

/** Elements that occur an odd number of times, sorted. */
function oddlyOften(texts: string[]): string[] {
  const odd = new Set<string>();
  for (const text of texts) if (!odd.delete(text)) odd.add(text);
  return [...odd].sort();
}
