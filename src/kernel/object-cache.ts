/** What one cache keeps with an object. */
interface Entry {
  readonly cache: object;
  value: unknown;
  readonly next: Entry | undefined;
}

/** As a parent it hands on the object that it is given, which then gets the private fields of its child. */
const Given = function (object: object): object {
  return object;
} as unknown as new (object: object) => object;

/** Puts a private field on an object that is there already. */
class Drawer extends Given {
  #first: Entry | undefined;

  static first(object: object): Entry | undefined {
    return #first in object ? object.#first : undefined;
  }

  static add(object: object, cache: object, value: unknown): void {
    const drawer = #first in object ? object : new Drawer(object);
    drawer.#first = { cache, value, next: drawer.#first };
  }
}

/**
 * A WeakMap for objects that come and go by the thousand: what is kept goes with its object at once. The values of a
 * WeakMap outlive every minor garbage collection, which made those a tenth of a simulated day, and getting at them is
 * several times slower. Copies of an object do not have what was kept with it; they get hidden classes of their own though, which
 * makes every look at them slow, so that objects which spreads copy are no keys for this.
 *
 * The object keeps its values even if the cache goes before it: a cache that is not made once for all must have keys that
 * live shorter than itself.
 */
export class ObjectCache<Key extends object, Value> {
  get(key: Key): Value | undefined {
    return this.#entry(key)?.value as Value | undefined;
  }

  has(key: Key): boolean {
    return this.#entry(key) !== undefined;
  }

  set(key: Key, value: Value): void {
    const entry = this.#entry(key);
    if (entry === undefined) Drawer.add(key, this, value);
    else entry.value = value;
  }

  #entry(key: Key): Entry | undefined {
    let entry = Drawer.first(key);
    while (entry !== undefined && entry.cache !== this) entry = entry.next;
    return entry;
  }
}
