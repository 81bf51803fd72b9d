import { bill, billTotal, type Bill } from './bill.js';
import { billByDay } from './bill-by-day.js';
import { containerEnds, type ContainerEnds } from './container-ends.js';
import { databaseConnections, type DatabaseConnections } from './database-connections.js';
import { disruptions } from './disruptions.js';
import { fleetOverTime } from './fleet.js';
import type { GroupStatistics, StatisticsByGroup } from './grouped-steps.js';
import { interruptionLosses, type InterruptionLosses } from './interruption-losses.js';
import { jobs, type Jobs } from './jobs.js';
import { projectMonth, type DayKind, type MonthProjection } from './month.js';
import { podsOfRun, type PodLatency, type PodMarks } from './pod-latency.js';
import { quantilesOf, type Quantiles } from './quantiles.js';
import type { RunAnalysis } from './run-analysis.js';
import type { RunFacts } from './run-facts.js';
import { isUnschedulable, podsByService, type ServicePods } from './services.js';
import { runRequests, type RequestTotals } from './requests.js';
import { commitmentBill } from './savings-plan.js';
import { ratio, utilisation } from './utilisation.js';
import { chargesByWorkload, COMMITMENT, CONTROL_PLANE } from './workload-charges.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Quantiles of one stage, seconds; `null` when no pod waited for a new node. */
export type StageQuantiles = Omit<Quantiles, 'max'>;

/**
 * The result of a run in one object: `summary.json`, and what `--json` prints. Ratios are 0–1, money is in dollars, times are
 * in seconds, means are time-weighted over the run. src/cli/commands/run.md documents every field.
 */
export interface Summary {
  readonly scenario: string;
  /** A number where the seed is a whole number, as scenarios have it. */
  readonly seed: number | string;
  readonly karpenterVersion: string;
  /** `karpenter`, or the baseline that the run was made with; the version says nothing then. */
  readonly nodesFrom: string;
  readonly simulatedSeconds: number;
  /** Entries of the event log. */
  readonly events: number;
  readonly pods: {
    /** Bound when the run began, 0 where it begins with an empty cluster. The other figures leave them out. */
    readonly atStart: number;
    readonly created: number;
    readonly bound: number;
    /** Marked Unschedulable by kube-scheduler and never bound. */
    readonly unschedulable: number;
    readonly perNode: number;
    readonly pendingSeconds: Quantiles;
    readonly breakdown: {
      readonly batch: StageQuantiles;
      readonly launch: StageQuantiles;
      readonly register: StageQuantiles;
      readonly initialize: StageQuantiles;
      readonly bind: StageQuantiles;
      readonly ready: StageQuantiles;
    };
    readonly byService: Readonly<Record<string, ServicePods>>;
  };
  readonly nodes: {
    readonly min: number;
    readonly mean: number;
    readonly max: number;
    readonly end: number;
    readonly byNodePool: StatisticsByGroup;
    readonly byInstanceType: StatisticsByGroup;
    readonly byCapacityType: StatisticsByGroup;
  };
  readonly utilisation: { readonly cpu: number; readonly memory: number };
  readonly cost: {
    readonly total: number;
    readonly perHour: { readonly min: number; readonly mean: number; readonly max: number };
    /** Dollars an hour. */
    readonly byNodePool: StatisticsByGroup;
    readonly spotShare: number;
    /** Everything that was billed, dollars: `compute` is `total`. */
    readonly byComponent: Readonly<Record<keyof Bill, number>>;
    /** What was committed to: dollars an hour, and the share of it that usage was found for. */
    readonly commitment: { readonly plan: string; readonly perHour: number; readonly used: number } | null;
    /** Sum of the components. */
    readonly bill: number;
    /** The bill, made 24 hours long. */
    readonly perSimulatedDay: number;
    /** The bill of a month, where the scenario weights the kinds of its days and each was simulated. */
    readonly month: MonthFigures | null;
    /** The bill by workload, with what nobody asked for under `(idle)` and the cluster itself under `(control plane)`. */
    readonly byWorkload: Readonly<Record<string, number>>;
  };
  /** Of services with traffic. */
  readonly requests: RequestTotals & { readonly byService: Readonly<Record<string, RequestTotals>> };
  readonly disruptions: { readonly byReason: Readonly<Record<string, number>> };
  readonly interruptions: number;
  readonly interruptionLosses: InterruptionLosses;
  readonly containers: ContainerEnds;
  readonly databaseConnections: DatabaseConnections;
  readonly jobs: Jobs;
  readonly notes: readonly string[];
}

