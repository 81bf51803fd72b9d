import { dirname, join } from 'node:path';
import { isSelected } from '../cloud/launch/subnet-pool.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import { didYouMean } from '../kubernetes/manifest/closest-name.js';
import type { PathKey } from '../kubernetes/manifest/field-path.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import type { Problem, UnmodelledField } from '../kubernetes/manifest/problem.js';
import { autoscalerRemarks, trafficlessAutoscalers } from './autoscaler-remarks.js';
import { budgetRemarks } from './budget-remarks.js';
import { durationMs, parseUtc, sinceStartMs } from './clock.js';
import { readFailure, tryRead, type ReadFile } from './file-reading.js';
import { immutableFieldProblems } from './immutable-fields.js';
import { ManifestSet } from './manifest-set.js';
import { checkNodePools } from './node-pool-checks.js';
import { overrideProblem, type Override } from './overrides.js';
import { resolvePriorities } from './priorities.js';
import { resolveBaseline } from './resolve-baseline.js';
import { resolveCapacity } from './resolve-capacity.js';
import { resolveData } from './resolve-data.js';
import { resolveEvents, timeWithinRun } from './resolve-events.js';
import { jobRemarks, resolveJobs } from './resolve-jobs.js';
import { resolveMonth } from './resolve-month.js';
import { resolveNodeStart } from './resolve-node-start.js';
import { resolveReservations } from './resolve-reservations.js';
import { resolveServices } from './resolve-services.js';
import { resolveSettings } from './resolve-settings.js';
import { besideStartState, merged, withoutHash } from './merged-objects.js';
import { resolveStartState } from './resolve-start-state.js';
import type { TrafficScale } from './scale-traffic.js';
import type { ScenarioCatalogue } from './scenario-catalogue.js';
import type { ScenarioDocument } from './scenario-document.js';
import { TIME_TEXT } from './schema-values.js';
import type { AppliedChange, ClusterObjects, ScenarioSpec } from './scenario-spec.js';
import type { StartState } from './start-state.js';
import { checkWorkloads, namespacedName, workloadRemarks } from './workload-checks.js';

interface RunSpan {
  readonly startTimeMs: number;
  readonly durationMs: number;
}

interface ManifestFile {
  readonly path: string;
  /** Where the scenario names it. */
  readonly at: readonly PathKey[];
}

/** What the loader works with besides the document. */
export interface LoaderContext {
  readonly version: KarpenterVersion;
  readonly catalogue: ScenarioCatalogue;
  readonly readFile: ReadFile;
  readonly overrides: readonly Override[];
  readonly seed?: number | undefined;
  readonly change?: { readonly file: string; readonly at: string } | undefined;
  readonly replacing?: string | undefined;
}

/** Resolves a valid scenario document: reads its manifests, checks references, computes times. */
export class ScenarioLoader {
  readonly problems: Problem[] = [];
  /** Set by {@link load} when the context asks for a change. */
  change: AppliedChange | undefined;
  readonly #startTimeMs: number;
  readonly #remarks: string[] = [];

  constructor(
    private readonly document: ScenarioDocument,
    private readonly context: LoaderContext,
  ) {
    this.#startTimeMs = parseUtc(document.content.start);
  }

