import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { settingsFigures } from '../../src/analysis/settings-figures.js';
import { analyse } from '../../src/analysis/run-analysis.js';
import { runVariant, settingsTable, specsToRun } from '../../src/experiment/settings-table.js';
import { settingsTableText } from '../../src/report/terminal/settings-table.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { loadVariants } from '../../src/scenario/load-variants.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import { LogBuilder } from '../analysis/log-builder.js';

/** Six hours with one node that empties, is consolidated and replaced, and one that expires. */
function halfDay() {
  const log = new LogBuilder({ durationMs: 21_600_000 })
    .created(0, 'bank/a')
    .created(0, 'bank/b')
    .claimed(0, 'one')
    .launched(2, 'one')
    .joined(30, 40, 'one')
    .bound(41, 'bank/a', 'node-one')
    .bound(41, 'bank/b', 'node-one')
    .at(41, 'PodEventRecorded', { node: 'node-one' })
    .at(71, 'ConditionChanged', {
      nodeClaim: 'one',
      node: 'node-one',
      condition: 'Consolidatable',
      status: true,
      reason: '',
    })
    .at(100, 'DisruptionCommand', {
      command: 'c',
      method: 'SingleNodeConsolidation',
      reason: 'Underutilized',
      decision: 'replace',
      nodes: ['node-one'],
      nodePools: ['general'],
      pods: [],
      replacements: ['two'],
      savingsPerHour: 0,
    })
    .claimed(100, 'two')
    .launched(102, 'two')
    .joined(150, 160, 'two')
    .at(165, 'NodeClaimDeleting', { nodeClaim: 'one', node: 'node-one', by: 'disruption' })
    .at(166, 'PodDeleting', { pod: 'bank/a', node: 'node-one', by: 'eviction' })
    .at(167, 'PodDeleting', { pod: 'bank/b', node: 'node-one', by: 'replicaset' })
    .at(190, 'NodeDrained', { node: 'node-one' })
    .at(195, 'InstanceTerminating', { nodeClaim: 'one', node: 'node-one', reclaimed: false })
    .at(3600, 'NodeClaimDeleting', { nodeClaim: 'two', node: 'node-two', by: 'expiration' })
    .end(21_600);
  return settingsFigures(analyse(log));
}

describe('figures of settings', () => {
  it('count nodes, evicted pods and cost for a day, and the chain of what consolidation removed', () => {
    const figures = halfDay();
    expect(figures.nodesRemovedPerDay).toMatchObject({ Underutilized: 4, Expired: 4, Empty: 0 });
    // The second pod left because its ReplicaSet shrank.
    expect(figures.podsEvictedPerDay).toBe(4);
    expect(figures.costPerDay).toBeCloseTo((((193 + 21_498) * 0.04) / 3600) * 4, 5);
    expect(figures.chain).toEqual({
      nodes: 1,
      consolidatable: { p50: 30, p99: 30 },
      command: { p50: 29, p99: 29 },
      replacementReady: { p50: 60, p99: 60 },
      drained: { p50: 25, p99: 25 },
      billingStops: { p50: 5, p99: 5 },
      total: { p50: 154, p99: 154 },
    });
  });
});

describe('the guide’s settings', () => {
  const load = {
    file: 'scenarios/underutilization.yaml',
    catalogue: pricingDataCatalogue(),
    set: ['duration=20m', 'window=null'],
  };
  const { spec } = loadScenario(load);
  if (spec === undefined) throw new Error('the shipped scenario must load');
  const { variants, problems } = loadVariants(load, spec);

  it('are variants of the shipped scenario: those that a version takes are run, the others say why not', () => {
    expect(problems).toEqual([]);
    expect(variants.filter(({ outcome }) => outcome === 'run')).toHaveLength(7);
    expect(variants.filter(({ outcome }) => outcome === 'same')).toHaveLength(1);
    expect(variants.flatMap((variant) => (variant.outcome === 'refused' ? variant.refusals : []))).toMatchObject([
      { rule: 'nodepool/consolidate-after-with-when-underutilized' },
      { rule: 'nodepool/consolidate-after-with-when-underutilized' },
      { rule: 'unknown-field' },
    ]);
  });

  it('stand in one table, simulated, within 100 columns', () => {
    const specs = specsToRun(variants);
    const figures = specs.map((variant) => runVariant(variant, 'test'));
    const rows = settingsTable({ name: 'this run', spec, figures: runVariant(spec, 'test') }, variants, figures);
    expect(rows.map(({ name }) => name)).toEqual(['this run', ...spec.variants.map(({ name }) => name)]);
    // With a node that lives for ten minutes more nodes expire than with one that lives for thirty.
    const expired = (name: string) =>
      rows.find((row) => row.name === name)?.figures?.nodesRemovedPerDay['Expired'] ?? NaN;
    expect(expired('expireAfter 10m, both')).toBeGreaterThan(expired('expireAfter 30m, both'));
    expect(expired('defaults of v1 (0s, 720h)')).toBe(0);
    const text = settingsTableText(rows, spec.seed, new Chalk({ level: 0 }));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toContain('batchMaxDuration left to its default (v1.14.1): the same run as "this run"');
    expect(text).toContain('v0.32.0 refuses it: consolidateAfter cannot be combined with');
  });
});
