import { dirname, join } from 'node:path';
import type { PathKey } from '../kubernetes/manifest/field-path.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import { autoscalerRemarks } from './autoscaler-remarks.js';
import { budgetRemarks } from './budget-remarks.js';
import { readFailure, tryRead } from './file-reading.js';
import { immutableFieldProblems } from './immutable-fields.js';
import type { LoaderContext, LoaderFindings } from './loader-context.js';
import { ManifestSet } from './manifest-set.js';
import { merged, withoutHash } from './merged-objects.js';
import { checkNodePools } from './node-pool-checks.js';
import type { Override } from './overrides.js';
import { resolvePriorities } from './priorities.js';
import { jobRemarks } from './resolve-jobs.js';
import { resolveStartState } from './resolve-start-state.js';
import type { ScenarioDocument } from './scenario-document.js';
import type { ClusterObjects } from './scenario-spec.js';
import type { StartState } from './start-state.js';
import { checkWorkloads, workloadRemarks } from './workload-checks.js';

interface ManifestFile {
  readonly path: string;
  /** Where the scenario names it. */
  readonly at: readonly PathKey[];
}

/** Reads the manifests that a scenario or the command line names, and checks each against everything that is then known. */
export class ScenarioManifests {
  readonly #files: readonly ManifestFile[];

  constructor(
    private readonly document: ScenarioDocument,
    private readonly context: LoaderContext,
    private readonly startTimeMs: number,
    private readonly found: LoaderFindings,
  ) {
    this.#files = this.#manifestFiles();
  }

  /** The manifests of the scenario with what was set in them, and the cluster that they make. */
  cluster(): { readonly written: ManifestSet; readonly cluster: ClusterObjects } {
    const written = this.#read(this.#files, this.context.overrides);
    this.found.unmodelled.push(...written.unmodelled);
    const cluster = this.#finished(written, written.lists);
    const { replacing } = this.context;
    const objects = replacing === undefined ? undefined : this.nodePoolFile(replacing, cluster);
    return { written, cluster: objects === undefined ? cluster : merged(cluster, objects) };
  }

  /** What a file of `events` changes in the cluster. */
  applied(path: string, at: readonly PathKey[], cluster: ClusterObjects): ClusterObjects {
    const manifests = this.#read([{ path, at }], []);
    this.found.unmodelled.push(...manifests.unmodelled);
    this.found.problems.push(...immutableFieldProblems(manifests, cluster));
    return this.#finished(manifests, merged(cluster, manifests.lists));
  }

