import { churn } from '../analysis/churn.js';
import { disruptionLoop, loopAt } from '../analysis/disruption-loop.js';
import { karpenterMetrics } from '../analysis/karpenter-metrics.js';
import { nodeClaimRecord } from '../analysis/nodeclaim-record.js';
import { nodePoolNames, nodePoolRecord, reasonShares } from '../analysis/nodepool-record.js';
import { standingAt, type NodeStandings } from '../analysis/node-standing.js';
import { nodeStandings } from '../analysis/node-standings.js';
import { podNames, podTrail } from '../analysis/pod-trail.js';
import { runMoment } from '../analysis/run-clock.js';
import { runFacts, type RunFacts } from '../analysis/run-facts.js';
import { readSavedRun, SavedRunError } from '../analysis/saved-run.js';
import { closestName } from '../kubernetes/manifest/closest-name.js';
import { explainJson } from '../report/explain-json.js';
import { explainChurn } from '../report/terminal/explain-churn.js';
import { explainNode, explainNodes } from '../report/terminal/explain-node.js';
import { explainNodeClaim } from '../report/terminal/explain-nodeclaim.js';
import { explainNodePool } from '../report/terminal/explain-nodepool.js';
import { explainPod } from '../report/terminal/explain-pod.js';
import { paletteOf, type Palette } from '../report/terminal/palette.js';
import type { EventLog } from '../simulation/event-log.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { BadInput, EXIT, type ExitCode } from './exit.js';
import { explainCluster, isDump } from './explain-dump.js';
import { terminalColours } from './terminal-colours.js';

/** Arguments of `karpsim explain`; of the five subjects one at most, none for all nodes. */
export interface ExplainOptions {
  readonly run: string;
  readonly node?: string | undefined;
  readonly pod?: string | undefined;
  readonly nodepool?: string | undefined;
  readonly nodeclaim?: string | undefined;
  readonly churn?: boolean | undefined;
  readonly at?: string | undefined;
  readonly json?: boolean | undefined;
}

/** What was found, as text for people and as data. */
interface Answer {
  readonly text: () => string;
  readonly data: object;
  readonly timeMs?: number | undefined;
}

/**
 * Answers a question about a saved run.
 *
 * @throws BadInput when the folder holds no run, a name is not in it, or the time is outside it
 */
export async function explain(options: ExplainOptions): Promise<ExitCode> {
  const subjects = (['node', 'pod', 'nodepool', 'nodeclaim', 'churn'] as const).filter(
    (name) => options[name] !== undefined && options[name] !== false,
  );
  const [subject, second] = subjects;
  if (second !== undefined) throw new BadInput(`--${subject ?? ''} and --${second}: ask one thing at a time`);
  if (options.at !== undefined && subject !== undefined && subject !== 'node') {
    throw new BadInput(`--at: has no meaning with --${subject} — it goes with --node, or alone`);
  }
  if (isDump(options.run)) {
    if (subject !== undefined && subject !== 'node')
      throw new BadInput(`--${subject}: a dump tells only of nodes — --node, or no option`);
    if (options.at !== undefined) throw new BadInput('--at: a dump has one moment only');
    return await explainCluster(options.run, options.node, options.json === true);
  }
  const log = savedRun(options.run);
  const facts = runFacts(log);
  const answer = answerOf(options, log, facts, paletteOf(terminalColours()));
  process.stdout.write(options.json === true ? explainJson(facts, answer.timeMs, answer.data) : answer.text());
  return EXIT.done;
}

