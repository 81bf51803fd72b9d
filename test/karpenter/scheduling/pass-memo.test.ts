import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { PassMemo, type Question } from '../../../src/karpenter/scheduling/pass-memo.js';
import { passSetup } from '../../../src/karpenter/scheduling/pass-setup.js';
import { SchedulingPass } from '../../../src/karpenter/scheduling/scheduling-pass.js';
import type { SchedulingRequest, SchedulingResult } from '../../../src/karpenter/scheduling/scheduling-result.js';
import { solve } from '../../../src/karpenter/scheduling/solver.js';
import { schedulingProfile } from '../../../src/karpenter/versions/scheduling-profile-of.js';
import {
  CAPACITY_TYPE,
  clusterOf,
  HOSTNAME,
  node,
  nodeAffinity,
  pod,
  podTerm,
  pods,
  pool,
  spread,
  type PassSketch,
} from './pass.js';

const PROFILE = schedulingProfile('v1.14.1');
const TAINT = { key: 'team', value: 'a', effect: 'NoSchedule' };
const TOLERATES = { tolerations: [{ key: 'team', operator: 'Exists' }] };

/** Kinds of pods: plain, with a wish, for one zone, for tainted nodes, small, and kinds that no memo may take for another. */
const KINDS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { affinity: nodeAffinity([], [[50, `${CAPACITY_TYPE} In spot`]]) },
  { nodeSelector: { 'topology.kubernetes.io/zone': 'z1' } },
  TOLERATES,
  { nodeSelector: { [HOSTNAME]: 'n1' } },
  { labels: { app: 'apart' }, affinity: podTerm('podAntiAffinity', 'apart', HOSTNAME) },
  { labels: { app: 'apart' } },
  { labels: { app: 'even' }, ...spread('topology.kubernetes.io/zone', 'even') },
  { container: { ports: [{ containerPort: 80, hostPort: 80 }] } },
];

function running(name: string, cpu: number, nodeName: string, fields: Readonly<Record<string, unknown>> = {}): object {
  return { ...pod(name, cpu, { ...fields, nodeName }), status: { phase: 'Running' } };
}

/** Five nodes with pods of every kind, pods that wait, and limits that bind when many NodeClaims are opened. */
function sketch(kinds: readonly number[]): PassSketch {
  const nodes = [
    node('n1'),
    node('n2'),
    node('n3', { instanceType: 'm4' }),
    node('n4', { nodePool: 'tainted', taints: [TAINT] }),
    node('n5', { deleting: true }),
  ];
  return {
    nodePools: [pool('np', { spec: { limits: { cpu: '60' } } }), pool('tainted', { taints: [TAINT] })],
    nodes,
    pods: kinds.map((kind, index) => {
      const fields = KINDS[kind] ?? {};
      const cpu = kind === 0 ? 2 : 0.5;
      const name = `p${String(index)}`;
      return index % 4 === 3 ? pod(name, cpu, fields) : running(name, cpu, `n${String((index % 5) + 1)}`, fields);
    }),
  };
}

function facts({ newNodeClaims, existingNodes, errors }: SchedulingResult): unknown {
  return {
    opened: newNodeClaims.map((plan) => {
      const { nodePoolName, instanceTypes, requirements, requests, labels, annotations, packed, pods: planned } = plan;
      return {
        ...{ nodePoolName, instanceTypes, requirements, requests, labels, annotations },
        ...{ taints: plan.taints, startupTaints: plan.startupTaints, nodeClassRef: plan.nodeClassRef },
        ...{ expireAfter: plan.expireAfter, terminationGracePeriodMs: plan.terminationGracePeriodMs },
        packed: packed?.instanceTypes.map(({ name }) => name),
        pods: planned.map(({ metadata }) => metadata.name),
      };
    }),
    filled: existingNodes.map(({ stateNode, pods: placed }) => [
      stateNode.node?.metadata.name,
      placed.map(({ metadata }) => metadata.name),
    ]),
    errors: [...errors],
  };
}

function plainly(request: SchedulingRequest): SchedulingResult {
  const nodePools = PROFILE.orderNodePools(request.snapshot.nodePools, request.random);
  const setup = passSetup(request.snapshot, nodePools, PROFILE, request.settings);
  return new SchedulingPass(request, PROFILE, nodePools, setup).run();
}

