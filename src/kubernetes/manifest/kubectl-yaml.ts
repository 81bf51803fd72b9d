/**
 * Reads YAML as kubectl prints it and as most manifests are written, some thirty times as fast as a parser of all YAML: a dump of
 * 50,000 pods is 200 MB. Block maps and lists, scalars, literal blocks and comments on lines of their own are read; anything else
 * makes the whole text be handed to the real parser, so that nothing is read differently (a test compares the two).
 */

/** Thrown inside for what only the real parser should judge. */
const NOT_PLAIN = Symbol('not as kubectl prints it');

/** The value of a text; undefined when it has something else than kubectl prints. */
export function readKubectlYaml(text: string): { readonly value: unknown } | undefined {
  try {
    const reader = new BlockReader(text.split('\n'));
    return { value: reader.whole() };
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

/** Keys of managed fields have colons and quotes inside. */
const KEY = /^([\w./]\S*?|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'):(?: +(.*))?$/;
const NUMBER = /^[-+]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][-+]?\d+)?$/;
/** What the core schema reads as something else than text or a plain decimal number. */
const SPECIAL =
  /^(?:[-+]?\.\d|0o|0x|[-+]?0\d|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|True|TRUE|False|FALSE|Null|NULL|<<)/;

/** White space that not everybody takes for such. */
const ODD_SPACE = /[^\S ]|\u0085/;

/** Whether a quoted text has its closing quote. */
function isClosed(text: string, quote: string): boolean {
  return quote === '"' ? /^"(?:[^"\\]|\\.)*"\s*$/.test(text) : /^'(?:[^']|'')*'\s*$/.test(text);
}

class BlockReader {
  #at = 0;

  constructor(private readonly lines: string[]) {}

  whole(): unknown {
    // The parser makes something of blanks behind the last line.
    if (/^ +$/.test(this.lines.at(-1) ?? '')) this.#refuse();
    this.#skipBlank();
    const value = this.#block(this.#indent());
    this.#skipBlank();
    if (this.#at < this.lines.length) return this.#refuse();
    return value;
  }

  #refuse(): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- no failure: the text goes to another reader
    throw NOT_PLAIN;
  }

  /** Lines that say nothing: empty ones and comments. */
  #skipBlank(): void {
    while (this.#at < this.lines.length && /^ *(?:#|$)/.test(this.#line())) this.#at++;
  }

  /** The present line, where it is not within a literal block. */
  #line(): string {
    const line = this.lines[this.#at] ?? '';
    return ODD_SPACE.test(line) ? this.#refuse() : line;
  }

