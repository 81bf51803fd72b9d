import { describe, expect, it } from 'vitest';
import { checkedCompareOptions, type WrittenCompareOptions } from '../../src/cli/compare-options.js';
import { BadInput } from '../../src/cli/exit.js';

const checked = (options: Partial<WrittenCompareOptions>) =>
  checkedCompareOptions({ scenario: 'a.yaml', other: 'b.yaml', ...options });

describe('options of karpsim compare', () => {
  it('are ten seeds, text and the shipped tolerances unless they say otherwise', () => {
    expect(checked({})).toMatchObject({
      seeds: 10,
      secondRange: true,
      format: 'text',
      gates: [],
      tolerances: [],
      independent: false,
    });
  });

  it('are read into what they mean', () => {
    const options = checked({
      other: undefined,
      karpenter: 'v0.32.0,v1.14.1',
      precision: 'pending.p99=2.5%',
      tolerance: ['pending.p99=1m'],
      json: true,
    });
    expect(options).toMatchObject({
      karpenter: ['v0.32.0', 'v1.14.1'],
      precision: { metric: 'pending.p99', relative: 0.025 },
      tolerances: [{ metric: 'pending.p99', tolerance: 60 }],
      format: 'json',
    });
    expect(checked({ precision: '1%' }).precision).toEqual({ metric: 'cost', relative: 0.01 });
  });

  it.each<[string, Partial<WrittenCompareOptions>, RegExp]>([
    ['nothing to compare with', { other: undefined }, /nothing to compare with \(expected a second scenario, --with/],
    ['two comparisons', { karpenter: 'v0.32.0,v1.14.1' }, /^b\.yaml and --karpenter with two versions ask for/],
    ['all baselines', { other: undefined, baseline: 'all' }, /^--baseline: one is compared at a time/],
    ['no commitment', { other: undefined, commitment: 'none' }, /^--commitment: A has none/],
    ['no seeds', { seeds: '0' }, /^--seeds: 0 seeds tell nothing \(expected a whole number, 1 or more\)/],
    ['seeds that are no number', { seeds: 'ten' }, /^--seeds: "ten" is not a count/],
    ['no workers', { workers: '0' }, /^--workers: /],
    ['perfect precision', { precision: '0%' }, /^--precision: "0%" is no precision/],
    [
      'precision of nothing',
      { precision: 'costs=1%' },
      /there is no metric "costs" \(expected one of cost, .*mean cost/,
    ],
    [
      'a limit on nothing',
      { 'fail-if': ['cots>+5%'] },
      /^--fail-if 'cots>\+5%': there is no metric "cots" .*mean cost/,
    ],
    ['no limit', { 'fail-if': ['cost'] }, /^--fail-if 'cost': "cost" is no limit \(expected a metric, > or </],
    ['a limit on one seed', { 'fail-if': ['cost>1'], seeds: '1' }, /^--fail-if tests an interval/],
    ['an unknown format', { format: 'html' }, /no format "html" \(expected text, markdown, json\)/],
    ['two formats', { format: 'markdown', json: true }, /^--json and --format markdown/],
    ['an unknown version', { karpenter: 'v2' }, /^--karpenter: version "v2"/],
    ['three versions', { other: undefined, karpenter: 'a,b,c' }, /^--karpenter: 3 versions/],
  ])('refuse %s', (_, options, message) => {
    expect(() => checked(options)).toThrow(BadInput);
    expect(() => checked(options)).toThrow(message);
  });
});