  load(): ScenarioSpec {
    const { content } = this.document;
    if (Number.isNaN(this.#startTimeMs)) {
      this.#problem(
        ['start'],
        'invalid-value',
        `${content.start} does not exist`,
        'a time such as 2026-03-27T00:00:00Z',
      );
    }
    this.#checkPlace();
    this.#checkManagedNodeGroups();
    this.#checkVariantNames();
    const manifestFiles = this.#manifestFiles();
    const base = this.#readManifests(manifestFiles, this.context.overrides);
    const unmodelled = [...base.unmodelled];
    const defined = this.#replaced(this.#finishCluster(base, base.lists), unmodelled);
    const startState = this.#readStartState(manifestFiles, defined, unmodelled);
    const cluster = startState === undefined ? defined : besideStartState(defined, startState);
    for (const unused of base.unusedOverrides()) {
      const { kind, name } = unused.object ?? { kind: '', name: '' };
      this.problems.push(
        overrideProblem(unused.at, '', 'missing-reference', `there is no ${kind} ${name} in the manifests`),
      );
    }
    const run = { startTimeMs: this.#startTimeMs, durationMs: durationMs(content.duration) };
    const deployments = cluster.deployments.map(namespacedName);
    const { services, problems, remarks } = resolveServices(this.document, run, deployments, this.context.readFile);
    this.problems.push(...problems);
    this.#remarks.push(
      ...remarks,
      ...trafficlessAutoscalers(base, new Set(services.map(({ deployment }) => deployment))),
    );
    const events = resolveEvents(this.document, {
      ...run,
      deployments,
      nodeClasses: cluster.nodeClasses.map(({ metadata }) => metadata.name),
      zones: content.zones,
      catalogue: this.context.catalogue,
      readManifest: (path, at) => {
        const applied = this.#readManifests([{ path, at }], []);
        unmodelled.push(...applied.unmodelled);
        this.problems.push(...immutableFieldProblems(applied, cluster));
        return this.#finishCluster(applied, merged(cluster, applied.lists));
      },
    });
    this.problems.push(...events.problems);
    const applied = events.events.flatMap((event) => (event.action === 'apply' ? [event.objects] : []));
    const { jobs, problems: jobProblems } = resolveJobs(this.document, [cluster, ...applied]);
    this.problems.push(...jobProblems);
    this.change = this.#readChange(run, cluster, unmodelled);
    const baseline = resolveBaseline(this.document, {
      catalogue: this.context.catalogue,
      version: this.context.version,
      cluster,
    });
    this.problems.push(...baseline.problems);
    const settings = resolveSettings(content.karpenter, this.context.version);
    const reserved = resolveReservations(this.document, {
      typeNames: this.context.catalogue.typeNames,
      settings,
      nodeClasses: [cluster, ...applied].flatMap(({ nodeClasses }) => nodeClasses),
    });
    this.problems.push(...reserved.problems);
    this.#remarks.push(...reserved.remarks);
    const data = resolveData(this.document, this.context);
    this.problems.push(...data.problems);
    this.#remarks.push(...data.remarks);
    return {
      name: content.name,
      description: content.description ?? '',
      story: content.story ?? 'none',
      settings,
      vmMemoryOverheadPercent: content.karpenter?.vmMemoryOverheadPercent ?? 0.075,
      region: content.region,
      zones: content.zones,
      ...run,
      seed: String(this.context.seed ?? content.seed ?? 1),
      cluster,
      managedNodeGroups: (content.managedNodeGroups ?? []).map((group) => ({
        ...group,
        labels: group.labels ?? {},
        taints: (group.taints ?? []).map((taint) => ({ ...taint, value: taint.value ?? '' })),
      })),
      startState,
      services,
      jobs,
      events: events.events,
      window: this.#window(run),
      ...resolveCapacity(content),
      subnets: this.#subnets(cluster),
      capacityReservations: reserved.capacityReservations,
      prices: data.prices,
      commitment: content.prices?.commitment,
      month: resolveMonth(content),
      latency: data.latency,
      baselineSettings: baseline.settings,
      nodeStart: resolveNodeStart(content.nodeStart),
      notes: [...this.#notes(), ...this.#remarks],
      variants: (content.variants ?? []).map(({ name, karpenter, set }) => ({
        name,
        karpenterVersion: karpenter,
        set: set ?? [],
      })),
      unmodelled,
    };
  }

  /** Factors on the demand that the scenario itself asks for. */
  scales(): readonly TrafficScale[] {
    return Object.entries(this.document.content.scale ?? {}).map(([key, factor]) => ({
      curve: key === 'traffic' ? undefined : key.slice('traffic.'.length),
      factor,
      at: this.document.placeOf(['scale', key], 'value'),
    }));
  }

  #problem(path: readonly PathKey[], code: Problem['code'], message: string, expected?: string, hint?: string): void {
    this.problems.push(this.document.problem(path, { code, message, expected, hint }));
  }

