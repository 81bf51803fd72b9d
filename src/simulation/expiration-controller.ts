import { expiresAt } from '../karpenter/lifecycle/expiration.js';
import { type LifecycleProfile, lifecycleProfile } from '../karpenter/lifecycle/lifecycle-profile.js';
import type { RandomStream } from '../kernel/random-streams.js';
import type { NodeClaimController } from './node-claim-controller.js';
import { PRIORITY, type World } from './world.js';

/** v1.14.1: deletes NodeClaims at their age, whatever their nodes are doing, one a second (disruption.md §1.8). */
export class ExpirationController {
  readonly #world: World;
  readonly #nodeClaims: NodeClaimController;
  readonly #profile: LifecycleProfile;
  readonly #order: RandomStream;
  readonly #due: { readonly name: string; readonly dueMs: number; readonly draw: number }[] = [];
  #busyUntilMs = 0;

  constructor(world: World, nodeClaims: NodeClaimController) {
    this.#world = world;
    this.#nodeClaims = nodeClaims;
    this.#profile = lifecycleProfile(world.settings.version);
    this.#order = world.streams.stream('karpenter/expiration');
    if (!this.#profile.forcefulExpiration) return;
    world.store.nodeClaims.subscribe(({ before, after }) => {
      if (before !== undefined || after === undefined) return;
      const dueMs = expiresAt(after);
      if (dueMs !== undefined) this.#expireAt(after.metadata.name, dueMs - world.startTimeMs);
    });
  }

  #expireAt(name: string, timeMs: number): void {
    const { kernel } = this.#world;
    kernel.at(Math.max(timeMs, kernel.now), PRIORITY.nodeClaimLifecycle, `expiration of ${name}`, () => {
      this.#due.push({ name, dueMs: kernel.now, draw: this.#order.next() });
      kernel.at(Math.max(kernel.now, this.#busyUntilMs), PRIORITY.nodeClaimLifecycle, 'expiration', () => {
        this.#expireNext();
      });
    });
  }

  /** The controller has one worker, which sleeps after each deletion. What is due at one instant goes in any order. */
  #expireNext(): void {
    const { kernel, store } = this.#world;
    this.#due.sort((a, b) => a.dueMs - b.dueMs || a.draw - b.draw);
    while (this.#due.length > 0) {
      if (kernel.now < this.#busyUntilMs) {
        kernel.at(this.#busyUntilMs, PRIORITY.nodeClaimLifecycle, 'expiration', () => {
          this.#expireNext();
        });
        return;
      }
      const name = this.#due.shift()?.name ?? '';
      const claim = store.nodeClaims.get(name);
      if (claim === undefined || claim.metadata.deletionTimeMs !== undefined) continue;
      this.#busyUntilMs = kernel.now + this.#profile.expirationPauseMs;
      this.#nodeClaims.delete(name, 'expiration');
    }
  }
}
