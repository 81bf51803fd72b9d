import { isDeepStrictEqual } from 'node:util';
import { coveredWorkloads } from '../analysis/covered-workloads.js';
import { rollout, type Rollout } from '../analysis/rollout.js';
import { analyse } from '../analysis/run-analysis.js';
import type { EC2NodeClass } from '../cloud/node-class.js';
import { nodePoolChange, type NodePoolChange } from '../karpenter/nodepool-change.js';
import type { AppliedChange, ClusterObjects, ScenarioEvent, ScenarioSpec } from '../scenario/scenario-spec.js';
import { simulate } from '../simulation/simulate.js';

/** What a changed EC2NodeClass does to the nodes that it has. */
export interface NodeClassChange {
  readonly nodeClass: string;
  readonly kind: 'added' | 'changed' | 'unchanged';
  /** Whether every node launched with it drifts (aws.md §16). */
  readonly drifts: boolean;
}

/** What an applied file changes, before anything is simulated. */
export interface DeclaredChange {
  readonly nodePools: readonly NodePoolChange[];
  readonly nodeClasses: readonly NodeClassChange[];
  /** Drift is behind a gate that is off, so that nothing drifts whatever changed (v0.32.0). */
  readonly driftGateOff: boolean;
  /** NodePools of which some node may drift. */
  readonly drifting: ReadonlySet<string>;
  /** NodePools that are applied, or whose EC2NodeClass is. */
  readonly touched: ReadonlySet<string>;
}

/** A rollout that was simulated, with what was changed. */
export interface SimulatedRollout {
  readonly spec: ScenarioSpec;
  readonly file: string;
  readonly change: DeclaredChange;
  readonly rollout: Rollout;
  /** What a reader of the results must know. */
  readonly notes: readonly string[];
}

/** How to run. */
export interface RolloutOptions {
  readonly simulatorVersion: string;
  /** Length of a line of the timeline, ms. */
  readonly stepMs?: number | undefined;
  /** @param fraction 0 to 1, of both runs together. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/**
 * Simulates a scenario with a change that is applied during the run and the same run without it, under the same luck, and
 * tells what happens while the change takes effect.
 */
export function simulateRollout(spec: ScenarioSpec, applied: AppliedChange, options: RolloutOptions): SimulatedRollout {
  const run = (event: ScenarioEvent, half: number) =>
    analyse(
      simulate(
        { ...spec, events: [...spec.events, event].sort((a, b) => a.atMs - b.atMs) },
        {
          simulatorVersion: options.simulatorVersion,
          onProgress: (fraction) => options.onProgress?.((half + fraction) / 2),
        },
      ).log,
    );
  const withChange = run(applied, 0);
  // After its end, so that both runs read the same instance types and draw the same luck for them.
  const without = run({ ...applied, atMs: spec.durationMs + 1 }, 1);
  const change = declaredChange(spec, applied);
  return {
    spec,
    file: applied.file,
    change,
    rollout: rollout(withChange, without, {
      atMs: applied.atMs,
      nodePools: change.drifting.size > 0 ? change.drifting : change.touched,
      budgets: coveredWorkloads(spec.cluster),
      stepMs: options.stepMs,
    }),
    notes: withChange.facts.notes.map(({ text }) => text),
  };
}

/** Compares the applied objects with those that earlier events and the manifests have left. */
export function declaredChange(spec: ScenarioSpec, applied: AppliedChange): DeclaredChange {
  const before = [spec.cluster, ...appliedBefore(spec, applied.atMs)];
  const latest = <T extends { readonly metadata: { readonly name: string } }>(
    list: (objects: ClusterObjects) => readonly T[],
    name: string,
  ): T | undefined => before.flatMap(list).findLast(({ metadata }) => metadata.name === name);
  const nodePools = applied.objects.nodePools.map((nodePool) =>
    nodePoolChange(
      latest((objects) => objects.nodePools, nodePool.metadata.name),
      nodePool,
    ),
  );
  const nodeClasses = applied.objects.nodeClasses.map((nodeClass) =>
    nodeClassChange(
      latest((objects) => objects.nodeClasses, nodeClass.metadata.name),
      nodeClass,
    ),
  );
  const driftGateOff = !spec.settings.featureGates.drift;
  const classes = new Set(nodeClasses.filter(({ drifts }) => drifts).map(({ nodeClass }) => nodeClass));
  const names = new Set(before.flatMap((objects) => objects.nodePools.map(({ metadata }) => metadata.name)));
  const drifting = [...names].filter((name) => {
    const nodePool = latest((objects) => objects.nodePools, name);
    const byPool = nodePools.some((change) => change.nodePool === name && change.drifts !== 'none');
    return !driftGateOff && (byPool || classes.has(nodePool?.template.nodeClassRef.name ?? ''));
  });
  const applies = new Set(nodeClasses.map(({ nodeClass }) => nodeClass));
  const touched = [...names].filter((name) =>
    applies.has(latest((objects) => objects.nodePools, name)?.template.nodeClassRef.name ?? ''),
  );
  return {
    nodePools,
    nodeClasses,
    driftGateOff,
    drifting: new Set(drifting),
    touched: new Set([...nodePools.map(({ nodePool }) => nodePool), ...touched]),
  };
}

function appliedBefore(spec: ScenarioSpec, atMs: number): readonly ClusterObjects[] {
  return spec.events.flatMap((event) => (event.action === 'apply' && event.atMs <= atMs ? [event.objects] : []));
}

function nodeClassChange(before: EC2NodeClass | undefined, after: EC2NodeClass): NodeClassChange {
  const nodeClass = after.metadata.name;
  if (before === undefined) return { nodeClass, kind: 'added', drifts: false };
  const { metadata } = after;
  const drifts = before.hash !== after.hash;
  return {
    nodeClass,
    kind: isDeepStrictEqual({ ...before, metadata }, { ...after, metadata }) ? 'unchanged' : 'changed',
    drifts,
  };
}
