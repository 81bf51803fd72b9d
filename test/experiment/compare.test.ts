import { describe, expect, it } from 'vitest';
import { measure, METRICS, type MetricsRecord } from '../../src/analysis/metrics.js';
import { analyse } from '../../src/analysis/run-analysis.js';
import { compareVariants, type Comparison } from '../../src/experiment/compare.js';
import { UNCERTAINTIES, type UncertainSetting } from '../../src/experiment/uncertainty.js';
import type { ReplicatedVariant } from '../../src/experiment/replication.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import { simulate } from '../../src/simulation/simulate.js';
import { smallSpec } from '../simulation/small-cluster.js';

const variant = (name: string, metrics: readonly MetricsRecord[]): ReplicatedVariant => ({
  name,
  runs: metrics.map((record, index) => ({ seed: String(index), metrics: record })),
});
const verdicts = ({ metrics }: Comparison): Record<string, string> =>
  Object.fromEntries(metrics.map(({ metric, verdict }) => [metric.name, verdict]));

/** Runs of a cluster that scales and loses spot nodes: their figures are as skewed and as discrete as real ones. */
function realRuns(count: number): readonly MetricsRecord[] {
  const spec = smallSpec({
    duration: '12m',
    replicas: 4,
    nodePoolSpec: `  disruption: { consolidationPolicy: WhenEmptyOrUnderutilized, consolidateAfter: 0s }
  template:
    spec:
      expireAfter: Never
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
      requirements:
        - { key: node.kubernetes.io/instance-type, operator: In, values: [m5.large, m5.xlarge, c5.large] }
        - { key: karpenter.sh/capacity-type, operator: In, values: [spot] }
`,
    scenario: `events:
  - { at: +4m, scale: { deployment: app/web, replicas: 2 } }
  - { at: +8m, scale: { deployment: app/web, replicas: 6 } }
spot: { interruptionMultiplier: 3000 }
`,
  });
  return Array.from({ length: count }, (_, seed) => {
    const { log } = simulate({ ...spec, seed: String(seed) }, { simulatorVersion: 'test' });
    return measure(analyse(log), spec.cluster);
  });
}

