import { describe, expect, it } from 'vitest';
import { parseManifestStream } from '../../../src/kubernetes/manifest/manifest-document.js';

describe('parseManifestStream', () => {
  it('splits a stream into documents and leaves out empty ones', () => {
    const { documents, problems } = parseManifestStream('s.yaml', 'a: 1\n---\n---\n# nothing\n---\nb: 2\n');
    expect(problems).toEqual([]);
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it('reads an empty file as no documents', () => {
    expect(parseManifestStream('s.yaml', '')).toEqual({ documents: [], problems: [] });
  });

  it('reads JSON', () => {
    const { documents } = parseManifestStream('s.json', '{"kind": "Pod",\n "spec": {"n": 1}}');
    expect(documents[0]?.value).toEqual({ kind: 'Pod', spec: { n: 1 } });
    expect(documents[0]?.positionOf(['spec', 'n'], 'value')).toEqual({ line: 2, column: 16 });
  });

  it('reports every bad document with its place, and keeps the good ones', () => {
    const { documents, problems } = parseManifestStream(
      's.yaml',
      'a: 1\na: 2\n---\nb: [1, 2\n---\ngood: true\n---\nc: *nowhere\n',
    );
    expect(documents.map(({ value }) => value)).toEqual([{ good: true }]);
    expect(problems.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['yaml-syntax', 2, 1],
      ['yaml-syntax', 5, 1],
      ['yaml-syntax', 8, 1],
    ]);
    expect(problems[0]?.message).toBe('Map keys must be unique');
  });

  it('knows where keys and values stand, through lists and aliases, and answers for what is missing', () => {
    const [document] = parseManifestStream('s.yaml', 'base: &b\n  x: 1\nlist:\n  - name: n\n    value: *b\n').documents;
    expect(document?.positionOf(['list', 0, 'name'], 'key')).toEqual({ line: 4, column: 5 });
    expect(document?.positionOf(['list', 0, 'name'], 'value')).toEqual({ line: 4, column: 11 });
    expect(document?.positionOf(['list', 0, 'value', 'x'], 'value')).toEqual({ line: 2, column: 6 });
    expect(document?.positionOf(['list', 0, 'absent', 'deeper'], 'value')).toEqual({ line: 4, column: 5 });
    expect(document?.positionOf([], 'value')).toEqual({ line: 1, column: 1 });
  });

  it('knows lines behind other documents, and reads a stream with directives or explicit ends', () => {
    const { documents } = parseManifestStream('s.yaml', '# first\na: 1\n---\nb: 2\n--- # third\n\nc:\n  d: 3\n');
    expect(documents[2]?.positionOf(['c', 'd'], 'value')).toEqual({ line: 8, column: 6 });
    const explicit = parseManifestStream('s.yaml', '%YAML 1.2\n---\na: 1\n...\n---\nb: 2\n');
    expect(explicit.problems).toEqual([]);
    expect(explicit.documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: 2 }]);
    expect(explicit.documents[1]?.positionOf(['b'], 'value')).toEqual({ line: 6, column: 4 });
  });

  const LIST =
    'apiVersion: v1\nitems:\n- kind: A\n  list:\n  - x: |\n      - y\n# remark\n- kind: B\n  n: 1\nkind: List\n';

  it('reads the items of a list as kubectl writes it one by one, with their places', () => {
    const [document, ...others] = parseManifestStream('l.yaml', LIST).documents;
    expect(others).toEqual([]);
    expect(document?.value).toEqual({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { kind: 'A', list: [{ x: '- y\n' }] },
        { kind: 'B', n: 1 },
      ],
    });
    expect(document?.positionOf(['items', 1, 'n'], 'key')).toEqual({ line: 9, column: 3 });
    expect(document?.positionOf(['items', 0, 'list', 0, 'x'], 'key')).toEqual({ line: 5, column: 5 });
    expect(document?.positionOf(['kind'], 'value')).toEqual({ line: 10, column: 7 });
  });

  it('reads a list whose items lean on each other as a whole, and tells mistakes in items', () => {
    const aliased = parseManifestStream('l.yaml', 'items:\n- a: &x {b: 1}\n- c: *x\n');
    expect(aliased.documents[0]?.value).toEqual({ items: [{ a: { b: 1 } }, { c: { b: 1 } }] });
    const broken = parseManifestStream('l.yaml', 'kind: List\nitems:\n- a: 1\n- b: 1\n  b: 2\n');
    expect(broken.documents).toEqual([]);
    expect(broken.problems).toMatchObject([{ line: 5, column: 3, message: 'Map keys must be unique' }]);
  });

  it('finds fields of a JSON list', () => {
    const text = '{"items": [\n  {"a": "x, \\"]}"},\n  {"b": {"c": [1, 22]}, "d": null}\n]}';
    const [document] = parseManifestStream('l.json', text).documents;
    expect(document?.positionOf(['items', 1, 'b', 'c', 1], 'value')).toEqual({ line: 3, column: 19 });
    expect(document?.positionOf(['items', 1, 'd'], 'key')).toEqual({ line: 3, column: 25 });
    expect(document?.positionOf(['items', 1, 'gone', 'x'], 'value')).toEqual({ line: 3, column: 3 });
    expect(document?.positionOf(['items', 0, 'a'], 'value')).toEqual({ line: 2, column: 9 });
  });

  it('follows YAML merge keys', () => {
    expect(parseManifestStream('s.yaml', 'a: &a {x: 1}\nb: {<<: *a, y: 2}\n').documents[0]?.value).toEqual({
      a: { x: 1 },
      b: { x: 1, y: 2 },
    });
  });
});
