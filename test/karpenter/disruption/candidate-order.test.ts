import { describe, expect, it } from 'vitest';

import type { MethodName } from '../../../src/karpenter/disruption/disruption-method.js';
import { disruptionMethods } from '../../../src/karpenter/disruption/disruption-methods.js';
import type { KarpenterVersion } from '../../../src/karpenter/settings.js';
import type { Pod } from '../../../src/kubernetes/pod.js';
import { compute, contextOf, instanceType, poolOf, workload, type TestCluster, type TestNode } from './cluster.js';
import { HOUR, NOON } from '../lifecycle/objects.js';

const CHEAP = instanceType('cheap', 8, { 'on-demand': 0.1 });
const DEAR = instanceType('dear', 8, { 'on-demand': 0.4 });

/** So many pods that fit nowhere but on the node. */
const pinned = (node: string, count: number): Pod[] =>
  Array.from({ length: count }, (_, index) =>
    workload(`${node}-${index}`, 100, { spec: { nodeSelector: { 'kubernetes.io/hostname': node } } }),
  );

const poolFor = (version: KarpenterVersion, name = 'general', expireAfter: number | 'Never' = 'Never') =>
  version === 'v1.14.1'
    ? poolOf(name, ['on-demand'])
    : poolOf(name, ['on-demand'], {
        consolidationPolicy: 'WhenUnderutilized',
        consolidateAfter: undefined,
        expireAfter,
      });

/** The order in which single-node consolidation looks at nodes of which none can go. */
function looks(cluster: TestCluster): string[] {
  const { commands, findings } = compute(cluster, 'single');
  expect(commands).toEqual([]);
  return findings.filter(({ code }) => code === 'pods-unschedulable').map(({ node }) => node);
}

/** Disruption cost of the only node of a cluster. */
function cost(
  version: KarpenterVersion,
  methodName: MethodName,
  node: Partial<TestNode>,
  expireAfter?: number,
): number {
  const nodes = [{ name: 'n1', type: DEAR, ...node }];
  const nodePools = [poolFor(version, 'general', expireAfter)];
  const context = contextOf({ version, nodePools, types: [DEAR], nodes });
  const method = disruptionMethods(version).find(({ name }) => name === methodName);
  const [candidate, ...others] = method?.search(context).candidates ?? [];
  if (candidate === undefined || others.length > 0) throw new Error('there should be one candidate');
  return candidate.disruptionCost;
}

describe('the cost of disrupting a node', () => {
  const worthless = workload('worthless', 100, {
    metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-2147483647' } },
  });
  const lowly = workload('lowly', 100, { spec: { priority: -10 } });

  it.each([
    ['E36', [worthless], 'emptiness', 1, -10],
    ['E37', [lowly], 'single', 1.9999997, 0.9999997],
    ['E38', [worthless, workload('web', 100)], 'single', 2, -9],
  ] as const)(
    '%s: v1.14.1 begins at 1 and leaves out what is negative, v0.32.0 does neither',
    (_, pods, methodName, v1, v0) => {
      expect(cost('v1.14.1', methodName, { pods })).toBeCloseTo(v1, 7);
      expect(cost('v0.32.0', 'single', { pods })).toBeCloseTo(v0, 7);
    },
  );

  it('E72: shrinks with the remaining lifetime with v0.32.0', () => {
    const aged = (hours: number) => ({ createdMs: NOON - hours * HOUR, pods: pinned('n1', 4) });
    expect(cost('v0.32.0', 'single', aged(90), 100 * HOUR)).toBeCloseTo(0.4, 7);
    expect(cost('v0.32.0', 'single', aged(10), 100 * HOUR)).toBeCloseTo(3.6, 7);
    // Nothing is left, and nothing less than that.
    expect(cost('v0.32.0', 'single', aged(110), 100 * HOUR)).toBeCloseTo(0, 7);
  });
});

describe('the order of candidates', () => {
  const nodes: TestNode[] = [
    { name: 'n1', type: CHEAP, pods: pinned('n1', 1) },
    { name: 'n2', type: DEAR, pods: pinned('n2', 5) },
    { name: 'n3', type: DEAR, pods: pinned('n3', 1) },
  ];

  it('E71: is by price for each unit of disruption with v1.14.1', () => {
    // .4 / 2 = .20, .4 / 6 = .0667, .1 / 2 = .05
    expect(looks({ nodePools: [poolFor('v1.14.1')], types: [CHEAP, DEAR], nodes })).toEqual(['n3', 'n2', 'n1']);
  });

  it('E71: is by disruption alone with v0.32.0, whatever a node costs', () => {
    const version = 'v0.32.0';
    const [first, second, last] = looks({ version, nodePools: [poolFor(version)], types: [CHEAP, DEAR], nodes });
    expect([first, second].sort()).toEqual(['n1', 'n3']);
    expect(last).toBe('n2');
  });

  it('E72: begins with the older of two equal nodes with v0.32.0', () => {
    const version = 'v0.32.0';
    const aged = (name: string, hours: number): TestNode => ({
      name,
      type: DEAR,
      createdMs: NOON - hours * HOUR,
      pods: pinned(name, 4),
    });
    const nodePools = [poolFor(version, 'general', 100 * HOUR)];
    expect(looks({ version, nodePools, types: [DEAR], nodes: [aged('young', 10), aged('old', 90)] })).toEqual([
      'old',
      'young',
    ]);
  });

  it('E73: gives the NodePools turns in single-node consolidation with v1.14.1', () => {
    // More pods, less saved for each: x1 before x2 before x3. A NodePool missed in a run that timed out would be next, but
    // deciding takes no time here.
    const node = (name: string, pods: number): TestNode => ({
      name,
      type: DEAR,
      nodePool: name.slice(0, 1),
      pods: pinned(name, pods),
    });
    const order = looks({
      nodePools: [poolFor('v1.14.1', 'x'), poolFor('v1.14.1', 'y')],
      types: [DEAR],
      nodes: [node('x3', 3), node('x1', 1), node('y1', 4), node('x2', 2)],
    });
    expect([
      ['x1', 'y1', 'x2', 'x3'],
      ['y1', 'x1', 'x2', 'x3'],
    ]).toContainEqual(order);
  });
});
