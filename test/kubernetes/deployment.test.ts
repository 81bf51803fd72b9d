import { describe, expect, it } from 'vitest';
import {
  reconcileDeployment,
  type ReplicaSetState,
  rolloutBounds,
} from '../../src/kubernetes/controllers/deployment.js';
import { templateHash } from '../../src/kubernetes/controllers/template-hash.js';
import type { Deployment, ReplicaSet } from '../../src/kubernetes/workloads.js';
import { node, podSpec, selector } from './objects.js';

const ROLLING: Deployment['strategy'] = { type: 'RollingUpdate', maxSurge: '25%', maxUnavailable: '25%' };

function deployment(replicas: number, version: string, strategy: Deployment['strategy'] = ROLLING): Deployment {
  return {
    metadata: { ...node('web').metadata, namespace: 'default' },
    replicas,
    selector: selector({ app: 'web' }),
    template: { labels: { app: 'web', version }, annotations: {}, spec: podSpec() },
    strategy,
    minReadySeconds: 0,
  };
}

/** A cluster in which pods are available at once, or never. */
class Rollout {
  sets: ReplicaSet[] = [];
  /** Versions whose pods do not become available. */
  broken = '';
  readonly totals: number[] = [];
  readonly available: number[] = [];
  #clock = 0;

  states(): ReplicaSetState[] {
    return this.sets.map((replicaSet) => ({
      replicaSet,
      pods: replicaSet.replicas,
      available: replicaSet.template.labels['version'] === this.broken ? 0 : replicaSet.replicas,
    }));
  }

  /** Syncs until nothing happens. */
  settle(wanted: Deployment): void {
    for (let round = 0; round < 100; round++) {
      const changed = reconcileDeployment(wanted, this.states(), this.#clock++, (name) => `uid-${name}`);
      if (changed.length === 0) return;
      for (const set of changed) {
        this.sets = [...this.sets.filter(({ metadata }) => metadata.uid !== set.metadata.uid), set];
      }
      this.totals.push(this.sets.reduce((sum, { replicas }) => sum + replicas, 0));
      this.available.push(this.states().reduce((sum, state) => sum + state.available, 0));
    }
    throw new Error('the rollout never settles');
  }

  sizes(): Record<string, number> {
    return Object.fromEntries(this.sets.map((set) => [set.template.labels['version'] ?? '', set.replicas]));
  }
}

describe('the bounds of a rolling update (example 20)', () => {
  it.each([
    [10, 3, 2],
    [4, 1, 1],
    [3, 1, 0],
  ])('25 %% / 25 %% of %i: surge %i, unavailable %i', (replicas, surge, unavailable) => {
    expect(rolloutBounds(deployment(replicas, '1'))).toEqual({ surge, unavailable });
  });

  it('both 0 lets one pod be missing', () => {
    const strategy = { type: 'RollingUpdate', maxSurge: 0, maxUnavailable: '10%' } as const;
    expect(rolloutBounds(deployment(5, '1', strategy))).toEqual({ surge: 0, unavailable: 1 });
  });
});

describe('a Deployment (kubernetes.md §2.3)', () => {
  it('makes one ReplicaSet for a template, with the hash in labels and selector', () => {
    const rollout = new Rollout();
    rollout.settle(deployment(3, '1'));
    expect(rollout.sets).toHaveLength(1);
    const [set] = rollout.sets;
    const hash = templateHash(deployment(3, '1').template);
    expect(set?.metadata.name).toBe(`web-${hash}`);
    expect(set?.template.labels['pod-template-hash']).toBe(hash);
    expect(set?.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash });
    expect(set?.metadata.ownerReferences).toMatchObject([{ kind: 'Deployment', uid: 'uid-web' }]);
  });

  it('gives a change of size to its only ReplicaSet at once', () => {
    const rollout = new Rollout();
    rollout.settle(deployment(3, '1'));
    rollout.settle(deployment(40, '1'));
    expect(rollout.sizes()).toEqual({ '1': 40 });
    rollout.settle(deployment(2, '1'));
    expect(rollout.sizes()).toEqual({ '1': 2 });
  });

  it('rolls within surge and unavailable, to the end', () => {
    const rollout = new Rollout();
    rollout.settle(deployment(10, '1'));
    rollout.totals.length = 0;
    rollout.available.length = 0;
    rollout.settle(deployment(10, '2'));
    expect(rollout.sizes()).toEqual({ '1': 0, '2': 10 });
    expect(Math.max(...rollout.totals)).toBeLessThanOrEqual(13);
    expect(Math.min(...rollout.available)).toBeGreaterThanOrEqual(8);
  });

  it('stops when new pods do not come up, and rolls back to the old ReplicaSet', () => {
    const rollout = new Rollout();
    rollout.settle(deployment(10, '1'));
    rollout.broken = '2';
    rollout.settle(deployment(10, '2'));
    expect(rollout.sizes()).toEqual({ '1': 8, '2': 5 });
    rollout.settle(deployment(10, '1'));
    expect(rollout.sizes()).toEqual({ '1': 10, '2': 0 });
  });

  it('shares a change of size in the middle of a rollout in proportion', () => {
    const rollout = new Rollout();
    rollout.settle(deployment(10, '1'));
    rollout.broken = '2';
    rollout.settle(deployment(10, '2'));
    const [scaled] = [reconcileDeployment(deployment(20, '2'), rollout.states(), 99, String)];
    const sizes = Object.fromEntries(scaled.map((set) => [set.template.labels['version'] ?? '', set.replicas]));
    expect(sizes).toEqual({ '1': 15, '2': 10 });
  });

  it('Recreate stops the old pods before it starts new ones', () => {
    const strategy = { type: 'Recreate' } as const;
    const rollout = new Rollout();
    rollout.settle(deployment(3, '1', strategy));
    const stopped = reconcileDeployment(deployment(3, '2', strategy), rollout.states(), 9, String);
    expect(stopped.map(({ replicas }) => replicas)).toEqual([0]);
    const stopping = stopped.map((replicaSet) => ({ replicaSet, pods: 3, available: 0 }));
    expect(reconcileDeployment(deployment(3, '2', strategy), stopping, 9, String)).toEqual([]);
    const gone = stopped.map((replicaSet) => ({ replicaSet, pods: 0, available: 0 }));
    expect(reconcileDeployment(deployment(3, '2', strategy), gone, 9, String).map(({ replicas }) => replicas)).toEqual([
      3,
    ]);
  });

  it('hashes equal templates alike, whatever the order of their keys', () => {
    const { template } = deployment(1, '1');
    const reordered = { spec: { ...template.spec }, annotations: {}, labels: { version: '1', app: 'web' } };
    expect(templateHash(reordered)).toBe(templateHash(template));
    expect(templateHash(deployment(1, '2').template)).not.toBe(templateHash(template));
  });
});
