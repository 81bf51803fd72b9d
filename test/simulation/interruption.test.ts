import { describe, expect, it } from 'vitest';
import { eventsOf, ON_DEMAND_POOL, onlyEvent, run } from './small-cluster.js';

const SPOT = ON_DEMAND_POOL.replace('values: [on-demand]', 'values: [spot, on-demand]');

describe('a spot interruption', () => {
  const log = run({
    nodePoolSpec: SPOT,
    scenario: "spot: { interruptionMultiplier: 0 }\nevents: [{ at: '+10m', interrupt: { count: 1 } }]\n",
  });
  const warning = onlyEvent(log, 'SpotInterruption');

  it('deletes the NodeClaim within two seconds of the warning, whatever budgets say (disruption.md §10)', () => {
    const deleting = onlyEvent(log, 'NodeClaimDeleting');
    expect(deleting.by).toBe('interruption');
    expect(deleting.timeMs - warning.timeMs).toBeGreaterThanOrEqual(500);
    expect(deleting.timeMs - warning.timeMs).toBeLessThanOrEqual(2000);
  });

  it('launches no replacement before, and one for the evicted pods right after (E117)', () => {
    const [, replacement] = eventsOf(log, 'NodeClaimCreated');
    const deleting = onlyEvent(log, 'NodeClaimDeleting');
    expect(replacement?.by).toBe('provisioner');
    expect((replacement?.timeMs ?? NaN) - deleting.timeMs).toBeLessThan(15_000);
    expect((replacement?.timeMs ?? NaN) - deleting.timeMs).toBeGreaterThan(0);
  });

  it('hides the pool: the replacement is bought elsewhere', () => {
    const [first, second] = eventsOf(log, 'NodeClaimLaunched');
    expect(first?.capacityType).toBe('spot');
    expect(`${second?.capacityType ?? ''}/${second?.instanceType ?? ''}`).not.toBe(`spot/${first?.instanceType ?? ''}`);
  });

  it('takes the machine after two minutes when the drain is not done by then', () => {
    const blocked = run({
      nodePoolSpec: SPOT,
      scenario: "spot: { interruptionMultiplier: 0 }\nevents: [{ at: '+10m', interrupt: { count: 1 } }]\n",
      moreManifests: `---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: app }
spec: { maxUnavailable: 0, selector: { matchLabels: { app: web } } }
`,
    });
    const warned = onlyEvent(blocked, 'SpotInterruption').timeMs;
    expect(onlyEvent(blocked, 'EvictionBlocked').podDisruptionBudget).toBe('web');
    expect(eventsOf(blocked, 'InstanceTerminating')[0]).toMatchObject({ timeMs: warned + 120_000, reclaimed: true });
    expect(eventsOf(blocked, 'PodGone')[0]?.timeMs).toBe(warned + 120_000);
  });
});
