import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const COMMANDS = 'src/cli/commands/';
/** Says `npm start` and no more; the README's set-up does that. */
const WITHOUT_PAGE = ['start'];

const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');
const files = readdirSync(new URL(COMMANDS, root));
const commands = files
  .filter((file) => file.endsWith('.ts') && /^export const \w+Command: Command/m.test(read(COMMANDS + file)))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => !WITHOUT_PAGE.includes(name));
const pages = ['README.md', 'scenarios/README.md', ...files.filter((f) => f.endsWith('.md')).map((f) => COMMANDS + f)];

describe('the documentation', () => {
  it.each(commands)('has a page for karpsim %s, and the README links to it', (command) => {
    expect(files).toContain(`${command}.md`);
    expect(read('README.md')).toContain(`](${COMMANDS}${command}.md)`);
  });

  it.each(pages)('%s links only to files that exist', (page) => {
    const base = new URL(page, root);
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, target = '']) =>
      target.includes('://') ? [] : [target],
    );
    expect(links.filter((target) => !existsSync(new URL(target, base)))).toEqual([]);
  });
});
