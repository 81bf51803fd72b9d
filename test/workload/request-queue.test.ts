import { describe, expect, it } from 'vitest';
import { RequestQueue, type RequestFigures } from '../../src/workload/request-queue.js';
import { steadyResponse } from '../../src/workload/response-time.js';
import type { RequestModel } from '../../src/workload/service-load.js';

const NO_RETRIES: RequestModel = { ioMs: 0, timeoutMs: 5000, retryShare: 0 };
/** 200 requests a second, four at a time. */
const POOL = { capacity: 200, slots: 4 };

/** One minute's load and pool after another. */
function pass(model: RequestModel, ...parts: [seconds: number, rate: number, pool: typeof POOL | undefined][]) {
  const queue = new RequestQueue(model);
  return parts.map(([seconds, rate, pool]): RequestFigures => {
    queue.pass(seconds, rate, pool);
    return queue.take();
  });
}

describe('RequestQueue', () => {
  it('loses nothing and answers as an M/M/c queue while the pods can serve what comes', () => {
    const [figures] = pass(NO_RETRIES, [60, 160, POOL]);
    expect(figures).toMatchObject({ requests: 9600, lost: 0 });
    // The distribution is kept at bounds half an octave apart: what it says of a quantile is that to two per cent.
    const survival = steadyResponse(POOL, 160, 5);
    expect(survival.at(figures?.latencySeconds?.p50 ?? 0) / 0.5).toBeCloseTo(1, 1);
    expect(survival.at(figures?.latencySeconds?.p99 ?? 0) / 0.01).toBeCloseTo(1, 1);
  });

  it('answers as that queue again when the rate, or what serves it, changes, and when both are as before', () => {
    const BIGGER = { capacity: 400, slots: 4 };
    const parts: Parameters<typeof pass>[1][] = [
      [60, 160, POOL],
      [60, 160, POOL],
      [60, 120, POOL],
      [60, 120, BIGGER],
      [60, 120, { ...BIGGER, slots: 8 }],
      [60, 160, POOL],
    ];
    const alone = parts.map((part) => pass(NO_RETRIES, part)[0]);
    expect(pass(NO_RETRIES, ...parts)).toEqual(alone);
    expect(new Set(alone.map((figures) => figures?.latencySeconds?.p99)).size).toBe(4);
    const queue = new RequestQueue(NO_RETRIES);
    for (const [seconds, rate] of parts.slice(0, 2)) queue.pass(seconds / 2, rate, POOL);
    expect(queue.take()).toEqual(alone[0]);
  });

  it('adds the time that requests wait on others', () => {
    const [without] = pass(NO_RETRIES, [60, 100, POOL]);
    const [withIo] = pass({ ...NO_RETRIES, ioMs: 20 }, [60, 100, POOL]);
    expect((withIo?.latencySeconds?.p50 ?? 0) - (without?.latencySeconds?.p50 ?? 0)).toBeCloseTo(0.02, 9);
  });

  // kubernetes.md §10, example 25.
  it('lets a backlog grow to the timeout and loses the rest: 260/s at 200/s, five seconds', () => {
    const [first, second] = pass(NO_RETRIES, [16, 260, POOL], [60, 260, POOL]);
    expect(first?.lost).toBe(0);
    expect(second?.lost).toBeCloseTo(60 * 60 - (1000 - 16 * 60), 6);
    expect(second?.latencySeconds?.p50).toBeCloseTo(5, 0);
    // The fair share of the arrivals fails once the backlog is full: 60 of 260.
    const [, , third] = pass(NO_RETRIES, [16, 260, POOL], [60, 260, POOL], [60, 260, POOL]);
    expect((third?.lost ?? 0) / (third?.requests ?? 1)).toBeCloseTo(60 / 260, 9);
  });

  it('without a timeout in sight keeps 5,400 requests after 90 s, which then wait 27 s', () => {
    const queue = new RequestQueue({ ...NO_RETRIES, timeoutMs: 3_600_000 });
    queue.pass(90, 260, POOL);
    queue.take();
    queue.pass(1, 0, POOL);
    queue.pass(0.001, 100, POOL);
    expect(queue.take().latencySeconds?.p50).toBeCloseTo(26, 0);
  });

  it('works the backlog off before it answers quickly again', () => {
    const [, after, later] = pass(NO_RETRIES, [60, 260, POOL], [60, 100, POOL], [60, 100, POOL]);
    expect(after?.lost).toBe(0);
    expect(after?.latencySeconds?.p99).toBeGreaterThan(4);
    expect(later?.latencySeconds?.p99).toBeLessThan(0.15);
  });

  it('loses everything without a pod; those who try again find one a second later, or lose too', () => {
    const model = { ...NO_RETRIES, retryShare: 0.3 };
    const [down] = pass(model, [60, 100, undefined]);
    // The second try of the last second is yet to come.
    expect(down).toMatchObject({ requests: 6000, latencySeconds: undefined });
    expect(down?.lost).toBeCloseTo(6000 - 30, 6);
    const [, up] = pass(model, [60, 100, undefined], [60, 100, POOL]);
    expect(up?.lost).toBe(0);
  });

  it('makes an overload worse by trying again', () => {
    const lost = (retryShare: number): number => pass({ ...NO_RETRIES, retryShare }, [120, 260, POOL])[0]?.lost ?? 0;
    // Served is the capacity either way; what is tried again is lost on the second try.
    expect(lost(0.3)).toBeGreaterThan(0.95 * lost(0));
    expect(lost(0.3)).toBeLessThan(lost(0) + 1);
  });

  it('loses what a dying pod holds: its part of the backlog and of the requests in service', () => {
    const queue = new RequestQueue({ ...NO_RETRIES, ioMs: 100 });
    queue.pass(60, 100, POOL);
    // Little: 100/s × (100 ms + 20 ms) = 12 in service, half of them on the pod.
    queue.breakOff(0.5);
    expect(queue.take().lost).toBeCloseTo(6, 9);
    queue.pass(10, 260, POOL);
    queue.breakOff(1);
    expect(queue.take().lost).toBeGreaterThan(600);
  });

  it('counts the same whether time passes at once or in pieces', () => {
    const whole = pass(NO_RETRIES, [60, 230, POOL])[0];
    const pieces = pass(
      NO_RETRIES,
      ...Array.from({ length: 60 }, () => [1, 230, POOL] as [number, number, typeof POOL]),
    );
    const sum = (of: (figures: RequestFigures) => number): number => pieces.reduce((all, part) => all + of(part), 0);
    expect(sum(({ requests }) => requests)).toBeCloseTo(whole?.requests ?? 0, 6);
    expect(sum(({ lost }) => lost)).toBeCloseTo(whole?.lost ?? 0, 6);
  });

  it('serves requests that cost nothing at once', () => {
    const [figures] = pass({ ...NO_RETRIES, ioMs: 30 }, [60, 1000, { capacity: Infinity, slots: 2 }]);
    expect(figures).toMatchObject({ lost: 0 });
    expect(figures?.latencySeconds?.p99).toBeCloseTo(0.03, 3);
  });

  describe('of work that waits until it is done', () => {
    const WORK: RequestModel = { ioMs: 0, timeoutMs: Infinity, retryShare: 0 };

    it('keeps everything, without pods too, and works it off at the speed of the pods', () => {
      const [, before, after, done] = pass(WORK, [60, 1000, undefined], [60, 0, POOL], [240, 0, POOL], [1, 0, POOL]);
      // 60,000 requests at 200 a second: five minutes.
      expect(before).toMatchObject({ lost: 0, waiting: 48_000 });
      expect(after).toMatchObject({ lost: 0, waiting: 0, latencySeconds: undefined });
      expect(done?.waiting).toBe(0);
    });

    it('gets back what a dying pod held', () => {
      const queue = new RequestQueue(WORK);
      queue.pass(10, 260, POOL);
      const { waiting } = queue.take();
      queue.breakOff(0.5);
      expect(queue.take()).toMatchObject({ lost: 0 });
      expect(queue.take().waiting).toBeGreaterThan(waiting);
    });
  });
});
