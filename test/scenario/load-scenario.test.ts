import { describe, expect, it } from 'vitest';
import { APP, POOLS, SCENARIO, load, spec } from './scenario-fixture.js';

const MINUTE = 60_000;

describe('loadScenario', () => {
  it('applies all defaults', () => {
    expect(spec()).toMatchObject({
      name: 'test',
      description: '',
      story: 'none',
      vmMemoryOverheadPercent: 0.075,
      zones: ['us-east-1a', 'us-east-1b'],
      startTimeMs: Date.UTC(2026, 2, 27, 6),
      durationMs: 6 * 60 * MINUTE,
      seed: '1',
      managedNodeGroups: [],
      events: [],
      window: undefined,
      interruption: { queue: '' },
      spot: {
        interruptionMultiplier: 1,
        reclaims: { correlation: 0.9, meanOutageMs: 30 * MINUTE },
        depthTolerance: 0.4,
      },
      shortages: {},
      notes: [],
      unmodelled: [],
      settings: {
        version: 'v1.14.1',
        batchIdleMs: 1000,
        batchMaxMs: 10_000,
        preferencePolicy: 'Respect',
        minValuesPolicy: 'Strict',
        featureGates: {
          spotToSpotConsolidation: false,
          reservedCapacity: true,
          nodeOverlay: false,
          staticCapacity: false,
          capacityBuffer: false,
          nodeRepair: false,
          drift: true,
        },
      },
    });
  });

  it('gives objects the start of the run as creation time', () => {
    expect(spec().cluster.deployments[0]?.metadata.creationTimeMs).toBe(Date.UTC(2026, 2, 27, 6));
  });

  it('turns shares of a curve into requests of a service', () => {
    expect(spec().services).toEqual([
      {
        deployment: 'app/web',
        traffic: {
          curve: 'web',
          baseRps: 50,
          hourly: Array.from({ length: 24 }, () => 1),
          weekdays: [1, 1, 1, 1, 1, 1, 1],
          spikes: [],
          noiseSigma: 0,
        },
        model: {
          idleCpuMilli: 20,
          cpuMilliSecondsPerRequest: 10,
          warmupFactor: 1,
          warmupMs: 1000,
          idleMemoryBytes: 104_857_600,
          memoryBytesPerRps: 0,
        },
        requests: { ioMs: 0, timeoutMs: 5000, retryShare: 0.3 },
      },
    ]);
  });

  it('reads curves: presets, own factors, spikes by the clock', () => {
    const curve = `{ requestsPerSecond: 10, daily: city-weekday, weekdays: [1, 1, 1, 1, 1, 0, 0],
    spikes: [{ at: 09:00, factor: 8, ramp: 2m, hold: 20m, decay: 30m }] }`;
    const { traffic } = spec({ 'test.yaml': SCENARIO.replace(/{ requestsPerSecond: .*}/, curve) }).services[0] ?? {};
    expect(traffic?.hourly[19]).toBe(1.55);
    expect(traffic?.weekdays[6]).toBe(0);
    expect(traffic?.noiseSigma).toBe(0.25);
    expect(traffic?.spikes).toEqual([
      { startMs: 180 * MINUTE, factor: 8, rampMs: 2 * MINUTE, holdMs: 20 * MINUTE, decayMs: 30 * MINUTE },
    ]);
  });

  it('sorts events by time and resolves each kind', () => {
    const events = `events:
  - { at: +2h, scale: { deployment: app/web, replicas: 5 } }
  - { at: "07:00", apply: pools-new.yaml }
  - { at: +3h, deleteNode: node-1 }
  - { at: +4h, interrupt: { zone: us-east-1a, count: 2 } }
  - { at: +6h, rebalance: { instanceType: m5.large } }
  - { at: +5h, exhaust: { instanceType: m5.large, capacityType: spot, duration: 30m } }
`;
    const loaded = spec({
      'test.yaml': SCENARIO + events,
      'pools-new.yaml': POOLS.split('---')[0]?.replace('[m5.large, c5.large]', '[m5.xlarge]') ?? '',
    });
    expect(loaded.events.map(({ atMs, action }) => [atMs / MINUTE, action])).toEqual([
      [60, 'apply'],
      [120, 'scale'],
      [180, 'deleteNode'],
      [240, 'interrupt'],
      [300, 'exhaust'],
      [360, 'rebalance'],
    ]);
    expect(loaded.events[0]).toMatchObject({
      file: 'pools-new.yaml',
      objects: { nodePools: [{ template: { requirements: [{ values: ['m5.xlarge'] }] } }], nodeClasses: [] },
    });
    expect(loaded.events[4]).toMatchObject({ instanceType: 'm5.large', capacityType: 'spot', durationMs: 30 * MINUTE });
  });

  it('prints the notes of the version at hand', () => {
    const notes = 'notes:\n  - always\n  - { karpenter: v0.32.0, note: old }\n  - { karpenter: v1.14.1, note: new }\n';
    expect(spec({ 'test.yaml': SCENARIO + notes }).notes).toEqual(['always', 'new']);
  });

  it('lets the command line choose seed and values', () => {
    const loaded = spec({}, { seed: 7, set: ['duration=1h', 'services[0].share=1', 'karpenter.batchIdleDuration=2s'] });
    expect(loaded).toMatchObject({ seed: '7', durationMs: 60 * MINUTE, settings: { batchIdleMs: 2000 } });
    expect(loaded.services[0]?.traffic.baseRps).toBe(100);
  });

  it('lets the command line change an object of the manifests', () => {
    const { nodePools } = spec({}, { set: ['NodePool/general.spec.disruption.consolidateAfter=5m'] }).cluster;
    expect(nodePools[0]?.disruption.consolidateAfter).toBe(5 * MINUTE);
  });

  it('reads Lists, and resolves priority classes as admission does', () => {
    const list = `apiVersion: v1
kind: List
items:
  - { apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: high }, value: 1000, preemptionPolicy: Never }
  - ${APP.replace('containers:', 'priorityClassName: high\n      containers:').trimEnd().replace(/\n/g, '\n    ')}
`;
    expect(spec({ 'app.yaml': list }).cluster.deployments[0]?.template.spec).toMatchObject({
      priority: 1000,
      preemptionPolicy: 'Never',
    });
  });

  it('leaves out pods that a controller makes anew, and says so', () => {
    const pod = (owner: string) => `---
apiVersion: v1
kind: Pod
metadata: { name: p${owner.length}, namespace: app${owner} }
spec: { containers: [{ name: c }] }
`;
    const owned = ', ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: u, controller: true }]';
    const { cluster, notes } = spec({ 'app.yaml': APP + pod('') + pod(owned) });
    expect(cluster.pods.map(({ metadata }) => metadata.name)).toEqual(['p0']);
    expect(notes[0]).toContain('1 pods of the manifests have a controller');
  });

  it('lists kinds and fields that it does not model, and is silent on what cannot matter', () => {
    const more = `---
apiVersion: v1
kind: ResourceQuota
metadata: { name: nightly }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
`;
    const app = APP.replace('containers:', 'activeDeadlineSeconds: 5\n      containers:') + more;
    expect(spec({ 'app.yaml': app }).unmodelled).toEqual([
      { file: 'app.yaml', line: 9, path: 'spec.template.spec.activeDeadlineSeconds' },
      { file: 'app.yaml', line: 12, path: 'ResourceQuota nightly' },
    ]);
  });

  it('remarks on budgets that select nothing, and on pods with two', () => {
    const budget = (name: string, app: string) => `---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ${name}, namespace: app }
spec: { minAvailable: 1, selector: { matchLabels: { app: ${app} } } }
`;
    const text = APP + budget('idle', 'other') + budget('one', 'web') + budget('two', 'web');
    expect(spec({ 'app.yaml': text }).notes).toEqual([
      'PodDisruptionBudget app/idle (app.yaml:11) selects no pods.',
      'Deployment app/web (app.yaml:1) has 2 PodDisruptionBudgets (one, two): its pods cannot be evicted.',
    ]);
  });

  it('reads from the file system by default', () => {
    const { problems } = load({}, { file: 'test/scenario/no-such-file.yaml', readFile: undefined });
    expect(problems).toMatchObject([{ code: 'unreadable-file', file: 'test/scenario/no-such-file.yaml' }]);
    const folder = load({}, { file: 'test/scenario', readFile: undefined }).problems;
    expect(folder?.[0]?.message).toBe('cannot read test/scenario: it is a folder');
  });
});
