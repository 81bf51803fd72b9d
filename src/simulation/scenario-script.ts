import type { InstanceSelector, ScenarioEvent } from '../scenario/scenario-spec.js';
import { applyObjects, type ObjectTakers } from './cluster-objects.js';
import type { NodeFailureController } from './node-failure-controller.js';
import type { NodeProvider } from './node-provider.js';
import { PRIORITY } from './world.js';

/** Plays the scripted events of a scenario. */
export class ScenarioScript {
  readonly #takers: ObjectTakers;
  readonly #nodes: NodeProvider;
  readonly #failures: NodeFailureController;

  constructor(takers: ObjectTakers, nodes: NodeProvider, failures: NodeFailureController) {
    this.#takers = takers;
    this.#nodes = nodes;
    this.#failures = failures;
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
        workloads.scale('Deployment', event.deployment, event.replicas, 'scenario');
        return `scaled ${event.deployment} to ${event.replicas}`;
      case 'deleteNode': {
        const deleted = this.#nodes.deleteNode(event.node);
        return deleted === undefined ? `no node ${event.node} to delete` : `deleted node ${deleted}`;
      }
      case 'failNode': {
        const node = this.#failures.find(event.node);
        if (node === undefined) return `no node ${event.node} to fail`;
        this.#failures.fail(node, event.failure);
        return `node ${node} failed: ${event.failure}`;
      }
      case 'failZone': {
        const nodes = this.#failures.inZone(event.zone);
        for (const node of nodes) this.#failures.fail(node, 'instance-gone');
        return `zone ${event.zone} failed with ${nodes.length} nodes`;
      }
      case 'interrupt':
        return announce('spot interruption of', this.#spot(event), (name) => {
          this.#nodes.warn(name);
        });
      case 'rebalance':
        return announce('rebalance recommendation for', this.#spot(event), (name) => {
          this.#nodes.recommendRebalance(name);
        });
      case 'maintenance':
        return announce('maintenance announced for', this.#any(event), (name) =>
          this.#nodes.announceMaintenance?.(name),
        );
      case 'failLaunches': {
        const { fault, nodeClass, zone, durationMs } = event;
        const { now } = world.kernel;
        this.#takers.ec2.faults.add({ fault, nodeClass, zone, fromMs: now, untilMs: now + durationMs });
        const where = [nodeClass, zone].filter((part) => part !== undefined).join(' in ');
        return `launches${where === '' ? '' : ` of ${where}`} fail for ${durationMs / 1000} s: ${fault}`;
      }
      case 'exhaust': {
        const { now } = world.kernel;
        world.cloud.exhaust(event, now, now + event.durationMs);
        const pool = [event.capacityType, event.instanceFamily, event.instanceType, event.zone].filter(
          (part) => part !== undefined,
        );
        return `no capacity in ${pool.length === 0 ? 'any pool' : pool.join(' ')} for ${event.durationMs / 1000} s`;
      }
    }
  }

  #spot(event: InstanceSelector): readonly string[] {
    return this.#nodes.spotInstances(event).slice(0, event.count);
  }

  /** Spot or not; a baseline that is not told of such things has none to name. */
  #any(event: InstanceSelector): readonly string[] {
    return (this.#nodes.instances?.(event) ?? []).slice(0, event.count);
  }
}

function announce(what: string, names: readonly string[], tell: (name: string) => void): string {
  for (const name of names) tell(name);
  return `${what} ${names.length} ${names.length === 1 ? 'instance' : 'instances'}`;
}
