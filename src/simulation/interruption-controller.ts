import { readInterruptionMessage } from '../cloud/interruption/interruption-message.js';
import { interruptionReaction } from '../cloud/interruption/interruption-reaction.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import { INSTANCE_TYPE_LABEL, ZONE_LABEL } from '../karpenter/requirements/labels.js';
import type { NodeClaimController } from './node-claim-controller.js';
import type { World } from './world.js';

/** Karpenter's part in an interruption: what it does about the messages of its queue (disruption.md §10, aws.md §15). */
export class InterruptionController {
  readonly #world: World;
  readonly #nodeClaims: NodeClaimController;

  constructor(world: World, nodeClaims: NodeClaimController) {
    this.#world = world;
    this.#nodeClaims = nodeClaims;
  }

  /** Handles the body of one message. Messages about instances that no NodeClaim has are dropped. */
  receive(body: string): void {
    const message = readInterruptionMessage(body);
    if (message === undefined) return;
    const reaction = interruptionReaction(message.kind);
    for (const id of message.instanceIds) {
      const claim = this.#claimOf(id);
      if (claim === undefined) continue;
      const { cloud, kernel } = this.#world;
      const { labels, name } = claim.metadata;
      const [type, zone] = [labels[INSTANCE_TYPE_LABEL], labels[ZONE_LABEL]];
      // Needs both labels, and hides spot whatever the NodeClaim is: only spot instances get such warnings.
      if (reaction.marksSpot && type !== undefined && zone !== undefined) {
        cloud.interrupted(type, zone, kernel.now);
      }
      if (reaction.deletes) this.#nodeClaims.delete(name, 'interruption');
    }
  }

  #claimOf(instanceId: string): NodeClaim | undefined {
    for (const claim of this.#world.store.nodeClaims.values()) {
      if (claim.status.providerID?.endsWith(`/${instanceId}`) === true) return claim;
    }
    return undefined;
  }
}
