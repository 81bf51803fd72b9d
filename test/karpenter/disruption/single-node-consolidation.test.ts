import { describe, expect, it } from 'vitest';

import type { InstanceType } from '../../../src/cloud/instance-type.js';
import { codes, compute, decision, instanceType, poolOf, workload, type TestCluster } from './cluster.js';
import { NOON } from '../lifecycle/objects.js';

const OD = poolOf('general', ['on-demand']);
const ANY = poolOf('general', ['spot', 'on-demand']);
const SPOT = poolOf('general', ['spot']);
const SPOT_TO_SPOT = { spotToSpotConsolidation: true };

const T = instanceType('t', 4, { 'on-demand': 0.2 });
const U = instanceType('u', 4, { 'on-demand': 0.4 });
const V = instanceType('v', 4, { 'on-demand': 0.19 });

function oneNode(type: InstanceType, types: readonly InstanceType[], more: Partial<TestCluster> = {}): TestCluster {
  return { nodePools: [OD], types, nodes: [{ name: 'n1', type, pods: [workload('web', 1000)] }], ...more };
}

/** The capacity types that the first replacement asks for. */
function capacityTypes(cluster: TestCluster): readonly string[] | undefined {
  const [command] = compute(cluster, 'single').commands;
  const requirement = command?.replacements[0]?.requirements.find(({ key }) => key === 'karpenter.sh/capacity-type');
  return requirement?.values;
}

describe.each(['v1.14.1', 'v0.32.0'] as const)('replacing a single node with %s', (version) => {
  const pools =
    version === 'v1.14.1'
      ? [OD]
      : [poolOf('general', ['on-demand'], { consolidationPolicy: 'WhenUnderutilized', consolidateAfter: undefined })];
  const base: Partial<TestCluster> = { version, nodePools: pools };

  it('needs a strictly cheaper type (E44)', () => {
    const outcome = compute(oneNode(T, [T, U], base), 'single');
    expect(outcome.commands).toEqual([]);
    expect(codes(outcome.findings, 'n1')).toEqual(['not-cheaper']);
    expect(outcome.consolidated).toBe(true);
  });

  it('takes a cheaper one (E45)', () => {
    expect(decision(oneNode(T, [T, U, V], base), 'single')).toEqual({ nodes: ['n1'], replacements: [['v']] });
  });

  it('does not split a node (E46)', () => {
    const half = instanceType('half', 2, { 'on-demand': 0.01 });
    const big = instanceType('big', 4, { 'on-demand': 0.2 });
    const nodes = [{ name: 'n1', type: big, pods: [workload('a', 1900), workload('b', 1900)] }];
    const narrow = half.requirements.filter(({ key }) => key === 'node.kubernetes.io/instance-type');
    const onlyHalf = pools.map((pool) => ({
      ...pool,
      template: { ...pool.template, requirements: [...pool.template.requirements, ...narrow] },
    }));
    const outcome = compute({ ...base, nodePools: onlyHalf, types: [big, half], nodes }, 'single');
    expect(outcome.findings).toMatchObject([{ node: 'n1', code: 'several-replacements', detail: { count: 2 } }]);
  });

  it('deletes it when everything fits elsewhere, whatever the prices (E47)', () => {
    const cluster = oneNode(V, [T, U, V], {
      ...base,
      nodes: [
        { name: 'n1', type: V, pods: [workload('web', 1000)] },
        { name: 'n2', type: U, conditions: [], pods: [workload('api', 1000)] },
      ],
    });
    expect(compute(cluster, 'single').commands.map(({ replacements }) => replacements)).toContainEqual([]);
  });

  it('does not count on a node that is not initialized (E48)', () => {
    const cluster = oneNode(T, [T], {
      ...base,
      nodes: [
        { name: 'n1', type: T, pods: [workload('web', 1000)] },
        { name: 'n2', type: U, uninitialized: true },
      ],
    });
    expect(codes(compute(cluster, 'single').findings, 'n1')).toContain('pods-unschedulable');
  });
});

describe('replacing an on-demand node by spot', () => {
  const M = instanceType('m', 4, { 'on-demand': 0.4, spot: 0.16 });
  const X = instanceType('x', 4, { 'on-demand': 0.5, spot: { a: 0.1, b: 0.45 } });
  const Y = instanceType('y', 4, { 'on-demand': 0.5, spot: 0.15 });
  const Z = instanceType('z', 4, { 'on-demand': 0.3 });

  it('prices every type at its worst spot offering and pins the replacement to spot (E49)', () => {
    const cluster = oneNode(M, [M, X, Y, Z], { nodePools: [ANY] });
    expect(decision(cluster, 'single')).toEqual({ nodes: ['n1'], replacements: [['y', 'm', 'z']] });
    expect(capacityTypes(cluster)).toEqual(['spot']);
  });
});

