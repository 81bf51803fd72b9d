import { describe, expect, it } from 'vitest';
import { isEmptyLabelSelector, matchesLabelSelector } from '../../src/kubernetes/label-selector.js';
import { matchesNodeSelectorTerms } from '../../src/kubernetes/node-selector.js';
import type { LabelSelectorRequirement, NodeSelectorRequirement } from '../../src/kubernetes/selectors.js';

describe('a label selector', () => {
  const labels = { app: 'web', tier: 'front' };

  it('that is absent selects nothing, an empty one everything', () => {
    expect(matchesLabelSelector(undefined, labels)).toBe(false);
    expect(matchesLabelSelector({ matchLabels: {}, matchExpressions: [] }, {})).toBe(true);
    expect(isEmptyLabelSelector(undefined)).toBe(false);
    expect(isEmptyLabelSelector({ matchLabels: {}, matchExpressions: [] })).toBe(true);
  });

  it('needs all of its labels and expressions', () => {
    const both = {
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'Exists', values: [] }],
    } as const;
    expect(matchesLabelSelector(both, labels)).toBe(true);
    expect(matchesLabelSelector(both, { app: 'web' })).toBe(false);
    expect(matchesLabelSelector(both, { tier: 'front' })).toBe(false);
  });

  it.each<[LabelSelectorRequirement['operator'], string[], boolean, boolean]>([
    ['In', ['web', 'api'], true, false],
    ['In', ['api'], false, false],
    ['NotIn', ['api'], true, true],
    ['NotIn', ['web'], false, true],
    ['Exists', [], true, false],
    ['DoesNotExist', [], false, true],
  ])('%s %j answers %s with the label and %s without', (operator, values, withLabel, without) => {
    const selector = { matchLabels: {}, matchExpressions: [{ key: 'app', operator, values }] };
    expect(matchesLabelSelector(selector, { app: 'web' })).toBe(withLabel);
    expect(matchesLabelSelector(selector, {})).toBe(without);
  });
});

describe('node selector terms', () => {
  const matches = (requirement: NodeSelectorRequirement, labels: Record<string, string>): boolean =>
    matchesNodeSelectorTerms([{ matchExpressions: [requirement], matchFields: [] }], labels, 'node-1');

  it('are OR-ed; no term, or a term without expressions, matches no node', () => {
    expect(matchesNodeSelectorTerms([], { a: '1' }, 'n')).toBe(false);
    expect(matchesNodeSelectorTerms([{ matchExpressions: [], matchFields: [] }], { a: '1' }, 'n')).toBe(false);
    const a = { matchExpressions: [{ key: 'a', operator: 'Exists', values: [] }], matchFields: [] } as const;
    const b = { matchExpressions: [{ key: 'b', operator: 'Exists', values: [] }], matchFields: [] } as const;
    expect(matchesNodeSelectorTerms([b, a], { a: '1' }, 'n')).toBe(true);
    expect(matchesNodeSelectorTerms([b], { a: '1' }, 'n')).toBe(false);
  });

  it.each<[string, string, string, boolean]>([
    ['Gt', '4', '8', true],
    ['Gt', '8', '8', false],
    ['Lt', '8', '4', true],
    ['Gt', '4', '+8', true],
    ['Gt', '4', '08', true],
    ['Gt', '4', 'many', false],
    ['Gt', 'x', '8', false],
    ['Gt', '4', '9223372036854775808', false],
    ['Gt', '-1', '0', true],
  ])('%s %s against the label %s is %s', (operator, bound, value, expected) => {
    const requirement = { key: 'cores', operator: operator as 'Gt' | 'Lt', values: [bound] };
    expect(matches(requirement, { cores: value })).toBe(expected);
    expect(matches(requirement, {})).toBe(false);
  });

  it('do not know Gte and Lte, which only Karpenter has', () => {
    expect(matches({ key: 'cores', operator: 'Gte', values: ['4'] }, { cores: '8' })).toBe(false);
    expect(matches({ key: 'cores', operator: 'Lte', values: ['8'] }, { cores: '4' })).toBe(false);
  });

  it('match the node name as a field', () => {
    const named = (operator: 'In' | 'NotIn', name: string): boolean =>
      matchesNodeSelectorTerms(
        [{ matchExpressions: [], matchFields: [{ key: 'metadata.name', operator, values: [name] }] }],
        {},
        'node-1',
      );
    expect(named('In', 'node-1')).toBe(true);
    expect(named('In', 'node-2')).toBe(false);
    expect(named('NotIn', 'node-2')).toBe(true);
  });
});
