import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { CaseCatalogs } from '../src/conformance/case-catalogs.js';
import { caseCluster, type CaseCluster } from '../src/conformance/case-cluster.js';
import type { CaseFile } from '../src/conformance/case-file.js';
import { provisioningPass } from '../src/karpenter/scheduling/provisioning-pass.js';
import type { KarpenterVersion } from '../src/karpenter/settings.js';
import { schedulingProfile } from '../src/karpenter/versions/scheduling-profile-of.js';
import { RandomStream } from '../src/kernel/random-streams.js';

const SHIPPED_CATALOGS = fileURLToPath(new URL('../pricing-data/catalogs', import.meta.url));

/** What came out of a pass, as the reference's own benchmark counts it. */
export interface PassCounts {
  /** NodeClaims to be made. */
  readonly newNodes: number;
  /** Pods placed, on new NodeClaims or existing nodes. */
  readonly podsScheduled: number;
  readonly podErrors: number;
}

/** A provisioning case that is timed. */
export class SolverCase {
  readonly #caseFile: CaseFile;
  readonly #catalogFolders: readonly string[];
  readonly #version: KarpenterVersion;

  /**
   * Reads a case, `.json` or `.json.gz`. A catalogue it names is looked for beside it, in `catalogs` there, in `catalogs`
   * one folder up, and among those of the project.
   *
   * @throws Error when the file cannot be read or holds no provisioning case
   */
  constructor(file: string, version: KarpenterVersion = 'v1.14.1') {
    const path = resolve(file);
    const bytes = readFileSync(path);
    this.#caseFile = JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as CaseFile;
    if (this.#caseFile.kind !== 'provisioning') throw new Error(`${file} holds no provisioning case`);
    const folder = dirname(path);
    this.#catalogFolders = [folder, join(folder, 'catalogs'), join(folder, '..', 'catalogs'), SHIPPED_CATALOGS];
    this.#version = version;
  }

  get name(): string {
    return this.#caseFile.name;
  }

  /** A cluster that no pass has seen: nothing that an earlier run worked out is known about any of its objects. */
  fresh(): CaseCluster {
    return caseCluster(this.#caseFile, this.#version, new CaseCatalogs(this.#catalogFolders));
  }

  /** One whole pass, from the pending pods to the NodeClaims as they would be created. */
  pass({ snapshot, settings }: CaseCluster): PassCounts {
    const stream = new RandomStream(`bench/${this.name}`);
    const profile = schedulingProfile(this.#version);
    const { newNodeClaims, existingNodes, errors } = provisioningPass(snapshot, settings, profile, () =>
      stream.next(),
    ).result;
    let podsScheduled = 0;
    for (const { pods } of existingNodes) podsScheduled += pods.length;
    for (const { pods, instanceTypes } of newNodeClaims) {
      // The list is put in order when it is first read, and the reference's pass has done that, too.
      if (instanceTypes.length > 0) podsScheduled += pods.length;
    }
    return { newNodes: newNodeClaims.length, podsScheduled, podErrors: errors.size };
  }
}