describe('replacing a spot node', () => {
  const spotType = (index: number, price: number): InstanceType =>
    instanceType(`s${String(index).padStart(2, '0')}`, 4, { spot: price });
  const own = instanceType('own', 4, { spot: 0.5 });
  const cheaper = (count: number): InstanceType[] =>
    Array.from({ length: count }, (_, index) => spotType(index, 0.1 + index / 100));
  const cluster = (count: number, more: Partial<TestCluster> = {}): TestCluster => ({
    nodePools: [SPOT],
    types: [own, ...cheaper(count)],
    nodes: [{ name: 'n1', type: own, capacityType: 'spot', pods: [workload('web', 1000)] }],
    ...more,
  });

  it('by spot never happens with v0.32.0 (E50)', () => {
    const pool = poolOf('general', ['spot'], { consolidationPolicy: 'WhenUnderutilized', consolidateAfter: undefined });
    const outcome = compute(cluster(20, { version: 'v0.32.0', nodePools: [pool], gates: SPOT_TO_SPOT }), 'single');
    expect(codes(outcome.findings, 'n1')).toEqual(['never-spot-to-spot']);
  });

  it('by spot needs the gate (E51)', () => {
    expect(codes(compute(cluster(20), 'single').findings, 'n1')).toEqual(['spot-to-spot']);
  });

  it('by spot needs 15 cheaper types (E52, E53)', () => {
    const tooFew = compute(cluster(14, { gates: SPOT_TO_SPOT }), 'single');
    expect(tooFew.findings).toMatchObject([{ code: 'spot-to-spot-flexibility', detail: { required: 15, count: 14 } }]);
    const enough = decision(cluster(15, { gates: SPOT_TO_SPOT }), 'single');
    expect(enough?.replacements[0]).toHaveLength(15);
  });

  it('by spot asks for the 15 cheapest of more (E54)', () => {
    const [types] = decision(cluster(20, { gates: SPOT_TO_SPOT }), 'single')?.replacements ?? [];
    expect(types).toEqual(cheaper(15).map(({ name }) => name));
  });

  it('by spot asks for as many as minValues need (E55)', () => {
    const family = (index: number): string => (index < 8 ? 'f1' : index < 16 ? 'f2' : 'f3');
    const key = 'karpenter.k8s.aws/instance-family';
    const types = cheaper(20).map((type, index) => ({
      ...type,
      requirements: [...type.requirements, { key, operator: 'In' as const, values: [family(index)] }],
    }));
    const pool = { ...SPOT };
    const requirements = [
      ...pool.template.requirements,
      { key, operator: 'Exists' as const, values: [], minValues: 3 },
    ];
    const wants = { ...pool, template: { ...pool.template, requirements } };
    const outcome = decision(cluster(0, { nodePools: [wants], types: [own, ...types], gates: SPOT_TO_SPOT }), 'single');
    expect(outcome?.replacements[0]).toEqual(cheaper(17).map(({ name }) => name));
  });

  it('by on-demand is an ordinary replacement (E56)', () => {
    const demanding = workload('web', 1000, { spec: { nodeSelector: { 'karpenter.sh/capacity-type': 'on-demand' } } });
    const nodes = [{ name: 'n1', type: own, capacityType: 'spot' as const, pods: [demanding] }];
    const outcome = decision({ nodePools: [ANY], types: [own, T, U], nodes, gates: SPOT_TO_SPOT }, 'single');
    expect(outcome).toEqual({ nodes: ['n1'], replacements: [['t', 'u']] });
  });
});