/** A month, dollars, and what it is projected from. */
export interface MonthFigures {
  readonly total: number;
  /** Days of a kind in the month, whole days of it that were simulated, and their mean bill. */
  readonly days: readonly {
    readonly kind: DayKind;
    readonly aMonth: number;
    readonly simulated: number;
    readonly mean: number;
  }[];
  readonly basis: {
    readonly simulatedHours: number;
    readonly prices: readonly { readonly name: string; readonly asOf: string }[];
  };
}

/** Folds an analysed run into its summary. */
export function summarise(run: RunAnalysis): Summary {
  const { log, facts, nodes, ledger } = run;
  const pods = podsOfRun(run.pods);
  const { endMs } = facts;
  const fleet = fleetOverTime(nodes, endMs);
  const use = utilisation(nodes, run.use, endMs);
  const { byReason, interruptions } = disruptions(log, nodes);
  const commitment = commitmentBill(log, ledger, endMs);
  const components = bill(ledger, facts, commitment);
  const total = billTotal(components);
  const month = facts.month && projectMonth(billByDay(ledger, facts, commitment), facts.month);
  const { early, ...requests } = runRequests(log);
  const spotMean = fleet.nodesByCapacityType['spot']?.mean ?? 0;
  return {
    scenario: facts.scenario,
    seed: /^(0|[1-9]\d{0,14})$/.test(facts.seed) ? Number(facts.seed) : facts.seed,
    karpenterVersion: facts.karpenterVersion,
    nodesFrom: facts.baseline ?? 'karpenter',
    simulatedSeconds: endMs / 1000,
    events: facts.events,
    pods: {
      atStart: run.pods.length - pods.length,
      created: pods.length,
      bound: pods.filter(({ pod }) => pod.boundMs !== undefined).length,
      unschedulable: pods.filter(isUnschedulable).length,
      perNode: rounded(use.podsPerNode),
      pendingSeconds: quantilesOf(pods.map(({ pendingMs }) => pendingMs)),
      breakdown: breakdown(pods),
      byService: mapValues(podsByService(run.pods, endMs), (service) => ({ ...service, mean: rounded(service.mean) })),
    },
    nodes: {
      min: fleet.nodes.min,
      mean: rounded(fleet.nodes.mean),
      max: fleet.nodes.max,
      end: fleet.nodes.end,
      byNodePool: mapValues(fleet.nodesByNodePool, counts),
      byInstanceType: mapValues(fleet.nodesByInstanceType, counts),
      byCapacityType: mapValues(fleet.nodesByCapacityType, counts),
    },
    utilisation: { cpu: rounded(use.cpu), memory: rounded(use.memory) },
    cost: {
      total: components.compute / 1e9,
      perHour: { min: dollars(fleet.rate.min), mean: dollars(fleet.rate.mean), max: dollars(fleet.rate.max) },
      byNodePool: mapValues(fleet.rateByNodePool, ({ mean, max, end }) => ({
        mean: dollars(mean),
        max: dollars(max),
        end: dollars(end),
      })),
      spotShare: rounded(ratio(spotMean, fleet.nodes.mean)),
      byComponent: {
        compute: components.compute / 1e9,
        ebs: components.ebs / 1e9,
        detailedMonitoring: components.detailedMonitoring / 1e9,
        t3Unlimited: components.t3Unlimited / 1e9,
        controlPlane: components.controlPlane / 1e9,
        commitment: components.commitment / 1e9,
      },
      commitment:
        commitment === undefined
          ? null
          : { plan: commitment.plan, perHour: dollars(commitment.perHour), used: rounded(commitment.used) },
      bill: total / 1e9,
      perSimulatedDay: endMs === 0 ? 0 : dollars(total * (DAY_MS / endMs)),
      month: monthFigures(month, facts),
      byWorkload: mapValues(
        {
          ...(commitment === undefined ? {} : { [COMMITMENT]: components.commitment }),
          [CONTROL_PLANE]: components.controlPlane,
          ...chargesByWorkload(run.charges),
        },
        (nanoDollars) => nanoDollars / 1e9,
      ),
    },
    requests,
    disruptions: { byReason },
    interruptions,
    interruptionLosses: interruptionLosses(
      log,
      nodes,
      pods.map(({ pod }) => pod),
    ),
    containers: containerEnds(log),
    databaseConnections: databaseConnections(log, endMs),
    jobs: jobs(log),
    notes: [
      ...facts.notes.map(({ text }) => text),
      ...pendingNote(pods, facts.interrupted),
      ...earlyNote(early),
      ...monthNote(month),
    ],
  };
}

