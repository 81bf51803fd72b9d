import { build } from 'esbuild';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../', import.meta.url);
const TARGET = new URL('reports/out/bench/code/', ROOT);

/** What compiled code finds beside itself. */
const DATA = ['pricing-data', 'scenarios', 'package.json', 'bench/cases'];

// Benchmarks measure what users run: plain JavaScript. What runs TypeScript on the fly has every function keep its name, which
// costs a fifth of a simulated day.
rmSync(TARGET, { recursive: true, force: true });
await build({
  absWorkingDir: fileURLToPath(ROOT),
  entryPoints: ['src/**/*.ts', 'bench/**/*.ts', 'test/scenario/cluster-dump.ts'],
  outdir: fileURLToPath(TARGET),
  outbase: '.',
  format: 'esm',
  platform: 'node',
  target: 'node20',
});
mkdirSync(new URL('bench/', TARGET), { recursive: true });
for (const path of DATA) symlinkSync(fileURLToPath(new URL(path, ROOT)), fileURLToPath(new URL(path, TARGET)));
