const FNV_PRIME = 0x01000193;

/** 32-bit FNV-1a of the text's UTF-16 code units, from any starting state. */
function hashText(text: string, state = 0x811c9dc5): number {
  let hash = state;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash >>> 0;
}

/** Spreads every bit of a 32-bit number over all bits (the finaliser of MurmurHash3). */
function avalanche(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Chooses among equals: a uniform pick that depends on seed, pod and node name alone, not on the order of the nodes or
 * on how many picks other pods made (kubernetes.md §1.8). Two runs can thus share their luck.
 */
export function pickByHash(names: readonly string[], seed: string, podUid: string): string {
  const podHash = hashText(podUid, hashText(seed));
  let best = '';
  let bestHash = -1;
  for (const name of names) {
    const hash = avalanche(podHash ^ avalanche(hashText(name)));
    if (hash > bestHash || (hash === bestHash && name < best)) {
      best = name;
      bestHash = hash;
    }
  }
  return best;
}
