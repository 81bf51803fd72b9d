import type { RunAnalysis } from '../../analysis/run-analysis.js';
import type { Summary } from '../../analysis/summary.js';
import { ratio, utilisation } from '../../analysis/utilisation.js';
import { meanUsage } from '../../analysis/usage.js';
import { baselineName } from './baseline-words.js';
import {
  clock,
  count,
  date,
  decimal,
  dollars,
  duration,
  hourly,
  latency,
  percent,
  percentOfSome,
  span,
  whole,
} from './figures.js';
import type { Palette } from './palette.js';
import { sparkline } from './sparkline.js';
import { alignedTable } from './table.js';

const CURVE_WIDTH = 72;
const DAY_SECONDS = 86_400;

/** What every run prints: curve of the day, pods, money, nodes by NodePool and by instance type. */
export function overview(run: RunAnalysis, summary: Summary, palette: Palette): string {
  const { facts } = run;
  const title =
    `${summary.scenario}: ${provider(run, summary)}, seed ${summary.seed}, ` +
    `${span(summary.simulatedSeconds)} from ${date(facts.startTimeMs)} UTC, ${whole(summary.events)} events`;
  return [
    palette.title(title),
    curves(run, summary, palette),
    figures(run, summary, palette),
    pools(run, summary, palette),
    types(summary, palette),
  ].join('\n\n');
}

function provider({ facts }: RunAnalysis, { karpenterVersion }: Summary): string {
  return facts.baseline === undefined
    ? `Karpenter ${karpenterVersion}`
    : `${baselineName(facts.baseline)} in place of Karpenter`;
}

function curves(run: RunAnalysis, { nodes, cost }: Summary, palette: Palette): string {
  const { facts, timeline: minutes } = run;
  const curve = sparkline(minutes.nodes, CURVE_WIDTH);
  const rows = [
    ['nodes', palette.figure(curve), `max ${whole(nodes.max)}`],
    ...demandRows(minutes, palette),
    ['$/h', palette.figure(sparkline(minutes.rate, CURVE_WIDTH)), `max ${dollars(cost.perHour.max)}`],
    ['', palette.aside(axis(facts.startTimeMs, facts.endMs, curve.length)), ''],
  ];
  return alignedTable(rows, 3);
}

/** Requests a second, and the CPU of services whose requests are unknown. */
function demandRows({ demand, cpuDemand }: RunAnalysis['timeline'], palette: Palette): string[][] {
  const curve = (samples: Float64Array): string => palette.figure(sparkline(samples, CURVE_WIDTH));
  const requests = ['demand', curve(demand), `max ${whole(peak(demand))} rps`];
  if (cpuDemand === undefined) return [requests];
  const cpu = ['load', curve(cpuDemand), `max ${decimal(round1(peak(cpuDemand) / 1000))} cores`];
  return peak(demand) > 0 ? [requests, cpu] : [cpu];
}

/** Times of day under the curve, at its start, quarters and end. */
function axis(startMs: number, lengthMs: number, width: number): string {
  const marks = width >= 40 ? 4 : 1;
  let line = '';
  for (let mark = 0; mark < marks; mark++) {
    line = line.padEnd(Math.round((mark * width) / marks)) + clock(startMs + (mark * lengthMs) / marks);
  }
  return line.padEnd(width - 5) + clock(startMs + lengthMs);
}

