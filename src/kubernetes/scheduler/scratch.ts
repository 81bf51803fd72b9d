/**
 * A zeroed array that is used again: attempts need several of them, and handing them to the garbage collector took a third
 * of the time of scheduling on sixty nodes. Whoever takes it must be done with it before it is taken again.
 */
export class Scratch<T extends Float64Array | Int32Array | Uint8Array> {
  readonly #make: (length: number) => T;
  #array: T;

  /** @param make - Allocates an array of that length. */
  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#array = make(0);
  }

  /** At least `length` elements, of which the first `length` are zero. */
  take(length: number): T {
    if (this.#array.length < length) this.#array = this.#make(2 * length);
    else this.#array.fill(0, 0, length);
    return this.#array;
  }
}
