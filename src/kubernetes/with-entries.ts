/**
 * A map of labels, annotations or amounts with some more entries, which replace those of the same key.
 *
 * Not spelled `{ ...map, key: value }`: V8 (Node 20) gives every object that a spread adds a property to a hidden class of its
 * own, and every later look at it costs a runtime call. The same goes for objects with fields, which is why those that are
 * copied often are made with all their fields, undefined where there is nothing yet.
 */
export function withEntries<T>(
  map: Readonly<Record<string, T>>,
  ...more: readonly Readonly<Record<string, T>>[]
): Record<string, T> {
  return Object.assign({}, map, ...more) as Record<string, T>;
}
