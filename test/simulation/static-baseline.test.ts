import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import { withBaseline } from '../../src/scenario/with-baseline.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';
import { eventsOf, onlyEvent, run, type SmallCluster, smallSpec } from './small-cluster.js';

const CLUSTER: SmallCluster = {
  replicas: 6,
  zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
  duration: '20m',
  scenario: `traffic:
  web: { requestsPerSecond: 50 }
services:
  - { deployment: app/web, traffic: web, load: { cpuMillisecondsPerRequest: 10, idleMemory: 100Mi } }
events:
  - { at: +5m, scale: { deployment: app/web, replicas: 4 } }
`,
};

function runStatic(cluster: SmallCluster): EventLog {
  return simulate(withBaseline(smallSpec(cluster), 'static'), { simulatorVersion: 'test' }).log;
}

describe('a run on a static fleet', () => {
  const log = runStatic(CLUSTER);

  it('says what its nodes come from, and names the groups', () => {
    expect(onlyEvent(log, 'RunStarted').baseline).toBe('static');
    expect(onlyEvent(log, 'NodeGroupDefined')).toMatchObject({ nodeGroup: 'general', minSize: 3, maxSize: 3 });
  });

  it('has all nodes from the start, the same number in each zone, and nothing of Karpenter', () => {
    const nodes = eventsOf(log, 'ManagedNodeJoined');
    expect(nodes.map(({ timeMs, zone }) => [timeMs, zone])).toEqual([
      [0, 'us-east-1a'],
      [0, 'us-east-1b'],
      [0, 'us-east-1c'],
    ]);
    const types = new Set(log.map(({ type }) => type));
    for (const type of ['NodePoolApplied', 'BatchOpened', 'NodeClaimCreated', 'DisruptionBlocked'] as const) {
      expect(types.has(type), type).toBe(false);
    }
  });

  it('places every pod at once and keeps its nodes when the pods leave', () => {
    const { nodes, pods } = summarise(analyse(log));
    expect(pods).toMatchObject({ created: 6, bound: 6, unschedulable: 0 });
    expect(pods.pendingSeconds.max).toBeLessThan(1);
    expect(nodes).toMatchObject({ min: 3, max: 3, end: 3 });
  });

  it('bills the fleet for the whole run and measures how full it is', () => {
    const summary = summarise(analyse(log));
    expect(summary.nodesFrom).toBe('static');
    // Three m5.xlarge for 20 minutes.
    expect(summary.cost.total).toBeCloseTo((3 * 0.192) / 3, 6);
    expect(summary.cost.byComponent.ebs).toBeGreaterThan(0);
    // 6 pods of 1,000m for 5 minutes and 4 for 15, on 3 × 3,920m.
    expect(summary.utilisation.cpu).toBeCloseTo(4500 / (3 * 3920), 2);
  });

  it('serves the same demand as the run with Karpenter', () => {
    const demand = (events: EventLog) => eventsOf(events, 'Demand').map((event) => event.requestsPerSecond);
    expect(demand(log)).toEqual(demand(run(CLUSTER)));
  });

  it('is the same again, byte for byte, and with either version of Karpenter', () => {
    expect(JSON.stringify(runStatic(CLUSTER))).toBe(JSON.stringify(log));
    const groups = (events: EventLog) =>
      eventsOf(events, 'NodeGroupDefined').map((event) => [event.instanceTypes, event.maxSize]);
    const nodePoolSpec = `  template:
    spec:
      nodeClassRef: { apiVersion: karpenter.k8s.aws/v1beta1, kind: EC2NodeClass, name: default }
      requirements:
        - { key: node.kubernetes.io/instance-type, operator: In, values: [m5.large, m5.xlarge] }
`;
    expect(groups(runStatic({ ...CLUSTER, version: 'v0.32.0', nodePoolSpec }))).toEqual(groups(log));
  });
});
