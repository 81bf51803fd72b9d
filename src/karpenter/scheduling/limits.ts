import { ObjectCache } from '../../kernel/object-cache.js';
import { maxResources, subtractResources } from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { NodePool } from '../nodepool.js';
import type { StateNodeView } from '../state-node-view.js';
import { limitsDetail } from './refusal-details.js';
import type { NodeClaimTemplate } from './node-claim-template.js';
import { refusal, type Refusal } from './scheduling-errors.js';
import type { TypeView } from './type-view.js';

/** What each NodePool may still add in this pass (scheduling.md §4.4, §7). */
export class LimitsLedger {
  readonly #remaining = new Map<string, ResourceList>();
  /** Answers that hold until the next charge. */
  readonly #admitted = new Map<
    string,
    { readonly of: readonly TypeView[]; readonly answer: readonly TypeView[] | Refusal }
  >();

  /** Starts from the limits, minus what the given nodes hold. Nodes that are going away are not given (LIM-1). */
  constructor(
    nodePools: readonly NodePool[],
    nodes: readonly StateNodeView[],
    private readonly limitsNodeCount: boolean,
  ) {
    for (const { metadata, limits } of nodePools) this.#remaining.set(metadata.name, limits);
    for (const { nodePoolName, capacity } of nodes) {
      const remaining = this.#remaining.get(nodePoolName ?? '');
      if (remaining !== undefined) this.#remaining.set(nodePoolName ?? '', subtractResources(remaining, capacity));
    }
  }

  /**
   * Types whose whole capacity is still allowed (LIM-2). Node count is refused only at exactly zero: new NodeClaims are
   * not charged for it, so one pass can open any number while it is positive (LIM-4).
   */
  admit(nodePoolName: string, types: readonly TypeView[]): readonly TypeView[] | Refusal {
    const remaining = this.#remaining.get(nodePoolName) ?? {};
    if (this.limitsNodeCount && remaining['nodes'] === 0) return refusal('node-limit-exhausted');
    const names = Object.keys(remaining);
    if (names.length === 0) return types.length === 0 ? refusal('limits-exceeded') : types;
    const known = this.#admitted.get(nodePoolName);
    if (known?.of === types) return known.answer;
    const answer = this.#admit(remaining, names, types);
    this.#admitted.set(nodePoolName, { of: types, answer });
    return answer;
  }

  #admit(remaining: ResourceList, names: readonly string[], types: readonly TypeView[]): readonly TypeView[] | Refusal {
    const admitted = types.filter(({ type }) =>
      names.every((name) => (type.capacity[name] ?? 0) <= (remaining[name] ?? 0)),
    );
    if (admitted.length > 0) return admitted.length === types.length ? types : admitted;
    return refusal('limits-exceeded', () => limitsDetail(remaining, types));
  }

  /** Takes the largest type of a new NodeClaim off, since that may be what comes; nothing is given back later (LIM-3). */
  charge(nodePoolName: string, types: Iterable<TypeView>): void {
    const remaining = this.#remaining.get(nodePoolName);
    if (remaining === undefined || Object.keys(remaining).length === 0) return;
    const capacities: ResourceList[] = [];
    for (const { type } of types) capacities.push(type.capacity);
    this.#remaining.set(nodePoolName, subtractResources(remaining, maxResources(capacities)));
    this.#admitted.delete(nodePoolName);
  }
}

const largestCapacities = new ObjectCache<NodeClaimTemplate, ResourceList>();

function largestCapacity(template: NodeClaimTemplate): ResourceList {
  let largest = largestCapacities.get(template);
  if (largest === undefined) {
    largest = maxResources(template.types.map(({ type }) => type.capacity));
    largestCapacities.set(template, largest);
  }
  return largest;
}

/**
 * How many NodeClaims of a NodePool can be opened in one pass before a limit refuses any type; Infinity without limits. The
 * nodes are all that may count.
 */
export function openableClaims(template: NodeClaimTemplate, nodes: readonly StateNodeView[]): number {
  const { metadata, limits } = template.nodePool;
  let openable = Infinity;
  for (const name in limits) {
    let remaining = limits[name] ?? 0;
    for (const { nodePoolName, capacity } of nodes) {
      if (nodePoolName === metadata.name) remaining -= capacity[name] ?? 0;
    }
    // Types do not count as nodes, but the last node allowed must not be there yet (LIM-4).
    if (remaining <= 0) return 0;
    const each = largestCapacity(template)[name] ?? 0;
    if (each > 0) openable = Math.min(openable, Math.floor(remaining / each));
  }
  return openable;
}
