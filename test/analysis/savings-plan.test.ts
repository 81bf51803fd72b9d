import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import { readSavingsPlan, savingOf } from '../../src/cloud/prices/savings-plans.js';
import type { Commitment } from '../../src/cloud/prices/commitment.js';
import { withBaseline } from '../../src/scenario/with-baseline.js';
import { withCommitment } from '../../src/scenario/with-commitment.js';
import { ledgerCsv } from '../../src/report/ledger-csv.js';
import { simulate } from '../../src/simulation/simulate.js';
import { smallSpec } from '../simulation/small-cluster.js';
import { complaints, SCENARIO, spec } from '../scenario/scenario-fixture.js';

const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

/** Three m5.xlarge at $0.192, for ninety minutes: $0.864. */
function staticCost(commitment: Commitment | undefined) {
  const fleet = withBaseline(smallSpec({ replicas: 6, zones: ZONES, duration: '90m' }), 'static');
  return summarise(analyse(simulate({ ...fleet, commitment }, { simulatorVersion: 'test' }).log)).cost;
}

describe('the rates of a savings plan', () => {
  it('are shares off on demand by family, with one for all others', () => {
    const { savings, source } = readSavingsPlan('savings-plan-1y');
    expect(savingOf(savings, 'm5.large')).toBe(0.27);
    expect(savingOf(savings, 'm6a.4xlarge')).toBe(0.192);
    expect(source).toMatchObject({ asOf: '2026-10' });
  });
});

describe('a committed run', () => {
  const list = staticCost(undefined);

  it('costs its list price without a commitment', () => {
    expect(list.total).toBeCloseTo(0.864, 6);
    expect(list.commitment).toBeNull();
    expect(list.byComponent.commitment).toBe(0);
  });

  it('pays the plan’s rate for a fleet that never changes, all of it used', () => {
    const cost = staticCost({ plan: 'savings-plan-1y' });
    // $0.576 an hour × 0.73.
    expect(cost.commitment).toEqual({ plan: 'savings-plan-1y', perHour: 0.42048, used: 1 });
    expect(cost.total).toBe(list.total);
    expect(cost.byComponent.commitment).toBeCloseTo(-0.864 * 0.27, 6);
    expect(cost.bill).toBeCloseTo(list.bill - 0.864 * 0.27, 6);
  });

  it('pays on demand for what goes beyond the commitment', () => {
    const cost = staticCost({ plan: 'savings-plan-1y', perHour: 0.073 });
    // $0.073 an hour buys what costs $0.10 on demand.
    expect(cost.byComponent.commitment).toBeCloseTo(1.5 * (0.073 - 0.1), 6);
    expect(cost.commitment?.used).toBe(1);
  });

  it('pays for what it does not use', () => {
    const cost = staticCost({ plan: 'savings-plan-1y', perHour: 0.84096 });
    expect(cost.commitment?.used).toBeCloseTo(0.5, 6);
    // 1.5 hours of twice what is needed, less the $0.864 that is covered.
    expect(cost.byComponent.commitment).toBeCloseTo(1.5 * 0.84096 - 0.864, 6);
  });

  it('has a line of its own in the ledger, which adds up to the bill', () => {
    const fleet = withBaseline(smallSpec({ replicas: 6, zones: ZONES, duration: '10m' }), 'static');
    const run = analyse(simulate(withCommitment(fleet, 'savings-plan-1y'), { simulatorVersion: 'test' }).log);
    const totals = ledgerCsv(run)
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.slice(line.lastIndexOf(',') + 1)));
    expect(totals.at(-1)).toBeLessThan(0);
    expect(totals.reduce((sum, total) => sum + total, 0)).toBeCloseTo(summarise(run).cost.bill, 9);
  });

  it('covers no spot', () => {
    const nodePoolSpec = `  template:
    spec:
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
      requirements:
        - { key: node.kubernetes.io/instance-type, operator: In, values: [m5.xlarge] }
        - { key: karpenter.sh/capacity-type, operator: In, values: [spot] }
`;
    const committed = withCommitment(smallSpec({ nodePoolSpec, replicas: 3, duration: '30m' }), 'savings-plan-1y');
    const { cost } = summarise(analyse(simulate(committed, { simulatorVersion: 'test' }).log));
    expect(cost.spotShare).toBe(1);
    expect(cost.commitment).toEqual({ plan: 'savings-plan-1y', perHour: 0, used: 0 });
    expect(cost.byComponent.commitment).toBe(0);
  });

  it('is declared in a scenario, and a wrong one is refused', () => {
    const declare = (text: string) => ({ 'test.yaml': `${SCENARIO}prices: { commitment: ${text} }\n` });
    expect(spec(declare('{ plan: savings-plan-1y, perHour: 0.5 }')).commitment).toEqual({
      plan: 'savings-plan-1y',
      perHour: 0.5,
    });
    expect(complaints(declare('{ plan: savings-plan-3y }'))[0]).toContain('prices.commitment.plan');
    expect(complaints(declare('{ plan: savings-plan-1y, perHour: 0 }'))[0]).toContain('prices.commitment.perHour');
  });
});
