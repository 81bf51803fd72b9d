import { sortFew } from '../../kernel/sort-few.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { PodInPass } from './pod-in-pass.js';

/** What a pod's place in the queue depends on. */
export interface QueuePlace {
  readonly cpu: number;
  readonly memory: number;
  /** Whole seconds, as the API keeps times. */
  readonly createdSeconds: number;
  readonly uid: string;
}

/** The pods that a pass still has to place, and when to give up on them (scheduling.md §5.1–5.2). */
export class SchedulingQueue {
  readonly #pods: PodInPass[];
  #head = 0;
  /** Length of the queue when a pod was last put back. */
  #stamps = new Map<string, number>();

  constructor(pods: readonly PodInPass[]) {
    const queued = pods.map((tried) => {
      const { requests, original } = tried;
      const { creationTimeMs, uid } = original.metadata;
      const { cpu, memory } = sizeInQueue(requests);
      return { tried, cpu, memory, createdSeconds: Math.floor(creationTimeMs / 1000), uid };
    });
    this.#pods = sortFew(queued, comparePlaces).map(({ tried }) => tried);
  }

  get length(): number {
    return this.#pods.length - this.#head;
  }

  /** The next pod; undefined when none is left, or when a whole round brought nothing (LOOP-3). */
  pop(): PodInPass | undefined {
    const next = this.#pods[this.#head];
    if (next === undefined || this.#stamps.get(next.original.metadata.uid) === this.length) return undefined;
    this.#head++;
    return next;
  }

  /** Puts a pod back to the end. */
  push(tried: PodInPass): void {
    this.#pods.push(tried);
    this.#stamps.set(tried.original.metadata.uid, this.length);
  }

  /** The same after the pod gave something up, which gives every pod another round (v0.32.0, LOOP-3). */
  pushRelaxed(tried: PodInPass): void {
    this.#pods.push(tried);
    this.#stamps = new Map();
  }
}

/** How large a pod of these requests is to the queue. */
export function sizeInQueue(requests: ResourceList): Pick<QueuePlace, 'cpu' | 'memory'> {
  return { cpu: requests['cpu'] ?? 0, memory: requests['memory'] ?? 0 };
}

/** Largest first; then the oldest; then by UID (LOOP-2). */
export function comparePlaces(a: QueuePlace, b: QueuePlace): number {
  if (a.cpu !== b.cpu) return b.cpu - a.cpu;
  if (a.memory !== b.memory) return b.memory - a.memory;
  if (a.createdSeconds !== b.createdSeconds) return a.createdSeconds - b.createdSeconds;
  return a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0;
}
