import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/simulation/event-log.js';
import { eventsOf, ON_DEMAND_POOL, onlyEvent, run, type SmallCluster } from '../simulation/small-cluster.js';
import { lines, tell, type Excerpt } from './told.js';

// Here EC2 is the real one of the simulator, with drawn delays: the order is asserted as text, the times that count as numbers.

const START = Date.parse('2026-03-27T06:00:00Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** One zone; a pod of 1 cpu fills an m5.large or a c5.large. */
const pool = (types: string, capacityTypes: string): string =>
  ON_DEMAND_POOL.replace('m5.large, m5.xlarge', types).replace('[on-demand]', `[${capacityTypes}]`);

const scenario = (...events: readonly string[]): string =>
  `karpenter: { interruptionQueue: banking }\nspot: { interruptionMultiplier: 0 }\nevents: [${events.join(', ')}]\n`;

const scale = (at: string, replicas: number): string =>
  `{ at: ${at}, scale: { deployment: app/web, replicas: ${replicas} } }`;

const NO_EVICTION = `---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: app }
spec: { maxUnavailable: 0, selector: { matchLabels: { app: web } } }
`;

/** What happened without the times, with nodes, NodeClaims and pods numbered in their order. */
function order(log: EventLog, excerpt: Excerpt): string[] {
  const numbered = (prefix: string): ((name: string) => string) => {
    const names: string[] = [];
    return (name) => {
      if (!names.includes(name)) names.push(name);
      return `${prefix}${names.indexOf(name) + 1}`;
    };
  };
  const [node, claim, pod] = [numbered('node-'), numbered('claim-'), numbered('web-')];
  return tell(log, START, excerpt).map((line) =>
    line
      .slice('06:10:00.0  '.length)
      .replace(/ip-[\w.-]+/g, node)
      .replace(/general-\w+/g, claim)
      .replace(/web-\w+-\w+/g, pod),
  );
}

/** Capacity type and instance type of everything that was launched, in order. */
function launches(cluster: SmallCluster): string[] {
  return eventsOf(run(cluster), 'NodeClaimLaunched').map(
    ({ capacityType, instanceType }) => `${capacityType} ${instanceType}`,
  );
}

describe('a spot interruption warning (v1.14.1)', () => {
  const nodePoolSpec = pool('m5.large', 'spot, on-demand');
  const warned = { nodePoolSpec, scenario: scenario('{ at: +10m, interrupt: { count: 1 } }') };

  it('E117: deletes the NodeClaim at once, and the provisioner makes room for its pods afterwards', () => {
    const log = run(warned);
    expect(order(log, { from: '06:10:00', without: ['NodeRegistered', 'ConditionChanged'] })).toEqual(
      lines(`
        SpotInterruption    node-1: m5.large in us-east-1a
        NodeClaimDeleting   claim-1, by interruption   # no budget, no replacement first
        NodeTainted         node-1
        PodDeleting         web-1 on node-1, by eviction
        NodeClaimCreated    claim-2 by provisioner for web-2
        NodeClaimLaunched   claim-2: m5.large on-demand us-east-1a   # (spot, m5.large, a) is hidden
        PodGone             web-1 on node-1
        NodeDrained         node-1
        InstanceTerminating claim-1   # drained in time: Karpenter terminates it
        NodeInitialized     node-2
        PodBound            web-2 on node-2
        NodeDeleted         node-1
        NodeClaimDeleted    claim-1
      `),
    );
    // One second of batching after the taint (corrections), not up to ten.
    const tainted = onlyEvent(log, 'NodeTainted').timeMs;
    expect(eventsOf(log, 'NodeClaimCreated')[1]?.timeMs).toBe(tainted + SECOND);
  });

  it('E117: the machine is gone 120 s after the warning, drained or not', () => {
    const log = run({ ...warned, moreManifests: NO_EVICTION });
    expect(
      order(log, {
        from: '06:10:00',
        to: '06:12:01',
        only: ['EvictionBlocked', 'InstanceTerminating', 'PodGone', 'NodeDeleted'],
      }),
    ).toEqual(
      lines(`
        EvictionBlocked     web-1 on node-1, by PDB web
        InstanceTerminating claim-1, reclaimed
        PodGone             web-1 on node-1   # lost with the node
        NodeDeleted         node-1
      `),
    );
    const { timeMs } = onlyEvent(log, 'SpotInterruption');
    expect(eventsOf(log, 'InstanceTerminating')[0]?.timeMs).toBe(timeMs + 2 * MINUTE);
  });

  it.each([
    ['+12m55s', ['spot m5.large', 'on-demand m5.large', 'on-demand m5.large']],
    // Until 3:10 after it was marked, which was at most 2 s after the warning (aws.md §8).
    ['+13m13s', ['spot m5.large', 'on-demand m5.large', 'spot m5.large']],
  ])('E117: what is launched at %s', (at, expected) => {
    const events = scenario('{ at: +10m, interrupt: { count: 1 } }', scale(at, 2));
    expect(launches({ nodePoolSpec, scenario: events, duration: '15m' })).toEqual(expected);
  });
});

describe('a rebalance recommendation', () => {
  it('E118: is published, and nothing follows', () => {
    const log = run({
      nodePoolSpec: pool('m5.large', 'spot, on-demand'),
      scenario: scenario('{ at: +10m, rebalance: {} }'),
      duration: '1h',
    });
    expect(order(log, { from: '06:05:00' })).toEqual(
      lines(`
        SpotRebalanceRecommendation node-1: m5.large in us-east-1a
      `),
    );
  });
});

describe('a launch that finds a pool without capacity (v1.14.1)', () => {
  // c5.large is the cheaper one. Its spot pool is empty for a minute, in which one launch asks for it.
  const empty = '{ at: +5m, exhaust: { instanceType: c5.large, capacityType: spot, duration: 1m } }';
  const nodePoolSpec = pool('c5.large, m5.large', 'spot');

  it.each([
    ['+8m30s', ['spot c5.large', 'spot m5.large', 'spot m5.large']],
    ['+9m', ['spot c5.large', 'spot m5.large', 'spot c5.large']],
  ])(
    'E119: hides it for 3 minutes from the failed launch at 5:31, stock or not: what is launched at %s',
    (at, expected) => {
      const events = scenario(empty, scale('+5m30s', 2), scale(at, 3));
      expect(launches({ nodePoolSpec, scenario: events, duration: '12m' })).toEqual(expected);
    },
  );

  it('E119: touches no running node', () => {
    const log = run({ nodePoolSpec, scenario: scenario(empty, scale('+5m30s', 2)), duration: '30m' });
    expect(eventsOf(log, 'NodeClaimDeleting')).toEqual([]);
  });
});
