import type { ChalkInstance } from 'chalk';

/** The few roles that text has in a printed answer; the caller decides whether they show as colours. */
export interface Palette {
  readonly title: (text: string) => string;
  readonly figure: (text: string) => string;
  readonly aside: (text: string) => string;
}

/** Roles as terminal colours; a chalk of level 0 leaves the text plain. */
export function paletteOf(chalk: ChalkInstance): Palette {
  // chalk joins all its arguments; used as a callback of map it must not see the index.
  return { title: (text) => chalk.bold(text), figure: (text) => chalk.cyan(text), aside: (text) => chalk.dim(text) };
}
