import { describe, expect, it } from 'vitest';

import {
  budgetFor,
  compute,
  decision,
  instanceType,
  poolOf,
  shown,
  workload,
  type TestCluster,
  type TestNode,
} from './cluster.js';
import { condition, NOON } from '../lifecycle/objects.js';

const T = instanceType('t', 2, { 'on-demand': 0.2 });

const marked = (type: 'Drifted' | 'Expired', secondsAgo: number) => [
  condition(type, { lastTransitionTimeMs: NOON - secondsAgo * 1000 }),
];

/** Ten drifted nodes: e1 and e2 without pods, n1 … n8 with one that needs a node of its own. */
function tenDrifted(): TestNode[] {
  const nodes: TestNode[] = [
    { name: 'e1', type: T, conditions: marked('Drifted', 20) },
    { name: 'e2', type: T, conditions: marked('Drifted', 10) },
  ];
  for (let index = 1; index <= 8; index++) {
    const pods = [workload(`pod-${index}`, 1900)];
    nodes.push({ name: `n${index}`, type: T, conditions: marked('Drifted', 100 - index), pods });
  }
  return nodes;
}

describe('drift with v1.14.1 (E92)', () => {
  const cluster = (gone: readonly string[]): TestCluster => ({
    nodePools: [poolOf('general', ['on-demand'], { consolidateAfter: 'Never', budgets: [{ nodes: '3' }] })],
    types: [T],
    nodes: tenDrifted().map((node) => ({
      ...node,
      ...(gone.includes(node.name) && { state: { markedForDeletion: true, heldByCommand: true } }),
    })),
  });

  it('takes nodes without pods first, one a round, then the longest drifted, within the budget', () => {
    expect(decision(cluster([]), 'drift')).toEqual({ nodes: ['e1'], replacements: [] });
    expect(decision(cluster(['e1']), 'drift')).toEqual({ nodes: ['e2'], replacements: [] });
    expect(decision(cluster(['e1', 'e2']), 'drift')).toEqual({ nodes: ['n1'], replacements: [['t']] });
    expect(decision(cluster(['e1', 'e2', 'n1']), 'drift')).toBeUndefined();
  });
});

describe('drift with v0.32.0', () => {
  const cluster = (gate: boolean): TestCluster => ({
    version: 'v0.32.0',
    nodePools: [poolOf('general', ['on-demand'])],
    types: [T],
    nodes: tenDrifted(),
    gates: { drift: gate },
  });

  it('takes all nodes without pods at once (E93), behind its gate (E94)', () => {
    expect(decision(cluster(true), 'drift')).toEqual({ nodes: ['e1', 'e2'], replacements: [] });
    expect(decision(cluster(false), 'drift')).toBeUndefined();
  });

  it('then takes the longest drifted node', () => {
    const rest = { ...cluster(true), nodes: tenDrifted().slice(2) };
    expect(decision(rest, 'drift')).toEqual({ nodes: ['n1'], replacements: [['t']] });
  });
});

describe('a drifted node whose pod may not be evicted', () => {
  const drifted = (more: Partial<TestNode>): TestNode => ({
    name: 'n1',
    type: T,
    conditions: marked('Drifted', 10),
    pods: [workload('web', 1900)],
    ...more,
  });
  const cluster = (node: TestNode, more: Partial<TestCluster> = {}): TestCluster => ({
    nodePools: [poolOf('general', ['on-demand'])],
    types: [T],
    nodes: [node],
    ...more,
  });
  const none = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };

  it('goes without a replacement when the budget will never let the pod go, given a termination grace period (E95)', () => {
    const podDisruptionBudgets = [budgetFor('p', { maxUnavailable: 0, status: none })];
    const held = cluster(drifted({ terminationGracePeriodMs: 300_000 }), { podDisruptionBudgets });
    expect(decision(held, 'drift')).toEqual({ nodes: ['n1'], replacements: [] });
    expect(decision(cluster(drifted({}), { podDisruptionBudgets }), 'drift')).toBeUndefined();
  });

  it('is replaced first when the budget only says no for now (E96)', () => {
    const podDisruptionBudgets = [budgetFor('p', { minAvailable: 1, status: none })];
    const held = cluster(drifted({ terminationGracePeriodMs: 300_000 }), { podDisruptionBudgets });
    expect(decision(held, 'drift')).toEqual({ nodes: ['n1'], replacements: [['t']] });
  });

  it('stays without a termination grace period when the pod says do-not-disrupt (E97)', () => {
    const pods = [workload('web', 1900, { metadata: { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } } })];
    expect(decision(cluster(drifted({ pods })), 'drift')).toBeUndefined();
    expect(
      decision(cluster(drifted({ pods }), { version: 'v0.32.0', gates: { drift: true } }), 'drift'),
    ).toBeUndefined();
  });
});

