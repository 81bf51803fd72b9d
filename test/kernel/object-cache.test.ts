import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObjectCache } from '../../src/kernel/object-cache.js';

describe('a cache by object', () => {
  it('answers as WeakMaps do, whatever the order of calls', () => {
    const call = fc.record({
      cache: fc.nat({ max: 3 }),
      key: fc.nat({ max: 4 }),
      value: fc.option(fc.integer(), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(call), (calls) => {
        const keys: object[] = [{ name: 'plain' }, [1, 2], Object.freeze({}), () => 0, new Map()];
        const caches = [0, 1, 2, 3].map(() => new ObjectCache<object, number | undefined>());
        const maps = caches.map(() => new WeakMap<object, number | undefined>());
        for (const { cache, key, value } of calls) {
          const at = keys[key] ?? {};
          caches[cache]?.set(at, value);
          maps[cache]?.set(at, value);
          expect(caches.map((each) => [each.has(at), each.get(at)])).toEqual(
            maps.map((each) => [each.has(at), each.get(at)]),
          );
        }
      }),
    );
  });

  it('leaves no trace on the object, and its copies have nothing', () => {
    const cache = new ObjectCache<object, string>();
    const object = { name: 'node', labels: { zone: 'a' } };
    cache.set(object, 'kept');
    expect(Reflect.ownKeys(object)).toEqual(['name', 'labels']);
    expect(object).toEqual({ name: 'node', labels: { zone: 'a' } });
    expect([cache.get({ ...object }), cache.get(structuredClone(object))]).toEqual([undefined, undefined]);
  });
});
