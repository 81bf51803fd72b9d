import assert from 'node:assert/strict';
import type { CaseCluster } from '../../src/conformance/case-cluster.js';
import type { DisruptionContext, DisruptionMethod } from '../../src/karpenter/disruption/disruption-method.js';
import { consolidate } from '../../src/karpenter/disruption/v1/consolidation.js';
import { MULTI_NODE_CONSOLIDATION } from '../../src/karpenter/disruption/v1/multi-node-consolidation.js';
import { SINGLE_NODE_CONSOLIDATION } from '../../src/karpenter/disruption/v1/single-node-consolidation.js';
import { solve } from '../../src/karpenter/scheduling/solver.js';
import { schedulingProfile } from '../../src/karpenter/versions/scheduling-profile-of.js';
import { RandomStream } from '../../src/kernel/random-streams.js';
import { consolidationCluster } from '../consolidation-cluster.js';
import { runSuite } from '../run-suite.js';

const SIZES = [100, 1000, 5000];
const QUESTIONS = 20;
/** A whole multi-node pass is timed at this size. */
const MULTI_NODE_SIZE = 1000;

function contextOf({ snapshot, settings }: CaseCluster): DisruptionContext {
  const scheduling = schedulingProfile('v1.14.1');
  const stream = new RandomStream('bench/consolidation');
  return {
    snapshot,
    settings,
    scheduling,
    solve: (request) => solve(request, scheduling),
    random: () => stream.next(),
    explain: false,
  };
}

/** Asks about nodes all over the cluster; the answers must be those of the first time. */
function questions(cluster: CaseCluster, sharesSetup: boolean, answers: Map<string, string>): () => number {
  const shared = contextOf(cluster);
  const { candidates } = SINGLE_NODE_CONSOLIDATION.search(shared);
  assert.equal(candidates.length, cluster.snapshot.stateNodes.length, 'every node is a candidate');
  const step = Math.max(1, Math.floor(candidates.length / QUESTIONS));
  return () => {
    let helped = 0;
    for (let asked = 0; asked < QUESTIONS; asked++) {
      const candidate = candidates[asked * step];
      assert(candidate !== undefined);
      // A list of its own is a cluster that nobody has asked about.
      const { snapshot } = shared;
      const context = sharesSetup
        ? shared
        : { ...shared, snapshot: { ...snapshot, pods: [...snapshot.pods], stateNodes: [...snapshot.stateNodes] } };
      const answer = consolidate(context, [candidate]);
      const text = 'command' in answer ? `to ${answer.command.replacement?.options.length ?? 0} types` : answer.code;
      assert.equal(text, answers.get(candidate.name) ?? text, `another answer about ${candidate.name}`);
      answers.set(candidate.name, text);
      if ('command' in answer) helped++;
    }
    assert(helped > 0, 'some node can go');
    return helped;
  };
}

function wholePass(method: DisruptionMethod, cluster: CaseCluster): () => unknown {
  const context = contextOf(cluster);
  return () => {
    const { candidates } = method.search(context);
    const { commands } = method.compute(context, candidates);
    assert(commands.length === 1 && (commands[0]?.candidates.length ?? 0) > 1, 'several nodes go at once');
    return commands;
  };
}

/** Would removing this node help? With what all questions share kept, and with everything read anew each time. */
export default async function consolidationQuestion(): Promise<void> {
  for (const size of SIZES) {
    const cluster = consolidationCluster(size);
    const answers = new Map<string, string>();
    await runSuite({
      name: `consolidation-question-${size}`,
      unit: 'question',
      unitsPerRun: QUESTIONS,
      minSamples: 5,
      cases: [
        { name: `${size} nodes, set-up shared`, prepare: () => questions(cluster, true, answers) },
        { name: `${size} nodes, set-up rebuilt`, prepare: () => questions(cluster, false, answers) },
      ],
    });
  }
  const cluster = consolidationCluster(MULTI_NODE_SIZE);
  await runSuite({
    name: 'consolidation-multi-node',
    unit: 'pass',
    unitsPerRun: 1,
    minSamples: 3,
    cases: [
      { name: `${MULTI_NODE_SIZE} nodes, whole pass`, prepare: () => wholePass(MULTI_NODE_CONSOLIDATION, cluster) },
    ],
  });
}
