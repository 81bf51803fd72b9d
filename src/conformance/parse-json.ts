/** A text that is no JSON: where the first mistake is, counted from 1, and what it is. */
export interface JsonMistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Reads JSON; a mistake is returned, not thrown. */
export function parseJson(text: string): { readonly value: unknown } | { readonly mistake: JsonMistake } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, at] = /at position (\d+)/.exec(message) ?? [];
    const position = message.includes('end of JSON') ? text.length : Number(at ?? 0);
    const before = text.slice(0, position).split('\n');
    const said = message
      .replace(/ in JSON at position.*$/s, '')
      .replace(/, "?.{0,20}.*is not valid JSON$/s, '')
      .replace(/ of JSON input$/, '');
    return {
      mistake: { line: before.length, column: (before.at(-1) ?? '').length + 1, message: `is not JSON: ${said}` },
    };
  }
}
