import { describe, expect, it } from 'vitest';

import type {
  DisruptionCommand,
  MethodName,
  ValidationOutcome,
} from '../../../src/karpenter/disruption/disruption-method.js';
import { disruptionMethods } from '../../../src/karpenter/disruption/disruption-methods.js';
import {
  budgetFor,
  compute,
  contextOf,
  instanceType,
  poolOf,
  shown,
  workload,
  type TestCluster,
  type TestNode,
} from './cluster.js';
import { condition, NOON } from '../lifecycle/objects.js';

const T = instanceType('t', 2, { 'on-demand': 0.2 });
const U = instanceType('u', 2, { 'on-demand': 0.1 });
const V = instanceType('v', 2, { 'on-demand': 0.11 });
const ROOM = instanceType('room', 64, { 'on-demand': 9 });

const OD = poolOf('general', ['on-demand']);
const OD_V0 = poolOf('general', ['on-demand'], {
  consolidationPolicy: 'WhenUnderutilized',
  consolidateAfter: undefined,
});

/** Decides on one cluster and validates 15 s later on another. */
function decideThenValidate(before: TestCluster, after: TestCluster, methodName: MethodName): ValidationOutcome {
  const [command] = compute(before, methodName).commands;
  if (command === undefined) throw new Error('there is nothing to validate');
  return validate(after, methodName, command);
}

function validate(after: TestCluster, methodName: MethodName, command: DisruptionCommand): ValidationOutcome {
  const context = contextOf({ ...after, nowMs: NOON + 15_000 });
  const method = disruptionMethods(context.settings.version).find(({ name }) => name === methodName);
  return method?.validate?.(context, command) ?? {};
}

describe('the delay before a validation', () => {
  const delays = (version: 'v1.14.1' | 'v0.32.0'): Record<string, number | undefined> =>
    Object.fromEntries(disruptionMethods(version).map((method) => [method.name, method.validationDelayMs]));

  it('is 15 s for emptiness and consolidation with v1.14.1 (E103)', () => {
    expect(delays('v1.14.1')).toEqual({
      emptiness: 15_000,
      'static-drift': undefined,
      drift: undefined,
      multi: 15_000,
      single: 15_000,
    });
  });

  it('is 15 s for the consolidation methods alone with v0.32.0 (E104, E105)', () => {
    expect(delays('v0.32.0')).toEqual({
      expiration: undefined,
      drift: undefined,
      emptiness: undefined,
      'empty-consolidation': 15_000,
      multi: 15_000,
      single: 15_000,
    });
  });
});

describe('empty nodes, one of which gets a pod meanwhile', () => {
  const empty = (name: string, more: Partial<TestNode> = {}): TestNode => ({ name, type: T, ...more });
  const cluster = (version: 'v1.14.1' | 'v0.32.0', second: Partial<TestNode> = {}): TestCluster => ({
    version,
    nodePools: [version === 'v1.14.1' ? OD : OD_V0],
    types: [T],
    nodes: [empty('n1'), empty('n2', second)],
  });
  const occupied = { pods: [workload('web', 100)] };

  it('leave the others to be deleted with v1.14.1 (E106)', () => {
    const outcome = decideThenValidate(cluster('v1.14.1'), cluster('v1.14.1', occupied), 'emptiness');
    expect(shown(outcome.command)).toEqual({ nodes: ['n1'], replacements: [] });
  });

  it('are spared together when the budget is gone', () => {
    const closed = {
      ...cluster('v1.14.1'),
      nodePools: [poolOf('general', ['on-demand'], { budgets: [{ nodes: '0' }] })],
    };
    expect(decideThenValidate(cluster('v1.14.1'), closed, 'emptiness')).toEqual({ rejection: 'budget' });
  });

  it('are all spared with v0.32.0 (E110)', () => {
    const outcome = decideThenValidate(cluster('v0.32.0'), cluster('v0.32.0', occupied), 'empty-consolidation');
    expect(outcome).toEqual({ rejection: 'churn' });
  });

  it('go with v0.32.0 even when one is no candidate any more (E109)', () => {
    const annotated = cluster('v0.32.0', { annotations: { 'karpenter.sh/do-not-disrupt': 'true' } });
    const outcome = decideThenValidate(cluster('v0.32.0'), annotated, 'empty-consolidation');
    expect(shown(outcome.command)?.nodes).toEqual(['n1', 'n2']);
  });
});

describe.each(['v1.14.1', 'v0.32.0'] as const)('a consolidation with %s', (version) => {
  const nodePools = [version === 'v1.14.1' ? OD : OD_V0];
  const two = (second: Partial<TestNode> = {}): TestCluster => ({
    version,
    nodePools,
    types: [T, ROOM],
    nodes: [
      { name: 'n1', type: T, pods: [workload('a', 100)] },
      { name: 'n2', type: T, pods: [workload('b', 100)], ...second },
      // The destination: not consolidatable, so it stays.
      { name: 'room', type: ROOM, conditions: [], annotations: { 'karpenter.sh/do-not-disrupt': 'true' } },
    ],
  });

  it('is executed when nothing has changed', () => {
    expect(shown(decideThenValidate(two(), two(), 'multi').command)?.nodes).toEqual(['n1', 'n2']);
  });

  it('is abandoned when one of its nodes is nominated (E107)', () => {
    const nominated = two({ state: { nominatedUntilMs: NOON + 20_000 } });
    expect(decideThenValidate(two(), nominated, 'multi')).toEqual({ rejection: 'churn' });
  });

  it('is abandoned when a budget blocks a pod of it (E108)', () => {
    const status = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
    const blocked = { ...two(), podDisruptionBudgets: [budgetFor('p', { status })] };
    expect(decideThenValidate(two(), blocked, 'single')).toEqual({ rejection: 'churn' });
  });

  it('is abandoned when the destination is gone', () => {
    const cluster = two();
    const alone = { ...cluster, types: [T], nodes: cluster.nodes.slice(0, 2).map((node) => ({ ...node })) };
    expect(decideThenValidate(two(), alone, 'multi')).toEqual({ rejection: 'scheduling' });
  });

  it('may launch what it chose as long as all its types still fit (E111)', () => {
    const one = (types: TestCluster['types'], cpuMilli: number): TestCluster => ({
      version,
      nodePools,
      types,
      nodes: [{ name: 'n1', type: T, pods: [workload('a', cpuMilli)] }],
    });
    const before = one([T, U, V], 100);
    const more = instanceType('w', 2, { 'on-demand': 0.01 });
    expect(decideThenValidate(before, one([T, U, V, more], 100), 'single').command).toBeDefined();
    expect(decideThenValidate(before, one([T, U], 100), 'single')).toEqual({ rejection: 'scheduling' });
  });
});

it('validation takes a node that is not consolidatable any more for churn with v1.14.1', () => {
  const cluster = (conditions: TestNode['conditions']): TestCluster => ({
    nodePools: [OD],
    types: [T, U],
    nodes: [{ name: 'n1', type: T, pods: [workload('a', 100)], conditions: conditions ?? [] }],
  });
  const outcome = decideThenValidate(cluster([condition('Consolidatable')]), cluster([]), 'single');
  expect(outcome).toEqual({ rejection: 'churn' });
});
