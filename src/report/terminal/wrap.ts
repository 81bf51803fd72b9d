/** Printed answers keep to 100 columns with a margin. */
export const WIDTH = 98;

/** Breaks a text at spaces into lines of at most `width` characters, each begun by its prefix; a longer word stands alone. */
export function wrap(text: string, width: number, first: string, next: string): string {
  const lines: string[] = [];
  let line = '';
  const prefix = (): string => (lines.length === 0 ? first : next);
  for (const word of text.split(/\s+/)) {
    if (line !== '' && prefix().length + line.length + 1 + word.length > width) {
      lines.push(prefix() + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, prefix() + line].join('\n');
}
