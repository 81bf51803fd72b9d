import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { parseDocument } from 'yaml';
import { isRecord } from '../../kubernetes/manifest/field-path.js';
import { readKubectlYaml } from '../../kubernetes/manifest/kubectl-yaml.js';

/** An object of a dump, or what could not be read of it. */
export interface DumpEntry {
  readonly file: string;
  /** Where it begins; 0 in JSON, whose dumps are one line as often as not. */
  readonly line: number;
  readonly value?: unknown;
  /** What is wrong with the text. */
  readonly fault?: string | undefined;
  /** The file ends within it. */
  readonly cutOff?: boolean | undefined;
}

const STDIN = '-';

/** Files of a dump: one file, all manifests below a folder in order of their paths, or standard input. */
export function dumpFiles(path: string): readonly string[] {
  if (path === STDIN || !statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name) && !/(^|[\\/])(\.|node_modules[\\/])/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/**
 * Reads the objects of a dump one by one, so that it never is in memory as a whole. YAML and JSON, streams of documents, Lists.
 * @throws Error with a code such as ENOENT
 */
export async function* readDump(file: string, input?: Readable): AsyncGenerator<DumpEntry> {
  const stream = input ?? (file === STDIN ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 }));
  stream.setEncoding('utf8');
  const shown = file === STDIN ? '<stdin>' : file;
  let cutter: JsonCutter | YamlCutter | undefined;
  let head = '';
  for await (const chunk of stream as AsyncIterable<string>) {
    head += chunk;
    if (cutter === undefined && head.trim() === '') continue;
    cutter ??= /^\s*[{[]/.test(head.replace(/^\uFEFF/, '')) ? new JsonCutter(shown) : new YamlCutter(shown);
    yield* cutter.take(head.replace(/^\uFEFF/, ''));
    head = '';
  }
  if (cutter !== undefined) yield* cutter.end();
}

/** A List's items, or the object itself. */
function* flattened(entry: DumpEntry): Generator<DumpEntry> {
  const { value } = entry;
  const items =
    isRecord(value) && typeof value['kind'] === 'string' && value['kind'].endsWith('List') ? value['items'] : undefined;
  if (Array.isArray(items)) for (const item of items as unknown[]) yield* flattened({ ...entry, value: item });
  else if (Array.isArray(value)) for (const item of value as unknown[]) yield* flattened({ ...entry, value: item });
  else if (value !== null && value !== undefined) yield entry;
}

const QUOTE = 34;
const BACKSLASH = 92;

/** Cuts a JSON text into the objects of its lists. */
class JsonCutter {
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Depth of the list whose members are objects of their own; −1 outside. */
  #listDepth = -1;
  #object = '';
  /** The outer object without its list. */
  #outer = '';
  #tail = '';

  constructor(private readonly file: string) {}

  *take(chunk: string): Generator<DumpEntry> {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === BACKSLASH) this.#escaped = true;
        else if (code === QUOTE) this.#inString = false;
        continue;
      }
      if (code === QUOTE) this.#inString = true;
      else if (code === 123 || code === 91) {
        if (this.#depth === this.#listDepth && code === 123) from = at;
        this.#depth++;
        if (code === 91 && this.#listDepth === -1 && this.#opensList(chunk.slice(from, at))) {
          this.#outer += chunk.slice(from, at + 1);
          this.#listDepth = this.#depth;
          from = at + 1;
        }
      } else if (code === 125 || code === 93) {
        this.#depth--;
        if (this.#listDepth !== -1 && code === 125 && this.#depth === this.#listDepth) {
          yield* this.#parsed(this.#object + chunk.slice(from, at + 1));
          this.#object = '';
          from = at + 1;
        } else if (this.#listDepth !== -1 && code === 93 && this.#depth === this.#listDepth - 1) {
          this.#listDepth = -1;
          from = at;
        }
        if (this.#depth === 0) {
          const text = this.#outer + chunk.slice(from, at + 1);
          this.#outer = '';
          from = at + 1;
          yield* this.#parsed(text);
        }
      }
    }
    const rest = chunk.slice(from);
    if (this.#listDepth !== -1 && this.#depth > this.#listDepth) this.#object += rest;
    else if (this.#listDepth === -1) this.#outer += rest;
    this.#tail = (this.#tail + rest).slice(-200);
  }

  *end(): Generator<DumpEntry> {
    if (this.#depth === 0 && this.#outer.trim() === '') return;
    const fault = 'the text ends in the middle of an object';
    yield { file: this.file, line: 0, fault, cutOff: true };
  }

  /** `"items": [` of a List, or a list at the top. */
  #opensList(before: string): boolean {
    if (this.#depth === 1) return true;
    return this.#depth === 2 && /"items"\s*:\s*$/.test((this.#outer + before).slice(-40));
  }

  *#parsed(text: string): Generator<DumpEntry> {
    try {
      yield* flattened({ file: this.file, line: 0, value: JSON.parse(text) as unknown });
    } catch (error) {
      yield { file: this.file, line: 0, fault: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** Cuts a YAML text into documents, and a List as kubectl writes it into its items. */
class YamlCutter {
  #lines: string[] = [];
  #inItems = false;
  /** What stands in front of the dash of each item. */
  #margin: string | undefined;
  /** The document has told its kind. */
  #hasKind = false;
  #rest = '';
  #line = 0;
  #begin = 1;

  constructor(private readonly file: string) {}

  *take(chunk: string): Generator<DumpEntry> {
    const text = this.#rest + chunk;
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      yield* this.#take(text.slice(from, text.charCodeAt(to - 1) === 13 ? to - 1 : to));
      from = to + 1;
    }
    this.#rest = text.slice(from);
  }

  *end(): Generator<DumpEntry> {
    const isMidLine = this.#rest !== '';
    if (isMidLine) yield* this.#take(this.#rest);
    // kubectl tells the kind of a List behind its items.
    const isCut = this.#inItems && !this.#hasKind;
    let told = false;
    for (const entry of this.#flush()) {
      const bad = entry.fault !== undefined || (isCut && isMidLine);
      told ||= bad;
      yield bad ? { ...entry, fault: entry.fault ?? 'the text ends in the middle of an object', cutOff: isCut } : entry;
    }
    if (isCut && !told) yield { file: this.file, line: this.#line, fault: 'the list has no end', cutOff: true };
  }

  *#take(line: string): Generator<DumpEntry> {
    this.#line++;
    if (/^(---|\.\.\.)(\s|$)/.test(line)) {
      yield* this.#flush();
      this.#inItems = false;
      this.#hasKind = false;
      return;
    }
    if (line.startsWith('kind:')) this.#hasKind = true;
    if (!this.#inItems && /^items:\s*$/.test(line)) {
      yield* this.#flush();
      this.#inItems = true;
      this.#margin = undefined;
      return;
    }
    if (this.#inItems) {
      this.#margin ??= /^( *)- /.exec(line)?.[1];
      const margin = this.#margin ?? '';
      if (line.startsWith(`${margin}- `)) {
        yield* this.#flush();
        this.#begin = this.#line;
        this.#lines.push(`  ${line.slice(margin.length + 2)}`);
        return;
      }
      if (/^[^\s#-]/.test(line)) {
        yield* this.#flush();
        this.#inItems = false;
      } else if (margin !== '') {
        this.#lines.push(line.slice(margin.length));
        return;
      }
    }
    if (this.#lines.length === 0) this.#begin = this.#line;
    this.#lines.push(line);
  }

  *#flush(): Generator<DumpEntry> {
    const lines = this.#lines;
    const line = this.#begin;
    this.#lines = [];
    this.#begin = this.#line;
    if (lines.every((text) => text.trim() === '' || text.startsWith('#'))) return;
    const text = lines.join('\n');
    const plain = readKubectlYaml(text);
    if (plain !== undefined) {
      yield* flattened({ file: this.file, line, value: this.#isListHead(plain.value) ? undefined : plain.value });
      return;
    }
    const document = parseDocument(text, { merge: true });
    const [error] = document.errors;
    if (error !== undefined) {
      const fault = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
      yield { file: this.file, line: line + (error.linePos?.[0].line ?? 1) - 1, fault };
      return;
    }
    const value = document.toJS() as unknown;
    yield* flattened({ file: this.file, line, value: this.#isListHead(value) ? undefined : value });
  }

  /** `apiVersion`, `kind` and `metadata` around the items. */
  #isListHead(value: unknown): boolean {
    if (!isRecord(value) || 'items' in value) return false;
    return (
      Object.keys(value).every((key) => ['apiVersion', 'kind', 'metadata'].includes(key)) && !isNamed(value['metadata'])
    );
  }
}

function isNamed(metadata: unknown): boolean {
  return isRecord(metadata) && metadata['name'] !== undefined;
}
