import { describe, expect, it } from 'vitest';
import { eventsOf, ON_DEMAND_POOL, onlyEvent, run } from './small-cluster.js';

describe('a pod that fits nowhere', () => {
  const log = run();

  it('goes through every step in order', () => {
    const steps = [
      'PodCreated',
      'PodUnschedulable',
      'BatchOpened',
      'BatchClosed',
      'SchedulingPass',
      'NodeClaimCreated',
      'PodNominated',
      'NodeClaimLaunched',
      'NodeRegistered',
      'NodeReady',
      'NodeInitialized',
      'PodBound',
      'PodReady',
    ];
    const first = steps.map((type) => log.find((event) => event.type === type)?.seq ?? -1);
    expect(first).not.toContain(-1);
    expect([...first].sort((a, b) => a - b)).toEqual(first);
  });

  it('waits one idle second of the batch window (BAT-2)', () => {
    const opened = eventsOf(log, 'BatchOpened')[0]?.timeMs ?? NaN;
    expect(eventsOf(log, 'BatchClosed')[0]).toMatchObject({ timeMs: opened + 1000, openedAtMs: opened, by: 'idle' });
  });

  it('gets the cheapest type that holds it, at its price', () => {
    expect(onlyEvent(log, 'NodeClaimCreated')).toMatchObject({
      nodePool: 'general',
      by: 'provisioner',
      instanceTypes: ['m5.large', 'm5.xlarge'],
    });
    expect(onlyEvent(log, 'NodeClaimLaunched')).toMatchObject({
      instanceType: 'm5.large',
      capacityType: 'on-demand',
      zone: 'us-east-1a',
      pricePerHour: 0.096,
      allocatable: { cpu: 1930, memory: 6903 * 2 ** 20, pods: 29 },
    });
  });

  it('is planned again every ten seconds and launches nothing more (BAT-5)', () => {
    const passes = eventsOf(log, 'SchedulingPass');
    expect(passes.length).toBeGreaterThan(2);
    expect(passes.slice(1).every((pass) => pass.newNodeClaims === 0 && pass.placedOnExisting === 1)).toBe(true);
  });
});

describe('the provisioner', () => {
  it('packs all pods of a batch before it launches', () => {
    const log = run({ replicas: 3 });
    const created = onlyEvent(log, 'NodeClaimCreated');
    expect(created.pods).toHaveLength(3);
    expect(created.instanceTypes).toEqual(['m5.xlarge']);
    expect(created.requests).toMatchObject({ cpu: 3000, pods: 3 });
  });

  it('skips a pass while a NodeClaim is being launched and comes back ten seconds later (BAT-4)', () => {
    const log = run({ scenario: "events: [{ at: '+2s', scale: { deployment: app/web, replicas: 6 } }]\n" });
    const [first, second] = eventsOf(log, 'NodeClaimCreated');
    const [skipped] = eventsOf(log, 'PassSkipped');
    expect(skipped?.unlaunched).toEqual([first?.nodeClaim]);
    // Their window was lost; the first pod asks again ten seconds after its first time, for all of them.
    expect(second?.timeMs).toBeGreaterThan(11_000);
    expect(second?.timeMs).toBeLessThan(14_000);
  });

  it('stops at the limits of the NodePool and says what is left (LIM-2)', () => {
    const log = run({ replicas: 6, nodePoolSpec: `  limits: { cpu: 4 }\n${ON_DEMAND_POOL}` });
    expect(eventsOf(log, 'NodeClaimCreated')).toHaveLength(1);
    const failed = eventsOf(log, 'FailedScheduling');
    expect(failed[0]?.message).toBe('NodePool general: every available instance type exceeds the limits (left: cpu 0)');
  });

  it('leaves a pod alone that no type can hold, and says why', () => {
    const log = run({ podSpec: 'containers: [{ name: web, resources: { requests: { cpu: 20 } } }]' });
    expect(eventsOf(log, 'NodeClaimCreated')).toHaveLength(0);
    expect(onlyEvent(log, 'FailedScheduling').message).toContain('no instance type has enough resources');
  });

  it('gives the capacity of a launch that failed three minutes of rest, then falls back (aws.md §8, §12)', () => {
    const log = run({
      scenario: "events: [{ at: '+0s', exhaust: { instanceType: m5.large, duration: 20m } }]\n",
    });
    expect(eventsOf(log, 'LaunchFailed')).toHaveLength(0);
    expect(onlyEvent(log, 'NodeClaimLaunched').instanceType).toBe('m5.xlarge');
  });

  it('deletes a NodeClaim without capacity and tries again when the pods ask again', () => {
    const log = run({ scenario: "events: [{ at: '+0s', exhaust: { duration: 4m } }]\n" });
    const failed = eventsOf(log, 'LaunchFailed');
    expect(failed.length).toBeGreaterThan(0);
    expect(eventsOf(log, 'NodeClaimDeleting')[0]).toMatchObject({ by: 'insufficient-capacity' });
    const launched = onlyEvent(log, 'NodeClaimLaunched');
    expect(launched.timeMs).toBeGreaterThan(4 * 60_000);
    expect(eventsOf(log, 'PodBound')).toHaveLength(1);
  });
});
