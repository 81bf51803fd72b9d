import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import { withBaseline } from '../../src/scenario/with-baseline.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';
import { eventsOf, onlyEvent, run, type SmallCluster, smallSpec } from './small-cluster.js';

const MINUTE = 60_000;
const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

const SPOT_AND_ON_DEMAND = `  template:
    spec:
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
      requirements:
        - { key: node.kubernetes.io/instance-type, operator: In, values: [m5.xlarge, m5a.xlarge] }
`;

function runAutoscaled(cluster: SmallCluster): EventLog {
  return simulate(withBaseline(smallSpec(cluster), 'cluster-autoscaler'), { simulatorVersion: 'test' }).log;
}

/** So many ms from an event to the first later one. */
function firstAfter<E extends { readonly timeMs: number }>(events: readonly E[], timeMs: number): E {
  const found = events.find((event) => event.timeMs >= timeMs);
  if (found === undefined) throw new Error(`nothing at ${timeMs} or later`);
  return found;
}

describe('a run under Cluster Autoscaler', () => {
  const log = runAutoscaled({
    replicas: 6,
    zones: ZONES,
    duration: '50m',
    scenario: 'events: [{ at: +10m, scale: { deployment: app/web, replicas: 1 } }]',
  });

  it('names its groups: a size of a NodePool each, from nothing to what holds the peak', () => {
    const groups = eventsOf(log, 'NodeGroupDefined');
    expect(
      groups.map((group) => [group.nodeGroup, group.instanceTypes, group.minSize, group.maxSize, group.priority]),
    ).toEqual([
      ['general-on-demand-2cpu-8gi', ['m5.large'], 0, 9, 10],
      ['general-on-demand-4cpu-16gi', ['m5.xlarge'], 0, 3, 10],
    ]);
    expect(onlyEvent(log, 'RunStarted').baseline).toBe('cluster-autoscaler');
  });

  it('sees pods only when kube-scheduler has tried them, within a loop and its two seconds of patience', () => {
    const [first] = eventsOf(log, 'TriggeredScaleUp');
    const tried = Math.min(...eventsOf(log, 'PodUnschedulable').map(({ timeMs }) => timeMs));
    expect(first?.timeMs).toBeGreaterThanOrEqual(tried);
    expect(first?.timeMs).toBeLessThan(tried + 22_000);
    // Two m5.xlarge with three pods each waste less than six m5.large with one.
    expect(first?.increases).toEqual({ 'general-on-demand-4cpu-16gi': 2 });
    expect(first?.pods).toHaveLength(6);
    expect(first?.options.map(({ nodeGroup, nodes }) => [nodeGroup, nodes])).toEqual([
      ['general-on-demand-2cpu-8gi', 6],
      ['general-on-demand-4cpu-16gi', 2],
    ]);
  });

  it('gets its nodes through an Auto Scaling group, spread over the zones', () => {
    const requested = eventsOf(log, 'NodeClaimCreated').map(({ timeMs }) => timeMs);
    const launched = eventsOf(log, 'NodeClaimLaunched');
    expect(launched).toHaveLength(2);
    launched.forEach(({ timeMs }, index) => {
      const dispatchMs = timeMs - (requested[index] ?? 0);
      expect(dispatchMs).toBeGreaterThanOrEqual(3000);
      expect(dispatchMs).toBeLessThanOrEqual(15_000);
    });
    expect(new Set(launched.map(({ zone }) => zone)).size).toBe(2);
    const ready = eventsOf(log, 'NodeReady').map(({ timeMs }) => timeMs);
    expect(Math.min(...eventsOf(log, 'PodBound').map(({ timeMs }) => timeMs))).toBeGreaterThanOrEqual(
      Math.min(...ready),
    );
  });

  it('asks for no more while the nodes are on their way', () => {
    expect(eventsOf(log, 'TriggeredScaleUp')).toHaveLength(1);
  });

  it('removes the node that is not needed, ten minutes later', () => {
    const unneeded = firstAfter(eventsOf(log, 'ScaleDownUnneeded'), 10 * MINUTE);
    const removed = onlyEvent(log, 'ScaleDown');
    expect(removed.node).toBe(unneeded.node);
    expect(removed.timeMs - unneeded.timeMs).toBeGreaterThan(10 * MINUTE);
    expect(removed.timeMs - unneeded.timeMs).toBeLessThan(10 * MINUTE + 11_000);
    const terminated = onlyEvent(log, 'InstanceTerminating');
    expect(terminated).toMatchObject({ node: removed.node, reclaimed: false });
    // Five seconds after the taint its pods are evicted, and it is looked every five whether they are gone.
    expect(terminated.timeMs - removed.timeMs).toBe(removed.pods.length === 0 ? 5000 : 10_000);
    expect(eventsOf(log, 'NodeDeleted')).toHaveLength(1);
  });

  it('tells what it costs and how long pods waited, as for Karpenter’s nodes', () => {
    const summary = summarise(analyse(log));
    expect(summary.nodes).toMatchObject({ max: 2, end: 1, byNodePool: { 'general-on-demand-4cpu-16gi': { max: 2 } } });
    expect(summary.disruptions.byReason).toMatchObject({ ScaleDown: 1 });
    expect(summary.pods.breakdown.batch.p50).toBeGreaterThan(0);
    expect(summary.pods.breakdown.launch.p50).toBeGreaterThan(3);
    expect(summary.utilisation.cpu).toBeGreaterThan(0.2);
    expect(summary.cost.total).toBeGreaterThan(0);
  });

  it('is the same again, byte for byte, under the luck of the run with Karpenter', () => {
    const cluster: SmallCluster = {
      replicas: 3,
      duration: '10m',
      scenario: `traffic: { web: { requestsPerSecond: 50 } }
services: [{ deployment: app/web, traffic: web, load: { cpuMillisecondsPerRequest: 10, idleMemory: 100Mi } }]`,
    };
    const once = runAutoscaled(cluster);
    expect(JSON.stringify(runAutoscaled(cluster))).toBe(JSON.stringify(once));
    const demand = (events: EventLog) => eventsOf(events, 'Demand').map((event) => event.requestsPerSecond);
    expect(demand(once)).toEqual(demand(run(cluster)));
  });
});

