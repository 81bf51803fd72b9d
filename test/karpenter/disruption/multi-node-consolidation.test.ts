import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DisruptionContext } from '../../../src/karpenter/disruption/disruption-method.js';
import { disruptionMethods } from '../../../src/karpenter/disruption/disruption-methods.js';
import { searchFirstN } from '../../../src/karpenter/disruption/first-n-search.js';
import type { NodePool } from '../../../src/karpenter/nodepool.js';
import type { SchedulingError } from '../../../src/karpenter/scheduling/scheduling-result.js';
import type { Pod } from '../../../src/kubernetes/pod.js';
import { codes, compute, contextOf, decision, instanceType, poolOf, workload, type TestCluster } from './cluster.js';

const OD = poolOf('general', ['on-demand']);
const OD_V0 = poolOf('general', ['on-demand'], {
  consolidationPolicy: 'WhenUnderutilized',
  consolidateAfter: undefined,
});

/** Sizes of the prefixes that a search over so many items tries, and the size of its answer. */
function searched(count: number, isFeasible: (size: number) => boolean): { tried: number[]; best: number | undefined } {
  const tried: number[] = [];
  const best = searchFirstN(
    Array.from({ length: count }, (_, index) => index),
    (prefix) => {
      tried.push(prefix.length);
      return isFeasible(prefix.length) ? prefix.length : undefined;
    },
  );
  return { tried, best };
}

describe('the search for the longest prefix', () => {
  it('bisects and misses what lies behind a failure (E66)', () => {
    expect(searched(10, (size) => [2, 3, 7].includes(size))).toEqual({ tried: [6, 3, 4], best: 3 });
  });

  it('finds the border where feasibility has one (E67)', () => {
    expect(searched(5, (size) => size <= 3)).toEqual({ tried: [3, 4], best: 3 });
  });

  it('takes up to 101 of more than a hundred (E68)', () => {
    expect(searched(150, () => true)).toEqual({ tried: [51, 76, 89, 95, 98, 100, 101], best: 101 });
  });

  it('takes all of a hundred (E69)', () => {
    expect(searched(100, () => true)).toEqual({ tried: [51, 76, 88, 94, 97, 99, 100], best: 100 });
  });

  it('does nothing with a single item (E70)', () => {
    expect(searched(1, () => true)).toEqual({ tried: [], best: undefined });
  });

  it('finds the largest feasible size of any list where smaller ones are feasible too', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100 }), fc.integer({ min: 0, max: 110 }), (count, most) => {
        const { best } = searched(count, (size) => size <= most);
        expect(best).toBe(most < 2 ? undefined : Math.min(count, most));
      }),
    );
  });
});

describe.each([
  ['v1.14.1', OD],
  ['v0.32.0', OD_V0],
] as const)('consolidating several nodes with %s', (version, pool) => {
  const T = instanceType('t', 2, { 'on-demand': 0.2 });
  const U = instanceType('u', 4, { 'on-demand': 0.4 });
  const W = instanceType('w', 4, { 'on-demand': 0.25 });
  const base = { version, nodePools: [pool] };
  const nodes = (cpuMilli: number): TestCluster['nodes'] => [
    { name: 'n1', type: T, pods: [workload('a', cpuMilli)] },
    { name: 'n2', type: T, pods: [workload('b', cpuMilli)] },
  ];

  it('does not replace two nodes by one of their own type; deleting one does that (E62)', () => {
    const cluster: TestCluster = { ...base, types: [T, U], nodes: nodes(900) };
    expect(decision(cluster, 'multi')).toBeUndefined();
    expect(decision(cluster, 'single')?.replacements).toEqual([]);
  });

  it('replaces them by a larger type that costs less than both (E63)', () => {
    const cluster: TestCluster = { ...base, types: [T, U, W], nodes: nodes(1500) };
    expect(decision(cluster, 'multi')).toEqual({ nodes: ['n1', 'n2'], replacements: [['w']] });
  });

  it('asks for something cheaper than the cheapest node of a shared type (E64)', () => {
    const small = instanceType('small', 8, { 'on-demand': 0.1 });
    const nano = instanceType('nano', 8, { 'on-demand': 0.05 });
    const xlarge = instanceType('xlarge', 8, { 'on-demand': 0.15 });
    const huge = instanceType('2xlarge', 8, { 'on-demand': 0.3 });
    const three = [
      { name: 'n1', type: huge, pods: [workload('a', 2600)] },
      { name: 'n2', type: huge, pods: [workload('b', 2600)] },
      { name: 'n3', type: small, pods: [workload('c', 2600)] },
    ];
    // The third node cannot take the pods of the others, so a prefix has to be replaced.
    expect(decision({ ...base, types: [nano, small, xlarge, huge], nodes: three }, 'multi')).toEqual({
      nodes: ['n1', 'n2', 'n3'],
      replacements: [['nano']],
    });
    const without = decision({ ...base, types: [small, xlarge, huge], nodes: three }, 'multi');
    expect(without?.nodes).not.toEqual(['n1', 'n2', 'n3']);
  });

  it('leaves a single candidate to single-node consolidation (E70)', () => {
    const [only] = nodes(900);
    if (only === undefined) throw new Error('two nodes');
    expect(compute({ ...base, types: [T, U], nodes: [only] }, 'multi').commands).toEqual([]);
  });
});