  /** Of the next line that says something. */
  #nextIndent(): number {
    this.#skipBlank();
    return this.#indent();
  }

  /** Of the present line; −1 at the end. */
  #indent(): number {
    const line = this.lines[this.#at];
    if (line === undefined) return -1;
    let indent = 0;
    while (line.charCodeAt(indent) === 32) indent++;
    return indent;
  }

  #block(indent: number): unknown {
    const line = this.lines[this.#at] ?? this.#refuse();
    if (line.startsWith('- ', indent) || line.length === indent + 1) return this.#list(indent);
    return this.#map(indent);
  }

  #map(indent: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    while (this.#nextIndent() === indent) {
      const line = this.#line();
      if (line.startsWith('- ', indent)) this.#refuse();
      const [, key = this.#refuse(), rest = ''] = KEY.exec(line.slice(indent)) ?? [];
      const isQuoted = key.startsWith('"') || key.startsWith("'");
      if (!isQuoted && typeof this.#scalar(key) !== 'string') this.#refuse();
      const name = isQuoted ? String(this.#quoted(key)) : key;
      if (name in map || name === '__proto__') this.#refuse();
      map[name] = this.#value(rest, indent, true);
    }
    if (this.#indent() > indent) this.#refuse();
    return map;
  }

  #list(indent: number): unknown[] {
    const list: unknown[] = [];
    while (this.#nextIndent() === indent) {
      const line = this.#line();
      if (!line.startsWith('- ', indent)) {
        if (line.startsWith('-', indent)) this.#refuse();
        break;
      }
      const rest = line.slice(indent + 2);
      if (rest.startsWith(' ')) this.#refuse();
      if (KEY.test(rest) || rest.startsWith('- ')) {
        this.lines[this.#at] = ' '.repeat(indent + 2) + rest;
        list.push(this.#block(indent + 2));
      } else list.push(this.#value(rest, indent, false));
    }
    return list;
  }

  /** What stands behind a key or a dash; moves behind it. */
  #value(rest: string, indent: number, isOfKey: boolean): unknown {
    this.#at++;
    if (rest === '') {
      this.#skipBlank();
      const inner = this.#indent();
      // kubectl does not indent the list of a key.
      const isList = isOfKey && inner === indent && (this.lines[this.#at] ?? '').startsWith('- ', indent);
      return inner > indent || isList ? this.#block(inner) : null;
    }
    if (rest.startsWith('|')) return this.#literal(rest, indent);
    const quote = rest.charAt(0);
    if (quote === '"' || quote === "'") {
      return this.#quoted(
        this.#folded(rest, (text) => !isClosed(text, quote) && (this.#indent() > indent || this.#refuse())),
      );
    }
    // A long text goes on in the next lines.
    const goesOn = (): boolean => this.#at < this.lines.length && this.#indent() > indent && !this.#isBlank();
    const text = this.#folded(rest, goesOn);
    if (text !== rest && (/^[{[]/.test(rest) || /: |:$| #/.test(text))) this.#refuse();
    return this.#scalar(text);
  }

  #isBlank(): boolean {
    return /^ *$/.test(this.#line());
  }

  /** Lines of one scalar, joined as YAML folds them; an empty line in it is for the real parser. */
  #folded(first: string, goesOn: (text: string) => boolean): string {
    let text = first;
    while (goesOn(text)) {
      if (this.#at >= this.lines.length || this.#isBlank()) this.#refuse();
      const next = this.#line().trim();
      this.#at++;
      const escaped = text.startsWith('"') && /(?:^|[^\\])(?:\\\\)*\\$/.test(text);
      text = escaped ? text.slice(0, -1) + next.replace(/^\\ /, ' ') : `${text.trimEnd()} ${next}`;
    }
    return text;
  }

  #scalar(text: string): unknown {
    switch (text.charAt(0)) {
      case '"':
      case "'":
        return this.#quoted(text);
      case '{':
        return text === '{}' ? {} : this.#refuse();
      case '[':
        return text === '[]' ? [] : this.#refuse();
      default:
    }
    if (/^[&*!>|%@`#,?\]}]|^-(?: |$)|: |:$| #|\s$/.test(text) || SPECIAL.test(text)) this.#refuse();
    if (text === 'null' || text === '~') return null;
    if (text === 'true' || text === 'false') return text === 'true';
    return NUMBER.test(text) ? Number(text) : text;
  }

  #quoted(text: string): unknown {
    const quotedText = text.trimEnd();
    if (quotedText.startsWith("'")) {
      if (!/^'(?:[^']|'')*'$/.test(quotedText)) this.#refuse();
      return quotedText.slice(1, -1).replaceAll("''", "'");
    }
    try {
      // The escapes of both languages are the same but for a few that JSON refuses.
      return JSON.parse(quotedText) as unknown;
    } catch {
      return this.#refuse();
    }
  }

  #literal(header: string, indent: number): string {
    const chomp = header.slice(1);
    if (chomp !== '' && chomp !== '-' && chomp !== '+') this.#refuse();
    const lines: string[] = [];
    let inner = -1;
    for (; this.#at < this.lines.length; this.#at++) {
      const line = this.lines[this.#at] ?? '';
      if (/^ *$/.test(line)) {
        if (inner === -1 && line !== '') this.#refuse();
        lines.push(inner === -1 ? '' : line.slice(inner));
        continue;
      }
      if (line.includes('\r')) this.#refuse();
      const own = this.#indent();
      if (inner === -1 && own > indent) inner = own;
      if (inner === -1 || own < inner) break;
      lines.push(line.slice(inner));
    }
    let end = lines.length;
    while (end > 0 && lines[end - 1] === '') end--;
    const body = lines.slice(0, end).join('\n');
    if (chomp === '-') return body;
    if (chomp === '+') return this.#refuse();
    return body === '' ? '' : `${body}\n`;
  }
}
