import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { readKubectlYaml } from '../../../src/scenario/import/kubectl-yaml.js';
import { ClusterDump } from '../cluster-dump.js';

const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.constantFrom('yes', 'null', '0x1f', '010', '1e3', '-', 'a: b', 'a #b', '', '|', 'true', '~', "it's", '*x', '- a'),
  fc.lorem({ maxCount: 30 }),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('app.kubernetes.io/name', 'name')), tie('any'), { maxKeys: 4 }),
  ),
})).any;

describe('readKubectlYaml', () => {
  it('reads whatever it reads as the real parser does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), value, { minKeys: 1, maxKeys: 4 }), (object) => {
        for (const indentSeq of [true, false]) {
          const yaml = stringify(object, { indentSeq });
          const read = readKubectlYaml(yaml);
          if (read !== undefined) expect(read.value).toEqual(parse(yaml));
        }
      }),
      { numRuns: 400, seed: 9 },
    );
  });

  it('reads the objects of a dump itself, long lines folded as kubectl folds them', () => {
    const dump = new ClusterDump();
    dump.nodeClass('default');
    dump.nodePool('general', { limits: { cpu: '1k' }, template: {} });
    const node = dump.karpenterNode('general', { type: 'm5.large' });
    dump.deployment({ name: 'web', on: [node, ''] });
    for (const item of dump.items) {
      const yaml = stringify(item, { indentSeq: false, aliasDuplicateObjects: false });
      expect(readKubectlYaml(yaml)).toEqual({ value: parse(yaml) as unknown });
    }
  });

  it.each([
    ['an anchor', 'a: &x 1\nb: *x\n'],
    ['a flow map', 'a: {b: 1}\n'],
    ['a folded block', 'a: >\n  b\n  c\n'],
    ['a tab', 'a:\n\tb: 1\n'],
    ['a key twice', 'a: 1\na: 2\n'],
    ['a comment', 'a: 1 # one\n'],
    ['a tag', 'a: !!str 1\n'],
  ])('leaves %s to the real parser', (_, yaml) => {
    expect(readKubectlYaml(yaml)).toBeUndefined();
  });
});
