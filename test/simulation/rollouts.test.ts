import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/simulation/event-log.js';
import { eventsOf, ON_DEMAND_POOL, run } from './small-cluster.js';

const CHANGE = "events: [{ at: '+10m', apply: change.yaml }]\n";
const CHANGED_MS = 600_000;

/** Most and fewest pods of a workload that exist or are ready, from the change on. */
function bounds(log: EventLog, service: string) {
  const mine = new Set(eventsOf(log, 'PodCreated').flatMap((event) => (event.service === service ? [event.pod] : [])));
  const alive = new Set<string>();
  const ready = new Set<string>();
  let most = 0;
  let fewest = Infinity;
  for (const event of log) {
    if (!('pod' in event) || !mine.has(event.pod)) continue;
    if (event.type === 'PodCreated') alive.add(event.pod);
    if (event.type === 'PodReady') ready.add(event.pod);
    if (event.type === 'PodDeleting') {
      alive.delete(event.pod);
      ready.delete(event.pod);
    }
    if (event.timeMs < CHANGED_MS) continue;
    most = Math.max(most, alive.size);
    fewest = Math.min(fewest, ready.size);
  }
  return { most, fewest, alive: alive.size };
}

const deletions = (log: EventLog) =>
  eventsOf(log, 'PodDeleting')
    .filter(({ timeMs }) => timeMs >= CHANGED_MS)
    .map(({ pod }) => pod.replace('app/', ''));

describe('a Deployment of one revision', () => {
  it('gets all its pods, also beyond the 500 that one sync creates', () => {
    const podSpec = 'containers: [{ name: web, resources: { requests: { cpu: 10m, memory: 10Mi } } }]';
    const log = run({ replicas: 510, podSpec, duration: '10m' });
    expect(eventsOf(log, 'PodCreated').filter(({ service }) => service === 'app/web')).toHaveLength(510);
  });
});

describe('a changed Deployment', () => {
  const web = (cpu: string, strategy: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: app }
spec:
  replicas: 4
  minReadySeconds: 20
  strategy: ${strategy}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, resources: { requests: { cpu: ${cpu}, memory: 100Mi } } }] }
`;
  const rollout = (strategy: string) =>
    run({ replicas: 4, scenario: CHANGE, files: { 'change.yaml': web('600m', strategy) }, duration: '25m' });

  it('is rolled out within maxSurge and maxUnavailable', () => {
    const surging = rollout('{ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }');
    expect(bounds(surging, 'app/web')).toEqual({ most: 5, fewest: 4, alive: 4 });
    const shrinking = rollout('{ rollingUpdate: { maxSurge: 0, maxUnavailable: 2 } }');
    expect(bounds(shrinking, 'app/web')).toEqual({ most: 4, fewest: 2, alive: 4 });
  });

  it('waits minReadySeconds before it takes the next old pod down', () => {
    const log = rollout('{ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }');
    const ready = eventsOf(log, 'PodReady').filter(({ timeMs }) => timeMs > CHANGED_MS);
    const deleting = eventsOf(log, 'PodDeleting').filter(({ timeMs }) => timeMs > CHANGED_MS);
    const waits = deleting.map(({ timeMs }, index) => timeMs - (ready[index]?.timeMs ?? 0));
    // Ready times are kept in whole seconds.
    expect(Math.min(...waits)).toBeGreaterThan(19_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(20_000);
  });

  it('with Recreate is down meanwhile', () => {
    expect(bounds(rollout('{ type: Recreate }'), 'app/web')).toMatchObject({ most: 4, fewest: 0, alive: 4 });
  });
});

describe('a changed StatefulSet', () => {
  const db = (cpu: string, more = '') => `---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: app }
spec:
  replicas: 3
  serviceName: db
  ${more}
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, resources: { requests: { cpu: ${cpu}, memory: 100Mi } } }] }
`;
  const rollout = (more: string) =>
    run({ scenario: CHANGE, moreManifests: db('200m', more), files: { 'change.yaml': db('300m', more) } });

  it('has its pods replaced from the highest ordinal, one at a time', () => {
    const log = rollout('');
    expect(deletions(log)).toEqual(['db-2', 'db-1', 'db-0']);
    expect(bounds(log, 'app/db')).toEqual({ most: 3, fewest: 2, alive: 3 });
    const requests = eventsOf(log, 'PodCreated')
      .filter(({ service, timeMs }) => service === 'app/db' && timeMs > CHANGED_MS)
      .map((event) => event.requests['cpu']);
    expect(requests).toEqual([300, 300, 300]);
  });

  it('keeps the ordinals below its partition', () => {
    expect(deletions(rollout('updateStrategy: { rollingUpdate: { partition: 2 } }'))).toEqual(['db-2']);
  });

  it('with OnDelete is left to whoever deletes its pods', () => {
    expect(deletions(rollout('updateStrategy: { type: OnDelete }'))).toEqual([]);
  });
});

describe('a changed DaemonSet', () => {
  const agent = (cpu: string) => `---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: app }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, resources: { requests: { cpu: ${cpu}, memory: 50Mi } } }] }
`;

  it('has its pods replaced node by node, each when the one before is ready again', () => {
    const log = run({
      replicas: 3,
      podSpec: 'containers: [{ name: web, resources: { requests: { cpu: 1500m, memory: 1Gi } } }]',
      nodePoolSpec: ON_DEMAND_POOL.replace('m5.large, m5.xlarge', 'm5.large'),
      scenario: CHANGE,
      moreManifests: agent('50m'),
      files: { 'change.yaml': agent('60m') },
    });
    expect(deletions(log)).toHaveLength(3);
    expect(bounds(log, 'app/agent')).toEqual({ most: 3, fewest: 2, alive: 3 });
    const last = eventsOf(log, 'PodCreated').filter(({ daemonSet }) => daemonSet);
    expect(last.slice(-3).map(({ requests }) => requests['cpu'])).toEqual([60, 60, 60]);
  });
});
