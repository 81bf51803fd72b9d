import { expiresAt } from '../karpenter/lifecycle/expiration.js';
import { type LifecycleProfile, lifecycleProfile } from '../karpenter/lifecycle/lifecycle-profile.js';
import type { NodeClaimController } from './node-claim-controller.js';
import { PRIORITY, type World } from './world.js';

/** v1.14.1: deletes NodeClaims at their age, whatever their nodes are doing, one a second (disruption.md §1.8). */
export class ExpirationController {
  readonly #world: World;
  readonly #nodeClaims: NodeClaimController;
  readonly #profile: LifecycleProfile;
  #busyUntilMs = 0;

  constructor(world: World, nodeClaims: NodeClaimController) {
    this.#world = world;
    this.#nodeClaims = nodeClaims;
    this.#profile = lifecycleProfile(world.settings.version);
    if (!this.#profile.forcefulExpiration) return;
    world.store.nodeClaims.subscribe(({ before, after }) => {
      if (before !== undefined || after === undefined) return;
      const dueMs = expiresAt(after);
      if (dueMs !== undefined) this.#expireAt(after.metadata.name, dueMs - world.startTimeMs);
    });
  }

  #expireAt(name: string, timeMs: number): void {
    const { kernel, store } = this.#world;
    kernel.at(Math.max(timeMs, kernel.now), PRIORITY.nodeClaimLifecycle, `expiration of ${name}`, () => {
      const claim = store.nodeClaims.get(name);
      if (claim === undefined || claim.metadata.deletionTimeMs !== undefined) return;
      // The controller has one worker, which sleeps after each deletion.
      if (kernel.now < this.#busyUntilMs) {
        this.#expireAt(name, this.#busyUntilMs);
        return;
      }
      this.#busyUntilMs = kernel.now + this.#profile.expirationPauseMs;
      this.#nodeClaims.delete(name, 'expiration');
    });
  }
}
