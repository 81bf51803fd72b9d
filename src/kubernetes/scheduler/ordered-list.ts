/**
 * A list kept in order. Pods mostly arrive in the order in which they leave, so that an insertion by binary search is an
 * append nearly always and beats a heap; deletion by value comes for free.
 */
export class OrderedList<T> {
  #items: T[] = [];
  #head = 0;
  readonly #compare: (a: T, b: T) => number;

  /** @param compare - A total order: 0 for the same element only. */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  add(item: T): void {
    this.#items.splice(this.#indexOf(item), 0, item);
  }

  shift(): T | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    this.#head++;
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes the element out; it must not have changed its place since it was added. */
  delete(item: T): void {
    const index = this.#indexOf(item);
    if (this.#items[index] === item) this.#items.splice(index, 1);
  }

  /** Where the element stands or would stand. */
  #indexOf(item: T): number {
    let low = this.#head;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#items[middle];
      if (other !== undefined && this.#compare(other, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