  /**
   * Nodes and pods that are there when the run begins, where the scenario names them.
   * @param written - the manifests with what was set in them
   */
  startState(written: ManifestSet, cluster: ClusterObjects): StartState | undefined {
    const { startState: path, region, zones } = this.document.content;
    const { readFile, version } = this.context;
    if (path === undefined) return undefined;
    const folder = dirname(this.document.file);
    const text = tryRead(readFile, join(folder, path));
    if (text instanceof Error) {
      this.found.problems.push(this.document.problem(['startState'], readFailure(path, text, folder)));
      return undefined;
    }
    const manifests = ManifestSet.ofCluster(version, folder);
    manifests.add(join(folder, path), text);
    this.found.unmodelled.push(...manifests.unmodelled);
    const isSet = this.context.overrides.some(({ object }) => object !== undefined);
    const asWritten = (isSet ? this.#read(this.#files, []) : written).lists;
    const place = { version, region, zones, startTimeMs: this.startTimeMs };
    const read = resolveStartState(manifests, { ...place, cluster, asWritten });
    this.found.problems.push(...manifests.problems, ...manifests.unserved, ...read.problems);
    this.found.remarks.push(...read.remarks);
    return read.startState;
  }

  /** A file of changed NodePools or EC2NodeClasses that the command line names. */
  nodePoolFile(file: string, cluster: ClusterObjects): ClusterObjects | undefined {
    const { readFile, version } = this.context;
    const complain = (detail: ProblemDetail): void => {
      this.found.problems.push({ file, line: 1, column: 1, path: '', ...detail });
    };
    const text = tryRead(readFile, file);
    if (text instanceof Error) {
      complain({ ...readFailure(file, text), hint: 'give a manifest with the changed NodePool' });
      return undefined;
    }
    const manifests = ManifestSet.ofScenario(version, this.startTimeMs, [], { folder: dirname(this.document.file) });
    manifests.add(file, text);
    const { nodePools, nodeClasses } = manifests.lists;
    if (nodePools.length + nodeClasses.length === 0 && manifests.problems.length === 0) {
      complain({
        code: 'missing-reference',
        message: 'there is no NodePool in this file',
        expected: `a NodePool or EC2NodeClass for Karpenter ${version}`,
        hint: 'copy the NodePool that the scenario names, change it there, and give that file',
      });
    }
    this.found.unmodelled.push(...manifests.unmodelled);
    return this.#finished(manifests, merged(cluster, manifests.lists));
  }

  #manifestFiles(): readonly ManifestFile[] {
    const { manifests } = this.document.content;
    const own = manifests[this.context.version];
    if (own === undefined) {
      const others = Object.keys(manifests).filter((key) => key !== 'common');
      const problem = this.document.problem(['manifests'], {
        code: 'missing-field',
        message: `there are no manifests for Karpenter ${this.context.version}`,
        expected: `a list under ${this.context.version}`,
        hint: others.length === 0 ? undefined : `this scenario has manifests for ${others.join(', ')}`,
      });
      this.found.problems.push(problem);
    }
    const at = (key: string) => (path: string, index: number) => ({ path, at: ['manifests', key, index] });
    return [...(manifests.common ?? []).map(at('common')), ...(own ?? []).map(at(this.context.version))];
  }

  #read(files: readonly ManifestFile[], overrides: readonly Override[]): ManifestSet {
    const hasStartState = this.document.content.startState !== undefined;
    const folder = dirname(this.document.file);
    const surroundings = { hasStartState, folder };
    const manifests = ManifestSet.ofScenario(this.context.version, this.startTimeMs, overrides, surroundings);
    for (const { path, at } of files) {
      const file = join(folder, path);
      const text = tryRead(this.context.readFile, file);
      if (text instanceof Error) this.found.problems.push(this.document.problem(at, readFailure(path, text, folder)));
      else manifests.add(file, text);
    }
    return manifests;
  }

  /** Checks what was read against everything that is then known, and makes it immutable. */
  #finished(manifests: ManifestSet, known: ClusterObjects): ClusterObjects {
    const { region, zones } = this.document.content;
    const { catalogue, version } = this.context;
    const surroundings = { catalogue, version, region, zones };
    const priorities = resolvePriorities(manifests);
    this.found.problems.push(
      ...manifests.problems,
      ...checkNodePools(manifests, known, surroundings),
      ...checkWorkloads(manifests, known),
      ...priorities.problems,
    );
    this.found.remarks.push(
      ...manifests.lists.nodePools.flatMap((pool) => budgetRemarks(pool, (path) => manifests.placeOf(pool, path))),
      ...workloadRemarks(manifests, manifests.lists),
      ...autoscalerRemarks(manifests, known),
      ...jobRemarks(this.document, manifests),
    );
    return {
      ...priorities.objects,
      nodePools: priorities.objects.nodePools.map(withoutHash),
      pods: this.#withoutControlled(priorities.objects.pods),
    };
  }

  /** Pods of a dump that belong to a workload would be there twice: the workload makes its own. */
  #withoutControlled(pods: ClusterObjects['pods']): ClusterObjects['pods'] {
    const bare = pods.filter(({ metadata }) => !metadata.ownerReferences.some(({ controller }) => controller));
    const left = pods.length - bare.length;
    if (left > 0 && this.document.content.startState === undefined)
      this.found.remarks.push(`${left} pods of the manifests have a controller and are left out: it makes them anew.`);
    return bare;
  }
}