describe('wishes that a pod gave up in an attempt', () => {
  const T = instanceType('t', 2, { 'on-demand': 0.2 });
  const nodes = ['n1', 'n2', 'n3', 'n4'].map((name) => ({ name, type: T, pods: [workload(`pod-${name}`, 100)] }));

  /** How often a pod is handed to the solver as an earlier attempt left it, over attempts that all fail. */
  function wornPods(version: 'v1.14.1' | 'v0.32.0', pool: NodePool): number {
    const context = contextOf({ version, nodePools: [pool], types: [T], nodes });
    let worn = 0;
    const relaxed = new Set<Pod>();
    const solve: DisruptionContext['solve'] = ({ pods }) => {
      worn += pods.filter((given) => relaxed.has(given)).length;
      const left = pods.map((given) => ({ ...given }));
      for (const given of left) relaxed.add(given);
      const [first] = pods;
      const error: SchedulingError = { code: 'no-types-resources', detail: {}, causes: [] };
      return {
        newNodeClaims: [],
        existingNodes: [],
        errors: new Map([[first?.metadata.uid ?? '', error]]),
        relaxedPods: new Map(left.map((given) => [given.metadata.uid, given])),
      };
    };
    const multi = disruptionMethods(version).find(({ name }) => name === 'multi');
    const asked = { ...context, solve };
    multi?.compute(asked, multi.search(asked).candidates);
    return worn;
  }

  it('are gone for the next attempt with v0.32.0, which hands on the same pods', () => {
    // The second attempt, with two nodes, finds the pods of both as the first has left them.
    expect(wornPods('v0.32.0', OD_V0)).toBe(2);
  });

  it('are back for the next attempt with v1.14.1', () => {
    expect(wornPods('v1.14.1', OD)).toBe(0);
  });
});

describe('spot to spot with several nodes (E65)', () => {
  const own = instanceType('own', 2, { spot: 0.3 });
  const types = [own, ...[0.1, 0.11, 0.12].map((price, index) => instanceType(`s${index}`, 4, { spot: price }))];
  const cluster = (gate: boolean): TestCluster => ({
    nodePools: [poolOf('general', ['spot'])],
    types,
    nodes: ['n1', 'n2'].map((name) => ({
      name,
      type: own,
      capacityType: 'spot',
      pods: [workload(`pod-${name}`, 1500)],
    })),
    gates: { spotToSpotConsolidation: gate },
  });

  it('needs the gate, but no 15 types', () => {
    expect(decision(cluster(false), 'multi')).toBeUndefined();
    expect(decision(cluster(true), 'multi')).toEqual({ nodes: ['n1', 'n2'], replacements: [['s0', 's1', 's2']] });
  });
});

describe('budgets', () => {
  it('passes over nodes whose budget is used up, and then does not call the cluster consolidated (E74)', () => {
    const T = instanceType('t', 2, { 'on-demand': 0.2 });
    const pool = (name: string) => poolOf(name, ['on-demand'], { budgets: [{ nodes: '1' }] });
    const cluster: TestCluster = {
      nodePools: [pool('a'), pool('b')],
      types: [T],
      nodes: ['a1', 'a2', 'b1'].map((name) => ({
        name,
        type: T,
        nodePool: name.slice(0, 1),
        pods: [workload(`pod-${name}`, 1900)],
      })),
    };
    const outcome = compute(cluster, 'multi');
    expect(outcome.commands).toEqual([]);
    expect(outcome.consolidated).toBe(false);
    const exhausted = ['a1', 'a2', 'b1'].filter((name) => codes(outcome.findings, name).includes('budget-exhausted'));
    expect(exhausted).toHaveLength(1);
    expect(exhausted[0]).toMatch(/^a/);
  });
});
