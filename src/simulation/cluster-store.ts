import type { NodeClaim } from '../karpenter/nodeclaim.js';
import type { NodePool } from '../karpenter/nodepool.js';
import type { Node } from '../kubernetes/node.js';
import type { Pod } from '../kubernetes/pod.js';

/** What happened to one object: created (no `before`), changed, or removed (no `after`). */
export interface Change<T> {
  readonly before?: T | undefined;
  readonly after?: T | undefined;
}

type Listener<T> = (change: Change<T>) => void;

/** Key of a namespaced object: `namespace/name`. */
export function objectKey(metadata: { readonly namespace: string; readonly name: string }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/**
 * One kind of API object by key, in creation order. Objects are immutable; a write replaces the object and tells the
 * subscribers at the same instant, as the recorded stories assume.
 */
export class ObjectStore<T> {
  readonly #objects = new Map<string, T>();
  readonly #listeners: Listener<T>[] = [];
  #list: readonly T[] | undefined;

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  /** All objects in creation order. */
  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  /** The same as an array, which keeps its identity while nothing is written. */
  list(): readonly T[] {
    this.#list ??= [...this.#objects.values()];
    return this.#list;
  }

  /** Creates or replaces. */
  set(key: string, object: T): void {
    const before = this.#objects.get(key);
    this.#objects.set(key, object);
    this.#tell({ before, after: object });
  }

  /** Removes; nothing happens if there is no such object. */
  delete(key: string): void {
    const before = this.#objects.get(key);
    if (before === undefined) return;
    this.#objects.delete(key);
    this.#tell({ before });
  }

  /** Subscribers are told in the order in which they subscribed. */
  subscribe(listener: Listener<T>): void {
    this.#listeners.push(listener);
  }

  #tell(change: Change<T>): void {
    this.#list = undefined;
    for (const listener of this.#listeners) listener(change);
  }
}

/** The API server of the World: pods, nodes, NodeClaims and NodePools, with the indexes the controllers need. */
export class ClusterStore {
  readonly pods = new ObjectStore<Pod>();
  readonly nodes = new ObjectStore<Node>();
  readonly nodeClaims = new ObjectStore<NodeClaim>();
  readonly nodePools = new ObjectStore<NodePool>();
  readonly #podsByNode = new Map<string, Map<string, Pod>>();

  constructor() {
    this.pods.subscribe(({ before, after }) => {
      const left = before?.spec.nodeName;
      const key = objectKey((after ?? before ?? neverAbsent()).metadata);
      if (left !== undefined && left !== after?.spec.nodeName) this.#podsByNode.get(left)?.delete(key);
      const entered = after?.spec.nodeName;
      if (after === undefined || entered === undefined) return;
      let pods = this.#podsByNode.get(entered);
      if (pods === undefined) this.#podsByNode.set(entered, (pods = new Map<string, Pod>()));
      pods.set(key, after);
    });
    this.nodes.subscribe(({ before, after }) => {
      if (before !== undefined && after === undefined) this.#podsByNode.delete(before.metadata.name);
    });
  }

  /** Pods bound to the node, in order of binding. */
  podsOn(nodeName: string): readonly Pod[] {
    const pods = this.#podsByNode.get(nodeName);
    return pods === undefined ? [] : [...pods.values()];
  }
}

function neverAbsent(): never {
  throw new Error('a change has a before or an after');
}
