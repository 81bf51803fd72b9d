import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import { eventsOf, ON_DEMAND_POOL, onlyEvent, run } from './small-cluster.js';

const SPOT = ON_DEMAND_POOL.replace('values: [on-demand]', 'values: [spot, on-demand]');

const INTERRUPTED = `karpenter: { interruptionQueue: banking }
spot: { interruptionMultiplier: 0 }
events: [{ at: '+10m', interrupt: { count: 1 } }]
`;

describe('a spot interruption', () => {
  const log = run({
    nodePoolSpec: SPOT,
    scenario: INTERRUPTED,
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
      scenario: INTERRUPTED,
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

const UNHEARD = INTERRUPTED.replace('karpenter: { interruptionQueue: banking }\n', '');

describe.each(['v1.14.1', 'v0.32.0'] as const)('without an interruption queue, the default (%s)', (version) => {
  const nodePoolSpec =
    version === 'v1.14.1'
      ? SPOT
      : SPOT.replace('group: karpenter.k8s.aws, ', '').replace('      expireAfter: Never\n', '');
  const log = run({ nodePoolSpec, scenario: UNHEARD, version });
  const warnedMs = onlyEvent(log, 'SpotInterruption').timeMs;
  const takenMs = warnedMs + 120_000;

  it('the warning goes unheard, and the machine goes from under its pods two minutes later', () => {
    expect(onlyEvent(log, 'SpotInterruption').unheard).toBe(true);
    expect(eventsOf(log, 'NodeTainted')).toEqual([]);
    expect(eventsOf(log, 'InstanceTerminating')[0]).toMatchObject({ timeMs: takenMs, reclaimed: true });
  });

  it('nobody notices before the node is silent for the grace period, or v0.32.0 looks for its instance', () => {
    if (version === 'v0.32.0') {
      expect(onlyEvent(log, 'NodeClaimDeleting').timeMs).toBeGreaterThan(takenMs);
      return;
    }
    const silentMs = onlyEvent(log, 'NodeUnreachable').timeMs - takenMs;
    const graceMs = 50_000;
    expect(silentMs).toBeGreaterThan(graceMs - 10_000);
    expect(silentMs).toBeLessThanOrEqual(graceMs + 5000);
  });

  it('node and NodeClaim go when EC2 knows the instance no more, the pods up to 80 s later (v0.32.0 evicts them first), and only then are they replaced', () => {
    expect(['node-failure', 'garbage-collection']).toContain(onlyEvent(log, 'NodeClaimDeleting').by);
    const deletedMs = onlyEvent(log, 'NodeDeleted').timeMs;
    const [lost] = eventsOf(log, 'PodDeleting');
    if (version === 'v1.14.1') {
      expect(lost?.by).toBe('garbage-collection');
      expect((lost?.timeMs ?? 0) - deletedMs).toBeGreaterThanOrEqual(40_000);
      expect((lost?.timeMs ?? 0) - deletedMs).toBeLessThanOrEqual(80_000);
    }
    const [, replacement] = eventsOf(log, 'NodeClaimCreated');
    expect(replacement?.timeMs).toBeGreaterThan(lost?.timeMs ?? Infinity);
    expect(eventsOf(log, 'PodReady')).toHaveLength(2);
  });

  it('and the run says which setting it was', () => {
    const notes = eventsOf(log, 'Note').filter(({ code }) => code === 'interruption-queue');
    expect(notes.map(({ text }) => text)).toEqual([
      expect.stringContaining('did not hear of 1 spot interruption warning: karpenter.interruptionQueue is empty'),
    ]);
  });

  it('costs the pod that was on it', () => {
    expect(summarise(analyse(log)).interruptionLosses).toEqual({
      unheard: 1,
      undrained: 1,
      podsLost: 1,
      podsCutShort: 0,
    });
  });
});

describe('with a queue', () => {
  it('nothing is lost when the pods leave in time', () => {
    const log = run({ nodePoolSpec: SPOT, scenario: INTERRUPTED });
    expect(summarise(analyse(log)).interruptionLosses).toEqual({
      unheard: 0,
      undrained: 0,
      podsLost: 0,
      podsCutShort: 0,
    });
  });

  it('a rule that EventBridge lacks is as good as no queue', () => {
    const events = 'karpenter: { interruptionQueue: banking, interruptionEvents: [rebalance-recommendation] }';
    const log = run({
      nodePoolSpec: SPOT,
      scenario: INTERRUPTED.replace('karpenter: { interruptionQueue: banking }', events),
    });
    expect(onlyEvent(log, 'SpotInterruption').unheard).toBe(true);
    expect(eventsOf(log, 'Note').some(({ text }) => text.includes('interruptionEvents has no such event'))).toBe(true);
  });
});

describe('other notices (aws.md §15)', () => {
  const notice = (event: string, queue = 'banking'): ReturnType<typeof run> =>
    run({
      scenario: `karpenter: { interruptionQueue: "${queue}" }\nevents: [{ at: '+10m', ${event} }]\n`,
      duration: '25m',
    });

  it('announced maintenance makes Karpenter replace the node, and leaves the machine alone where it is not heard', () => {
    expect(onlyEvent(notice('maintenance: {}'), 'NodeClaimDeleting').by).toBe('interruption');
    expect(eventsOf(notice('maintenance: {}', ''), 'NodeClaimDeleting')).toEqual([]);
  });

  it('a machine that ends without warning is replaced at once where Karpenter hears of it', () => {
    const createdMs = (queue: string): number =>
      eventsOf(notice('failNode: { node: general }', queue), 'NodeClaimCreated')[1]?.timeMs ?? 0;
    expect(createdMs('banking') - 600_000).toBeLessThan(15_000);
    expect(createdMs('') - 600_000).toBeGreaterThan(75_000);
  });
});