  #checkPlace(): void {
    const { region, zones } = this.document.content;
    const { catalogue } = this.context;
    if (!catalogue.regions.includes(region)) {
      const expected = `one of ${catalogue.regions.join(', ')}`;
      this.#problem(
        ['region'],
        'missing-reference',
        `there is no data for region "${region}"`,
        expected,
        didYouMean(region, catalogue.regions),
      );
      return;
    }
    const known = catalogue.zones(region);
    for (const [index, zone] of zones.entries()) {
      const path = ['zones', index];
      if (!known.includes(zone)) {
        const expected = `one of ${known.join(', ')}`;
        this.#problem(
          path,
          'missing-reference',
          `"${zone}" is no zone of ${region}`,
          expected,
          didYouMean(zone, known),
        );
      } else if (zones.indexOf(zone) !== index) {
        this.#problem(path, 'duplicate-name', `${zone} stands there twice`, 'each zone once');
      }
    }
  }

  #subnets(cluster: ClusterObjects): ScenarioSpec['subnets'] {
    const subnets = (this.document.content.subnets ?? []).map((subnet) => ({ ...subnet, tags: subnet.tags ?? {} }));
    const { zones } = this.document.content;
    for (const [index, { id, zone }] of subnets.entries()) {
      const path = ['subnets', index];
      if (!zones.includes(zone)) {
        const message = `"${zone}" is no zone of this scenario`;
        this.#problem(
          [...path, 'zone'],
          'missing-reference',
          message,
          `one of ${zones.join(', ')}`,
          didYouMean(zone, zones),
        );
      }
      if (subnets.findIndex((other) => other.id === id) !== index) {
        this.#problem([...path, 'id'], 'duplicate-name', `there is another subnet ${id}`, 'each id once');
      }
    }
    if (subnets.length === 0) return subnets;
    for (const { metadata, subnetSelectorTerms } of cluster.nodeClasses) {
      if (subnets.some((subnet) => isSelected(subnet, subnetSelectorTerms))) continue;
      this.#remarks.push(
        `EC2NodeClass ${metadata.name} selects none of the subnets of this scenario: its NodePools launch nothing.`,
      );
    }
    return subnets;
  }

  #checkManagedNodeGroups(): void {
    const names = new Set<string>();
    const { typeNames } = this.context.catalogue;
    for (const [index, group] of (this.document.content.managedNodeGroups ?? []).entries()) {
      const path = ['managedNodeGroups', index];
      if (!typeNames.has(group.instanceType)) {
        const message = `"${group.instanceType}" is not an instance type in the data`;
        const hint = didYouMean(group.instanceType, typeNames);
        this.#problem(
          [...path, 'instanceType'],
          'missing-reference',
          message,
          'an EC2 instance type such as m5.large',
          hint,
        );
      }
      if (names.has(group.name))
        this.#problem([...path, 'name'], 'duplicate-name', `there is another group ${group.name}`);
      names.add(group.name);
    }
  }

  #checkVariantNames(): void {
    const names = (this.document.content.variants ?? []).map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      const path = ['variants', index, 'name'];
      this.#problem(path, 'duplicate-name', `there is another variant "${name}"`, 'each name once');
    }
  }

  #manifestFiles(): readonly ManifestFile[] {
    const { manifests } = this.document.content;
    const own = manifests[this.context.version];
    if (own === undefined) {
      const others = Object.keys(manifests).filter((key) => key !== 'common');
      this.#problem(
        ['manifests'],
        'missing-field',
        `there are no manifests for Karpenter ${this.context.version}`,
        `a list under ${this.context.version}`,
        others.length === 0 ? undefined : `this scenario has manifests for ${others.join(', ')}`,
      );
    }
    const at = (key: string) => (path: string, index: number) => ({ path, at: ['manifests', key, index] });
    return [...(manifests.common ?? []).map(at('common')), ...(own ?? []).map(at(this.context.version))];
  }

  #readManifests(files: readonly ManifestFile[], overrides: readonly Override[]): ManifestSet {
    const { version } = this.context;
    const hasStartState = this.document.content.startState !== undefined;
    const manifests = ManifestSet.ofScenario(version, this.#startTimeMs, overrides, hasStartState);
    for (const { path, at } of files) {
      const file = join(dirname(this.document.file), path);
      const text = tryRead(this.context.readFile, file);
      if (text instanceof Error)
        this.problems.push(this.document.problem(at, readFailure(path, text, dirname(this.document.file))));
      else manifests.add(file, text);
    }
    return manifests;
  }

  #readStartState(
    manifestFiles: readonly ManifestFile[],
    cluster: ClusterObjects,
    unmodelled: UnmodelledField[],
  ): StartState | undefined {
    const { content } = this.document;
    const { startState: path, region, zones } = content;
    const { readFile, version } = this.context;
    if (path === undefined) return undefined;
    const folder = dirname(this.document.file);
    const text = tryRead(readFile, join(folder, path));
    if (text instanceof Error) {
      this.problems.push(this.document.problem(['startState'], readFailure(path, text, folder)));
      return undefined;
    }
    const manifests = ManifestSet.ofCluster(version);
    manifests.add(join(folder, path), text);
    unmodelled.push(...manifests.unmodelled);
    const asWritten = this.#readManifests(manifestFiles, []).lists;
    const place = { version, region, zones, startTimeMs: this.#startTimeMs };
    const read = resolveStartState(manifests, { ...place, cluster, asWritten });
    this.problems.push(...manifests.problems, ...manifests.unserved, ...read.problems);
    this.#remarks.push(...read.remarks);
    return read.startState;
  }

  /** The change that the command line asks for: its options stand where a file would in a problem. */
  #readChange(run: RunSpan, cluster: ClusterObjects, unmodelled: UnmodelledField[]): AppliedChange | undefined {
    const { change } = this.context;
    if (change === undefined) return undefined;
    const complain = (file: string, detail: ProblemDetail): void => {
      this.problems.push({ file, line: 1, column: 1, path: '', ...detail });
    };
    const atMs = TIME_TEXT.test(change.at) ? sinceStartMs(change.at, run.startTimeMs) : NaN;
    if (!(atMs >= 0 && atMs < run.durationMs)) {
      const time = (ms: number): string => new Date(ms).toISOString().replace('.000', '');
      const ends = time(run.startTimeMs + run.durationMs);
      complain(`--at ${change.at}`, {
        code: 'invalid-value',
        message: Number.isNaN(atMs) ? 'is not a time' : 'is outside the run',
        expected: `a time within ${this.document.content.start} to ${ends}, such as "14:00" (UTC), +2h30m or ${time(run.startTimeMs + run.durationMs / 2)}`,
      });
    }
    const objects = this.#readNodePoolFile(change.file, cluster, unmodelled);
    return objects && { atMs, action: 'apply', file: change.file, objects };
  }

  /** The cluster with the objects of a file of NodePools in the place of its own, from the start of the run. */
  #replaced(cluster: ClusterObjects, unmodelled: UnmodelledField[]): ClusterObjects {
    const { replacing } = this.context;
    const objects = replacing === undefined ? undefined : this.#readNodePoolFile(replacing, cluster, unmodelled);
    return objects === undefined ? cluster : merged(cluster, objects);
  }

  /** A file of changed NodePools or EC2NodeClasses that the command line names. */
  #readNodePoolFile(file: string, cluster: ClusterObjects, unmodelled: UnmodelledField[]): ClusterObjects | undefined {
    const { readFile, version } = this.context;
    const complain = (detail: ProblemDetail): void => {
      this.problems.push({ file, line: 1, column: 1, path: '', ...detail });
    };
    const text = tryRead(readFile, file);
    if (text instanceof Error) {
      complain({ ...readFailure(file, text), hint: 'give a manifest with the changed NodePool' });
      return undefined;
    }
    const manifests = ManifestSet.ofScenario(version, this.#startTimeMs, []);
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
    unmodelled.push(...manifests.unmodelled);
    return this.#finishCluster(manifests, merged(cluster, manifests.lists));
  }

  /** Checks what was read against everything that is then known, and makes it immutable. */
  #finishCluster(manifests: ManifestSet, known: ClusterObjects): ClusterObjects {
    const { region, zones } = this.document.content;
    const { catalogue, version } = this.context;
    const surroundings = { catalogue, version, region, zones };
    const priorities = resolvePriorities(manifests);
    this.problems.push(
      ...manifests.problems,
      ...checkNodePools(manifests, known, surroundings),
      ...checkWorkloads(manifests, known),
      ...priorities.problems,
    );
    this.#remarks.push(
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
      this.#remarks.push(`${left} pods of the manifests have a controller and are left out: it makes them anew.`);
    return bare;
  }

  #window(run: { readonly startTimeMs: number; readonly durationMs: number }): ScenarioSpec['window'] {
    const { window } = this.document.content;
    if (window === undefined) return undefined;
    const fromMs = timeWithinRun(this.document, ['window', 'from'], window.from, run, this.problems);
    const toMs = timeWithinRun(this.document, ['window', 'to'], window.to, run, this.problems);
    if (toMs <= fromMs)
      this.#problem(
        ['window', 'to'],
        'invalid-value',
        'the window ends before it begins',
        `a time after ${window.from}`,
      );
    return { fromMs, toMs };
  }

  #notes(): readonly string[] {
    return (this.document.content.notes ?? []).flatMap((note) => {
      if (typeof note === 'string') return [note];
      return note.karpenter === this.context.version ? [note.note] : [];
    });
  }
}
