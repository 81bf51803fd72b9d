import { GARBAGE_COLLECTION_MS, isGarbage } from '../karpenter/lifecycle/garbage-collection.js';
import { lifecycleProfile } from '../karpenter/lifecycle/lifecycle-profile.js';
import { nextTick } from '../kubernetes/controllers/node-lifecycle.js';
import type { Node } from '../kubernetes/node.js';
import type { ClusterState } from './cluster-state.js';
import type { NodeClaimController } from './node-claim-controller.js';
import type { InstanceOwner } from './node-failure-controller.js';
import type { TerminationController } from './termination-controller.js';
import { epochNow, PRIORITY, type World } from './world.js';

/** The collector begins with Karpenter. */
const PHASE_MS = 237;

/** What Karpenter does about instances that are gone: its finalizer on the Node, and its garbage collector. */
export class GarbageCollectionController implements InstanceOwner {
  readonly #world: World;
  readonly #state: ClusterState;
  readonly #nodeClaims: NodeClaimController;
  readonly #termination: TerminationController;

  constructor(world: World, state: ClusterState, nodeClaims: NodeClaimController, termination: TerminationController) {
    this.#world = world;
    this.#state = state;
    this.#nodeClaims = nodeClaims;
    this.#termination = termination;
  }

  nodeClaimOf(node: Node): string {
    return this.#state.claimOf(node.spec.providerID)?.metadata.name ?? '';
  }

  instanceGone(node: Node): void {
    this.#termination.instanceGone(node.spec.providerID);
    const nodeClaim = this.nodeClaimOf(node);
    if (nodeClaim !== '') this.#lookAt(nodeClaim, this.#world.kernel.now);
  }

  /** The finalizer lets the Node go, and its NodeClaim with it, since there is no instance. */
  nodeDeleted(node: Node): boolean {
    const nodeClaim = this.nodeClaimOf(node);
    if (nodeClaim === '') return false;
    this.#nodeClaims.delete(nodeClaim, 'node-failure');
    return true;
  }

  #lookAt(nodeClaim: string, earliestMs: number): void {
    const { kernel, store, settings } = this.#world;
    const atMs = nextTick(earliestMs, GARBAGE_COLLECTION_MS, PHASE_MS);
    kernel.at(atMs, PRIORITY.nodeClaimLifecycle, `garbage collection of ${nodeClaim}`, () => {
      const claim = store.nodeClaims.get(nodeClaim);
      if (claim === undefined) return;
      const profile = lifecycleProfile(settings.version);
      if (isGarbage(claim, this.#state.nodeOf(claim), epochNow(this.#world), profile)) {
        this.#nodeClaims.delete(nodeClaim, 'garbage-collection');
      } else this.#lookAt(nodeClaim, kernel.now + 1);
    });
  }
}
