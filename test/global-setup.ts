import { build } from 'esbuild';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);

/**
 * Tests of the command line run the built program, so it is built anew when a source is newer than it. An install builds with
 * the compiler; here types are only stripped, which takes half a second while one works on a test.
 */
export default async function buildIfStale(): Promise<void> {
  const built = modifiedMs('dist/cli/main.js');
  const sources = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `src/${file}`);
  const newest = sources.reduce((latest, file) => Math.max(latest, modifiedMs(file)), 0);
  if (newest <= built) return;
  await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: sources,
    outdir: 'dist',
    outbase: 'src',
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
}

/** 0 for a file that does not exist. */
function modifiedMs(file: string): number {
  const url = new URL(file, root);
  return existsSync(url) ? statSync(url).mtimeMs : 0;
}
