import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_LABELS, WELL_KNOWN_LABELS } from '../../../src/karpenter/requirements/labels.js';
import { Requirement, type BoundsReading } from '../../../src/karpenter/requirements/requirement.js';
import { Requirements } from '../../../src/karpenter/requirements/requirements.js';
import type { NodeSelectorOperator, NodeSelectorRequirement } from '../../../src/kubernetes/selectors.js';

const CUSTOM = 'team';
const ZONE = 'topology.kubernetes.io/zone';

function expression(key: string, text: string): NodeSelectorRequirement {
  const [operator = '', ...values] = text.split(' ');
  return { key, operator: operator as NodeSelectorOperator, values };
}

function requirement(text: string, reading: BoundsReading = 'inclusive', key = CUSTOM): Requirement {
  return Requirement.from(expression(key, text), reading);
}

function map(key: string, text: string | undefined): Requirements {
  return text === undefined ? Requirements.EMPTY : Requirements.of([requirement(text, 'inclusive', key)]);
}

describe('a single requirement', () => {
  it.each([
    ['In a b', 'In', ['a', 'b']],
    ['NotIn a b', 'NotIn', ['a', 'b']],
    ['Exists', 'Exists', []],
    ['DoesNotExist', 'DoesNotExist', []],
    ['Gt 3', 'Exists', []],
    ['Lte 3', 'Exists', []],
  ])('%s shows operator %s and reads its members as values, exclusions too (REQ-2)', (text, operator, values) => {
    expect(requirement(text).operator).toBe(operator);
    expect([...requirement(text).values]).toEqual(values);
  });

  it.each([
    ['Gt 5', ['6', '100'], ['5', '4', 'x', '']],
    ['Lt 5', ['4', '-1'], ['5', '6', 'x']],
    ['Gte 5', ['5', '+6'], ['4', '5.5']],
    ['Lte 5', ['5', '-6'], ['6', '99999999999999999999']],
    ['Gt nonsense', ['1'], ['0', '-1']],
    ['NotIn a', ['b', ''], ['a']],
    ['In a', ['a'], ['b']],
  ])('%s allows %j and not %j (REQ-1, REQ-2)', (text, allowed, refused) => {
    for (const reading of ['inclusive', 'exclusive'] as const) {
      if (reading === 'exclusive' && /^[GL]te/.test(text)) continue;
      for (const value of allowed) expect(requirement(text, reading).has(value), value).toBe(true);
      for (const value of refused) expect(requirement(text, reading).has(value), value).toBe(false);
    }
  });

  it('is nothing above the largest integer (REQ-1)', () => {
    expect(requirement('Gt 9223372036854775807').operator).toBe('DoesNotExist');
    expect(requirement('Gt 9223372036854775806').operator).toBe('Exists');
  });

  it.each([
    ['failure-domain.beta.kubernetes.io/zone', ZONE],
    ['beta.kubernetes.io/arch', 'kubernetes.io/arch'],
    ['beta.kubernetes.io/instance-type', 'node.kubernetes.io/instance-type'],
    ['topology.ebs.csi.aws.com/zone', ZONE],
    ['team', 'team'],
  ])('names the label %s as %s (REQ-12)', (alias, key) => {
    expect(requirement('Exists', 'inclusive', alias).key).toBe(key);
    expect(Requirement.in(alias, ['x']).key).toBe(key);
    expect(Requirement.ofLabel(alias, 'x').text).toBe(Requirement.in(alias, ['x']).text);
  });

  it('of a label is made once, and again when thousands of others have come between', () => {
    const first = Requirement.ofLabel(CUSTOM, 'a');
    expect(Requirement.ofLabel(CUSTOM, 'a')).toBe(first);
    expect(Requirement.ofLabel(CUSTOM, 'b').text).toBe(requirement('In b').text);
    for (let i = 0; i < 10_000; i++) {
      expect(Requirement.ofLabel('kubernetes.io/hostname', `node-${i}`).onlyValue).toBe(`node-${i}`);
    }
    expect(Requirement.ofLabel(CUSTOM, 'a')).not.toBe(first);
    expect(Requirement.ofLabel(CUSTOM, 'a').text).toBe(first.text);
  });
});

