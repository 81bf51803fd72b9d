import { sortFew } from '../../kernel/sort-few.js';
import type { PodInPass } from './pod-in-pass.js';

/** What a pod's place in the queue depends on. */
export type Queueable = Pick<PodInPass, 'original' | 'requests'>;

/** The pods that a pass still has to place, and when to give up on them (scheduling.md §5.1–5.2). */
export class SchedulingQueue {
  readonly #pods: PodInPass[];
  #head = 0;
  /** Length of the queue when a pod was last put back. */
  #stamps = new Map<string, number>();

  constructor(pods: readonly PodInPass[]) {
    this.#pods = sortFew([...pods], compareInQueue);
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

/** Largest first; then the oldest, in whole seconds as the API keeps times; then by UID (LOOP-2). */
export function compareInQueue(a: Queueable, b: Queueable): number {
  const cpu = (b.requests['cpu'] ?? 0) - (a.requests['cpu'] ?? 0);
  if (cpu !== 0) return cpu;
  const memory = (b.requests['memory'] ?? 0) - (a.requests['memory'] ?? 0);
  if (memory !== 0) return memory;
  return compareAges(a, b);
}

/** The same among pods that ask for the same. */
export function compareAges(a: Queueable, b: Queueable): number {
  const [first, second] = [a.original.metadata, b.original.metadata];
  const age = Math.floor(first.creationTimeMs / 1000) - Math.floor(second.creationTimeMs / 1000);
  if (age !== 0) return age;
  return first.uid < second.uid ? -1 : first.uid > second.uid ? 1 : 0;
}
