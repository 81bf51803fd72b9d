import { disruptionLoop, loopAt } from '../../analysis/disruption-loop.js';
import type { NodeHistory } from '../../analysis/node-history.js';
import { standingAt, type NodeStanding, type NodeStandings } from '../../analysis/node-standing.js';
import { reasonShares } from '../../analysis/nodepool-record.js';
import type { RunFacts } from '../../analysis/run-facts.js';
import type { EventLog } from '../../simulation/event-log.js';
import { clockSeconds, count, date, duration, percent } from './figures.js';
import type { Palette } from './palette.js';
import { reasonInShort } from './reason-in-short.js';
import { karpenterSigns, reasonWords, type ReasonSetting } from './reason-words.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

/** Why one node stays: at a moment, or over its whole life. */
export function explainNode(
  log: EventLog,
  facts: RunFacts,
  found: NodeStandings,
  timeMs: number | undefined,
  palette: Palette,
): string {
  const head = [palette.title(nodeTitle(found.node)), ...biography(found.node, facts)].join('\n');
  return timeMs === undefined
    ? [head, life(found, facts), shares(found, facts.endMs, palette)].join('\n\n') + '\n'
    : [head, moment(log, facts, found, timeMs)].join('\n\n') + '\n';
}

/** One line a node for everything that was there at a moment, by NodePool. */
export function explainNodes(
  log: EventLog,
  facts: RunFacts,
  all: readonly NodeStandings[],
  timeMs: number,
  palette: Palette,
): string {
  const setting = settingAt(log, facts, timeMs);
  const there = all.flatMap((found) => {
    const standing = standingAt(found, timeMs);
    return standing === undefined ? [] : [{ node: found.node, standing }];
  });
  const pools = [...new Set(there.map(({ node }) => node.nodePool))].sort();
  const title = `${count(there.length, 'node')} at ${date(facts.startTimeMs + timeMs)}:${seconds(facts, timeMs)} UTC`;
  const parts = pools.map((pool) => {
    const own = there.filter(({ node }) => node.nodePool === pool);
    const rows = own.map(({ node, standing }) => [
      node.node === '' ? node.nodeClaim : node.node,
      machine(node),
      reasonInShort(standing.reasons[0] ?? NOTHING, setting),
    ]);
    return [palette.aside(pool), clipped(alignedTable(rows, 3))].join('\n');
  });
  return [palette.title(title), ...parts, ...thinkingNote(facts)].join('\n\n') + '\n';
}

const NOTHING = { code: '', sinceMs: 0, method: '', event: '', message: '', detail: {} } as const;

/** Where it matters that Karpenter's loop takes no time in this model. */
export function thinkingNote({ notes }: RunFacts): readonly string[] {
  return notes.filter(({ code }) => code === 'thinking-time').map(({ text }) => wrap(text, WIDTH, '  ', '  '));
}

function settingAt(log: EventLog, { startTimeMs, karpenterVersion }: RunFacts, timeMs: number): ReasonSetting {
  return { startTimeMs, karpenterVersion, loop: loopAt(disruptionLoop(log), timeMs) };
}

function nodeTitle({ node, nodeClaim }: NodeHistory): string {
  if (node === '') return `NodeClaim ${nodeClaim}, without a node`;
  return nodeClaim === '' ? node : `${node} (NodeClaim ${nodeClaim})`;
}

function machine({ instance }: NodeHistory): string {
  return instance === undefined ? '-' : `${instance.instanceType} ${instance.capacityType}`;
}

