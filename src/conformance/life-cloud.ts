import type { InstanceType, Offering } from '../cloud/instance-type.js';
import { allocatableOf } from '../cloud/allocatable.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import { CAPACITY_TYPE_LABEL, WELL_KNOWN_LABELS, ZONE_LABEL } from '../karpenter/requirements/labels.js';
import { Requirements } from '../karpenter/requirements/requirements.js';
import { typeView } from '../karpenter/scheduling/type-view.js';
import { schedulingProfile } from '../karpenter/versions/scheduling-profile-of.js';
import { resourcesFit } from '../kubernetes/resource-arithmetic.js';
import type { Cloud, LaunchOutcome } from '../simulation/surroundings.js';
import type { StoryDelays, StoryPool } from './life-story.js';

/** How long an offering that a launch found exhausted is hidden, ms. */
const HIDDEN_MS = 180_000;

interface Stock {
  readonly type: InstanceType;
  readonly offering: Offering;
  available: boolean;
  exhausted: boolean;
  hiddenUntilMs: number;
}

/** The cloud of the recorded stories: fixed delays, the cheapest offering, shortages by script. */
export class StoryCloud implements Cloud {
  readonly #delays: StoryDelays;
  readonly #types: readonly InstanceType[];
  readonly #stocks: readonly Stock[];
  #shown: { readonly key: string; readonly types: readonly InstanceType[] } | undefined;

  constructor(types: readonly InstanceType[], delays: StoryDelays) {
    this.#types = types;
    this.#delays = delays;
    this.#stocks = types.flatMap((type) =>
      type.offerings.map((offering) => ({
        type,
        offering,
        available: offering.available,
        exhausted: false,
        hiddenUntilMs: 0,
      })),
    );
  }

  instanceTypes(_nodePool: unknown, nowMs: number): readonly InstanceType[] {
    const key = this.#stocks.map((stock) => (isShown(stock, nowMs) ? '1' : '0')).join('');
    if (this.#shown?.key !== key) {
      const types = this.#types.map((type) => {
        const stocks = this.#stocks.filter((stock) => stock.type === type);
        return typeWith(
          type,
          stocks.map((stock) => ({ ...stock.offering, available: isShown(stock, nowMs) })),
        );
      });
      this.#shown = { key, types };
    }
    return this.#shown.types;
  }

  launchCallMs(): number {
    return ms(this.#delays.launchSeconds);
  }

  launch(nodeClaim: NodeClaim, nodePool: unknown, nowMs: number): LaunchOutcome {
    const { offeringMatches, boundsReading } = schedulingProfile('v1.14.1');
    const requirements = Requirements.fromExpressions(nodeClaim.spec.requirements, boundsReading);
    const choices: { readonly type: InstanceType; readonly offering: Offering }[] = [];
    for (const type of this.instanceTypes(nodePool, nowMs)) {
      const view = typeView(type);
      if (!requirements.isCompatible(view.requirements, WELL_KNOWN_LABELS)) continue;
      if (!resourcesFit(nodeClaim.spec.requests, allocatableOf(type))) continue;
      for (const candidate of view.offerings) {
        const { offering } = candidate;
        if (offering.available && offeringMatches(candidate, requirements)) choices.push({ type, offering });
      }
    }
    choices.sort(
      (a, b) =>
        a.offering.price - b.offering.price ||
        byCodeUnit(a.type.name, b.type.name) ||
        byCodeUnit(a.offering.zone, b.offering.zone) ||
        byCodeUnit(a.offering.capacityType, b.offering.capacityType),
    );
    for (const { type, offering } of choices) {
      const stock = this.#stocks.find(
        (other) =>
          other.type.name === type.name &&
          other.offering.zone === offering.zone &&
          other.offering.capacityType === offering.capacityType,
      );
      if (stock?.exhausted === true) {
        stock.hiddenUntilMs = nowMs + HIDDEN_MS;
        continue;
      }
      const { registerSeconds, readySeconds, startupTaintSeconds, neverRegister, neverReady } = this.#delays;
      const number = nodeClaim.metadata.name.slice(nodeClaim.metadata.name.lastIndexOf('-') + 1);
      const isNamed = (names: readonly string[] | undefined): boolean => names?.includes(`n${number}`) ?? false;
      return {
        launched: {
          providerID: `life:///i${number}`,
          instanceType: type,
          offering,
          registerAfterMs: isNamed(neverRegister) ? undefined : ms(registerSeconds),
          readyAfterMs: isNamed(neverReady) ? undefined : ms(readySeconds),
          startupTaintAfterMs: () => (startupTaintSeconds === undefined ? undefined : ms(startupTaintSeconds)),
        },
      };
    }
    return { insufficientCapacity: 'all requested instance types were unavailable' };
  }

  terminateMs(): number {
    return ms(this.#delays.terminateSeconds);
  }

  interrupted(): void {
    throw new Error('stories have no interruptions');
  }

  exhaust(): void {
    throw new Error('stories exhaust pools by setExhausted');
  }

  /** What the provider shows from now on. */
  setAvailable(pool: StoryPool, available: boolean): void {
    for (const stock of this.#stocks) if (isIn(stock, pool)) stock.available = available;
  }

  /** What the cloud has, which the provider learns only by a launch. */
  setExhausted(pool: StoryPool, exhausted: boolean): void {
    for (const stock of this.#stocks) if (isIn(stock, pool)) stock.exhausted = exhausted;
  }
}

function ms(seconds: number): number {
  return Math.round(seconds * 1000);
}

function isShown(stock: Stock, nowMs: number): boolean {
  return stock.available && nowMs >= stock.hiddenUntilMs;
}

function isIn({ type, offering }: Stock, { instanceType, zone, capacityType }: StoryPool): boolean {
  return (
    (instanceType ?? type.name) === type.name &&
    (zone ?? offering.zone) === offering.zone &&
    (capacityType ?? offering.capacityType) === offering.capacityType
  );
}

/** The type with other offerings: zones and capacity types it is required to have are those of the available ones. */
function typeWith(type: InstanceType, offerings: readonly Offering[]): InstanceType {
  const available = offerings.filter((offering) => offering.available);
  const requirements = type.requirements.map((requirement) => {
    if (requirement.key === ZONE_LABEL)
      return { ...requirement, values: [...new Set(available.map(({ zone }) => zone))] };
    if (requirement.key === CAPACITY_TYPE_LABEL) {
      return { ...requirement, values: [...new Set(available.map(({ capacityType }) => capacityType))] };
    }
    return requirement;
  });
  return { ...type, offerings, requirements };
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
