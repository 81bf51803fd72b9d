import { describe, expect, it } from 'vitest';
import { compareVariants } from '../../src/experiment/compare.js';
import { parseGate, testGate } from '../../src/experiment/gate.js';
import { MetricLimitError } from '../../src/experiment/metric-limit.js';
import { parseTolerance } from '../../src/experiment/service-tolerance.js';

const variant = (name: string, metrics: Readonly<Record<string, readonly number[]>>) => ({
  name,
  runs: [0, 1, 2, 3].map((index) => ({
    seed: String(index),
    metrics: Object.fromEntries(Object.entries(metrics).map(([metric, values]) => [metric, values[index] ?? null])),
  })),
});

/** B costs 6 to 9 % more, and waits for 55 to 61 s instead of 50. */
const comparison = compareVariants(
  { independent: false },
  variant('a', { cost: [100, 100, 100, 100], 'pending.p99': [50, 50, 50, 50], churn: [0, 0, 0, 0] }),
  variant('b', { cost: [107, 108, 107, 108], 'pending.p99': [58, 57, 59, 58], churn: [3, 4, 3, 4] }),
);
const outcome = (text: string) => testGate(parseGate(text), comparison).outcome;

describe('a limit on the difference', () => {
  it('fails when the whole interval is beyond it', () => {
    expect(outcome('cost>+5%')).toBe('failed');
    expect(outcome('cost>+$5')).toBe('failed');
    expect(outcome('pending.p99>+5s')).toBe('failed');
  });

  it('passes when none of the interval is', () => {
    expect(outcome('cost>+10%')).toBe('passed');
    expect(outcome('cost<-1%')).toBe('passed');
  });

  it('passes as not shown when it lies within the interval', () => {
    expect(outcome('cost>+7.5%')).toBe('not shown');
  });

  it('is exceeded by anything where A has nothing', () => {
    expect(outcome('churn>+500%')).toBe('failed');
    expect(outcome('churn>+10')).toBe('passed');
  });
});

describe('a limit without a sign', () => {
  it('is one on B itself', () => {
    expect(outcome('pending.p99>50s')).toBe('failed');
    expect(outcome('pending.p99>0.5m')).toBe('failed');
    expect(outcome('pending.p99>1m')).toBe('passed');
    expect(outcome('pending.p99 > 58s')).toBe('not shown');
    expect(outcome('cost<200')).toBe('failed');
  });

  it('says so when the runs do not have the metric', () => {
    expect(outcome('latency.p99>1s')).toBe('not measured');
  });
});

describe('a limit that cannot be read', () => {
  const refusal = (text: string, parse: (text: string) => unknown = parseGate): MetricLimitError => {
    try {
      parse(text);
    } catch (error) {
      if (error instanceof MetricLimitError) return error;
      throw error;
    }
    throw new Error(`${text} was read`);
  };

  it('is told with what would be right', () => {
    expect(refusal('cost')).toMatchObject({ message: '"cost" is no limit' });
  });

  it('names the metric that was meant, and all others', () => {
    expect(refusal('pending.p98>1s')).toMatchObject({ hint: expect.stringContaining('pending.p9') as string });
    expect(refusal('x>1').expected).toContain('spotShare');
  });

  it('must have the unit of the metric', () => {
    expect(refusal('nodes.max>60s')).toMatchObject({ message: '"60s" is no size of nodes.max' });
    expect(refusal('pending.p99>$3').expected).toContain('30s');
    expect(refusal('pending.p99>60%').message).toContain('60%');
  });

  it('holds for a tolerance, too', () => {
    expect(parseTolerance('pending.p99=1m')).toEqual({ metric: 'pending.p99', tolerance: 60 });
    expect(parseTolerance('lostRequests.share=0.5%')).toEqual({ metric: 'lostRequests.share', tolerance: 0.005 });
    expect(refusal('pending.p99>1m', parseTolerance).message).toContain('no tolerance');
  });
});
