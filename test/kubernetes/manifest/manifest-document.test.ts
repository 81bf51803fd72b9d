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

  it('follows YAML merge keys', () => {
    expect(parseManifestStream('s.yaml', 'a: &a {x: 1}\nb: {<<: *a, y: 2}\n').documents[0]?.value).toEqual({
      a: { x: 1 },
      b: { x: 1, y: 2 },
    });
  });
});
