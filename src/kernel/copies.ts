// Not spelled as spreads: V8 (Node 20) gives every object that a spread adds a property to a hidden class of its own, and those
// it changes one of many; later looks at them are slow, some a call into the runtime. So objects that are copied often are made
// with all their fields, undefined where there is nothing yet, and copied here.

/** The object with some of its fields changed. For objects of up to a dozen fields: larger copies become hash tables. */
export function changed<T extends object>(object: T, change: Partial<T>): T {
  return Object.assign({}, object, change);
}

/** A map of labels, annotations or amounts with some more entries, which replace those of the same key. */
export function withEntries<T>(
  map: Readonly<Record<string, T>>,
  ...more: readonly Readonly<Record<string, T>>[]
): Record<string, T> {
  return Object.assign({}, map, ...more) as Record<string, T>;
}