function answerOf(options: ExplainOptions, log: EventLog, facts: RunFacts, palette: Palette): Answer {
  const { node, pod, nodepool, nodeclaim } = options;
  if (options.churn === true) {
    const found = churn(log);
    return { text: () => explainChurn(facts, found, palette), data: { churn: found } };
  }
  if (pod !== undefined) {
    const trail = podTrail(
      log,
      known('pod', pod, podNames(log), (name) => name.split('/')[1] ?? name),
    );
    return { text: () => explainPod(facts, trail, palette), data: { pod: trail } };
  }
  const all = nodeStandings(log);
  if (nodepool !== undefined) {
    const record = nodePoolRecord(log, all, known('nodepool', nodepool, nodePoolNames(log)), facts.endMs);
    if (record === undefined) throw new Error('a NodePool that has a name has a record');
    const metrics = karpenterMetrics(log, record.settings.nodePool);
    return { text: () => explainNodePool(facts, record, metrics, palette), data: { nodePool: record, metrics } };
  }
  if (nodeclaim !== undefined) {
    const names = all.flatMap(({ node: { nodeClaim, managed } }) => (managed ? [] : [nodeClaim]));
    const name = known('nodeclaim', nodeclaim, names);
    const record = nodeClaimRecord(log, name);
    const standings = all.find(({ node: { nodeClaim } }) => nodeClaim === name);
    if (record === undefined || standings === undefined) throw new Error('a NodeClaim that has a name has a record');
    return {
      text: () => explainNodeClaim(log, facts, record, standings, palette),
      data: { nodeClaim: record, ...standings },
    };
  }
  const timeMs = options.at === undefined ? undefined : momentOf(options.at, facts);
  return node === undefined
    ? ofAllNodes(log, facts, all, timeMs ?? facts.endMs, palette)
    : ofNode(log, facts, namedNode(all, node), timeMs, palette);
}

function ofAllNodes(
  log: EventLog,
  facts: RunFacts,
  all: readonly NodeStandings[],
  timeMs: number,
  palette: Palette,
): Answer {
  const nodes = all.flatMap((found) => {
    const standing = standingAt(found, timeMs);
    return standing === undefined ? [] : [{ node: found.node, standing }];
  });
  const loop = loopAt(disruptionLoop(log), timeMs);
  return { text: () => explainNodes(log, facts, all, timeMs, palette), data: { loop, nodes }, timeMs };
}

function ofNode(
  log: EventLog,
  facts: RunFacts,
  found: NodeStandings,
  timeMs: number | undefined,
  palette: Palette,
): Answer {
  const data =
    timeMs === undefined
      ? { ...found, shares: reasonShares([found], facts.endMs) }
      : { node: found.node, standing: standingAt(found, timeMs) ?? null, loop: loopAt(disruptionLoop(log), timeMs) };
  return { text: () => explainNode(log, facts, found, timeMs, palette), data, timeMs };
}

function namedNode(all: readonly NodeStandings[], asked: string): NodeStandings {
  const names = all.flatMap(({ node: { node } }) => (node === '' ? [] : [node]));
  const name = known('node', asked, names, (candidate) => candidate.split('.')[0] ?? candidate);
  const found = all.findLast(({ node: { node } }) => node === name);
  if (found === undefined) throw new Error('a node that has a name has a life');
  return found;
}

/** Says so many names that contain what was asked for. */
const SUGGESTIONS = 3;

/** The name that was asked for, in full or in short; else what was probably meant. */
function known(
  option: string,
  asked: string,
  names: readonly string[],
  shortOf: (name: string) => string = (name) => name,
): string {
  if (names.includes(asked)) return asked;
  const [only, ...others] = names.filter((name) => shortOf(name) === asked);
  if (only !== undefined && others.length === 0) return only;
  throw new BadInput(`--${option}: the run has no ${option} "${asked}" — ${suggestion(option, asked, names, shortOf)}`);
}

function suggestion(
  option: string,
  asked: string,
  names: readonly string[],
  shortOf: (name: string) => string,
): string {
  const containing = names.filter((name) => name.includes(asked)).slice(0, SUGGESTIONS);
  if (containing.length > 0) return `did you mean ${containing.join(' or ')}?`;
  const meant = closestName(asked, names) ?? closestShort(asked, names, shortOf);
  if (meant !== undefined) return `did you mean ${meant}?`;
  if (names.length === 0) return 'it has none';
  return option === 'node' ? 'without an option all nodes are listed' : `it has ${names[0] ?? ''}, for instance`;
}

function closestShort(asked: string, names: readonly string[], shortOf: (name: string) => string): string | undefined {
  const short = closestName(asked, names.map(shortOf));
  return short === undefined ? undefined : names.find((name) => shortOf(name) === short);
}

function momentOf(text: string, facts: RunFacts): number {
  const moment = runMoment(text, facts);
  if ('problem' in moment) throw new BadInput(`--at: ${moment.problem}`);
  return moment.timeMs;
}

function savedRun(folder: string): EventLog {
  try {
    return readSavedRun(fromCaller(folder));
  } catch (error) {
    if (!(error instanceof SavedRunError)) throw error;
    const place = toCaller(error.file) + (error.line === 0 ? '' : `:${error.line}`);
    throw new BadInput(`${place}: ${error.message}`, { cause: error });
  }
}
