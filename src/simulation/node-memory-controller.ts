import {
  judgeMemory,
  MEMORY_PRESSURE,
  type PodMemory,
  PRESSURE_TRANSITION_MS,
} from '../kubernetes/kubelet/memory-pressure.js';
import type { Node } from '../kubernetes/node.js';
import type { Usage } from '../workload/live-usage.js';
import { objectKey } from './cluster-store.js';
import type { NodeUsage } from './node-usage.js';
import { withCondition, type PodLifecycle } from './pod-lifecycle.js';
import { PRIORITY, timestampNow, type World } from './world.js';

/** Memory is sampled, and judged, this often. */
const LOOK_MS = 60_000;

/**
 * Memory of the nodes: pods that use more than their limit, or together more than their node has, are killed or evicted. So a dense
 * packing of pods whose limits lie above their requests has its price.
 */
export class NodeMemoryController {
  readonly #world: World;
  readonly #pods: PodLifecycle;
  readonly #usage: NodeUsage;
  readonly #usedBefore = new Map<string, number>();
  /** Nodes where nothing had to be done, and what they and their pods were then. */
  readonly #calm = new Map<string, { readonly node: Node; readonly total: Usage }>();
  /** When the pressure on a node is over if nothing more happens, ms. */
  readonly #calmAtMs = new Map<string, number>();

  constructor(world: World, pods: PodLifecycle, usage: NodeUsage) {
    this.#world = world;
    this.#pods = pods;
    this.#usage = usage;
    world.store.nodes.subscribe(({ before, after }) => {
      if (after !== undefined || before === undefined) return;
      this.#usedBefore.delete(before.metadata.name);
      this.#calm.delete(before.metadata.name);
      this.#calmAtMs.delete(before.metadata.name);
    });
  }

  /** Begins to look, half a minute past each minute. */
  start(): void {
    this.#lookAfter(LOOK_MS / 2);
  }

  #lookAfter(delayMs: number): void {
    this.#world.kernel.after(delayMs, PRIORITY.kubelet, 'memory of nodes', () => {
      for (const node of this.#world.store.nodes.list()) this.#look(node);
      this.#lookAfter(LOOK_MS);
    });
  }

  #look(node: Node): void {
    const { name } = node.metadata;
    if (this.#pods.isDead(name)) return;
    const total = this.#usage.totalOn(name);
    const calm = this.#calm.get(name);
    if (calm?.node === node && calm.total === total) return;
    const pods: PodMemory[] = [];
    let used = 0;
    for (const { pod, usage, memoryLimitBytes } of this.#usage.podsOn(name)) {
      const usedBytes = usage.memoryBytes;
      if (pod.status.phase !== 'Running' || usedBytes === 0) continue;
      pods.push({ pod, usedBytes, limitBytes: memoryLimitBytes });
      used += usedBytes;
    }
    const before = { usedBytes: this.#usedBefore.get(name) ?? 0, sinceMs: LOOK_MS };
    const { oomKilled, evicted, pressure } = judgeMemory(node, pods, before);
    for (const { usedBytes } of [...oomKilled, ...evicted]) used -= usedBytes;
    this.#usedBefore.set(name, used);
    for (const { pod } of oomKilled) this.#pods.containerEnded(objectKey(pod.metadata), 'OOMKilled');
    for (const { pod } of evicted) this.#pods.finish(objectKey(pod.metadata), 'Failed', 'Evicted');
    if (pressure) this.#underPressure(name);
    else if (oomKilled.length === 0) this.#calm.set(name, { node, total });
  }

  /** The taint keeps new pods away until there has been no pressure for five minutes. */
  #underPressure(name: string): void {
    const { kernel, log, store } = this.#world;
    const known = this.#calmAtMs.has(name);
    this.#calmAtMs.set(name, kernel.now + PRESSURE_TRANSITION_MS);
    if (known) return;
    log.append('MemoryPressure', { node: name, status: true });
    const node = store.nodes.get(name);
    if (node !== undefined) this.#write(node, true);
    this.#calmLater(name);
  }

  #calmLater(name: string): void {
    const { kernel, log, store } = this.#world;
    const calmAtMs = this.#calmAtMs.get(name);
    if (calmAtMs === undefined) return;
    kernel.at(calmAtMs, PRIORITY.kubelet, `memory pressure of ${name}`, () => {
      const node = store.nodes.get(name);
      if (node === undefined) return;
      if (this.#calmAtMs.get(name) !== calmAtMs) {
        this.#calmLater(name);
        return;
      }
      this.#calmAtMs.delete(name);
      log.append('MemoryPressure', { node: name, status: false });
      this.#write(node, false);
    });
  }

  #write(node: Node, pressure: boolean): void {
    const others = node.spec.taints.filter(({ key }) => key !== MEMORY_PRESSURE.key);
    const taints = pressure ? [...others, MEMORY_PRESSURE] : others;
    const conditions = withCondition(
      node.status.conditions,
      'MemoryPressure',
      pressure ? 'True' : 'False',
      pressure ? 'KubeletHasInsufficientMemory' : 'KubeletHasSufficientMemory',
      timestampNow(this.#world),
    );
    const changed = { ...node, spec: { ...node.spec, taints }, status: { ...node.status, conditions } };
    this.#world.store.nodes.set(node.metadata.name, changed);
  }
}
