import { describe, expect, it } from 'vitest';

import { BALANCED_THRESHOLD, balancedScore } from '../../../src/karpenter/disruption/v1/balanced.js';
import { codes, compute, decision, instanceType, poolOf, workload, type TestCluster } from './cluster.js';

const BALANCED = poolOf('general', ['on-demand'], { consolidationPolicy: 'Balanced' });

describe('the score of a move', () => {
  it.each([
    ['E75', 58.08, 90, 7.26, 4, 2.8125],
    ['E76', 58.08, 90, 4.84, 5, 1.5],
    ['E77', 58.08, 90, 2.42, 9, 0.4167],
    ['E78', 48.4, 90, 2.42, 9, 0.5],
    ['E79', 58.08, 117, 4.84, 32, 0.3047],
    ['E80', 0.2, 2, 0.2, 2, 1],
  ])('%s is saved share of cost by share of disruption', (_, cost, total, savings, disruption, expected) => {
    const score = balancedScore(savings, disruption, { cost, disruption: total });
    expect(score).toBeCloseTo(expected, 4);
    expect(score >= BALANCED_THRESHOLD).toBe(expected >= 0.5);
  });

  it('is nothing without savings or totals, and infinite without disruption', () => {
    expect(balancedScore(-1, 2, { cost: 1, disruption: 2 })).toBe(0);
    expect(balancedScore(1, 2, { cost: 0, disruption: 2 })).toBe(0);
    expect(balancedScore(1, 0, { cost: 1, disruption: 2 })).toBe(Infinity);
  });
});

describe('a NodePool of ten equal nodes', () => {
  const T = instanceType('t', 1, { 'on-demand': 0.2 });
  const cluster = (price: number): TestCluster => ({
    nodePools: [BALANCED],
    types: [T, instanceType('cheaper', 1, { 'on-demand': price })],
    nodes: Array.from({ length: 10 }, (_, index) => ({
      name: `n${index}`,
      type: T,
      pods: [workload(`pod-${index}`, 900)],
    })),
  });

  it('replaces one by a type of half the price, not by a dearer one (E81)', () => {
    expect(decision(cluster(0.1), 'single')?.replacements).toEqual([['cheaper']]);
    const outcome = compute(cluster(0.11), 'single');
    expect(outcome.commands).toEqual([]);
    expect(codes(outcome.findings, 'n0')).toEqual(['balanced-score']);
  });

  it('is not asked about where the policy is another', () => {
    const plain = { ...cluster(0.11), nodePools: [poolOf('general', ['on-demand'])] };
    expect(decision(plain, 'single')?.replacements).toEqual([['cheaper']]);
  });
});
