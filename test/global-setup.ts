import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';

const root = new URL('../', import.meta.url);

/** Tests of the command line run the built program, so it is built when a source is newer than it. */
export default function buildIfStale(): void {
  const built = modifiedMs('dist/cli/main.js');
  const newest = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .reduce((latest, file) => Math.max(latest, modifiedMs(`src/${file}`)), 0);
  if (newest <= built) return;
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
}

/** 0 for a file that does not exist. */
function modifiedMs(file: string): number {
  const url = new URL(file, root);
  return existsSync(url) ? statSync(url).mtimeMs : 0;
}
