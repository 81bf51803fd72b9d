import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { disruptionNow } from '../analysis/disruption-now.js';
import { problemLines } from '../report/problem-lines.js';
import { explainDump } from '../report/terminal/explain-dump.js';
import { paletteOf } from '../report/terminal/palette.js';
import { loadCluster } from '../scenario/load-cluster.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { clusterInput, findingsText } from './cluster-input.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { terminalColours } from './terminal-colours.js';

/** Enough of a file to see an object in it. */
const HEAD_BYTES = 65_536;

/** Whether the argument of `karpsim explain` is a dump and no run: standard input, a file of objects, or a folder of such files. */
export function isDump(path: string): boolean {
  if (path === '-') return true;
  const place = fromCaller(path);
  if (!existsSync(place)) return false;
  if (statSync(place).isFile()) return hasObjects(place);
  const names = readdirSync(place);
  return (
    !names.includes('events.jsonl') &&
    names.some((name) => /\.(ya?ml|json)$/.test(name) && hasObjects(join(place, name)))
  );
}

function hasObjects(file: string): boolean {
  const opened = openSync(file, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const text = head.toString('utf8', 0, readSync(opened, head));
    return /(^|["\s])apiVersion["']?\s*:/.test(text);
  } finally {
    closeSync(opened);
  }
}

/**
 * Says of each node of a dump what Karpenter could do about it now, and why the others stay.
 * @throws BadInput when the dump has no node of the name
 */
export async function explainCluster(path: string, node: string | undefined, json: boolean): Promise<ExitCode> {
  const { files, problems: unreadable, region, zones, findings } = await clusterInput(path);
  const loaded = loadCluster({ files, catalogue: pricingDataCatalogue(), region, zones });
  const problems = [...unreadable, ...(loaded.problems ?? [])];
  if (loaded.problems !== undefined || unreadable.length > 0) {
    process.stderr.write(problemLines(problems.slice(0, 200), toCaller));
    return EXIT.badInput;
  }
  const all = disruptionNow(loaded.cluster, 1);
  const asked = node === undefined ? all : all.filter((verdict) => [verdict.node, short(verdict.node)].includes(node));
  if (asked.length === 0 && node !== undefined) {
    throw new BadInput(`--node: the dump has no node "${node}" — without an option all nodes are listed`);
  }
  const { version } = loaded.cluster.settings;
  process.stdout.write(
    json
      ? `${JSON.stringify({ karpenterVersion: version, nodes: asked, findings }, undefined, 2)}\n`
      : findingsText(findings) + explainDump(asked, version, paletteOf(terminalColours())),
  );
  return EXIT.done;
}

function short(name: string): string {
  return name.split('.')[0] ?? name;
}
