import { ObjectCache } from '../kernel/object-cache.js';
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

interface Named {
  readonly namespace: string;
  readonly name: string;
}

/** By the metadata, which an object mostly keeps when its status changes. */
const keys = new ObjectCache<Named, string>();

/** Key of a namespaced object: `namespace/name`. */
export function objectKey(metadata: Named): string {
  let key = keys.get(metadata);
  if (key === undefined) keys.set(metadata, (key = `${metadata.namespace}/${metadata.name}`));
  return key;
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
    this.#tell({ before, after: undefined });
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

interface NodePods {
  readonly byKey: Map<string, Pod>;
  list: readonly Pod[] | undefined;
}

const NO_PODS: readonly Pod[] = [];

/** The API server of the World: pods, nodes, NodeClaims and NodePools, with the indexes the controllers need. */
export class ClusterStore {
  readonly pods = new ObjectStore<Pod>();
  readonly nodes = new ObjectStore<Node>();
  readonly nodeClaims = new ObjectStore<NodeClaim>();
  readonly nodePools = new ObjectStore<NodePool>();
  readonly #podsByNode = new Map<string, NodePods>();

  constructor() {
    this.pods.subscribe(({ before, after }) => {
      const left = before?.spec.nodeName;
      const key = objectKey((after ?? before ?? neverAbsent()).metadata);
      if (left !== undefined && left !== after?.spec.nodeName) {
        const pods = this.#podsByNode.get(left);
        pods?.byKey.delete(key);
        if (pods !== undefined) pods.list = undefined;
      }
      const entered = after?.spec.nodeName;
      if (after === undefined || entered === undefined) return;
      let pods = this.#podsByNode.get(entered);
      if (pods === undefined) this.#podsByNode.set(entered, (pods = { byKey: new Map(), list: undefined }));
      pods.byKey.set(key, after);
      pods.list = undefined;
    });
    this.nodes.subscribe(({ before, after }) => {
      if (before !== undefined && after === undefined) this.#podsByNode.delete(before.metadata.name);
    });
  }

  /** Pods bound to the node, in order of binding; the same list until one of them changes. */
  podsOn(nodeName: string): readonly Pod[] {
    const pods = this.#podsByNode.get(nodeName);
    if (pods === undefined) return NO_PODS;
    pods.list ??= [...pods.byKey.values()];
    return pods.list;
  }
}

function neverAbsent(): never {
  throw new Error('a change has a before or an after');
}