describe('intersection', () => {
  it.each([
    ['In a b c', 'In b c d', 'In b c'],
    ['In a b', 'NotIn b', 'In a'],
    ['NotIn a', 'NotIn b', 'NotIn a b'],
    ['In a', 'DoesNotExist', 'DoesNotExist'],
    ['Exists', 'DoesNotExist', 'DoesNotExist'],
    ['In 1 5 9', 'Gt 4', 'In 5 9'],
    ['In 5', 'Lt 5', 'DoesNotExist'],
    ['Gt 5', 'Lt 6', 'DoesNotExist'],
    ['Gt 5', 'Gt 7', 'Gte 8'],
  ])('%s ∧ %s = %s (REQ-5)', (a, b, both) => {
    const [forward, backward] = [
      requirement(a).intersection(requirement(b)),
      requirement(b).intersection(requirement(a)),
    ];
    expect(forward.serialize('inclusive')).toEqual(requirement(both).serialize('inclusive'));
    expect(backward.serialize('inclusive')).toEqual(requirement(both).serialize('inclusive'));
  });

  it('leaves an empty but allowed range between exclusive neighbours (v0.32.0)', () => {
    const both = requirement('Gt 5', 'exclusive').intersection(requirement('Lt 6', 'exclusive'));
    expect(both.operator).toBe('Exists');
    expect(both.has('5') || both.has('6')).toBe(false);
    expect(requirement('Gt 5', 'exclusive').intersection(requirement('Lt 5', 'exclusive')).isEmpty).toBe(true);
  });

  it('keeps the larger minValues, and drops exclusions that the bounds exclude anyway', () => {
    const a = Requirement.from({ ...expression(CUSTOM, 'In a b c'), minValues: 1 }, 'inclusive');
    const b = Requirement.from({ ...expression(CUSTOM, 'In b c d'), minValues: 2 }, 'inclusive');
    expect(a.intersection(b).minValues).toBe(2);
    expect([...requirement('NotIn 1 9 x').intersection(requirement('Gt 4')).members]).toEqual(['9']);
  });

  it('is the same object when nothing is taken away', () => {
    const two = requirement('In a b');
    expect(two.intersection(requirement('In c b a'))).toBe(two);
    expect(two.intersection(requirement('Exists'))).toBe(two);
    expect(two.intersection(requirement('NotIn c'))).toBe(two);
    expect(two.intersection(requirement('In a'))).not.toBe(two);
  });

  const anyRequirement = fc.oneof(
    fc
      .tuple(fc.constantFrom('In', 'NotIn'), fc.subarray(['1', '2', '3', '4', 'a', 'b'], { minLength: 1 }))
      .map(([operator, values]) => `${operator} ${values.join(' ')}`),
    fc.constantFrom('Exists', 'DoesNotExist'),
    fc
      .tuple(fc.constantFrom('Gt', 'Lt'), fc.integer({ min: 0, max: 5 }))
      .map(([operator, n]) => `${operator} ${String(n)}`),
  );

  it('allows just what both sides allow', () => {
    fc.assert(
      fc.property(
        anyRequirement,
        anyRequirement,
        fc.constantFrom<BoundsReading>('inclusive', 'exclusive'),
        (a, b, reading) => {
          const [first, second] = [requirement(a, reading), requirement(b, reading)];
          const both = first.intersection(second);
          for (const value of ['0', '1', '2', '3', '4', '5', '6', 'a', 'b', 'c']) {
            expect(both.has(value), value).toBe(first.has(value) && second.has(value));
          }
          expect(first.intersects(second)).toBe(!both.isEmpty);
          expect(second.intersects(first)).toBe(first.intersects(second));
        },
      ),
    );
  });
});

