import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../src/kernel/event-queue.js';
import type { ScheduledEvent } from '../../src/kernel/scheduled-event.js';

type Step =
  | { readonly kind: 'push'; readonly timeMs: number; readonly priority: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'pop'; readonly untilMs: number };

// Few distinct times and priorities, so that ties are the rule.
const push = fc.record({
  kind: fc.constant('push' as const),
  timeMs: fc.integer({ min: 0, max: 20 }),
  priority: fc.integer({ min: -2, max: 2 }),
});
const cancel = fc.record({ kind: fc.constant('cancel' as const), which: fc.nat() });
const pop = fc.record({ kind: fc.constant('pop' as const), untilMs: fc.integer({ min: 0, max: 25 }) });

function steps(weights: { push: number; cancel: number; pop: number }): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: weights.push, arbitrary: push },
    { weight: weights.cancel, arbitrary: cancel },
    { weight: weights.pop, arbitrary: pop },
  );
  return fc.array(step, { maxLength: 80, size: 'max' });
}

/** The same queue as a list that is sorted whenever something is asked of it. */
class SortedList {
  events: ScheduledEvent[] = [];

  popUntil(untilMs: number): ScheduledEvent | undefined {
    this.events.sort((a, b) => a.timeMs - b.timeMs || a.priority - b.priority || a.sequence - b.sequence);
    const first = this.events[0];
    return first !== undefined && first.timeMs <= untilMs ? this.events.shift() : undefined;
  }

  cancel(event: ScheduledEvent): boolean {
    const index = this.events.indexOf(event);
    if (index < 0) return false;
    this.events.splice(index, 1);
    return true;
  }
}

function event(timeMs: number, priority: number, sequence: number): ScheduledEvent {
  return { timeMs, priority, sequence, label: `event ${sequence}`, action: () => undefined };
}

/** Cheaper than `expect`, which matters when a failing script is shrunk. */
function same(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)}, the sorted list says ${String(expected)}`);
}

function expectSameAsSortedList(script: readonly Step[]): void {
  const queue = new EventQueue();
  const list = new SortedList();
  const all: ScheduledEvent[] = [];
  const bothPop = (untilMs: number): ScheduledEvent | undefined => {
    const expected = list.popUntil(untilMs);
    const actual = queue.popUntil(untilMs);
    same('popped', actual?.sequence, expected?.sequence);
    // The kernel marks what it runs; the handle is then known to be spent.
    if (actual !== undefined) actual.action = undefined;
    return actual;
  };
  for (const step of script) {
    if (step.kind === 'push') {
      const pushed = event(step.timeMs, step.priority, all.length);
      all.push(pushed);
      queue.push(pushed);
      list.events.push(pushed);
    } else if (step.kind === 'cancel') {
      const chosen = all[step.which % Math.max(1, all.length)];
      if (chosen !== undefined) same('cancelled', queue.cancel(chosen), list.cancel(chosen));
    } else {
      bothPop(step.untilMs);
    }
    same('size', queue.size, list.events.length);
  }
  while (bothPop(Infinity) !== undefined);
  expect(queue.size).toBe(0);
  expect(queue.held).toBe(0);
}

describe('EventQueue', () => {
  it('pops what a sorted list pops, whatever the order of pushes, cancels and pops', () => {
    fc.assert(fc.property(steps({ push: 5, cancel: 2, pop: 3 }), expectSameAsSortedList), { numRuns: 500 });
  });

  it('pops what a sorted list pops when most events are cancelled and the heap is rebuilt', () => {
    fc.assert(fc.property(steps({ push: 5, cancel: 6, pop: 1 }), expectSameAsSortedList), { numRuns: 500 });
  });

  it('orders by time, then priority, then sequence', () => {
    const queue = new EventQueue();
    const expected = [event(1, 5, 9), event(2, -1, 8), event(2, 0, 3), event(2, 0, 4), event(3, -9, 0)];
    for (const index of [3, 0, 4, 2, 1]) queue.push(expected[index] as ScheduledEvent);
    expect(expected.map(() => queue.popUntil(Infinity))).toEqual(expected);
  });

  it('pops events at the limit and leaves those after it', () => {
    const queue = new EventQueue();
    queue.push(event(10, 0, 0));
    queue.push(event(11, 0, 1));
    expect(queue.popUntil(10)?.timeMs).toBe(10);
    expect(queue.popUntil(10)).toBeUndefined();
    expect(queue.size).toBe(1);
  });

  it('holds at most twice its live events when each event is cancelled soon after it is pushed', () => {
    const queue = new EventQueue();
    const live = Array.from({ length: 500 }, (_, index) => event(1_000_000 + index, 0, index));
    for (const entry of live) queue.push(entry);
    let most = 0;
    for (let sequence = live.length; sequence < 100_000; sequence += 1) {
      const timer = event(sequence * 7, 0, sequence);
      queue.push(timer);
      queue.cancel(timer);
      most = Math.max(most, queue.held);
    }
    expect(queue.size).toBe(live.length);
    expect(most).toBeLessThanOrEqual(2 * live.length + 1);
    expect(live.map(() => queue.popUntil(Infinity))).toEqual(live);
  });

  it('lets go of the action of a cancelled event, so that a kept handle holds nothing alive', () => {
    const queue = new EventQueue();
    const timer = event(5, 0, 0);
    queue.push(timer);
    queue.cancel(timer);
    expect(timer.action).toBeUndefined();
  });
});
