import { describe, expect, it } from 'vitest';
import { differences } from '../../src/conformance/differences.js';

describe('differences of two answers', () => {
  it('name the field and show what only one side has, or where an order parts', () => {
    const recorded = { nodes: [{ types: ['a', 'b', 'c'], pods: ['x', 'y'] }], count: 1, same: { deep: [1] } };
    const ours = { nodes: [{ types: ['a', 'd', 'b'], pods: ['y', 'x'] }], count: 2, same: { deep: [1] } };
    expect(differences(recorded, ours)).toEqual([
      { path: 'nodes[0].types', expected: 'c', got: 'd' },
      { path: 'nodes[0].pods[0]', expected: 'x', got: 'y' },
      { path: 'count', expected: '1', got: '2' },
    ]);
  });

  it('are told where one side has more', () => {
    expect(differences({ a: [{ b: 1 }] }, { a: [{ b: 1 }, { b: 2 }], c: null })).toEqual([
      { path: 'a[1]', expected: '(nothing)', got: '{"b": 2}' },
      { path: 'c', expected: '(nothing)', got: 'null' },
    ]);
    expect(differences({ a: ['x', 'x'] }, { a: ['x'] })).toEqual([
      { path: 'a[1]', expected: 'x', got: '(nothing)' },
    ]);
  });

  it('leave out texts for people, but not whose they are', () => {
    expect(
      differences({ errors: { pod: 'their words' }, error: 'x' }, { errors: { pod: 'our words' }, error: 'y' }),
    ).toEqual([]);
    expect(differences({ errors: {} }, { errors: { pod: 'our words' } })).toEqual([
      { path: 'errors.pod', expected: '(nothing)', got: 'our words' },
    ]);
  });
});