function figures(run: RunAnalysis, summary: Summary, palette: Palette): string {
  const { pods, nodes, cost, disruptions } = summary;
  const { pendingSeconds: wait } = pods;
  const withoutNode = pods.created - pods.bound;
  const byReason = Object.entries(disruptions.byReason).filter(([, value]) => value > 0);
  const disrupted = byReason.reduce((sum, [, value]) => sum + value, 0);
  const reasons = byReason.map(([reason, value]) => `${whole(value)} ${reason}`).join(', ');
  const rows: [string, string][] = [
    [
      'pods',
      (pods.atStart === 0 ? '' : `${whole(pods.atStart)} at the start, then `) +
        `${count(pods.created, 'created', 'created')}, ${whole(pods.bound)} bound` +
        (withoutNode > 0 ? `, ${whole(withoutNode)} never bound (${whole(pods.unschedulable)} Unschedulable)` : '') +
        `; ${decimal(round1(pods.perNode))} on an average node`,
    ],
    [
      'pending',
      `p50 ${duration(wait.p50)}, p90 ${duration(wait.p90)}, p99 ${duration(wait.p99)}, max ${duration(wait.max)} (created to bound, all pods)`,
    ],
    [
      'nodes',
      `${whole(nodes.min)} to ${whole(nodes.max)}, ${decimal(round1(nodes.mean))} on average, ${whole(nodes.end)} at the end (system group included)`,
    ],
    [
      'cost',
      `${dollars(cost.total)}: ${dollars(cost.perHour.mean)} an hour on average, from ${dollars(cost.perHour.min)} to ${dollars(cost.perHour.max)}`,
    ],
    ['besides', besides(summary)],
    ['projected', projected(summary)],
    [
      'spot',
      `${percent(spotShareOfKarpenter(run))} of the node-hours ${run.facts.baseline === undefined ? 'Karpenter' : 'the baseline'} bought, ${percent(cost.spotShare)} of all; ` +
        interruptions(summary),
    ],
    ...requestRow(summary),
    ['filled', filled(run, summary)],
    ...containersRow(summary),
    ...connectionsRow(summary),
    ...jobsRow(summary),
    ['disrupted', disrupted === 0 ? 'no node' : `${count(disrupted, 'node')}: ${reasons}`],
  ];
  return alignedTable(
    rows.map(([label, text]) => [palette.aside(label), text]),
    2,
  );
}

function requestRow({ requests }: Summary): [string, string][] {
  if (requests.total === 0) return [];
  const { total, lost, lostShare, latencySeconds } = requests;
  const said = lost === 0 ? 'none lost' : `${whole(lost)} lost (${percentOfSome(lostShare)})`;
  const { p50, p90, p99 } = latencySeconds;
  return [
    ['requests', `${whole(total)}, ${said}; answered in p50 ${latency(p50)}, p90 ${latency(p90)}, p99 ${latency(p99)}`],
  ];
}

function containersRow({ containers }: Summary): [string, string][] {
  const { restarts, oomKilled, evicted } = containers;
  if (restarts + oomKilled + evicted === 0) return [];
  const text = `${count(restarts, 'restart')}, ${whole(oomKilled)} OOM-killed; ${count(evicted, 'pod')} evicted for want of memory`;
  return [['containers', text]];
}

function connectionsRow({ databaseConnections }: Summary): [string, string][] {
  const { opened, perMinute, byService } = databaseConnections;
  if (opened === 0) return [];
  const names = Object.keys(byService).map((name) => name.slice(name.indexOf('/') + 1));
  const who = names.length <= 2 ? names.join(' and ') : `${names.length} services`;
  const rate = `${decimal(round1(perMinute.mean))} a minute on average, ${whole(perMinute.max)} at most`;
  return [['database', `${whole(opened)} connections opened by ${who}: ${rate}`]];
}

function jobsRow({ jobs }: Summary): [string, string][] {
  if (jobs.created === 0) return [];
  const failed = jobs.failed > 0 ? `, ${whole(jobs.failed)} failed` : '';
  const skipped = jobs.skipped > 0 ? `; ${count(jobs.skipped, 'run')} of CronJobs skipped` : '';
  const { p50, max } = jobs.completionSeconds;
  const took = jobs.complete > 0 ? ` in ${duration(p50)} (p50), ${duration(max)} at most` : '';
  return [['jobs', `${whole(jobs.created)} created, ${whole(jobs.complete)} complete${took}${failed}${skipped}`]];
}

/** What is no price of an instance, and the sum with them. */
function besides({ cost }: Summary): string {
  const { ebs, detailedMonitoring, t3Unlimited, controlPlane, commitment } = cost.byComponent;
  const parts: [number, string][] = [
    [ebs, 'EBS'],
    [t3Unlimited, 'T3 unlimited'],
    [detailedMonitoring, 'detailed monitoring'],
    [controlPlane, 'control plane'],
    [commitment, 'commitment less what it covers'],
  ];
  const said = parts.filter(([value]) => value !== 0).map(([value, name]) => `${dollars(value)} ${name}`);
  return said.length === 0 ? 'nothing' : `${said.join(', ')}; in all ${dollars(cost.bill)}`;
}

