import { describe, expect, it } from 'vitest';
import { standingAt, type NodeStandings } from '../../src/analysis/node-standing.js';
import { nodeStandings } from '../../src/analysis/node-standings.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { eventsOf, ON_DEMAND_POOL, onlyEvent, run, type SmallCluster } from './small-cluster.js';

const UNDERUTILIZED = ON_DEMAND_POOL.replace(
  'consolidationPolicy: WhenEmpty, consolidateAfter: 60s',
  'consolidationPolicy: WhenEmptyOrUnderutilized, consolidateAfter: 30s',
);
const CONTAINERS = 'containers: [{ name: web, resources: { requests: { cpu: 1, memory: 1Gi } } }]';

/** Four pods fill an m5.xlarge; after ten minutes one is left, for which an m5.large would do. */
function shrunk(cluster: SmallCluster = {}): EventLog {
  return run({
    replicas: 3,
    nodePoolSpec: UNDERUTILIZED,
    scenario: "events: [{ at: '+10m', scale: { deployment: app/web, replicas: 1 } }]\n",
    ...cluster,
  });
}

function onlyNode(log: EventLog): NodeStandings {
  const nodes = nodeStandings(log).filter(({ node }) => !node.managed);
  const [found] = nodes;
  if (found === undefined || nodes.length > 1) throw new Error(`${nodes.length} nodes, expected one`);
  return found;
}

/** First reason of the only node at a minute of the run. */
function reasonAt(log: EventLog, minute: number): unknown {
  return standingAt(onlyNode(log), minute * 60_000)?.reasons[0];
}

describe('a node that is not disrupted', () => {
  it('is not initialized for ever while a startup taint stays (E25)', () => {
    const log = run({
      nodePoolSpec: UNDERUTILIZED.replace(
        '      expireAfter: Never\n',
        '      expireAfter: Never\n      startupTaints: [{ key: cni, effect: NoExecute }]\n',
      ),
    });
    expect(onlyEvent(log, 'NodeNotInitialized')).toMatchObject({
      reason: 'StartupTaintsExist',
      waitsFor: 'cni:NoExecute',
    });
    expect(eventsOf(log, 'NodeInitialized')).toEqual([]);
    expect(standingAt(onlyNode(log), 29 * 60_000)).toMatchObject({
      state: 'starting',
      reasons: [{ code: 'not-initialized', detail: { waitsFor: 'cni:NoExecute' } }],
    });
    const note = eventsOf(log, 'Note').find(({ code }) => code === 'startup-taints');
    expect(note?.text).toMatch(/NodePool general start with cni:NoExecute/);
  });

  it('names the PodDisruptionBudget that allows no eviction', () => {
    const log = shrunk({
      moreManifests: `---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: app }
spec: { maxUnavailable: 0, selector: { matchLabels: { app: web } } }
`,
    });
    expect(eventsOf(log, 'DisruptionCommand')).toEqual([]);
    expect(reasonAt(log, 20)).toMatchObject({
      code: 'pod-disruption-budget',
      event: 'DisruptionBlocked',
      message: 'Pdb prevents pod evictions (PodDisruptionBudget=[app/web])',
      detail: { podDisruptionBudgets: ['app/web'] },
    });
  });

  it('names the pod that must not be disrupted', () => {
    const log = shrunk({
      files: {
        'app.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: app }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web }, annotations: { karpenter.sh/do-not-disrupt: 'true' } }
    spec:
      ${CONTAINERS}
`,
      },
    });
    const gone = new Set(eventsOf(log, 'PodGone').map(({ pod }) => pod));
    const left = eventsOf(log, 'PodBound').filter(({ pod }) => pod.startsWith('app/') && !gone.has(pod));
    expect(left).toHaveLength(1);
    expect(reasonAt(log, 20)).toMatchObject({
      code: 'pod-do-not-disrupt',
      event: 'DisruptionBlocked',
      detail: { pod: left[0]?.pod },
    });
  });

  it('names the budget of its NodePool, what it allows and of how many nodes', () => {
    const budgets = 'consolidateAfter: 30s, budgets: [{ nodes: 100% }, { nodes: "0", reasons: [Underutilized] }]';
    const log = shrunk({ nodePoolSpec: UNDERUTILIZED.replace('consolidateAfter: 30s', budgets) });
    expect(eventsOf(log, 'DisruptionCommand')).toEqual([]);
    expect(reasonAt(log, 20)).toMatchObject({
      code: 'budget-exhausted',
      message: 'No allowed disruptions for disruption reason Underutilized due to blocking budget',
      detail: { reason: 'Underutilized', nodePool: 'general', allowed: 0, nodes: 1, disrupting: 0, budget: '0' },
    });
  });

  it('names the price that a replacement would have to beat', () => {
    const log = run({ nodePoolSpec: UNDERUTILIZED.replace('[m5.large, m5.xlarge]', '[m5.large]') });
    expect(reasonAt(log, 20)).toMatchObject({
      code: 'not-cheaper',
      event: 'Unconsolidatable',
      message: "Can't replace with a cheaper node",
      detail: { price: 0.096, cheapest: 0.096 },
    });
  });

  it('is told about once for each reason, not at every poll', () => {
    const log = run({ nodePoolSpec: UNDERUTILIZED, duration: '2h' });
    const told = eventsOf(log, 'DisruptionBlocked').map(({ code }) => code);
    expect(told.filter((code) => code === 'not-cheaper')).toHaveLength(1);
    expect(told.length).toBeLessThanOrEqual(4);
    // The cluster does not change, so consolidation looks again every five minutes.
    const pauses = eventsOf(log, 'ConsolidationPaused').map(({ timeMs }) => timeMs);
    for (const [i, timeMs] of pauses.entries()) {
      if (i > 2) expect(timeMs - (pauses[i - 1] ?? NaN)).toBe(300_000);
    }
    expect(pauses.length).toBeGreaterThan(20);
  });
});

it('the settings of each NodePool stand in the log, at the start and when they change', () => {
  const log = run({
    nodePoolSpec: UNDERUTILIZED,
    scenario: "events: [{ at: '+5m', apply: changed.yaml }]\n",
    files: {
      'changed.yaml': `apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: { name: general }\nspec:\n${UNDERUTILIZED.replace('30s', '5m')}`,
    },
  });
  expect(eventsOf(log, 'NodePoolApplied')).toMatchObject([
    { timeMs: 0, nodePool: 'general', consolidateAfter: 30_000, expireAfter: 'Never', budgets: [{ nodes: '10%' }] },
    { timeMs: 300_000, consolidateAfter: 300_000 },
  ]);
});
