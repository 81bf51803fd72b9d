import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterSnapshot } from '../../../src/karpenter/cluster-snapshot.js';
import { remainingBudgets } from '../../../src/karpenter/disruption/budgets.js';
import type { DisruptionContext } from '../../../src/karpenter/disruption/disruption-method.js';
import { disruptionMethods } from '../../../src/karpenter/disruption/disruption-methods.js';
import { movingPods } from '../../../src/karpenter/scheduling/pod-intake.js';
import type { PodDisruptionBudget } from '../../../src/kubernetes/workloads.js';
import { NOON } from '../lifecycle/objects.js';
import { budgetFor, contextOf, instanceType, poolOf, workload, type TestNode } from './cluster.js';

const T = instanceType('t', 4, { 'on-demand': 0.2 });

function service(name: string, app: string, annotations: Readonly<Record<string, string>> = {}) {
  return workload(name, 100, {
    metadata: { name, namespace: 'default', labels: { app }, annotations, creationTimeMs: NOON },
    status: { phase: 'Running', startTimeMs: NOON },
  });
}

const NODES: readonly TestNode[] = [
  { name: 'n1', type: T, pods: [service('a1', 'a'), service('b1', 'b')] },
  { name: 'n2', type: T, pods: [service('a2', 'a')] },
  { name: 'n3', type: T, pods: [service('c1', 'c', { 'karpenter.sh/do-not-disrupt': '90s' })] },
  { name: 'n4', type: T, pods: [], state: { nominatedUntilMs: NOON + 60_000 } },
];

function budgetOf(app: string, disruptionsAllowed: number): PodDisruptionBudget {
  return budgetFor(`of-${app}`, {
    selector: { matchLabels: { app }, matchExpressions: [] },
    status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  });
}

/** Something that happens between two looks at the cluster. */
type Change = (snapshot: ClusterSnapshot) => ClusterSnapshot;

function budgetsChange(change: (budgets: readonly PodDisruptionBudget[]) => readonly PodDisruptionBudget[]): Change {
  return (snapshot) => ({ ...snapshot, podDisruptionBudgets: change(snapshot.podDisruptionBudgets) });
}

const place = fc.nat({ max: 2 });
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.nat({ max: 70_000 }).map((ms): Change => (snapshot) => ({ ...snapshot, nowMs: snapshot.nowMs + ms })),
  fc
    .tuple(place, fc.nat({ max: 1 }))
    .map(([at, disruptionsAllowed]) =>
      budgetsChange((budgets) =>
        budgets.map((budget, index) =>
          index === at ? { ...budget, status: { ...budget.status, disruptionsAllowed } } : budget,
        ),
      ),
    ),
  fc
    .tuple(place, fc.constantFrom<PodDisruptionBudget['maxUnavailable']>(0, 1, undefined))
    .map(([at, maxUnavailable]) =>
      budgetsChange((budgets) =>
        budgets.map((budget, index) => (index === at ? { ...budget, maxUnavailable } : budget)),
      ),
    ),
  place.map((at) => budgetsChange((budgets) => budgets.filter((_, index) => index !== at))),
  fc.constantFrom('a', 'b', 'c').map((app) => budgetsChange((budgets) => [...budgets, budgetOf(app, 0)])),
  fc.constantFrom('0', '1', '50%').map((nodes): Change => (snapshot) => ({
    ...snapshot,
    nodePools: snapshot.nodePools.map((nodePool) => ({
      ...nodePool,
      disruption: { ...nodePool.disruption, budgets: [{ nodes }] },
    })),
  })),
  fc.constant<Change>((snapshot) => ({
    ...snapshot,
    nodePools: snapshot.nodePools.map((nodePool) => ({
      ...nodePool,
      disruption: { ...nodePool.disruption, budgets: [{ nodes: '0', schedule: '1 12 * * *', durationMs: 60_000 }] },
    })),
  })),
);

/** All that methods of v1.14.1 find about the cluster before they decide. */
function found(context: DisruptionContext) {
  const { snapshot, scheduling } = context;
  return {
    searches: disruptionMethods('v1.14.1').map((method) => {
      const { candidates, findings } = method.search(context);
      return { candidates: candidates.map(({ name }) => name), findings };
    }),
    moving: snapshot.stateNodes.map((node) =>
      movingPods(node, snapshot, scheduling).map(({ metadata }) => metadata.name),
    ),
    budgets: [...remainingBudgets(context, 'Underutilized').states],
  };
}

describe('what is kept between looks at a cluster', () => {
  it('is what a look without any memory finds', () => {
    fc.assert(
      fc.property(fc.array(changes, { minLength: 1, maxLength: 12 }), (steps) => {
        const context = contextOf({
          nodePools: [poolOf('general', ['on-demand'])],
          types: [T],
          nodes: NODES,
          podDisruptionBudgets: [budgetOf('a', 1), budgetOf('b', 1), budgetOf('c', 1)],
        });
        let { snapshot } = context;
        for (const step of steps) {
          snapshot = step(snapshot);
          const { stateNodes, podDisruptionBudgets, nodePools } = snapshot;
          const forgotten = { ...snapshot, ...structuredClone({ stateNodes, podDisruptionBudgets, nodePools }) };
          expect(found({ ...context, snapshot })).toEqual(found({ ...context, snapshot: forgotten }));
        }
      }),
    );
  });
});
