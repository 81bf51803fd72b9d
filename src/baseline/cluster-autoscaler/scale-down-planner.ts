import type { Node } from '../../kubernetes/node.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { ClusterSnapshot } from '../cluster-snapshot.js';
import { blockingPod, type DrainBlocker, type DrainRules, podsToMove } from './drain-blockers.js';
import { nodeUtilisation } from './node-utilisation.js';
import type { ClusterAutoscalerSettings } from './settings.js';

const SCALE_DOWN_DISABLED = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
/** A node whose pods fit nowhere is not looked at again for so long (unremovable-node-recheck-timeout). */
const RECHECK_MS = 5 * 60_000;
/** Nodes that may be deleted at once, and of these such that have pods to move. */
const MAX_PARALLEL = 10;
const MAX_DRAINING = 1;

/** Why a node stays. */
export type StayReason = 'scale-down-disabled' | 'not-underutilised' | 'no-place-for-pods' | DrainBlocker;

/** Why a node stays, with what tells so. */
export interface Stay {
  readonly reason: StayReason;
  readonly utilisation: number;
  /** The pod in the way, `namespace/name`; empty for none. */
  readonly pod: string;
}

/** A node of a group, with all pods on it. */
export interface ScaleDownCandidate {
  readonly node: Node;
  readonly pods: readonly Pod[];
  /** Whether its kubelet reports. */
  readonly ready: boolean;
}

/** A node that is no longer needed. */
export interface UnneededNode {
  readonly name: string;
  /** First loop of an unbroken row in which it was not needed, epoch ms. */
  readonly sinceMs: number;
  readonly ready: boolean;
  readonly utilisation: number;
  /** Pods that have to move; none for an empty node. */
  readonly pods: readonly Pod[];
}

/** What one look at the nodes found. */
export interface ScaleDownLook {
  readonly unneeded: readonly UnneededNode[];
  readonly stays: ReadonlyMap<string, Stay>;
}

/** What decides when unneeded nodes go. Times are epoch ms; undefined: never yet. */
export interface ScaleDownClock {
  readonly nowMs: number;
  readonly lastScaleUpMs: number | undefined;
  readonly lastFailureMs: number | undefined;
}

/** Deletions that are under way, and how far each group may still shrink. */
export interface DeletionRoom {
  readonly deleting: number;
  readonly draining: number;
  /** Group of a node, and how many nodes it may lose before its minimum. */
  readonly groupOf: (node: string) => { readonly name: string; readonly removable: number } | undefined;
}

/**
 * Which nodes are not needed, and since when (kubernetes.md §7.8). It remembers from loop to loop what it found, as Cluster
 * Autoscaler does: nodes that were not needed are looked at first, and one whose pods fit nowhere not again for five minutes.
 */
export class ScaleDownPlanner {
  readonly #settings: ClusterAutoscalerSettings;
  #unneeded = new Map<string, UnneededNode>();
  readonly #unremovable = new Map<string, { readonly stay: Stay; readonly untilMs: number }>();

  constructor(settings: ClusterAutoscalerSettings) {
    this.#settings = settings;
  }

