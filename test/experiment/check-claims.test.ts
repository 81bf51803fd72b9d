import { describe, expect, it } from 'vitest';
import type { MetricsRecord } from '../../src/analysis/metrics.js';
import { checkClaims, type CheckedClaim } from '../../src/experiment/claims/check-claims.js';
import { claimMetric, type ClaimMetric } from '../../src/experiment/claims/claim-metric.js';
import type { Claim, Claims } from '../../src/experiment/claims/load-claims.js';
import type { UncertainSetting } from '../../src/experiment/uncertainty.js';
import type { Condition } from '../../src/experiment/claims/verdict.js';
import { amountWords, whyWords } from '../../src/report/claims/claim-words.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import { spec } from '../scenario/scenario-fixture.js';
import { scriptedReplication } from './scripted-replication.js';

const base = spec({}, { catalogue: pricingDataCatalogue() });

function claim(metric: string, condition: Condition, runs: { run?: string; baseline?: string } = {}): Claim {
  const found = claimMetric(metric, undefined) as ClaimMetric;
  return { id: 'c', sentence: 's', source: 't', metric: found, condition, run: 'as-given', ...runs };
}

interface Check {
  readonly seeds?: number;
  /** Each of one level. */
  readonly unknowns?: readonly UncertainSetting[];
  readonly usage?: Claims['usage'];
}

/** Checks claims without simulating: `figures` answers each run by its name and seed. */
async function check(
  all: readonly Claim[],
  figures: (name: string, seed: number) => MetricsRecord,
  { seeds = 4, unknowns = [], usage = { file: 'top.csv', usage: new Map() } }: Check = {},
): Promise<{ readonly checked: readonly CheckedClaim[]; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const claims: Claims = { spec: base, claims: all, ownRuns: new Map([['busy', base]]), usage };
  const replicate = scriptedReplication(({ name }, seed) => figures(name, seed), asked);
  const levels = unknowns.map((setting) => ({ settings: [setting] }));
  const report = await checkClaims(claims, { seeds, simulatorVersion: 'test', unknowns: levels, replicate });
  return { checked: report.claims, asked };
}

const single = async (...args: Parameters<typeof check>): Promise<CheckedClaim> =>
  (await check(...args)).checked[0] as CheckedClaim;
const below = (value: number): Condition => ({ comparator: '<', value });
const shares: Condition = { comparator: 'between', low: 0.5, high: 0.7 };

