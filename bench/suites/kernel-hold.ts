import assert from 'node:assert/strict';
import { EventQueue } from '../../src/kernel/event-queue.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import type { ScheduledEvent } from '../../src/kernel/scheduled-event.js';
import { runSuite } from '../run-suite.js';

const SIZES = [100, 10_000, 1_000_000];
const HOLDS_PER_RUN = 1000;
/** An insert moves half the array: past this size the sorted array only makes the bench slow. */
const MAX_SORTED_ARRAY_SIZE = 10_000;
const INCREMENTS = 1 << 16;

interface Queue {
  push(event: ScheduledEvent): void;
  popUntil(untilMs: number): ScheduledEvent | undefined;
}

/**
 * The hold model: a queue of constant size, from which one event is popped and pushed again at a random distance.
 * The kernel's queue runs against what it claims to beat, and every implementation must pop in the same order.
 */
export default async function kernelHold(): Promise<void> {
  const random = new RandomStreams('bench').stream('hold-increments');
  const increments = Array.from({ length: INCREMENTS }, () => Math.round(random.exponential(1000)));
  for (const size of SIZES) {
    const checksums: number[] = [];
    await runSuite({
      name: `kernel-hold-${size}`,
      unit: 'hold',
      unitsPerRun: HOLDS_PER_RUN,
      cases: [
        { name: 'kernel event queue', make: () => new EventQueue() },
        { name: 'heap of objects with comparator', make: () => new ComparatorHeap() },
        ...(size <= MAX_SORTED_ARRAY_SIZE ? [{ name: 'sorted array', make: () => new SortedArray() }] : []),
      ].map(({ name, make }) => ({ name, prepare: () => holds(make(), size, increments, checksums) })),
    });
  }
}

function holds(queue: Queue, size: number, increments: readonly number[], checksums: number[]): () => number {
  let sequence = 0;
  let block = 0;
  let checksum = 0;
  const pushAfter = (nowMs: number): void => {
    const delayMs = increments[sequence % INCREMENTS] ?? 0;
    queue.push({ timeMs: nowMs + delayMs, priority: sequence & 3, sequence, label: 'hold', action: doNothing });
    sequence += 1;
  };
  for (let i = 0; i < size; i += 1) pushAfter(0);
  return () => {
    for (let i = 0; i < HOLDS_PER_RUN; i += 1) {
      const event = queue.popUntil(Infinity);
      assert(event !== undefined);
      checksum = (Math.imul(checksum, 31) + event.sequence) | 0;
      pushAfter(event.timeMs);
    }
    // The first implementation to come this far says what the order is.
    assert.equal(checksum, (checksums[block] ??= checksum), `pop order differs in block ${block}`);
    block += 1;
    return checksum;
  };
}

function doNothing(): void {
  // Events of the bench are popped, never run.
}

function compare(a: ScheduledEvent, b: ScheduledEvent): number {
  return a.timeMs - b.timeMs || a.priority - b.priority || a.sequence - b.sequence;
}

/** What an off-the-shelf priority queue does: swaps objects and calls a comparator for each step. */
class ComparatorHeap implements Queue {
  readonly #heap: ScheduledEvent[] = [];

  push(event: ScheduledEvent): void {
    let index = this.#heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#order(index, parent) >= 0) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  popUntil(untilMs: number): ScheduledEvent | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.timeMs > untilMs) return undefined;
    const last = this.#heap.pop() as ScheduledEvent;
    if (this.#heap.length === 0) return first;
    this.#heap[0] = last;
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let least = index;
      if (left < this.#heap.length && this.#order(left, least) < 0) least = left;
      if (right < this.#heap.length && this.#order(right, least) < 0) least = right;
      if (least === index) return first;
      this.#swap(index, least);
      index = least;
    }
  }

  #order(a: number, b: number): number {
    return compare(this.#heap[a] as ScheduledEvent, this.#heap[b] as ScheduledEvent);
  }

  #swap(a: number, b: number): void {
    const event = this.#heap[a] as ScheduledEvent;
    this.#heap[a] = this.#heap[b] as ScheduledEvent;
    this.#heap[b] = event;
  }
}

/** Sorted descending, so that a pop is cheap and an insert is a binary search and a move. */
class SortedArray implements Queue {
  readonly #events: ScheduledEvent[] = [];

  push(event: ScheduledEvent): void {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.#events[middle] as ScheduledEvent, event) > 0) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
  }

  popUntil(untilMs: number): ScheduledEvent | undefined {
    const first = this.#events.at(-1);
    if (first === undefined || first.timeMs > untilMs) return undefined;
    return this.#events.pop();
  }
}
