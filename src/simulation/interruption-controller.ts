import { SPOT_WARNING_MS } from '../cloud/interruption/spot-reclaims.js';
import type { RandomStream } from '../kernel/random-streams.js';
import type { NodeClaimController } from './node-claim-controller.js';
import type { LaunchedInstance } from './surroundings.js';
import type { TerminationController } from './termination-controller.js';
import { PRIORITY, type World } from './world.js';

/** From EC2's event to Karpenter's reaction, an assumption (aws.md §15). */
const QUEUE_LATENCY_MS = { min: 500, max: 2000 };

/** Spot interruption: the warning, Karpenter's reaction to it, and the end two minutes later (disruption.md §10). */
export class InterruptionController {
  readonly #world: World;
  readonly #nodeClaims: NodeClaimController;
  readonly #termination: TerminationController;
  readonly #latency: RandomStream;
  readonly #spot = new Map<string, LaunchedInstance>();

  constructor(world: World, nodeClaims: NodeClaimController, termination: TerminationController) {
    this.#world = world;
    this.#nodeClaims = nodeClaims;
    this.#termination = termination;
    this.#latency = world.streams.stream('interruption/queue-latency');
    nodeClaims.onLaunched((claim, instance) => {
      if (instance.offering.capacityType !== 'spot') return;
      const { name } = claim.metadata;
      this.#spot.set(name, instance);
      if (instance.interruptAfterMs === undefined) return;
      world.kernel.after(instance.interruptAfterMs, PRIORITY.cloud, `spot warning for ${name}`, () => {
        this.warn(name);
      });
    });
    world.store.nodeClaims.subscribe(({ before, after }) => {
      if (after === undefined && before !== undefined) this.#spot.delete(before.metadata.name);
    });
  }

  /** NodeClaims of running spot instances that match, in order of launch; an undefined filter matches all. */
  spotInstances(filter: { readonly instanceType?: string | undefined; readonly zone?: string | undefined }): string[] {
    const matching: string[] = [];
    for (const [name, { instanceType, offering }] of this.#spot) {
      if (filter.instanceType !== undefined && filter.instanceType !== instanceType.name) continue;
      if (filter.zone !== undefined && filter.zone !== offering.zone) continue;
      matching.push(name);
    }
    return matching;
  }

  /** EC2 sees a higher risk of interruption. Both versions publish an event about it and do nothing (disruption.md §10). */
  recommendRebalance(nodeClaimName: string): void {
    const { log, store } = this.#world;
    const instance = this.#spot.get(nodeClaimName);
    const claim = store.nodeClaims.get(nodeClaimName);
    if (instance === undefined || claim === undefined) return;
    const { instanceType, offering } = instance;
    const node = claim.status.nodeName ?? nodeClaimName;
    log.append('SpotRebalanceRecommendation', { node, instanceType: instanceType.name, zone: offering.zone });
  }

  /** EC2 announces that it takes an instance back. */
  warn(nodeClaimName: string): void {
    const { cloud, kernel, log, store } = this.#world;
    const instance = this.#spot.get(nodeClaimName);
    const claim = store.nodeClaims.get(nodeClaimName);
    if (instance === undefined || claim === undefined) return;
    const { instanceType, offering } = instance;
    log.append('SpotInterruption', {
      node: claim.status.nodeName ?? nodeClaimName,
      instanceType: instanceType.name,
      zone: offering.zone,
    });
    const latencyMs = Math.round(this.#latency.uniform(QUEUE_LATENCY_MS.min, QUEUE_LATENCY_MS.max));
    kernel.after(latencyMs, PRIORITY.nodeClaimLifecycle, `interruption of ${nodeClaimName}`, () => {
      cloud.interrupted(instanceType.name, offering.zone, kernel.now);
      this.#nodeClaims.delete(nodeClaimName, 'interruption');
    });
    kernel.after(SPOT_WARNING_MS, PRIORITY.cloud, `reclaim of ${nodeClaimName}`, () => {
      this.#termination.reclaim(nodeClaimName);
    });
  }
}