function biography(node: NodeHistory, { startTimeMs }: RunFacts): readonly string[] {
  const clock = (timeMs: number | undefined): string | undefined =>
    timeMs === undefined ? undefined : clockSeconds(startTimeMs + timeMs);
  const { instance } = node;
  const bought =
    instance === undefined
      ? 'no instance'
      : `${instance.instanceType} ${instance.capacityType} in ${instance.zone}, $${instance.pricePerHour.toFixed(4)}/h`;
  const steps = [
    ['created', clock(node.createdMs)],
    ['launched', node.managed ? undefined : clock(instance?.launchedMs)],
    ['registered', node.managed ? undefined : clock(node.registeredMs)],
    ['initialized', node.managed ? undefined : clock(node.initializedMs)],
    [
      node.unheard === true ? 'interruption warning that Karpenter did not hear' : 'interruption warning',
      clock(node.warnedMs),
    ],
    [`deleted${node.reason === undefined ? '' : ` (${node.reason})`}`, clock(node.deletingMs)],
    ['machine taken', node.reclaimed ? clock(node.terminatingMs) : undefined],
    ['gone', clock(node.nodeClaimDeletedMs)],
  ].flatMap(([name, time]) => (time === undefined ? [] : [`${name} ${time}`]));
  return [`NodePool ${node.nodePool}: ${bought}`, steps.join(', ')].map((line) => wrap(line, WIDTH, '  ', '  '));
}

function moment(log: EventLog, facts: RunFacts, found: NodeStandings, timeMs: number): string {
  const when = clockSeconds(facts.startTimeMs + timeMs);
  const standing = standingAt(found, timeMs);
  if (standing === undefined) {
    return `  At ${when} it ${timeMs < found.node.createdMs ? 'did not exist yet' : 'was gone'}.`;
  }
  const setting = settingAt(log, facts, timeMs);
  const lines = [`At ${when}: ${standing.state}, since ${clockSeconds(facts.startTimeMs + standing.fromMs)}`];
  for (const reason of standing.reasons) {
    lines.push(wrap(reasonWords(reason, setting), WIDTH, '  - ', '    '));
    for (const sign of karpenterSigns(reason))
      lines.push(sign.includes('{') ? `    ${sign}` : wrap(sign, WIDTH, '    ', '      '));
    const by = reason.method === '' ? '' : ` by ${reason.method}`;
    if (reason.sinceMs !== standing.fromMs) {
      lines.push(`    so found${by} at ${clockSeconds(facts.startTimeMs + reason.sinceMs)}`);
    }
  }
  return [...lines, ...thinkingNote(facts)].join('\n');
}

/** The whole life, one line a reason; the same reason again in a row is one line. */
function life({ standings }: NodeStandings, facts: RunFacts): string {
  const merged: { from: NodeStanding; toMs: number; times: number }[] = [];
  for (const standing of standings) {
    if (standing.state === 'gone') break;
    const last = merged.at(-1);
    const toMs = standing.toMs ?? facts.endMs;
    if (last !== undefined && sameReason(last.from, standing)) {
      last.toMs = toMs;
      last.times++;
      last.from = { ...standing, fromMs: last.from.fromMs };
    } else merged.push({ from: standing, toMs, times: 1 });
  }
  const { startTimeMs, karpenterVersion } = facts;
  return merged
    .map(({ from, toMs, times }) => {
      const when = `${clockSeconds(startTimeMs + from.fromMs)}–${clockSeconds(startTimeMs + toMs)}`;
      const words = from.reasons.map((reason) => reasonWords(reason, { startTimeMs, karpenterVersion })).join('; ');
      const again = times > 1 && from.state === 'running' ? ` (${times} times in a row, the last given)` : '';
      return wrap(words + again, WIDTH, `  ${when}  `, ' '.repeat(21));
    })
    .join('\n');
}

function sameReason(a: NodeStanding, b: NodeStanding): boolean {
  return a.state === b.state && a.reasons.map(({ code }) => code).join() === b.reasons.map(({ code }) => code).join();
}

function shares(found: NodeStandings, endMs: number, palette: Palette): string {
  const rows = reasonShares([found], endMs).map(({ code, durationMs, share }) => [
    code,
    duration(durationMs / 1000),
    percent(share),
  ]);
  return alignedTable([['reason', 'time', 'share'].map(palette.aside), ...rows], 1);
}

function seconds({ startTimeMs }: RunFacts, timeMs: number): string {
  return clockSeconds(startTimeMs + timeMs).slice(6);
}

/** Cuts each line to the printed width: one line a node. */
function clipped(table: string): string {
  return table
    .split('\n')
    .map((line) => (line.length <= WIDTH + 2 ? line : `${line.slice(0, WIDTH + 1)}…`))
    .join('\n');
}
