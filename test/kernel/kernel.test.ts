import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelError, SchedulingError } from '../../src/kernel/kernel-error.js';
import { type EventHandle, Kernel } from '../../src/kernel/kernel.js';

/** A kernel that notes which labelled events ran, and when. */
function recorder(): { kernel: Kernel; ran: string[]; note: (label: string) => () => void } {
  const kernel = new Kernel();
  const ran: string[] = [];
  return { kernel, ran, note: (label) => () => ran.push(`${kernel.now} ${label}`) };
}

function thrownBy(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('the clock', () => {
  it('stands at 0 before the first run and at the end of the run after it', () => {
    const { kernel } = recorder();
    expect(kernel.now).toBe(0);
    kernel.run(500);
    expect(kernel.now).toBe(500);
  });

  it('shows each action the time of its event', () => {
    const { kernel, ran, note } = recorder();
    kernel.at(30, 0, 'c', note('c'));
    kernel.at(10, 0, 'a', note('a'));
    kernel.after(20, 0, 'b', note('b'));
    kernel.run(100);
    expect(ran).toEqual(['10 a', '20 b', '30 c']);
  });

  it('runs events at exactly the end of the run and keeps later ones for the next run', () => {
    const { kernel, ran, note } = recorder();
    kernel.at(100, 0, 'at the end', note('at the end'));
    kernel.at(101, 0, 'later', note('later'));
    kernel.run(100);
    expect(ran).toEqual(['100 at the end']);
    expect(kernel.pending).toBe(1);
    kernel.run(101);
    expect(ran).toEqual(['100 at the end', '101 later']);
  });

  it('never runs backwards, whatever is scheduled', () => {
    const plan = fc.array(
      fc.record({ delay: fc.nat(50), priority: fc.integer({ min: -2, max: 2 }), again: fc.nat(30) }),
    );
    fc.assert(
      fc.property(plan, (entries) => {
        const kernel = new Kernel();
        const times: number[] = [];
        for (const { delay, priority, again } of entries) {
          kernel.at(delay, priority, 'first', () => {
            times.push(kernel.now);
            kernel.after(again, priority, 'second', () => times.push(kernel.now));
          });
        }
        kernel.run(80);
        expect(times).toHaveLength(2 * entries.length);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(kernel.executed).toBe(times.length);
      }),
    );
  });
});

describe('order at one time', () => {
  it('is by priority, lower first, then by the order of scheduling', () => {
    const { kernel, ran, note } = recorder();
    for (const [label, priority] of [
      ['b1', 1],
      ['a1', 0],
      ['b2', 1],
      ['a2', 0],
      ['first', -5],
    ] as const) {
      kernel.at(7, priority, label, note(label));
    }
    kernel.run(7);
    expect(ran).toEqual(['7 first', '7 a1', '7 a2', '7 b1', '7 b2']);
  });

  it('puts an event that an action schedules for the present among those still waiting', () => {
    const { kernel, ran, note } = recorder();
    kernel.at(1, 5, 'now', () => {
      note('now')();
      kernel.after(0, 0, 'inserted', note('inserted'));
    });
    kernel.at(1, 6, 'last', note('last'));
    kernel.run(1);
    expect(ran).toEqual(['1 now', '1 inserted', '1 last']);
  });
});

describe('cancel', () => {
  it('keeps an event from running and says whether it was still waiting', () => {
    const { kernel, ran, note } = recorder();
    const handle = kernel.at(5, 0, 'never', note('never'));
    expect(kernel.cancel(handle)).toBe(true);
    expect(kernel.cancel(handle)).toBe(false);
    expect(kernel.pending).toBe(0);
    kernel.run(10);
    expect(ran).toEqual([]);
  });

  it('does nothing to an event that ran, nor to the one that is running', () => {
    const { kernel } = recorder();
    const answers: boolean[] = [];
    const handle: EventHandle = kernel.at(5, 0, 'self', () => answers.push(kernel.cancel(handle)));
    kernel.run(10);
    answers.push(kernel.cancel(handle));
    expect(answers).toEqual([false, false]);
    expect(kernel.executed).toBe(1);
  });

  it('reaches an event of the same time that has not run yet', () => {
    const { kernel, ran, note } = recorder();
    const second = kernel.at(5, 1, 'second', note('second'));
    kernel.at(5, 0, 'first', () => kernel.cancel(second));
    kernel.run(10);
    expect(ran).toEqual([]);
  });
});

describe('scheduling', () => {
  it.each([
    ['a past time', 9, /time has passed \(now 10 ms\)/],
    ['a fraction of a millisecond', 10.5, /integer number of milliseconds/],
    ['NaN', NaN, /integer number of milliseconds/],
    ['infinity', Infinity, /integer number of milliseconds/],
  ])('refuses %s', (_, timeMs, message) => {
    const { kernel, note } = recorder();
    kernel.run(10);
    const error = thrownBy(() => kernel.at(timeMs, 0, 'launch', note('launch')));
    expect(error).toBeInstanceOf(SchedulingError);
    expect(error).toMatchObject({ label: 'launch', timeMs, nowMs: 10 });
    expect((error as SchedulingError).message).toMatch(message);
    expect(kernel.pending).toBe(0);
  });

  it('refuses a negative or fractional delay and a fractional priority', () => {
    const { kernel, note } = recorder();
    expect(() => kernel.after(-1, 0, 'x', note('x'))).toThrow(SchedulingError);
    expect(() => kernel.after(0.25, 0, 'x', note('x'))).toThrow(SchedulingError);
    expect(() => kernel.after(1, 0.5, 'x', note('x'))).toThrow('priority must be an integer, not 0.5');
  });

  it('refuses a run that ends in the past, at a fraction, or inside another run', () => {
    const { kernel } = recorder();
    kernel.run(10);
    expect(() => {
      kernel.run(9);
    }).toThrow(SchedulingError);
    expect(() => {
      kernel.run(10.5);
    }).toThrow(SchedulingError);
    kernel.at(20, 0, 'nested', () => {
      kernel.run(30);
    });
    expect(() => {
      kernel.run(25);
    }).toThrow('a run is already under way');
  });
});

describe('an action that throws', () => {
  const failing = (cause: unknown): { error: unknown; kernel: Kernel; ran: string[] } => {
    const { kernel, ran, note } = recorder();
    kernel.at(1, 0, 'before', note('before'));
    kernel.at(42, 3, 'node-7 registers', () => {
      throw cause;
    });
    kernel.at(43, 0, 'after', note('after'));
    const error = thrownBy(() => {
      kernel.run(100);
    });
    return { error, kernel, ran };
  };

  it('stops the run with the event that caused it', () => {
    const cause = new Error('no such node');
    const { error, kernel, ran } = failing(cause);
    expect(error).toBeInstanceOf(KernelError);
    expect(error).toMatchObject({ label: 'node-7 registers', timeMs: 42, priority: 3, sequence: 1, cause });
    expect((error as KernelError).message).toBe(
      'event "node-7 registers" at 42 ms (priority 3, sequence 1) failed: no such node',
    );
    expect(ran).toEqual(['1 before']);
    expect(kernel.now).toBe(42);
  });

  it('is reported also when it throws something that is no Error', () => {
    expect(failing('just text').error).toMatchObject({ cause: 'just text' });
  });

  it('leaves the kernel able to go on with the events after it', () => {
    const { kernel, ran } = failing(new Error('once'));
    kernel.run(100);
    expect(ran).toEqual(['1 before', '43 after']);
    expect(kernel.now).toBe(100);
  });

  it('carries a scheduling mistake as its cause', () => {
    const { kernel, note } = recorder();
    kernel.at(5, 0, 'wrong', () => kernel.at(4, 0, 'past', note('past')));
    const error = thrownBy(() => {
      kernel.run(10);
    });
    expect((error as KernelError).cause).toBeInstanceOf(SchedulingError);
  });
});

describe('stop', () => {
  it('ends the run after the present event and leaves the clock there; the next run goes on', () => {
    const { kernel, ran, note } = recorder();
    kernel.at(5, 0, 'stop', () => {
      kernel.stop();
      note('stop')();
    });
    kernel.at(5, 1, 'same time', note('same time'));
    kernel.run(100);
    expect(ran).toEqual(['5 stop']);
    expect(kernel.now).toBe(5);
    kernel.run(100);
    expect(ran).toEqual(['5 stop', '5 same time']);
    expect(kernel.now).toBe(100);
  });
});

describe('onProgress', () => {
  it('is called now and then and once at the end, with growing time and count', () => {
    const { kernel } = recorder();
    for (let i = 0; i < 10_000; i += 1) kernel.at(i, 0, 'tick', () => undefined);
    const calls: [number, number][] = [];
    kernel.run(20_000, { onProgress: (nowMs, executed) => calls.push([nowMs, executed]) });
    expect(calls.length).toBeGreaterThan(1);
    expect(calls).toEqual(calls.toSorted((a, b) => a[1] - b[1]));
    expect(calls.at(-1)).toEqual([20_000, 10_000]);
  });
});
