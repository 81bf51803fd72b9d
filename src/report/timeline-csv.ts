import { stringify } from 'csv-stringify/sync';
import type { Timeline } from '../analysis/timeline.js';
import { dollarsCell, secondsCell } from './csv-cells.js';

/**
 * One line a simulated minute: the state after everything that happened at that instant. `time` is the virtual clock in UTC,
 * `costPerHour` the price of all billed nodes in dollars, `nodes.NAME` the nodes of one NodePool or managed group.
 * `demandCpu` is what services need whose requests are unknown, cores; empty where there are none. `requests`, `requestsLost` and `databaseConnectionsOpened` are counts of the minute that ends then, `requestsWaiting` those in a queue at its end, `slowestP99Seconds` the longest p99 that a service had in it.
 */
export function timelineCsv(timeline: Timeline, startTimeMs: number): string {
  const pools = [...timeline.nodesByNodePool];
  const header = [
    'time',
    'seconds',
    'podsPending',
    'podsBound',
    'podsReady',
    'nodes',
    ...pools.map(([name]) => `nodes.${name}`),
    'costPerHour',
    'demandRequestsPerSecond',
    'demandCpu',
    'requests',
    'requestsLost',
    'requestsWaiting',
    'slowestP99Seconds',
    'databaseConnectionsOpened',
  ];
  const rows = timeline.timesMs.map((timeMs, i) => [
    new Date(startTimeMs + timeMs).toISOString(),
    secondsCell(timeMs),
    timeline.podsPending[i] ?? 0,
    timeline.podsBound[i] ?? 0,
    timeline.podsReady[i] ?? 0,
    timeline.nodes[i] ?? 0,
    ...pools.map(([, levels]) => levels[i] ?? 0),
    dollarsCell(timeline.rate[i] ?? 0),
    Math.round((timeline.demand[i] ?? 0) * 1000) / 1000,
    timeline.cpuDemand === undefined ? '' : Math.round(timeline.cpuDemand[i] ?? 0) / 1000,
    Math.round(timeline.requests[i] ?? 0),
    Math.round(timeline.requestsLost[i] ?? 0),
    Math.round(timeline.requestsWaiting[i] ?? 0),
    Math.round((timeline.slowestP99[i] ?? 0) * 1e4) / 1e4,
    timeline.connectionsOpened[i] ?? 0,
  ]);
  return stringify([header, ...rows]);
}