describe('writing a requirement out (REQ-4)', () => {
  it.each([
    ['In b a', [{ operator: 'In', values: ['a', 'b'] }]],
    ['NotIn b a', [{ operator: 'NotIn', values: ['a', 'b'] }]],
    ['Exists', [{ operator: 'Exists', values: [] }]],
    ['DoesNotExist', [{ operator: 'DoesNotExist', values: [] }]],
    ['Gt 5', [{ operator: 'Gte', values: ['6'] }]],
    ['Lt 5', [{ operator: 'Lte', values: ['4'] }]],
  ])('v1.14.1 writes %s as %j', (text, entries) => {
    expect(requirement(text).serialize('inclusive')).toEqual(entries.map((entry) => ({ key: CUSTOM, ...entry })));
  });

  it('makes two entries of a range in v1.14.1, and loses the upper bound in v0.32.0', () => {
    const v1 = requirement('Gt 2').intersection(requirement('Lt 9'));
    expect(v1.serialize('inclusive').map(({ operator, values }) => `${operator} ${values.join()}`)).toEqual([
      'Gte 3',
      'Lte 8',
    ]);
    const v0 = requirement('Gt 2', 'exclusive').intersection(requirement('Lt 9', 'exclusive'));
    expect(v0.serialize('exclusive').map(({ operator, values }) => `${operator} ${values.join()}`)).toEqual(['Gt 2']);
  });

  it('hides exclusions behind a bound', () => {
    const both = requirement('NotIn 7').intersection(requirement('Lt 9'));
    expect(both.operator).toBe('NotIn');
    expect(both.serialize('inclusive')).toEqual([{ key: CUSTOM, operator: 'Lte', values: ['8'] }]);
  });
});

describe('compatibility of requirement maps (REQ-9)', () => {
  const columns = ['Exists', 'DoesNotExist', 'In a b', 'NotIn a b', 'Gt 3'];
  it.each([
    ['absent, well-known and loose', undefined, ZONE, [true, true, true, true, true]],
    ['absent otherwise', undefined, CUSTOM, [false, true, false, true, false]],
    ['Exists', 'Exists', CUSTOM, [true, false, true, true, true]],
    ['DoesNotExist', 'DoesNotExist', CUSTOM, [false, true, false, true, false]],
    ['In a, which meets the columns', 'In a', CUSTOM, [true, false, true, false, false]],
    ['In c 5, which does not', 'In c 5', CUSTOM, [true, false, false, true, true]],
    ['NotIn a b, which excludes the columns', 'NotIn a b', CUSTOM, [true, true, false, true, true]],
    ['NotIn a, which leaves one', 'NotIn a', CUSTOM, [true, true, true, true, true]],
    ['bounded', 'Lt 9', CUSTOM, [true, false, false, true, true]],
    ['bounded apart from the column', 'Lt 4', CUSTOM, [true, false, false, true, false]],
  ])('row "%s"', (_name, own, key, expected) => {
    const verdicts = columns.map((column) => map(key, own).isCompatible(map(key, column), WELL_KNOWN_LABELS));
    expect(verdicts).toEqual(expected);
    const reasons = columns.map((column) => map(key, own).incompatibilityWith(map(key, column), WELL_KNOWN_LABELS));
    expect(reasons.map((reason) => reason === undefined)).toEqual(expected);
  });

  it('is strict where no label may be undefined, well-known or not', () => {
    expect(map(ZONE, undefined).isCompatible(map(ZONE, 'In a'), NO_LABELS)).toBe(false);
    expect(map(ZONE, undefined).incompatibilityWith(map(ZONE, 'In a'), NO_LABELS)).toEqual({
      key: ZONE,
      reason: 'undefined-label',
    });
    expect(map(ZONE, undefined).isCompatible(map(ZONE, 'NotIn a'), NO_LABELS)).toBe(true);
  });

  it('lets two ranges that exclude each other pass when both also exclude members (REQ-9, quirk)', () => {
    const low = map(CUSTOM, 'Lt 5').and([requirement('NotIn 1')]);
    const high = map(CUSTOM, 'Gt 5').and([requirement('NotIn 9')]);
    expect(low.isCompatible(high, NO_LABELS)).toBe(true);
    expect(map(CUSTOM, 'Lt 5').isCompatible(map(CUSTOM, 'Gt 5'), NO_LABELS)).toBe(false);
  });

  it('reads an absent key as Exists, and combines requirements on the same key', () => {
    expect(Requirements.EMPTY.get(CUSTOM).operator).toBe('Exists');
    const combined = Requirements.fromLabels({ team: 'a', 'kubernetes.io/arch': 'arm64' }).and([
      requirement('NotIn a'),
    ]);
    expect(combined.get(CUSTOM).operator).toBe('DoesNotExist');
    expect(combined.size).toBe(2);
    expect(combined.and([requirement('DoesNotExist')])).toBe(combined);
  });
});
