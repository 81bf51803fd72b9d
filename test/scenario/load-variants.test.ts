import { describe, expect, it } from 'vitest';
import { loadVariants, type Variant } from '../../src/scenario/load-variants.js';
import type { LoadOptions } from '../../src/scenario/load-scenario.js';
import { complaints, loadOptions, SCENARIO, spec } from './scenario-fixture.js';

function variants(text: string, options: Partial<LoadOptions> = {}) {
  const files = { 'test.yaml': `${SCENARIO}variants:\n${text}` };
  return loadVariants(loadOptions(files, options), spec(files, options));
}

function only(list: readonly Variant[]): Variant {
  const [variant] = list;
  if (variant === undefined || list.length > 1) throw new Error(`${list.length} variants`);
  return variant;
}

describe('variants of a scenario', () => {
  it('are the same run with other settings, on top of those of the command line', () => {
    const { variants: all, problems } = variants(
      '  - { name: slow, set: [NodePool/general.spec.disruption.consolidateAfter=5m] }\n',
      { set: ['duration=1h'], seed: 9 },
    );
    expect(problems).toEqual([]);
    const variant = only(all);
    if (variant.outcome !== 'run') throw new Error(variant.outcome);
    expect(variant.spec).toMatchObject({ durationMs: 3_600_000, seed: '9' });
    expect(variant.spec.cluster.nodePools[0]?.disruption.consolidateAfter).toBe(300_000);
  });

  it('are not run twice when they come to the same', () => {
    const { variants: all } = variants(
      [
        '  - { name: default, set: [karpenter.batchMaxDuration=10s] }',
        '  - { name: long, set: [karpenter.batchMaxDuration=20s] }',
        '  - { name: again, set: [karpenter.batchMaxDuration=20000ms] }\n',
      ].join('\n'),
    );
    expect(all.map(({ outcome }) => outcome)).toEqual(['same', 'run', 'same']);
    expect(all[0]).toMatchObject({ as: undefined });
    expect(all[2]).toMatchObject({ as: { name: 'long' } });
  });

  it('are an answer too when the version refuses them', () => {
    const { variants: all, problems } = variants(
      '  - { name: daily, set: ["NodePool/general.spec.disruption={consolidateAfter: 1d, batchMaxDuration: 10s}"] }\n',
    );
    expect(problems).toEqual([]);
    const variant = only(all);
    if (variant.outcome !== 'refused') throw new Error(variant.outcome);
    expect(variant.refusals.map(({ rule }) => rule).sort()).toEqual(['nodepool/consolidate-after', 'unknown-field']);
  });

  it('are a mistake, told at their place in the scenario, when they lead nowhere', () => {
    const { problems } = variants('  - name: misspelt\n    set: [karpenter.batchMaxDuration=20s, trafic=1]\n');
    expect(problems).toMatchObject([
      {
        file: 'dir/test.yaml',
        line: SCENARIO.split('\n').length + 2,
        column: 43,
        path: 'variants[0].set[1]',
        message: 'variant "misspelt": trafic: unknown key "trafic"',
      },
    ]);
  });

  it('have names of their own', () => {
    expect(complaints({ 'test.yaml': `${SCENARIO}variants: [{ name: a }, { name: a, set: [seed=2] }]\n` })).toEqual([
      'dir/test.yaml:16:33 variants[1].name there is another variant "a"',
    ]);
  });
});
