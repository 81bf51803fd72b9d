/** Something that an import left behind, guessed or wants to be looked at; the most weighty kinds first. */
export interface ImportFinding {
  readonly kind: 'broken' | 'guessed' | 'left-out' | 'note';
  /** How many objects it is about. */
  readonly count: number;
  readonly text: string;
  /** Some of them, by name. */
  readonly examples: readonly string[];
}

/** A finding in words: how many of what, or a sentence about the dump as a whole. */
export function findingWords({ count, text }: Pick<ImportFinding, 'count' | 'text'>): string {
  return count === 1 && /^(?:the|there) /.test(text) ? text : `${count} × ${text}`;
}

const ORDER: readonly ImportFinding['kind'][] = ['broken', 'guessed', 'left-out', 'note'];

/** Gathers findings; what is said twice counts together. */
export class ImportFindings {
  readonly #found = new Map<string, { kind: ImportFinding['kind']; count: number; examples: string[] }>();

  add(kind: ImportFinding['kind'], text: string, example = '', count = 1): void {
    let found = this.#found.get(text);
    if (found === undefined) this.#found.set(text, (found = { kind, count: 0, examples: [] }));
    found.count += count;
    if (example !== '' && found.examples.length < 3 && !found.examples.includes(example)) found.examples.push(example);
  }

  /** Worst first; of one kind the most frequent. */
  list(): readonly ImportFinding[] {
    return [...this.#found]
      .map(([text, found]) => ({ text, ...found }))
      .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.count - a.count);
  }
}
