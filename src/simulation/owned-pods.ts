import { daemonPodNode } from '../kubernetes/controllers/daemon-set.js';
import { isPodActive } from '../kubernetes/pod-conditions.js';
import type { Pod } from '../kubernetes/pod.js';
import { objectKey } from './cluster-store.js';

const NO_PODS: readonly Pod[] = [];

/** The pods of one owner, oldest first; those of a DaemonSet by node too. */
export class OwnedPods {
  readonly #byKey = new Map<string, Pod>();
  readonly #byNode: Map<string, Pod[]> | undefined;
  #list: readonly Pod[] | undefined;

  constructor(ownerKind: string) {
    this.#byNode = ownerKind === 'DaemonSet' ? new Map<string, Pod[]>() : undefined;
  }

  /** All of them; the same array while none of them changes. */
  list(): readonly Pod[] {
    this.#list ??= [...this.#byKey.values()];
    return this.#list;
  }

  /** Daemon pods that belong to the node, until the next change of one of them. */
  on(nodeName: string): readonly Pod[] {
    return this.#byNode?.get(nodeName) ?? NO_PODS;
  }

  /** How many are neither finished nor being deleted. */
  countActive(): number {
    let active = 0;
    // No list is made: with each pod that is created it would have to be made anew.
    for (const pod of this.#byKey.values()) if (isPodActive(pod)) active++;
    return active;
  }

  /** One of them was created (no `before`), changed, or removed (no `after`). */
  change(before: Pod | undefined, after: Pod | undefined): void {
    this.#list = undefined;
    if (after !== undefined) this.#byKey.set(objectKey(after.metadata), after);
    else if (before !== undefined) this.#byKey.delete(objectKey(before.metadata));
    if (this.#byNode !== undefined) replaceOnNode(this.#byNode, before, after);
  }
}

function replaceOnNode(byNode: Map<string, Pod[]>, before: Pod | undefined, after: Pod | undefined): void {
  const left = before && daemonPodNode(before);
  const entered = after && daemonPodNode(after);
  const pods = byNode.get(left ?? '');
  const place = before === undefined ? -1 : (pods?.indexOf(before) ?? -1);
  if (pods !== undefined && place >= 0) {
    if (after !== undefined && left === entered) {
      pods[place] = after;
      return;
    }
    pods.splice(place, 1);
    if (pods.length === 0) byNode.delete(left ?? '');
  }
  if (after === undefined || entered === undefined) return;
  const others = byNode.get(entered);
  if (others === undefined) byNode.set(entered, [after]);
  else others.push(after);
}
