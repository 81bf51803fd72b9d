import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parse, parseDocument, stringify } from 'yaml';
import { readKubectlYaml } from '../../src/kubernetes/manifest/kubectl-yaml.js';
import { ClusterDump } from '../scenario/cluster-dump.js';

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

/** A manifest with something of everything that is read. */
const MANIFEST = `# Front end
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app.kubernetes.io/name: "web"
    # Of the team
    team: 'it''s ours'
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: app
        args:
          - --level=debug
          - a long
            text
        command: ["sh"]
        script: |
          # not a comment
          echo
      tolerations: []
`;

const scrap = fc.constantFrom(
  ...[
    ' ',
    '  ',
    '\n',
    '\n\n',
    '-',
    '- ',
    ':',
    ': ',
    '#',
    ' #',
    "'",
    '"',
    '|',
    '|-',
    '>',
    '{',
    '[',
    '&a',
    '*a',
    '!',
    '?',
    '? ',
  ],
  ...[
    '%',
    '@',
    ',',
    '\t',
    '\r',
    '0',
    '.',
    '~',
    'null',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\u0085',
    '---',
    '\\',
    'a: b',
    '- a',
    '<<',
  ],
  ...['1: ', 'null: ', '\n#c\n', '\n  ', '\n    ', '\n- ', '__proto__', '"a": ', 'key: '],
);
const edit = fc.record({ at: fc.nat(MANIFEST.length), cut: fc.nat(3), insert: scrap });

/** What the real parser reads; undefined where it finds something wrong. */
function parsed(yaml: string): { readonly value: unknown } | undefined {
  const document = parseDocument(yaml, { merge: true });
  return document.errors.length > 0 ? undefined : { value: document.toJS() as unknown };
}

describe('readKubectlYaml', () => {
  it('reads whatever it reads of a manifest as the real parser does, however the manifest is mangled', () => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.array(edit, { maxLength: 3 }),
        fc.nat(20),
        fc.integer({ min: 1, max: 24 }),
        (edits, from, count) => {
          const mangled = edits.reduce(
            (text, { at, cut, insert }) => text.slice(0, at) + insert + text.slice(at + cut),
            MANIFEST.replace('["sh"]', 'sh'),
          );
          const yaml = mangled
            .split('\n')
            .slice(from, from + count)
            .join('\n');
          const fast = readKubectlYaml(yaml);
          if (fast === undefined) return;
          read++;
          expect({ yaml, ...fast }).toEqual({ yaml, ...parsed(yaml) });
        },
      ),
      { numRuns: 1000, seed: 5 },
    );
    expect(read).toBeGreaterThan(150);
  });

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

  it('reads comments on lines of their own, but for those in a literal block', () => {
    const yaml = '# one\na: 1\n# two\nb:\n# three\n  - c\n# four\nd: |\n  # text\n# five\n';
    expect(readKubectlYaml(yaml)).toEqual({ value: { a: 1, b: ['c'], d: '# text\n' } });
    expect(parse(yaml)).toEqual({ a: 1, b: ['c'], d: '# text\n' });
  });

  it('reads an item without a value as the parser does', () => {
    expect(readKubectlYaml('a:\n- \n- b\n')).toEqual({ value: { a: [null, 'b'] } });
  });

  it.each([
    ['an anchor', 'a: &x 1\nb: *x\n'],
    ['a flow map', 'a: {b: 1}\n'],
    ['a folded block', 'a: >\n  b\n  c\n'],
    ['a tab', 'a:\n\tb: 1\n'],
    ['a key twice', 'a: 1\na: 2\n'],
    ['a comment', 'a: 1 # one\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a key that is no text', 'null: 1\n'],
    ['more than one blank behind a dash', 'a:\n-   b\n'],
    ['a dash alone as a value', 'a:\n- -\n'],
    ['a quoted text that goes on at the margin', "a: 'b\nc'\n"],
    ['blanks behind the last line', 'a: 1\n  '],
    ['a blank that is no space', 'a: b\u00a0\n'],
    ['a carriage return in a literal block', 'a: |\n  b\r\n  c\n'],
  ])('leaves %s to the real parser', (_, yaml) => {
    expect(readKubectlYaml(yaml)).toBeUndefined();
  });
});