/** The bill of a month with its formula and basis; without weights of its days, of a simulated day. */
function projected({ cost, simulatedSeconds }: Summary): string {
  const { month, perSimulatedDay } = cost;
  if (month === null) {
    const scaled = simulatedSeconds < DAY_SECONDS ? ` (${span(simulatedSeconds)} scaled up)` : '';
    return `${dollars(perSimulatedDay)} a simulated day${scaled}`;
  }
  const terms = month.days.map(
    ({ kind, aMonth, mean }) => `${decimal(aMonth)} ${kind}${aMonth === 1 ? '' : 's'} × ${dollars(mean)}`,
  );
  const prices = month.basis.prices.map(({ name, asOf }) => `${name} of ${asOf}`).join(', ');
  return `${dollars(month.total)} a month = ${terms.join(' + ')}; basis: ${decimal(round1(month.basis.simulatedHours))} h simulated, ${prices}`;
}

/** Warnings, and what was not out of the way when the machines went. */
function interruptions({ interruptions: warnings, interruptionLosses }: Summary): string {
  const { unheard, undrained, podsLost, podsCutShort } = interruptionLosses;
  const heard = unheard === 0 ? '' : ` (${whole(unheard)} unheard)`;
  const lost = podsLost + podsCutShort;
  const losses = lost === 0 ? '' : `, ${count(lost, 'pod')} lost with ${count(undrained, 'machine')}`;
  return `${count(warnings, 'interruption')}${heard}${losses}`;
}

function filled(run: RunAnalysis, { utilisation: requested }: Summary): string {
  const used = meanUsage(run.log, run.facts.endMs);
  const { meanAllocatable } = utilisation(run.nodes, run.use, run.facts.endMs);
  const usage = (part: number | undefined, total: number): string =>
    part === undefined || total === 0 ? '' : ` (used ${percent(part / total)})`;
  return (
    `cpu ${percent(requested.cpu)} requested${usage(used?.cpuMilli, meanAllocatable.cpuMilli)}, ` +
    `memory ${percent(requested.memory)} requested${usage(used?.memoryBytes, meanAllocatable.memoryBytes)}`
  );
}

function pools(run: RunAnalysis, { nodes, cost }: Summary, palette: Palette): string {
  const totals = new Map<string, number>();
  for (const { history, nanoDollars } of run.ledger) {
    totals.set(history.nodePool, (totals.get(history.nodePool) ?? 0) + nanoDollars);
  }
  const head = [
    run.facts.baseline === undefined ? 'NodePool' : 'node group',
    'nodes mean',
    'max',
    'end',
    '$/h mean',
    'max',
    'end',
    'total',
  ];
  const rows = Object.entries(nodes.byNodePool).map(([name, { mean, max, end }]) => {
    const rate = cost.byNodePool[name] ?? { mean: 0, max: 0, end: 0 };
    return [
      name,
      decimal(round1(mean)),
      whole(max),
      whole(end),
      hourly(rate.mean),
      hourly(rate.max),
      hourly(rate.end),
      dollars((totals.get(name) ?? 0) / 1e9),
    ];
  });
  return alignedTable([head.map(palette.aside), ...rows], 1);
}

function types({ nodes }: Summary, palette: Palette): string {
  const byMean = Object.entries(nodes.byInstanceType).sort(([a, x], [b, y]) => y.mean - x.mean || (a < b ? -1 : 1));
  const head = ['instance type', 'nodes mean', 'max', 'end'];
  const rows = byMean.map(([name, { mean, max, end }]) => [name, mean.toFixed(2), whole(max), whole(end)]);
  return alignedTable([head.map(palette.aside), ...rows], 1);
}

function spotShareOfKarpenter({ ledger }: RunAnalysis): number {
  let spotMs = 0;
  let allMs = 0;
  for (const { history, fromMs, toMs } of ledger) {
    if (history.managed && history.standsForKarpenter === undefined) continue;
    allMs += toMs - fromMs;
    if (history.instance?.capacityType === 'spot') spotMs += toMs - fromMs;
  }
  return ratio(spotMs, allMs);
}

function peak(samples: Float64Array): number {
  return samples.reduce((a, b) => Math.max(a, b), 0);
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