describe('comparing two variants', () => {
  it('finds nothing at all between a scenario and itself under the same luck', () => {
    const runs = realRuns(4);
    const comparison = compareVariants({ independent: false }, variant('a', runs), variant('a', runs));
    for (const { metric, difference, verdict } of comparison.metrics) {
      expect([metric.name, difference?.mean ?? 0, difference?.low ?? 0, difference?.high ?? 0]).toEqual([
        metric.name,
        0,
        0,
        0,
      ]);
      expect(verdict).toBe('no difference shown');
    }
  });

  it('declares each metric different in at most 10 of 100 groups of independent seeds, and some metric in some', () => {
    const runs = realRuns(120);
    const luck = new RandomStreams('groups').stream('split');
    const declared = new Map<string, number>();
    for (let group = 0; group < 100; group++) {
      const shuffled = runs.map((run) => ({ run, at: luck.next() })).sort((a, b) => a.at - b.at);
      const drawn = shuffled.slice(0, 24).map(({ run }) => run);
      const [a, b] = [variant('a', drawn.slice(0, 12)), variant('b', drawn.slice(12))];
      for (const { metric, verdict } of compareVariants({ independent: true }, a, b).metrics) {
        const differs = verdict !== 'no difference shown';
        declared.set(metric.name, (declared.get(metric.name) ?? 0) + (differs ? 1 : 0));
      }
    }
    const counts = [...declared.values()];
    expect(declared.size).toBe(METRICS.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(10);
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(1);
  });

  it('says better and worse by what an operator wants of the metric', () => {
    const a = [
      { cost: 10, spotShare: 0.2, churn: 5 },
      { cost: 11, spotShare: 0.2, churn: 9 },
    ];
    const b = [
      { cost: 8, spotShare: 0.1, churn: 9 },
      { cost: 9, spotShare: 0.1, churn: 5 },
    ];
    expect(verdicts(compareVariants({ independent: false }, variant('a', a), variant('b', b)))).toMatchObject({
      cost: 'better',
      spotShare: 'worse',
      churn: 'no difference shown',
      interruptions: 'no difference shown',
    });
  });

  it('says nothing about one seed', () => {
    const one = compareVariants({ independent: false }, variant('a', [{ cost: 1 }]), variant('b', [{ cost: 2 }]));
    expect(one.metrics[0]).toMatchObject({ a: 1, b: 2, difference: undefined, verdict: 'no difference shown' });
  });
});

describe('a cost', () => {
  const a = [
    { cost: 10, bill: 12, 'pending.p99': 40 },
    { cost: 10.1, bill: 12, 'pending.p99': 40 },
  ];
  const cheaper = (wait: number) => a.map(() => ({ cost: 5, bill: 12, 'pending.p99': 40 + wait }));

  it('is not comparable when the service it buys differs by more than is tolerated', () => {
    const little = compareVariants({ independent: false }, variant('a', a), variant('b', cheaper(20)));
    expect(verdicts(little)).toMatchObject({ cost: 'better', 'pending.p99': 'worse' });
    expect(little.service.map(({ outcome }) => outcome)).toEqual(['no interval', 'alike']);
    const worse = compareVariants({ independent: false }, variant('a', a), variant('b', cheaper(90)));
    expect(verdicts(worse)).toMatchObject({ cost: 'not comparable', bill: 'no difference shown' });
    expect(worse.service.map(({ outcome }) => outcome)).toEqual(['no interval', 'differs']);
  });

  it('is compared when the tolerance is wide enough', () => {
    const tolerances = [{ metric: 'pending.p99', tolerance: 120 }];
    const b = variant('b', [
      { cost: 5, 'pending.p99': 130 },
      { cost: 5.1, 'pending.p99': 131 },
    ]);
    expect(verdicts(compareVariants({ independent: false }, variant('a', a), b, { tolerances }))['cost']).toBe(
      'better',
    );
  });

  it('is not comparable only when service is shown to differ: a mean beyond the tolerance is not enough', () => {
    const share = (values: readonly number[], cost: number) =>
      values.map((value, index) => ({ cost: cost + index / 100, 'lostRequests.share': value }));
    const ofB = (values: readonly number[]) =>
      compareVariants(
        { independent: false },
        variant('a', share([0.02, 0.03, 0.02], 10)),
        variant('b', share(values, 5)),
      );
    // 0.4 pp on average, but seed by seed from nothing to a whole point.
    const noisy = ofB([0.02, 0.04, 0.022]);
    expect(noisy.service[0]).toMatchObject({ metric: 'lostRequests.share', tolerance: 0.001, outcome: 'may differ' });
    expect(verdicts(noisy)['cost']).toBe('better');
    const steady = ofB([0.024, 0.034, 0.0241]);
    expect(steady.service[0]?.outcome).toBe('differs');
    expect(verdicts(steady)['cost']).toBe('not comparable');
    // Better service is another service, too.
    expect(verdicts(ofB([0.01, 0.02, 0.0101]))['cost']).toBe('not comparable');
    expect(ofB([0.0202, 0.0302, 0.0201]).service[0]?.outcome).toBe('alike');
  });
});

describe('the second range', () => {
  const levels = UNCERTAINTIES.flatMap(({ settings }) => settings).slice(0, 2) as [UncertainSetting, UncertainSetting];
  const a = [10, 10.2, 9.9].map((cost) => ({ cost, churn: 5 }));
  const b = [9, 9.2, 8.8].map((cost) => ({ cost, churn: 5 }));
  const across = (shiftA: number | undefined, shiftB: number) =>
    compareVariants({ independent: false }, variant('a', a), variant('b', b), {
      secondRange: {
        settings: levels,
        seeds: 1,
        count: 4,
        of: (side, setting) => {
          const shift = setting === levels[0] ? 0 : side === 'a' ? shiftA : shiftB;
          return shift === undefined ? undefined : [{ cost: (side === 'a' ? 10 : 9) + shift, churn: 7 }];
        },
      },
    });

  it('is the interval, moved by what each level makes of the difference', () => {
    const { metrics } = across(1, 1.3);
    const [cost] = metrics;
    expect(cost?.second?.low).toBeCloseTo(cost?.difference?.low ?? NaN);
    expect(cost?.second?.high).toBeCloseTo((cost?.difference?.high ?? NaN) + 0.3);
    expect(cost).toMatchObject({ byLuck: 'better', verdict: 'better', second: { flips: [] } });
  });

  it('takes back what another level would not show', () => {
    const [cost] = across(0, 3).metrics;
    expect(cost).toMatchObject({
      byLuck: 'better',
      verdict: 'no difference shown',
      second: { flips: [{ setting: levels[1].name, verdict: 'worse' }] },
    });
  });

  it('counts nothing for a side that the level does not change', () => {
    const [cost] = across(undefined, 0.3).metrics;
    expect(cost?.second?.high).toBeCloseTo((cost?.difference?.high ?? NaN) + 0.3);
  });

  it('decides nothing that luck leaves open', () => {
    const churn = across(0, 0).metrics.find(({ metric }) => metric.name === 'churn');
    expect(churn).toMatchObject({
      byLuck: 'no difference shown',
      verdict: 'no difference shown',
      second: { flips: [] },
    });
  });
});
