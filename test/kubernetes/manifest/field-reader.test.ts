import { describe, expect, it } from 'vitest';
import type { FieldReader } from '../../../src/kubernetes/manifest/field-reader.js';
import { readPlain } from '../../../src/kubernetes/manifest/read-session.js';
import { readYaml } from './read-manifest.js';

describe('FieldReader', () => {
  it('gathers every mistake with line, column, path, expectation and hint', () => {
    const text = [
      'name: 7',
      'count: two',
      'mode: Fats',
      'memory: 512MB',
      'when: yesterday',
      'wait: 2d',
      'labels: {a: true}',
      'items: {}',
      'nested: []',
    ].join('\n');
    const { problems } = readYaml(text, (reader) => {
      reader.string('name');
      reader.integer('count');
      reader.oneOf('mode', ['Fast', 'Slow']);
      reader.amount('memory', 'memory');
      reader.timeMs('when');
      reader.durationMs('wait');
      reader.stringMap('labels');
      reader.objects('items');
      reader.object('nested');
      reader.requiredString('absent');
    });
    expect(problems.map(({ line, column, path, code }) => [line, column, path, code])).toEqual([
      [1, 7, 'name', 'wrong-type'],
      [2, 8, 'count', 'wrong-type'],
      [3, 7, 'mode', 'unsupported-value'],
      [4, 9, 'memory', 'invalid-value'],
      [5, 7, 'when', 'invalid-value'],
      [6, 7, 'wait', 'invalid-value'],
      [7, 13, 'labels.a', 'wrong-type'],
      [8, 8, 'items', 'wrong-type'],
      [9, 9, 'nested', 'wrong-type'],
      [1, 1, 'absent', 'missing-field'],
    ]);
    expect(problems.map(({ hint }) => hint)).toEqual([
      'put it in quotes: "7"',
      undefined,
      'did you mean "Fast"?',
      'try 512Mi',
      undefined,
      'there is no unit for days: try 48h',
      'put it in quotes: "true"',
      undefined,
      undefined,
      undefined,
    ]);
    expect(problems[1]).toMatchObject({ file: 'm.yaml', message: '"two" is not an integer', expected: 'an integer' });
  });

  it('reads null as absent', () => {
    const { value, problems } = readYaml('a: null\nb:\n', (reader) => [reader.string('a'), reader.has('b')]);
    expect([value, problems]).toEqual([[undefined, false], []]);
  });

  it('keeps integers in their range', () => {
    const { problems } = readYaml('a: 0\nb: 101\nc: 1.5', (reader) => {
      reader.integer('a', { min: 1, max: 100 });
      reader.integer('b', { max: 100 });
      reader.integer('c', { min: 1 });
    });
    expect(problems.map(({ expected }) => expected)).toEqual(['1 to 100', '100 or less', 'an integer']);
  });

  it('turns quantities into the units of a resource list and refuses negative ones', () => {
    const { value, problems } = readYaml('r: {cpu: 0.5, memory: 1e3, pods: -1, x.com/y: lots}', (reader) =>
      reader.resourceList('r'),
    );
    expect(value).toEqual({ cpu: 500, memory: 1000 });
    expect(problems.map(({ path }) => path)).toEqual(['r.pods', 'r["x.com/y"]']);
  });

  it('names fields that nobody asked for as not modelled', () => {
    const { unmodelled, problems } = readYaml('a: 1\nb: {c: 1, d: 2}\nl:\n  - e: 1', (reader) => {
      reader.irrelevant('a');
      reader.object('b')?.integer('c');
      reader.objects('l');
    });
    expect(problems).toEqual([]);
    expect(unmodelled).toEqual([
      { file: 'm.yaml', line: 2, path: 'b.d' },
      { file: 'm.yaml', line: 4, path: 'l[0].e' },
    ]);
  });

  it('makes them unknown-field problems where it is strict, with the nearest known name', () => {
    const decode = (reader: FieldReader) => reader.beStrict().object('spec')?.string('consolidateAfter');
    const { problems, unmodelled } = readYaml('spec:\n  consolidteAfter: 30s', decode);
    expect(unmodelled).toEqual([]);
    expect(problems).toEqual([
      {
        file: 'm.yaml',
        line: 2,
        column: 3,
        path: 'spec.consolidteAfter',
        code: 'unknown-field',
        message: 'unknown field "consolidteAfter"',
        hint: 'did you mean "consolidateAfter"?',
      },
    ]);
  });

  it('reads plain data without positions and without tracking', () => {
    const reading = readPlain({ a: 1, b: 'x' }, (reader) => reader.integer('b'));
    expect(reading).toMatchObject({ value: undefined, unmodelled: [], problems: [{ line: 0, column: 0, path: 'b' }] });
  });
});
