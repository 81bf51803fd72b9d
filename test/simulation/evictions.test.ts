import { describe, expect, it } from 'vitest';
import { eventsOf, onlyEvent, run } from './small-cluster.js';

const budget = (name: string, spec: string) => `---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ${name}, namespace: app }
spec: { ${spec}, selector: { matchLabels: { app: web } } }
`;
const DELETE = "events: [{ at: '+10m', deleteNode: general }]\n";
const DELETED_MS = 600_000;

describe('a node that is deleted', () => {
  it('is drained one pod after the other where a budget lets one go: refused with 429, tried again within 10 s', () => {
    const log = run({
      replicas: 3,
      podSpec: 'containers: [{ name: web, resources: { requests: { cpu: 500m, memory: 1Gi } } }]',
      scenario: DELETE,
      moreManifests: budget('web', 'maxUnavailable: 1'),
    });
    const blocked = eventsOf(log, 'EvictionBlocked');
    expect(blocked.map(({ podDisruptionBudget, code }) => [podDisruptionBudget, code])).toEqual([
      ['web', undefined],
      ['web', undefined],
    ]);
    const evicted = eventsOf(log, 'PodDeleting').filter(({ by }) => by === 'eviction');
    const ready = eventsOf(log, 'PodReady').filter(({ timeMs }) => timeMs > DELETED_MS);
    expect(evicted).toHaveLength(3);
    // Each further one goes when the successor of the one before is ready.
    const waits = [1, 2].map((nth) => (evicted[nth]?.timeMs ?? 0) - (ready[nth - 1]?.timeMs ?? 0));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...waits)).toBeLessThanOrEqual(10_000);
  });

  it('is never drained where two budgets cover a pod: the eviction API answers 500 (kubernetes.md §4.2)', () => {
    const log = run({
      scenario: DELETE,
      moreManifests: budget('one', 'maxUnavailable: 1') + budget('two', 'minAvailable: 0'),
    });
    expect(onlyEvent(log, 'EvictionBlocked')).toMatchObject({ podDisruptionBudget: 'one, two', code: 500 });
    expect(eventsOf(log, 'NodeDrained')).toEqual([]);
    const notes = eventsOf(log, 'Note').map(({ text }) => text);
    expect(notes).toContain(
      'Deployment app/web (app.yaml:1) has 2 PodDisruptionBudgets (one, two): its pods cannot be evicted.',
    );
  });
});
