import type { TimeWindow } from '../../analysis/provisioning-steps.js';
import { runRequests, type RequestTotals, type RunRequests } from '../../analysis/requests.js';
import type { RunAnalysis } from '../../analysis/run-analysis.js';
import { clock, latency, percentOfSome, span, whole } from './figures.js';
import type { Palette } from './palette.js';
import { alignedTable, type Cell } from './table.js';

const HEAD = ['requests', 'lost', '', 'p99'];

/** What clients saw, service by service: requests lost and response times in the scenario's window and over the whole run. */
export function requestStory(run: RunAnalysis, window: TimeWindow | undefined, palette: Palette): string | undefined {
  const all = runRequests(run.log);
  if (all.total === 0) return undefined;
  const { startTimeMs, endMs } = run.facts;
  const columns = [{ label: `whole run, ${span(endMs / 1000)}`, requests: all }];
  if (window !== undefined) {
    const label = `${clock(startTimeMs + window.fromMs)}–${clock(startTimeMs + window.toMs)}`;
    columns.unshift({ label, requests: runRequests(run.log, window) });
  }
  const cells = (of: (requests: RunRequests) => RequestTotals | undefined): string[] =>
    columns.flatMap(({ requests }) => figuresOf(of(requests)));
  const short = shortNames(Object.keys(all.byService));
  const rows: Cell[][] = [
    ['', ...columns.map(({ label }): Cell => ({ content: label, colSpan: HEAD.length }))],
    ['', ...columns.flatMap(() => HEAD.map(palette.aside))],
    ...Object.keys(all.byService).map((name) => [short(name), ...cells(({ byService }) => byService[name])]),
    ['all services', ...cells((requests) => requests)],
  ];
  return [
    palette.title('What clients saw: requests that failed because no pod could take them, and response times'),
    alignedTable(rows, 1),
  ].join('\n');
}

function figuresOf(totals: RequestTotals | undefined): string[] {
  if (totals === undefined) return HEAD.map(() => '');
  const { total, lost, lostShare, latencySeconds } = totals;
  const share = lost === 0 ? '' : percentOfSome(lostShare);
  return [whole(total), whole(lost), share, latency(latencySeconds.p99)];
}

/** Names without the namespace where all share one. */
function shortNames(names: readonly string[]): (name: string) => string {
  const namespaces = new Set(names.map((name) => name.split('/')[0]));
  return (name) => (namespaces.size === 1 ? name.slice(name.indexOf('/') + 1) : name);
}
