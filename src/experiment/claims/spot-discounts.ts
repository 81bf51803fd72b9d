import { admittedTypes } from '../../analysis/admitted-types.js';
import type { DataSource } from '../../cloud/prices/price-book.js';
import { schedulingProfile } from '../../karpenter/versions/scheduling-profile-of.js';
import { OfferedTypes } from '../../scenario/offered-types.js';
import type { ScenarioSpec } from '../../scenario/scenario-spec.js';

/** What spot costs less than on-demand, by instance type. */
export interface SpotDiscounts {
  /** By name; share of the on-demand price, mean over the zones. */
  readonly types: readonly { readonly instanceType: string; readonly discount: number }[];
  readonly sources: readonly DataSource[];
}

/** Discounts of the types that the NodePools of a scenario admit, at the prices of the scenario. */
export function spotDiscounts(spec: ScenarioSpec): SpotDiscounts {
  const { settings, region, zones, prices, startTimeMs, cluster } = spec;
  const { version } = settings;
  const place = { version, region, zones, types: undefined, nodeClasses: cluster.nodeClasses };
  const offered = new OfferedTypes({ ...place, prices, startTimeMs });
  const profile = schedulingProfile(version);
  const discounts = new Map<string, number>();
  for (const nodePool of cluster.nodePools) {
    for (const { name, offerings } of admittedTypes(nodePool, offered.ofNodePool(nodePool), profile)) {
      const of = (capacityType: string): readonly number[] =>
        offerings.filter((offering) => offering.capacityType === capacityType).map(({ price }) => price);
      const [onDemand] = of('on-demand');
      const spot = of('spot');
      if (onDemand === undefined || spot.length === 0) continue;
      discounts.set(name, 1 - spot.reduce((sum, price) => sum + price, 0) / spot.length / onDemand);
    }
  }
  return {
    types: [...discounts]
      .map(([instanceType, discount]) => ({ instanceType, discount }))
      .sort((a, b) => (a.instanceType < b.instanceType ? -1 : 1)),
    sources: offered.priceSources,
  };
}