describe('drift of a static NodePool (E98)', () => {
  const pool = {
    ...poolOf('general', ['on-demand'], { budgets: [{ nodes: '3' }] }),
    replicas: 5,
    limits: { nodes: 6 },
  };
  const nodes = Array.from({ length: 5 }, (_, index) => ({
    name: `n${index}`,
    type: T,
    conditions: marked('Drifted', 10),
  }));

  it('replaces as many nodes as the node limit has room for', () => {
    const { commands } = compute({ nodePools: [pool], types: [T], nodes }, 'static-drift');
    expect(commands).toHaveLength(1);
    expect(shown(commands[0])?.replacements).toEqual([[]]);
  });

  it('waits for a scale-down', () => {
    const outcome = compute({ nodePools: [{ ...pool, replicas: 4 }], types: [T], nodes }, 'static-drift');
    expect(outcome.commands).toEqual([]);
    expect(outcome.findings.map(({ code }) => code)).toContain('static-scale-down');
  });

  it('is nothing for other methods', () => {
    expect(compute({ nodePools: [pool], types: [T], nodes }, 'drift').candidates).toEqual([]);
    expect(compute({ nodePools: [pool], types: [T], nodes }, 'emptiness').candidates).toEqual([]);
  });
});

describe('graceful expiration with v0.32.0', () => {
  const pool = poolOf('general', ['on-demand'], { expireAfter: 600_000 });
  const expired = (name: string, secondsAgo: number, withPod = true): TestNode => ({
    name,
    type: T,
    conditions: marked('Expired', secondsAgo),
    pods: withPod ? [workload(`pod-${name}`, 1900)] : [],
  });
  const cluster = (nodes: TestNode[]): TestCluster => ({ version: 'v0.32.0', nodePools: [pool], types: [T], nodes });

  it('replaces one node after the other, the longest expired first (E101)', () => {
    expect(decision(cluster([expired('n1', 10), expired('n2', 30), expired('n3', 20)]), 'expiration')).toEqual({
      nodes: ['n2'],
      replacements: [['t']],
    });
  });

  it('deletes all nodes without pods first', () => {
    expect(
      decision(cluster([expired('n1', 30), expired('n2', 10, false), expired('n3', 20, false)]), 'expiration'),
    ).toEqual({ nodes: ['n2', 'n3'], replacements: [] });
  });

  it('goes on to the next when pods of one find no place', () => {
    const stuck = { ...expired('n1', 90), pods: [workload('huge', 90_000)] };
    const outcome = compute(cluster([stuck, expired('n2', 10)]), 'expiration');
    expect(shown(outcome.commands[0])?.nodes).toEqual(['n2']);
    expect(outcome.findings.map(({ node, code }) => [node, code])).toContainEqual(['n1', 'pods-unschedulable']);
  });

  it('stops when the NodePool’s nodes do not expire any more', () => {
    const forever = poolOf('general', ['on-demand'], { expireAfter: 'Never' });
    expect(decision({ ...cluster([expired('n1', 10)]), nodePools: [forever] }, 'expiration')).toBeUndefined();
  });
});

describe('emptiness with v0.32.0 (E104)', () => {
  const pool = poolOf('general', ['on-demand'], { consolidationPolicy: 'WhenEmpty', consolidateAfter: 30_000 });
  const emptySince = (secondsAgo: number): TestCluster => ({
    version: 'v0.32.0',
    nodePools: [pool],
    types: [T],
    nodes: [
      { name: 'n1', type: T, conditions: [condition('Empty', { lastTransitionTimeMs: NOON - secondsAgo * 1000 })] },
    ],
  });

  it('deletes a node that has been empty for consolidateAfter', () => {
    expect(decision(emptySince(29), 'emptiness')).toBeUndefined();
    expect(decision(emptySince(30), 'emptiness')).toEqual({ nodes: ['n1'], replacements: [] });
  });
});
