/** A uniformly drawn order of a list: what a listing or a map of the reference may come in. Takes length − 1 draws. */
export function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  if (list.length < 2) return list;
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = copy[i] as T;
    copy[i] = copy[j] as T;
    copy[j] = kept;
  }
  return copy;
}