describe('a node whose offering is gone', () => {
  const elsewhere = instanceType('t', 4, { 'on-demand': { b: 0.2 } });
  const nodes = [{ name: 'n1', type: elsewhere, pods: [workload('web', 1000)] }];

  it('counts as free with v1.14.1: it may be deleted, never replaced (E57)', () => {
    const replaced = compute({ nodePools: [OD], types: [elsewhere, V], nodes }, 'single');
    expect(codes(replaced.findings, 'n1')).toEqual(['not-cheaper']);
    const deleted = {
      nodePools: [OD],
      types: [elsewhere, V],
      nodes: [...nodes, { name: 'n2', type: U, conditions: [] }],
    };
    expect(decision(deleted, 'single')).toEqual({ nodes: ['n1'], replacements: [] });
  });

  it('is passed over by single and fails multi with v0.32.0 (E58)', () => {
    const pool = poolOf('general', ['on-demand'], {
      consolidationPolicy: 'WhenUnderutilized',
      consolidateAfter: undefined,
    });
    const cluster: TestCluster = { version: 'v0.32.0', nodePools: [pool], types: [elsewhere, V], nodes };
    expect(codes(compute(cluster, 'single').findings, 'n1')).toEqual(['price-unknown']);
    const two = { ...cluster, nodes: [...nodes, { name: 'n2', type: elsewhere, pods: [workload('api', 1000)] }] };
    expect(compute(two, 'multi').failure).toBeDefined();
  });
});

describe('reserved capacity', () => {
  const R = instanceType('t', 4, { 'on-demand': 0.2, reserved: 0.2 / 10_000_000 });
  const reservedPool = poolOf('general', ['reserved', 'on-demand']);

  it('replaces an on-demand node of the same type (E59)', () => {
    const cluster = oneNode(R, [R], { nodePools: [reservedPool] });
    expect(decision(cluster, 'single')).toEqual({ nodes: ['n1'], replacements: [['t']] });
    expect(capacityTypes(cluster)).toEqual(['reserved']);
  });

  describe('of a node', () => {
    const nodes = [{ name: 'n1', type: R, capacityType: 'reserved' as const, pods: [workload('web', 1000)] }];
    const S = instanceType('s', 4, { 'on-demand': 0.1, reserved: 0.1 / 10_000_000 });

    it('is replaced by nothing but cheaper reserved capacity (E60)', () => {
      const outcome = compute({ nodePools: [reservedPool], types: [R, V], nodes }, 'single');
      expect(codes(outcome.findings, 'n1')).toEqual(['not-cheaper']);
      const cluster: TestCluster = { nodePools: [reservedPool], types: [R, S, V], nodes };
      expect(decision(cluster, 'single')).toEqual({ nodes: ['n1'], replacements: [['s']] });
      expect(capacityTypes(cluster)).toEqual(['reserved']);
    });

    it('is deleted as any other when its pods fit elsewhere (E60)', () => {
      const elsewhere = [...nodes, { name: 'n2', type: U, conditions: [] }];
      expect(decision({ nodePools: [reservedPool], types: [R, U], nodes: elsewhere }, 'single')).toEqual({
        nodes: ['n1'],
        replacements: [],
      });
    });
  });
});

describe('an offering that is out of capacity (E119)', () => {
  const soldOut = (type: InstanceType): InstanceType => ({
    ...type,
    offerings: type.offerings.map((offering) => ({ ...offering, available: false })),
  });

  it('still has the price of the nodes that run on it', () => {
    const cluster = oneNode(soldOut(T), [soldOut(T), V]);
    expect(decision(cluster, 'single')).toEqual({ nodes: ['n1'], replacements: [['v']] });
  });

  it('is no replacement', () => {
    const outcome = compute(oneNode(T, [T, soldOut(V)]), 'single');
    expect(codes(outcome.findings, 'n1')).toEqual(['not-cheaper']);
  });
});

describe('a destination with a recent pod event (E61)', () => {
  const pool = poolOf('general', ['on-demand'], { consolidateAfter: 60_000 });
  const nodes = [
    { name: 'n1', type: T, createdMs: NOON - 3_600_000, pods: [workload('web', 1000)] },
    {
      name: 'n2',
      type: U,
      createdMs: NOON - 3_600_000,
      conditions: [],
      lastPodEventTimeMs: NOON - 20_000,
      pods: [workload('api', 1000)],
    },
  ];

  it('takes no pods, so the node can only be replaced', () => {
    const late = NOON + 3_600_000;
    const recent = nodes.map((test) => ({ ...test, ...(test.name === 'n2' && { lastPodEventTimeMs: late - 20_000 }) }));
    expect(decision({ nowMs: late, nodePools: [pool], types: [T, U, V], nodes: recent }, 'single')).toEqual({
      nodes: ['n1'],
      replacements: [['v']],
    });
    expect(decision({ nowMs: late, nodePools: [pool], types: [T, U], nodes: recent }, 'single')).toBeUndefined();
    expect(decision({ nowMs: late, nodePools: [pool], types: [T, U], nodes }, 'single')).toEqual({
      nodes: ['n1'],
      replacements: [],
    });
  });
});
