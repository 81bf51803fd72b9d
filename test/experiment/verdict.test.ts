import { describe, expect, it } from 'vitest';
import { claimAmount } from '../../src/experiment/claims/claim-amount.js';
import { claimMetric, figureOf, type ClaimMetric } from '../../src/experiment/claims/claim-metric.js';
import { verdictOf, type Condition } from '../../src/experiment/claims/verdict.js';

const between: Condition = { comparator: 'between', low: 0.6, high: 0.9 };
const below: Condition = { comparator: '<', value: 30 };

describe('a verdict', () => {
  it.each([
    [between, 0.6, 0.9, 'supported'],
    [between, 0.55, 0.7, 'undecided'],
    [between, 0.5, 0.95, 'undecided'],
    [between, 0.2, 0.5999, 'contradicted'],
    [between, 0.91, 0.95, 'contradicted'],
    [below, 20, 29.9, 'supported'],
    [below, 20, 30, 'undecided'],
    [below, 30, 40, 'contradicted'],
    [{ comparator: '<=', value: 0 } as const, 0, 0, 'supported'],
    [{ comparator: '<=', value: 0 } as const, -1, 1, 'undecided'],
    [{ comparator: '>=', value: 0.99 } as const, 0, 0, 'contradicted'],
    [{ comparator: '>', value: 0 } as const, 0, 0, 'contradicted'],
    [{ comparator: '>', value: 0 } as const, 0.1, 0.2, 'supported'],
  ])('%j of %d to %d is %s', (condition, low, high, verdict) => {
    expect(verdictOf(condition, { low, high })).toBe(verdict);
  });
});

describe('an amount of a claim', () => {
  it.each([
    ['60%', 'ratio', 0.6],
    ['-5 %', 'ratio', -0.05],
    [0.6, 'ratio', 0.6],
    ['30s', 's', 30],
    ['1m30s', 's', 90],
    [45, 's', 45],
    ['$12.5', '$/day', 12.5],
    ['7', 'nodes', 7],
  ])('%j of %s is %d', (written, unit, amount) => {
    expect(claimAmount(written, unit)).toBe(amount);
  });

  it.each([
    [60, 'ratio'],
    ['30s', 'ratio'],
    ['60%', 's'],
    ['$5', 's'],
    ['5m', 'nodes'],
  ])('%j does not fit %s', (written, unit) => {
    expect(claimAmount(written, unit)).toHaveProperty('expected');
  });
});

describe('a metric of a claim', () => {
  const metric = (name: string, service?: string): ClaimMetric => {
    const found = claimMetric(name, service);
    if ('detail' in found) throw new Error(found.detail.message);
    return found;
  };

  it('is a figure, a saving or a difference against a baseline', () => {
    const [run, baseline] = [{ cost: 3 }, { cost: 12 }];
    expect(figureOf(metric('cost'), run, baseline)).toBe(3);
    expect(figureOf(metric('saving.cost'), run, baseline)).toBe(0.75);
    expect(figureOf(metric('difference.cost'), run, baseline)).toBe(-9);
    expect(metric('saving.cost').unit).toBe('ratio');
    expect(metric('difference.pending.p99').unit).toBe('s');
  });

  it('may be of one service', () => {
    expect(metric('onDemandShare', 'app/web').key).toBe('onDemandShare@app/web');
    expect(
      figureOf(metric('saving.lostRequests', 'app/web'), { 'lostRequests@app/web': 1 }, { 'lostRequests@app/web': 4 }),
    ).toBe(0.75);
  });

  it('is null where a run lacks it, or where there is nothing to save', () => {
    expect(figureOf(metric('cost'), { cost: null })).toBeNull();
    expect(figureOf(metric('saving.cost'), { cost: 1 }, { cost: null })).toBeNull();
    expect(figureOf(metric('saving.cost'), { cost: 1 }, { cost: 0 })).toBeNull();
  });

  it('that does not exist is answered with those that do', () => {
    expect(claimMetric('pending.p98', undefined)).toMatchObject({
      at: 'metric',
      detail: {
        message: 'there is no metric "pending.p98"',
        expected: expect.stringContaining('pending.p99') as unknown,
      },
    });
    expect(claimMetric('churn', 'app/web')).toMatchObject({
      detail: { hint: 'leave out service for the figure of the whole run' },
    });
    expect(claimMetric('spotDiscount', 'app/web')).toMatchObject({ at: 'service' });
  });
});