function monthFigures(month: MonthProjection | undefined, facts: RunFacts): MonthFigures | null {
  if (month === undefined || 'missing' in month) return null;
  return {
    total: month.nanoDollars / 1e9,
    days: month.parts.map(({ kind, days, simulated, meanPerDay }) => ({
      kind,
      aMonth: days,
      simulated,
      mean: meanPerDay / 1e9,
    })),
    basis: { simulatedHours: rounded(facts.endMs / HOUR_MS), prices: facts.month?.prices ?? [] },
  };
}

function monthNote(month: MonthProjection | undefined): readonly string[] {
  return month !== undefined && 'missing' in month ? [month.missing] : [];
}

function breakdown(pods: readonly PodLatency[]): Summary['pods']['breakdown'] {
  return {
    batch: stageQuantiles(pods, ({ pod }, { decidedMs }) => decidedMs - pod.createdMs),
    launch: stageQuantiles(pods, (_, { decidedMs, launchedMs }) => launchedMs - decidedMs),
    register: stageQuantiles(pods, (_, { launchedMs, registeredMs }) => registeredMs - launchedMs),
    initialize: stageQuantiles(pods, (_, { registeredMs, provisionedMs }) => provisionedMs - registeredMs),
    bind: stageQuantiles(pods, (_, { provisionedMs, boundMs }) => boundMs - provisionedMs),
    ready: stageQuantiles(pods, ({ pod: { readyMs } }, { boundMs }) =>
      readyMs === undefined ? undefined : readyMs - boundMs,
    ),
  };
}

function stageQuantiles(
  pods: readonly PodLatency[],
  duration: (latency: PodLatency, marks: PodMarks) => number | undefined,
): StageQuantiles {
  const durations: number[] = [];
  for (const latency of pods) {
    const ms = latency.marks === undefined ? undefined : duration(latency, latency.marks);
    if (ms !== undefined) durations.push(ms);
  }
  const { p50, p90, p99 } = quantilesOf(durations);
  return { p50, p90, p99 };
}

/** A pod that waits when the run ends has waited at least as long as it counts for: that is said, not hidden. */
function pendingNote(pods: readonly PodLatency[], interrupted: boolean): readonly string[] {
  const notes: string[] = [];
  if (interrupted) notes.push('The run was interrupted: every figure covers the time up to then.');
  const count = (state: PodLatency['state']): number => pods.filter((latency) => latency.state === state).length;
  const pending = count('pending');
  if (pending > 0) {
    notes.push(
      `${pending} of ${pods.length} pods were still pending at the end; they count in pendingSeconds with the time they had waited (state "pending" in pods.csv).`,
    );
  }
  const neverBound = count('never-bound');
  if (neverBound > 0) {
    notes.push(
      `${neverBound} of ${pods.length} pods were deleted before they were bound; they count in pendingSeconds with the time they had waited (state "never-bound" in pods.csv).`,
    );
  }
  return notes;
}

/** The run's own beginning is no fault of the cluster. */
function earlyNote(early: number): readonly string[] {
  if (early === 0) return [];
  const count = String(early).replace(/\B(?=(\d{3})+$)/g, ',');
  return [`${count} requests came before the first pod of their service was ready; no figure of requests counts them.`];
}

function counts({ mean, max, end }: GroupStatistics): GroupStatistics {
  return { mean: rounded(mean), max, end };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

function dollars(nanoDollars: number): number {
  return rounded(nanoDollars / 1e9);
}

/** Six decimals: enough for a ratio and a millionth of a dollar, and no binary residue. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