describe('a group without capacity', () => {
  const log = runAutoscaled({
    nodePoolSpec: SPOT_AND_ON_DEMAND,
    replicas: 3,
    zones: ZONES,
    duration: '10m',
    scenario: 'events: [{ at: +0s, exhaust: { capacityType: spot, duration: 1h } }]',
  });

  it('is tried in every zone, then left alone, and the next loop takes another group', () => {
    const [first, second] = eventsOf(log, 'TriggeredScaleUp');
    expect(first?.increases).toEqual({ 'general-spot-4cpu-16gi': 1 });
    const failed = onlyEvent(log, 'LaunchFailed');
    for (const zone of ZONES) expect(failed.reason).toContain(zone);
    const backedOff = onlyEvent(log, 'NodeGroupBackedOff');
    expect(backedOff).toMatchObject({ nodeGroup: 'general-spot-4cpu-16gi', failed: 1 });
    expect(backedOff.untilMs - backedOff.timeMs).toBe(5 * MINUTE);
    expect(second?.increases).toEqual({ 'general-on-demand-4cpu-16gi': 1 });
    expect(second?.refused).toEqual({ 'general-spot-4cpu-16gi': 'backed-off' });
    expect(eventsOf(log, 'NodeClaimLaunched').map(({ capacityType }) => capacityType)).toEqual(['on-demand']);
  });

  it('says for which pods there is no group at all', () => {
    const hopeless = runAutoscaled({
      duration: '5m',
      moreManifests: `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: huge, namespace: app }
spec:
  replicas: 1
  selector: { matchLabels: { app: huge } }
  template:
    metadata: { labels: { app: huge } }
    spec: { containers: [{ name: huge, resources: { requests: { cpu: 60 } } }] }
`,
    });
    const told = onlyEvent(hopeless, 'NotTriggerScaleUp');
    expect(told.pod).toMatch(/^app\/huge-/);
    expect(told.reasons).toEqual({
      'general-on-demand-2cpu-8gi': 'no-pod-fits',
      'general-on-demand-4cpu-16gi': 'no-pod-fits',
    });
  });
});

describe('a spot instance of a group', () => {
  const spot = (scenario: string): EventLog =>
    runAutoscaled({
      nodePoolSpec: SPOT_AND_ON_DEMAND,
      replicas: 3,
      zones: ZONES,
      duration: '20m',
      scenario: `spot: { interruptionMultiplier: 0 }\n${scenario}`,
    });

  it('is drained when EC2 announces its end, taken back two minutes later, and replaced', () => {
    const log = spot('events: [{ at: +10m, interrupt: {} }]');
    const warned = onlyEvent(log, 'SpotInterruption');
    expect(eventsOf(log, 'PodDeleting').filter(({ by }) => by === 'eviction')).toHaveLength(3);
    expect(onlyEvent(log, 'NodeDrained').timeMs).toBeLessThan(warned.timeMs + 2 * MINUTE);
    const reclaimed = onlyEvent(log, 'InstanceTerminating');
    expect(reclaimed).toMatchObject({ reclaimed: true, timeMs: warned.timeMs + 2 * MINUTE });
    const summary = summarise(analyse(log));
    expect(summary.interruptions).toBe(1);
    expect(summary.disruptions.byReason).toMatchObject({ Interrupted: 1 });
    expect(eventsOf(log, 'NodeClaimCreated').filter(({ timeMs }) => timeMs === reclaimed.timeMs)).toHaveLength(1);
  });

  it('is replaced first when EC2 recommends it, and drained when the new node is Ready', () => {
    const log = spot('events: [{ at: +10m, rebalance: {} }]');
    const recommended = onlyEvent(log, 'SpotRebalanceRecommendation');
    const replacement = firstAfter(eventsOf(log, 'NodeClaimCreated'), recommended.timeMs);
    const ready = firstAfter(eventsOf(log, 'NodeReady'), replacement.timeMs);
    const leaving = onlyEvent(log, 'NodeClaimDeleting');
    expect(leaving).toMatchObject({ by: 'rebalance', timeMs: ready.timeMs });
    expect(onlyEvent(log, 'InstanceTerminating').timeMs).toBeGreaterThan(ready.timeMs);
    expect(summarise(analyse(log)).nodes.end).toBe(1);
  });

  it('is replaced by the group when somebody deletes it', () => {
    const log = spot('events: [{ at: +10m, deleteNode: general }]');
    expect(onlyEvent(log, 'ScenarioEvent').text).toMatch(/^deleted node ip-/);
    expect(summarise(analyse(log)).nodes).toMatchObject({ max: 2, end: 1 });
  });
});
