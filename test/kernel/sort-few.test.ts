import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortFew } from '../../src/kernel/sort-few.js';

test('short and long lists are sorted in place as the built-in sort sorts them, equals in order', () => {
  const item = fc.record({ key: fc.integer({ min: 0, max: 5 }), id: fc.nat() });
  const byKey = (a: { key: number }, b: { key: number }): number => a.key - b.key;
  fc.assert(
    fc.property(fc.array(item, { maxLength: 80, size: 'max' }), (list) => {
      const sorted = list.toSorted(byKey);
      expect(sortFew(list, byKey)).toBe(list);
      expect(list).toEqual(sorted);
    }),
  );
});
