import type { PathKey } from '../kubernetes/manifest/field-path.js';
import type { ProblemDetail } from '../kubernetes/manifest/field-reader.js';
import type { Problem, UnmodelledField } from '../kubernetes/manifest/problem.js';
import { trafficlessAutoscalers } from './autoscaler-remarks.js';
import { durationMs, parseUtc, sinceStartMs } from './clock.js';
import type { LoaderContext } from './loader-context.js';
import { besideStartState } from './merged-objects.js';
import { overrideProblem } from './overrides.js';
import { resolveBaseline } from './resolve-baseline.js';
import { resolveCapacity } from './resolve-capacity.js';
import { resolveData } from './resolve-data.js';
import { resolveEvents, timeWithinRun } from './resolve-events.js';
import { resolveJobs } from './resolve-jobs.js';
import { resolveManagedNodeGroups } from './resolve-managed-node-groups.js';
import { resolveMonth } from './resolve-month.js';
import { resolveNodeStart } from './resolve-node-start.js';
import { checkPlace, resolveSubnets } from './resolve-place.js';
import { resolveReservations } from './resolve-reservations.js';
import { resolveServices } from './resolve-services.js';
import { resolveSettings } from './resolve-settings.js';
import type { TrafficScale } from './scale-traffic.js';
import type { ScenarioDocument } from './scenario-document.js';
import { ScenarioManifests } from './scenario-manifests.js';
import type { AppliedChange, ClusterObjects, ScenarioSpec } from './scenario-spec.js';
import { TIME_TEXT } from './schema-values.js';
import { namespacedName } from './workload-checks.js';

interface RunSpan {
  readonly startTimeMs: number;
  readonly durationMs: number;
}

/** Resolves a valid scenario document: reads its manifests, checks references, computes times. */
export class ScenarioLoader {
  readonly problems: Problem[] = [];
  /** Set by {@link load} when the context asks for a change. */
  change: AppliedChange | undefined;
  readonly #startTimeMs: number;
  readonly #remarks: string[] = [];
  readonly #unmodelled: UnmodelledField[] = [];

  constructor(
    private readonly document: ScenarioDocument,
    private readonly context: LoaderContext,
  ) {
    this.#startTimeMs = parseUtc(document.content.start);
  }

  load(): ScenarioSpec {
    const { content } = this.document;
    const { catalogue, version, readFile } = this.context;
    if (Number.isNaN(this.#startTimeMs)) {
      const message = `${content.start} does not exist`;
      this.#complain(['start'], { code: 'invalid-value', message, expected: 'a time such as 2026-03-27T00:00:00Z' });
    }
    const managed = resolveManagedNodeGroups(this.document, catalogue.typeNames);
    this.problems.push(...checkPlace(this.document, catalogue), ...managed.problems);
    this.#checkVariantNames();
    const found = { problems: this.problems, remarks: this.#remarks, unmodelled: this.#unmodelled };
    const manifests = new ScenarioManifests(this.document, this.context, this.#startTimeMs, found);
    const { written, cluster: defined } = manifests.cluster();
    const startState = manifests.startState(written, defined);
    const cluster = startState === undefined ? defined : besideStartState(defined, startState);
    for (const unused of written.unusedOverrides()) {
      const { kind, name } = unused.object ?? { kind: '', name: '' };
      this.problems.push(
        overrideProblem(unused.at, '', 'missing-reference', `there is no ${kind} ${name} in the manifests`),
      );
    }
    const run = { startTimeMs: this.#startTimeMs, durationMs: durationMs(content.duration) };
    const deployments = cluster.deployments.map(namespacedName);
    const workloads = { deployments, statefulSets: cluster.statefulSets.map(namespacedName) };
    const { services, problems, remarks } = resolveServices(this.document, run, workloads, readFile);
    this.problems.push(...problems);
    this.#remarks.push(
      ...remarks,
      ...trafficlessAutoscalers(
        written,
        new Set(services.map(({ kind = 'Deployment', deployment }) => `${kind} ${deployment}`)),
      ),
    );
    const events = resolveEvents(this.document, {
      ...run,
      deployments,
      nodeClasses: cluster.nodeClasses.map(({ metadata }) => metadata.name),
      zones: content.zones,
      catalogue,
      readManifest: (path, at) => manifests.applied(path, at, cluster),
    });
    this.problems.push(...events.problems);
    const applied = events.events.flatMap((event) => (event.action === 'apply' ? [event.objects] : []));
    const { jobs, problems: jobProblems } = resolveJobs(this.document, [cluster, ...applied]);
    this.problems.push(...jobProblems);
    this.change = this.#readChange(run, cluster, manifests);
    const baseline = resolveBaseline(this.document, { catalogue, version, cluster });
    this.problems.push(...baseline.problems);
    const settings = resolveSettings(content.karpenter, version);
    const reserved = resolveReservations(this.document, {
      typeNames: catalogue.typeNames,
      settings,
      nodeClasses: [cluster, ...applied].flatMap(({ nodeClasses }) => nodeClasses),
    });
    this.problems.push(...reserved.problems);
    this.#remarks.push(...reserved.remarks);
    const data = resolveData(this.document, this.context);
    this.problems.push(...data.problems);
    this.#remarks.push(...data.remarks);
    const window = this.#window(run);
    const subnets = resolveSubnets(this.document, cluster.nodeClasses);
    this.problems.push(...subnets.problems);
    this.#remarks.push(...subnets.remarks);
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
      managedNodeGroups: managed.managedNodeGroups,
      startState,
      services,
      jobs,
      events: events.events,
      window,
      ...resolveCapacity(content),
      subnets: subnets.subnets,
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
      unmodelled: this.#unmodelled,
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

  #complain(path: readonly PathKey[], detail: ProblemDetail): void {
    this.problems.push(this.document.problem(path, detail));
  }

  #checkVariantNames(): void {
    const names = (this.document.content.variants ?? []).map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      this.#complain(['variants', index, 'name'], {
        code: 'duplicate-name',
        message: `there is another variant "${name}"`,
        expected: 'each name once',
      });
    }
  }

  /** The change that the command line asks for: its options stand where a file would in a problem. */
  #readChange(run: RunSpan, cluster: ClusterObjects, manifests: ScenarioManifests): AppliedChange | undefined {
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
    const objects = manifests.nodePoolFile(change.file, cluster);
    return objects && { atMs, action: 'apply', file: change.file, objects };
  }

  #window(run: { readonly startTimeMs: number; readonly durationMs: number }): ScenarioSpec['window'] {
    const { window } = this.document.content;
    if (window === undefined) return undefined;
    const fromMs = timeWithinRun(this.document, ['window', 'from'], window.from, run, this.problems);
    const toMs = timeWithinRun(this.document, ['window', 'to'], window.to, run, this.problems);
    if (toMs <= fromMs) {
      this.#complain(['window', 'to'], {
        code: 'invalid-value',
        message: 'the window ends before it begins',
        expected: `a time after ${window.from}`,
      });
    }
    return { fromMs, toMs };
  }

  #notes(): readonly string[] {
    return (this.document.content.notes ?? []).flatMap((note) => {
      if (typeof note === 'string') return [note];
      return note.karpenter === this.context.version ? [note.note] : [];
    });
  }
}