describe('answers to questions that have been asked before', () => {
  it('are those of a pass, whatever pods and nodes are asked about', () => {
    const recall = vi.spyOn(PassMemo.prototype, 'recall');
    const choice = fc.record({
      pods: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      nodes: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      consolidates: fc.boolean(),
    });
    const kinds = fc.oneof(fc.constantFrom(0, 1, 3), fc.nat(KINDS.length - 1));
    const cases = fc.tuple(
      fc.array(kinds, { minLength: 12, maxLength: 12 }),
      fc.array(choice, { minLength: 6, maxLength: 6 }),
    );
    fc.assert(
      fc.property(cases, ([chosen, questions]) => {
        const { snapshot, settings } = clusterOf(sketch(chosen));
        // The same again, and the same with the first two nodes, which are alike, in each other's place.
        const swapped = questions.map(({ nodes: [first, second, ...others], ...rest }) => ({
          ...rest,
          nodes: [second, first, ...others],
        }));
        for (const { pods: taken, nodes: taking, consolidates } of [...questions, ...questions, ...swapped]) {
          const request: SchedulingRequest = {
            snapshot,
            settings,
            pods: snapshot.pods.filter((_, index) => taken[index]),
            destinations: snapshot.stateNodes.filter((_, index) => taking[index]),
            purpose: consolidates ? 'consolidation' : 'provisioning',
            random: () => 0,
          };
          if (request.pods.length === 0) continue;
          expect(facts(solve(request, PROFILE))).toEqual(facts(plainly(request)));
        }
      }),
      { numRuns: 60 },
    );
    const recalled = recall.mock.results.filter(({ value }) => value !== undefined).length;
    expect(recalled).toBeGreaterThan(recall.mock.results.length / 3);
    recall.mockRestore();
  });

  it('of parts that do not compete are those of one pass over all of them', () => {
    const question = vi.spyOn(PassMemo.prototype, 'question');
    const tolerating = (team: string): Readonly<Record<string, unknown>> => ({
      tolerations: [{ key: 'team', value: team, effect: 'NoSchedule' }],
    });
    // Most fill a machine alone, so that there come to be many NodeClaims; the largest has no machine.
    const cpu = fc.oneof(
      { weight: 60, arbitrary: fc.constantFrom(0.5, 1, 3, 6, 6, 6) },
      { weight: 1, arbitrary: fc.constant(9) },
    );
    const wanted = fc.record({ team: fc.constantFrom('a', 'b'), cpu });
    const many = fc.array(wanted, { minLength: 1, maxLength: 48, size: 'max' });
    let joined = 0;
    fc.assert(
      fc.property(many, fc.boolean(), (chosen, withNodes) => {
        const taint = (team: string): Readonly<Record<string, unknown>> => ({
          taints: [{ key: 'team', value: team, effect: 'NoSchedule' }],
        });
        const { snapshot, settings } = clusterOf({
          nodePools: [pool('of-a', taint('a')), pool('of-b', taint('b'))],
          nodes: withNodes
            ? ['b', 'a', 'b'].map((team, at) => node(`n${String(at)}`, { nodePool: `of-${team}`, ...taint(team) }))
            : [],
          pods: chosen.map(({ team, cpu }, index) => pod(`p${String(index)}`, cpu, tolerating(team))),
        });
        const request: SchedulingRequest = {
          snapshot,
          settings,
          pods: snapshot.pods,
          destinations: snapshot.stateNodes,
          purpose: 'provisioning',
          random: () => 0,
        };
        const alone = facts(plainly(request));
        for (let time = 0; time < 2; time++) expect(facts(solve(request, PROFILE))).toEqual(alone);
        const asked = question.mock.results.at(-1)?.value as Question | undefined;
        if (asked?.parts.length === 2) joined++;
      }),
      { numRuns: 150 },
    );
    expect(joined).toBeGreaterThan(75);
    question.mockRestore();
  });

  it('serve pods and nodes of other names, but of the same kinds', () => {
    const { snapshot, settings } = clusterOf({
      nodes: [node('n1'), node('n2'), node('n3')],
      pods: [running('a', 7, 'n1'), running('b', 7, 'n2'), running('c', 1, 'n3'), ...pods('waiting', 2, 3)],
    });
    const recall = vi.spyOn(PassMemo.prototype, 'recall');
    const without = (gone: number): unknown =>
      facts(
        solve(
          {
            snapshot,
            settings,
            pods: snapshot.pods.filter((_, index) => index === gone || index > 2),
            destinations: snapshot.stateNodes.filter((_, index) => index !== gone),
            purpose: 'consolidation',
            random: () => 0,
          },
          PROFILE,
        ),
      );
    const withoutFirst = without(0);
    const withoutSecond = without(1);
    expect(recall.mock.results.map(({ value }) => value !== undefined)).toEqual([false, true]);
    expect(JSON.stringify(withoutSecond)).toBe(JSON.stringify(withoutFirst).replaceAll('"a"', '"b"'));
    expect(JSON.stringify(withoutSecond)).toContain('"b"');
    recall.mockRestore();
  });

  it('are not taken for those about a node by its name', () => {
    const { snapshot, settings } = clusterOf({
      nodes: [node('n1'), node('n2')],
      pods: [pod('pinned', 1, { nodeSelector: { [HOSTNAME]: 'n2' } })],
    });
    const filled = (place: number): number =>
      solve(
        {
          snapshot,
          settings,
          pods: snapshot.pods,
          destinations: snapshot.stateNodes.slice(place, place + 1),
          purpose: 'provisioning',
          random: () => 0,
        },
        PROFILE,
      ).existingNodes.length;
    expect([filled(0), filled(1)]).toEqual([0, 1]);
  });
});
