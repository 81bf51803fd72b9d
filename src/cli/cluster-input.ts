import { existsSync } from 'node:fs';
import { importFindings } from '../report/terminal/import-findings.js';
import { paletteOf } from '../report/terminal/palette.js';
import { readClusterFiles, type ClusterFile } from '../scenario/cluster-files.js';
import type { ImportFinding } from '../scenario/import/import-finding.js';
import { Dump } from '../scenario/import/dump.js';
import { dumpCluster } from '../scenario/import/dump-cluster.js';
import { pricingDataCatalogue } from '../scenario/pricing-data-catalogue.js';
import type { Problem } from '../kubernetes/manifest/problem.js';
import { fromCaller } from './caller-folder.js';
import { BadInput } from './exit.js';
import { readDumpInto } from './read-dump.js';
import { terminalColours } from './terminal-colours.js';

/** A cluster that a command is to look at, in files that `loadCluster` reads. */
export interface ClusterInput {
  readonly files: readonly ClusterFile[];
  /** Files that cannot be read. */
  readonly problems: readonly Problem[];
  /** Undefined where nobody tells. */
  readonly region?: string | undefined;
  readonly zones?: readonly string[] | undefined;
  /** What a dump made hard to read, or left to guess. */
  readonly findings: readonly ImportFinding[];
}

/** What the command line says of the place. */
interface GivenPlace {
  readonly region?: string | undefined;
  readonly zones?: readonly string[] | undefined;
}

/**
 * Reads a file, a folder or standard input. What kubectl printed of a running cluster is read as `karpsim import` does it: object by
 * object, tolerant of what is broken. Manifests that somebody wrote are taken at their word, mistakes included.
 *
 * @throws BadInput when nothing can be made of a dump
 */
export async function clusterInput(path: string, given: GivenPlace = {}): Promise<ClusterInput> {
  const written = (): ClusterInput => ({ ...given, ...readClusterFiles(fromCaller(path)), findings: [] });
  if (path !== '-' && !existsSync(fromCaller(path))) return written();
  const dump = new Dump();
  const text = await readDumpInto(dump, path);
  if (!dump.isOfApiServer) {
    if (text !== undefined) return { ...given, files: [{ file: '<stdin>', text }], problems: [], findings: [] };
    return written();
  }
  const file = path === '-' ? '<stdin>' : fromCaller(path);
  const cluster = dumpCluster(dump, { catalogue: pricingDataCatalogue(), file, ...given });
  if (cluster.problems !== undefined) throw new BadInput(`${path}: ${cluster.problems.join('; ')}`);
  return { ...cluster, problems: [] };
}

/** The findings for the terminal, with an empty line behind them; empty where there are none. */
export function findingsText(findings: readonly ImportFinding[]): string {
  const parts = importFindings(findings, paletteOf(terminalColours()));
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n\n`;
}
