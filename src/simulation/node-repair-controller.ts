import { isRepairBlocked, REPAIR_RETRY_MS, repairDueMs, withTimeUp } from '../karpenter/lifecycle/node-repair.js';
import { NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import type { Node } from '../kubernetes/node.js';
import type { ClusterState } from './cluster-state.js';
import type { NodeClaimController } from './node-claim-controller.js';
import { epochNow, PRIORITY, type World } from './world.js';

/** Replaces nodes that have been unhealthy for long (disruption.md §1.13), where the gate NodeRepair is on. */
export class NodeRepairController {
  readonly #world: World;
  readonly #state: ClusterState;
  readonly #nodeClaims: NodeClaimController;

  constructor(world: World, state: ClusterState, nodeClaims: NodeClaimController) {
    this.#world = world;
    this.#state = state;
    this.#nodeClaims = nodeClaims;
    world.store.nodes.subscribe(({ before, after }) => {
      const due = after && repairDueMs(after);
      if (due !== undefined && due !== (before && repairDueMs(before))) this.#lookAt(after?.metadata.name ?? '', due);
    });
  }

  #lookAt(nodeName: string, atMs: number): void {
    const { kernel, startTimeMs } = this.#world;
    kernel.at(Math.max(atMs - startTimeMs, kernel.now), PRIORITY.nodeClaimLifecycle, `repair of ${nodeName}`, () => {
      this.#repair(nodeName);
    });
  }

  #repair(nodeName: string): void {
    const { store } = this.#world;
    const node = store.nodes.get(nodeName);
    const claim = node && this.#state.claimOf(node.spec.providerID);
    const due = node && repairDueMs(node);
    const now = epochNow(this.#world);
    if (claim === undefined || claim.metadata.deletionTimeMs !== undefined || due === undefined || now < due) return;
    if (isRepairBlocked(this.#peers(node))) {
      this.#lookAt(nodeName, now + REPAIR_RETRY_MS);
      return;
    }
    store.nodeClaims.set(claim.metadata.name, withTimeUp(claim, now));
    this.#nodeClaims.delete(claim.metadata.name, 'unhealthy');
  }

  #peers(node: Node | undefined): readonly Node[] {
    const pool = node?.metadata.labels[NODEPOOL_LABEL];
    return this.#world.store.nodes.list().filter(({ metadata }) => metadata.labels[NODEPOOL_LABEL] === pool);
  }
}
