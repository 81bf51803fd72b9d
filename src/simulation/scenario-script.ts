import { NODEPOOL_LABEL } from '../karpenter/requirements/labels.js';
import type { ScenarioEvent } from '../scenario/scenario-spec.js';
import { applyObjects, type ObjectTakers } from './cluster-objects.js';
import type { InterruptionController } from './interruption-controller.js';
import type { NodeClaimController } from './node-claim-controller.js';
import { PRIORITY } from './world.js';

/** Plays the scripted events of a scenario. */
export class ScenarioScript {
  readonly #takers: ObjectTakers;
  readonly #nodeClaims: NodeClaimController;
  readonly #interruptions: InterruptionController;

  constructor(takers: ObjectTakers, nodeClaims: NodeClaimController, interruptions: InterruptionController) {
    this.#takers = takers;
    this.#nodeClaims = nodeClaims;
    this.#interruptions = interruptions;
  }

  /** Schedules all events. */
  schedule(events: readonly ScenarioEvent[]): void {
    const { kernel, log } = this.#takers.world;
    for (const event of events) {
      kernel.at(event.atMs, PRIORITY.scenario, `scenario event: ${event.action}`, () => {
        log.append('ScenarioEvent', { text: this.#play(event) });
      });
    }
  }

  /** Does what the event says; returns what happened, in words. */
  #play(event: ScenarioEvent): string {
    const { world, workloads } = this.#takers;
    switch (event.action) {
      case 'apply':
        applyObjects(event.objects, this.#takers, true);
        return `applied ${event.file}`;
      case 'scale':
        workloads.scale(event.deployment, event.replicas, 'scenario');
        return `scaled ${event.deployment} to ${event.replicas}`;
      case 'deleteNode':
        return this.#deleteNode(event.node);
      case 'interrupt': {
        const names = this.#interruptions.spotInstances(event).slice(0, event.count);
        for (const name of names) this.#interruptions.warn(name);
        return `spot interruption of ${instances(names)}`;
      }
      case 'rebalance': {
        const names = this.#interruptions.spotInstances(event).slice(0, event.count);
        for (const name of names) this.#interruptions.recommendRebalance(name);
        return `rebalance recommendation for ${instances(names)}`;
      }
      case 'exhaust': {
        const { now } = world.kernel;
        world.cloud.exhaust(event, now, now + event.durationMs);
        const pool = [event.capacityType, event.instanceType, event.zone].filter((part) => part !== undefined);
        return `no capacity in ${pool.length === 0 ? 'any pool' : pool.join(' ')} for ${event.durationMs / 1000} s`;
      }
    }
  }

  /** Names a node or NodeClaim, or a NodePool: then its oldest node. */
  #deleteNode(name: string): string {
    const { store } = this.#takers.world;
    for (const claim of store.nodeClaims.values()) {
      const { metadata, status } = claim;
      if (metadata.deletionTimeMs !== undefined) continue;
      const names = [metadata.name, status.nodeName, metadata.labels[NODEPOOL_LABEL]];
      if (!names.includes(name)) continue;
      this.#nodeClaims.delete(metadata.name, 'scenario');
      return `deleted node ${status.nodeName ?? metadata.name}`;
    }
    return `no node ${name} to delete`;
  }
}

function instances(names: readonly string[]): string {
  return `${names.length} ${names.length === 1 ? 'instance' : 'instances'}`;
}
