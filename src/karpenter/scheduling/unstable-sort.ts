/**
 * Shift widths of the generator that Go's sort draws from on unbalanced input. They changed with Go 1.24; both supported
 * versions of Karpenter are compared with binaries of Go 1.26 (Appendix A.2).
 */
export type SortShifts = readonly [number, number, number];

const SHIFTS_SINCE_GO_1_24: SortShifts = [13, 7, 17];

/** Up to so many elements equals keep their order. */
export const INSERTION_LIMIT = 12;
const NINTHER_FROM = 50;

/**
 * Sorts a copy of the list as Go's `sort.Slice` does: pattern-defeating quicksort, which is not stable. Up to 12
 * elements, and lists that are sorted already, keep the order of equals; beyond that equals are permuted, always in the
 * same way, and the permutation decides which open NodeClaim gets a pod (Appendix A, LOOP-5).
 */
export function unstableSort<T>(
  list: readonly T[],
  isLess: (a: T, b: T) => boolean,
  shifts: SortShifts = SHIFTS_SINCE_GO_1_24,
): T[] {
  const sorted = [...list];
  unstableSortInPlace(sorted, isLess, shifts);
  return sorted;
}

/** {@link unstableSort} in place. */
export function unstableSortInPlace<T>(
  list: T[],
  isLess: (a: T, b: T) => boolean,
  shifts: SortShifts = SHIFTS_SINCE_GO_1_24,
): void {
  new Sorter(list, isLess, shifts).sort();
}

type Hint = 'up' | 'down' | 'none';

class Sorter<T> {
  constructor(
    private readonly list: T[],
    private readonly isLess: (a: T, b: T) => boolean,
    private readonly shifts: SortShifts,
  ) {}

  sort(): void {
    this.quick(0, this.list.length, bitLength(this.list.length));
  }

  private less(i: number, j: number): boolean {
    return this.isLess(this.list[i] as T, this.list[j] as T);
  }

  private swap(i: number, j: number): void {
    const { list } = this;
    const kept = list[i] as T;
    list[i] = list[j] as T;
    list[j] = kept;
  }

  private quick(from: number, to: number, budget: number): void {
    let a = from;
    let b = to;
    let balanced = true;
    let inOrder = true;
    for (;;) {
      const length = b - a;
      if (length <= INSERTION_LIMIT) {
        this.insertion(a, b);
        return;
      }
      if (budget === 0) {
        this.heap(a, b);
        return;
      }
      if (!balanced) {
        this.scatter(a, b);
        budget -= 1;
      }
      let [pivot, hint] = this.choosePivot(a, b);
      if (hint === 'down') {
        this.reverse(a, b);
        pivot = b - 1 - (pivot - a);
        hint = 'up';
      }
      if (balanced && inOrder && hint === 'up' && this.finishNearlySorted(a, b)) return;
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.splitEqual(a, b, pivot);
        continue;
      }
      const [middle, clean] = this.split(a, b, pivot);
      inOrder = clean;
      const left = middle - a;
      const right = b - middle;
      const threshold = Math.floor(length / 8);
      if (left < right) {
        balanced = left >= threshold;
        this.quick(a, middle, budget);
        a = middle + 1;
      } else {
        balanced = right >= threshold;
        this.quick(middle + 1, b, budget);
        b = middle;
      }
    }
  }

  private insertion(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) {
      for (let j = i; j > a && this.less(j, j - 1); j--) this.swap(j, j - 1);
    }
  }

  /** A median of sampled positions, and what the sampling says about the order of the range. */
  private choosePivot(a: number, b: number): [number, Hint] {
    const length = b - a;
    const quarter = Math.floor(length / 4);
    let exchanges = 0;
    const median = (x: number, y: number, z: number): number => {
      if (this.less(y, x)) {
        exchanges++;
        [x, y] = [y, x];
      }
      if (this.less(z, y)) {
        exchanges++;
        [y, z] = [z, y];
      }
      if (this.less(y, x)) {
        exchanges++;
        [x, y] = [y, x];
      }
      return y;
    };
    let i = a + quarter;
    let j = a + quarter * 2;
    let k = a + quarter * 3;
    if (length >= NINTHER_FROM) {
      i = median(i - 1, i, i + 1);
      j = median(j - 1, j, j + 1);
      k = median(k - 1, k, k + 1);
    }
    j = median(i, j, k);
    return [j, exchanges === 0 ? 'up' : exchanges === 12 ? 'down' : 'none'];
  }

  private reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.swap(i, j);
  }

  /** Repairs up to five misplaced neighbours; true when the range came out sorted. */
  private finishNearlySorted(a: number, b: number): boolean {
    let i = a + 1;
    for (let step = 0; step < 5; step++) {
      while (i < b && !this.less(i, i - 1)) i++;
      if (i === b) return true;
      if (b - a < NINTHER_FROM) return false;
      this.swap(i, i - 1);
      if (i - a >= 2) {
        for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1);
      }
      if (b - i >= 2) {
        for (let j = i + 1; j < b && this.less(j, j - 1); j++) this.swap(j, j - 1);
      }
    }
    return false;
  }

  private split(a: number, b: number, pivot: number): [number, boolean] {
    this.swap(a, pivot);
    let i = a + 1;
    let j = b - 1;
    let clean = true;
    for (;;) {
      while (i <= j && this.less(i, a)) i++;
      while (i <= j && !this.less(j, a)) j--;
      if (i > j) break;
      this.swap(i, j);
      i++;
      j--;
      clean = false;
    }
    this.swap(j, a);
    return [j, clean];
  }

  /** Moves what equals the pivot to the front; returns where the larger elements begin. */
  private splitEqual(a: number, b: number, pivot: number): number {
    this.swap(a, pivot);
    let i = a + 1;
    let j = b - 1;
    for (;;) {
      while (i <= j && !this.less(a, i)) i++;
      while (i <= j && this.less(a, j)) j--;
      if (i > j) return i;
      this.swap(i, j);
      i++;
      j--;
    }
  }

  /** Breaks up patterns that made the last split lopsided, with a generator seeded by the length. */
  private scatter(a: number, b: number): void {
    const length = b - a;
    const mask = 2n ** BigInt(bitLength(length)) - 1n;
    const [first, second, third] = this.shifts;
    const center = a + 2 * Math.floor(length / 4);
    let state = BigInt(length);
    for (let index = center - 1; index <= center + 1; index++) {
      state ^= BigInt.asUintN(64, state << BigInt(first));
      state ^= state >> BigInt(second);
      state ^= BigInt.asUintN(64, state << BigInt(third));
      let offset = Number(state & mask);
      if (offset >= length) offset -= length;
      this.swap(index, a + offset);
    }
  }

  private heap(a: number, b: number): void {
    const length = b - a;
    for (let root = Math.floor((length - 1) / 2); root >= 0; root--) this.siftDown(root, length, a);
    for (let end = length - 1; end >= 0; end--) {
      this.swap(a, a + end);
      this.siftDown(0, end, a);
    }
  }

  private siftDown(start: number, end: number, first: number): void {
    let root = start;
    for (;;) {
      let child = 2 * root + 1;
      if (child >= end) return;
      if (child + 1 < end && this.less(first + child, first + child + 1)) child++;
      if (!this.less(first + root, first + child)) return;
      this.swap(first + root, first + child);
      root = child;
    }
  }
}

/** Position of the highest set bit, 1-based; 0 for 0. */
function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
