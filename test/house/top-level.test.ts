import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ENTRIES = ['src', 'scenarios', 'pricing-data', 'reports', 'bench', 'test'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
/** What npm and the tools leave behind; none of it is under version control. */
const LEFT_BEHIND = /^(node_modules|dist|coverage|.*\.tgz)$/;

describe('the top level', () => {
  it('holds the six rooms of the project, its few files, and dot-files; configuration of tools lives in .config', () => {
    const others = readdirSync(new URL('../../', import.meta.url)).filter(
      (entry) =>
        !entry.startsWith('.') && !LEFT_BEHIND.test(entry) && !ENTRIES.includes(entry) && !FILES.includes(entry),
    );
    expect(others).toEqual([]);
  });
});