  /** The unneeded nodes as last found, oldest first. */
  get unneeded(): readonly UnneededNode[] {
    return [...this.#unneeded.values()].sort((a, b) => a.sinceMs - b.sinceMs || (a.name < b.name ? -1 : 1));
  }

  /** When a node that was left out is looked at again, epoch ms; Infinity when there is none. */
  get nextRecheckMs(): number {
    return Math.min(Infinity, ...[...this.#unremovable.values()].map(({ untilMs }) => untilMs));
  }

  /** Looks at all nodes of groups that are not being deleted. The snapshot is as before when this returns. */
  look(candidates: readonly ScaleDownCandidate[], snapshot: ClusterSnapshot, rules: DrainRules): ScaleDownLook {
    const { nowMs } = rules;
    const found = new Map<string, UnneededNode>();
    const stays = new Map<string, Stay>();
    const limit = this.#unneeded.size + 2 * MAX_PARALLEL;
    const mark = snapshot.fork();
    const taken = new Set<string>();
    for (const candidate of this.#inOrder(candidates)) {
      const { name } = candidate.node.metadata;
      const utilisation = nodeUtilisation(candidate.node, candidate.pods);
      const stay =
        this.#obviousStay(candidate, utilisation, nowMs) ??
        (found.size >= limit ? undefined : this.#tryRemoval(candidate, utilisation, snapshot, rules, taken));
      if (stay !== undefined) {
        stays.set(name, stay);
        continue;
      }
      if (!taken.has(name)) continue;
      const sinceMs = this.#unneeded.get(name)?.sinceMs ?? nowMs;
      found.set(name, { name, sinceMs, ready: candidate.ready, utilisation, pods: podsToMove(candidate.pods) });
    }
    snapshot.revert(mark);
    this.#unneeded = found;
    const known = new Set(candidates.map(({ node }) => node.metadata.name));
    for (const name of this.#unremovable.keys()) if (!known.has(name)) this.#unremovable.delete(name);
    return { unneeded: this.unneeded, stays };
  }

  /**
   * The nodes that go now: unneeded for long enough, with the whole cluster quiet for long enough, no more than may go at once and
   * none that its group cannot spare.
   */
  due({ nowMs, lastScaleUpMs, lastFailureMs }: ScaleDownClock, room: DeletionRoom): readonly UnneededNode[] {
    const { scaleDownDelayAfterAddMs, scaleDownDelayAfterFailureMs, scaleDownUnneededMs, scaleDownUnreadyMs } =
      this.#settings;
    if (lastScaleUpMs !== undefined && nowMs - lastScaleUpMs <= scaleDownDelayAfterAddMs) return [];
    if (lastFailureMs !== undefined && nowMs - lastFailureMs <= scaleDownDelayAfterFailureMs) return [];
    const due: UnneededNode[] = [];
    const leaving = new Map<string, number>();
    let draining = room.draining;
    for (const node of this.unneeded) {
      if (nowMs - node.sinceMs <= (node.ready ? scaleDownUnneededMs : scaleDownUnreadyMs)) continue;
      if (room.deleting + due.length >= MAX_PARALLEL) break;
      if (node.pods.length > 0 && draining >= MAX_DRAINING) continue;
      const group = room.groupOf(node.name);
      const left = leaving.get(group?.name ?? '') ?? 0;
      if (group === undefined || left >= group.removable) continue;
      leaving.set(group.name, left + 1);
      if (node.pods.length > 0) draining++;
      due.push(node);
    }
    return due;
  }

  /** The node is being deleted: it is no candidate any more. */
  forget(name: string): void {
    this.#unneeded.delete(name);
    this.#unremovable.delete(name);
  }

  #inOrder(candidates: readonly ScaleDownCandidate[]): readonly ScaleDownCandidate[] {
    const before = candidates.filter(({ node }) => this.#unneeded.has(node.metadata.name));
    return [...before, ...candidates.filter(({ node }) => !this.#unneeded.has(node.metadata.name))];
  }

  #obviousStay({ node }: ScaleDownCandidate, utilisation: number, nowMs: number): Stay | undefined {
    const { name, annotations } = node.metadata;
    if (annotations[SCALE_DOWN_DISABLED] === 'true') return { reason: 'scale-down-disabled', utilisation, pod: '' };
    if (utilisation > this.#settings.scaleDownUtilizationThreshold) {
      return { reason: 'not-underutilised', utilisation, pod: '' };
    }
    const known = this.#unremovable.get(name);
    if (known !== undefined && nowMs < known.untilMs) return known.stay;
    this.#unremovable.delete(name);
    return undefined;
  }

  /** Takes the node away and looks for places for its pods; a success stays in the snapshot, so that no room is promised twice. */
  #tryRemoval(
    { node }: ScaleDownCandidate,
    utilisation: number,
    snapshot: ClusterSnapshot,
    rules: DrainRules,
    taken: Set<string>,
  ): Stay | undefined {
    const { name } = node.metadata;
    // Pods of nodes that go before this one may have been given a place here.
    const pods = snapshot.node(name)?.pods.map((info) => info.pod) ?? [];
    const moving = podsToMove(pods);
    const blocked = blockingPod(moving, rules);
    if (blocked !== undefined)
      return this.#unremovableFor(name, blocked.blocker, blocked.pod, utilisation, rules.nowMs);
    const mark = snapshot.fork();
    snapshot.removeNode(node, pods);
    for (const pod of moving) {
      const fits = snapshot.filters(pod);
      const destination = fits === undefined ? undefined : snapshot.cache.nodes.find(fits);
      if (destination === undefined) {
        snapshot.revert(mark);
        return this.#unremovableFor(name, 'no-place-for-pods', pod, utilisation, rules.nowMs);
      }
      snapshot.place(pod, destination.name);
    }
    taken.add(name);
    return undefined;
  }

  #unremovableFor(name: string, reason: StayReason, pod: Pod, utilisation: number, nowMs: number): Stay {
    const stay = { reason, utilisation, pod: `${pod.metadata.namespace}/${pod.metadata.name}` };
    this.#unremovable.set(name, { stay, untilMs: nowMs + RECHECK_MS });
    return stay;
  }
}
