import type { PriceBook } from '../cloud/prices/price-book.js';
import type { NodeClaimController } from './node-claim-controller.js';
import { PRIORITY, type World } from './world.js';

const HOUR_MS = 3_600_000;

/**
 * What EC2 charges for running spot instances: the spot price at the beginning of each hour of the instance's own life. A
 * new price is logged when it differs from the one before.
 */
export class SpotPriceController {
  readonly #world: World;
  readonly #prices: PriceBook;

  constructor(world: World, prices: PriceBook, nodeClaims: NodeClaimController) {
    this.#world = world;
    this.#prices = prices;
    if (!prices.moves) return;
    nodeClaims.onLaunched((claim, { instanceType, offering, pricePerHour }) => {
      if (offering.capacityType !== 'spot') return;
      this.#afterAnHour(claim.metadata.name, instanceType.name, offering.zone, pricePerHour ?? offering.price);
    });
  }

  #afterAnHour(nodeClaim: string, instanceType: string, zone: string, pricePerHour: number): void {
    const { kernel, log, store } = this.#world;
    kernel.after(HOUR_MS, PRIORITY.cloud, `spot price of ${nodeClaim}`, () => {
      if (store.nodeClaims.get(nodeClaim) === undefined) return;
      const now = this.#prices.spot(instanceType, zone, kernel.now) ?? pricePerHour;
      if (now !== pricePerHour) log.append('SpotPriceChanged', { nodeClaim, pricePerHour: now });
      this.#afterAnHour(nodeClaim, instanceType, zone, now);
    });
  }
}