describe('checking claims', () => {
  it('runs what claims refer to once, under the same seeds, whoever else needs it', async () => {
    const all = [
      claim('cost', below(5)),
      claim('saving.cost', shares, { baseline: 'busy' }),
      claim('difference.bill', below(5), { baseline: 'busy' }),
    ];
    const { asked } = await check(all, () => ({ cost: 1, bill: 1 }), { seeds: 2 });
    expect(asked).toEqual(['as-given/1', 'as-given/2', 'busy/1', 'busy/2']);
  });

  it('compares seed by seed: what both sides share is no uncertainty', async () => {
    // Luck moves both alike by far more than they differ.
    const figures = (name: string, seed: number) => ({ cost: 100 * seed * (name === 'busy' ? 1 : 0.4) });
    const found = await single([claim('saving.cost', shares, { baseline: 'busy' })], figures);
    expect(found.estimate).toBeCloseTo(0.6, 9);
    expect(found).toMatchObject({ verdict: 'supported', seeds: ['1', '2', '3', '4'] });
    expect(whyWords(found)).toBe('60 % in 4 runs of as-given against busy: all of it is 50 % to 70 %');
  });

  it('is undecided while luck alone may bring both', async () => {
    const found = await single([claim('cost', below(5))], (_, seed) => ({ cost: 3.5 + seed }));
    expect(found).toMatchObject({ verdict: 'undecided', finding: { code: 'straddles' } });
  });

  it('says on which side a range is missed', async () => {
    const found = await single([claim('saving.cost', shares, { baseline: 'busy' })], (name) => ({
      cost: name === 'busy' ? 10 : 1,
    }));
    expect(found.verdict).toBe('contradicted');
    expect(whyWords(found)).toContain('none of it is 50 % to 70 %, it is above');
  });

  it('is undecided when the verdict changes within what nobody knows exactly', async () => {
    const dear: UncertainSetting = { name: 'dear requests', change: (given) => ({ ...given }) };
    const figures = (name: string) => ({ cost: name.endsWith('with dear requests') ? 7 : 3 });
    const found = await single([claim('cost', below(5))], figures, { unknowns: [dear] });
    expect(found).toMatchObject({
      verdict: 'undecided',
      estimate: 3,
      finding: { code: 'flips', flips: [{ unknown: 'dear requests', verdict: 'contradicted' }] },
    });
    const harmless = await single([claim('cost', below(9))], figures, { unknowns: [dear] });
    expect(harmless.verdict).toBe('supported');
  });

  it('asks the second range of claims that luck decides, until one level flips them, and of runs that it changes', async () => {
    const anywhere = (name: string): UncertainSetting => ({ name, change: (given) => ({ ...given }) });
    const nowhere: UncertainSetting = { name: 'nowhere', change: (given) => given };
    const figures = (name: string, seed: number) => ({
      cost: name.endsWith('with first') ? 7 : 3,
      bill: 3.5 + seed,
      'nodes.max': 1,
    });
    const all = [
      claim('cost', below(5)),
      claim('bill', below(5), { run: 'without-spot' }),
      claim('nodes.max', below(5), { run: 'busy' }),
    ];
    const unknowns = [nowhere, anywhere('first'), anywhere('second')];
    const { checked, asked } = await check(all, figures, { unknowns });
    expect(checked.map(({ finding }) => finding.code)).toEqual(['flips', 'straddles', 'judged']);
    expect(asked.filter((name) => name.includes(' with '))).toEqual([
      'as-given with first/1',
      'busy with first/1',
      'busy with second/1',
    ]);
  });

  it('is not testable where no run has the figure', async () => {
    const found = await single([claim('latency.p99', below(5))], () => ({ 'latency.p99': null }));
    expect(found).toMatchObject({ verdict: 'not testable', estimate: null, finding: { code: 'nothing-measured' } });
  });

  it('has no interval of one seed', async () => {
    const found = await single([claim('cost', below(5))], () => ({ cost: 1 }), { seeds: 1 });
    expect(found).toMatchObject({ verdict: 'undecided', interval: null, finding: { code: 'one-seed' } });
  });

  it('does not judge requests by a load that nobody measured', async () => {
    const right = [claim('saving.cost', shares, { run: 'right-sized', baseline: 'as-given' })];
    const figures = (name: string) => ({ cost: name === 'right-sized' ? 4 : 10 });
    const short = { ...base, durationMs: 60_000 };
    const claims: Claims = { spec: short, claims: right, ownRuns: new Map(), usage: 'assumed' };
    const replicate = scriptedReplication(({ name }) => figures(name));
    const report = await checkClaims(claims, { seeds: 3, simulatorVersion: 'test', unknowns: [], replicate });
    expect(report.claims[0]).toMatchObject({ verdict: 'not testable', finding: { code: 'usage-assumed' } });
    expect(report.claims[0]?.estimate).toBeCloseTo(0.6);
    expect((await single(right, figures)).verdict).toBe('supported');
  });

  it('reads discounts from prices, and names the types that miss the claim', async () => {
    const found = await single([claim('spotDiscount', { comparator: 'between', low: 0.58, high: 0.7 })], () => ({}));
    // The advisor has 59 % for c5.large and 62 % for m5.large.
    expect(found).toMatchObject({ verdict: 'supported', seeds: [] });
    const missed = await single([claim('spotDiscount', { comparator: '>=', value: 0.6 })], () => ({}));
    expect(missed.verdict).toBe('undecided');
    expect(whyWords(missed)).toContain('not >= 60 %: c5.large 59 %');
  });

  it('tells durations that are shorter than others like durations', () => {
    expect(amountWords(-335, 's')).toBe('-5m35s');
  });
});
