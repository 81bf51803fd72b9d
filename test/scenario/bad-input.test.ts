import { describe, expect, it } from 'vitest';
import { APP, complaints, load, POOLS, SCENARIO, spec } from './scenario-fixture.js';

const scenario = (from: string | RegExp, to: string) => ({ 'test.yaml': SCENARIO.replace(from, to) });

describe('a bad scenario file', () => {
  it('has all its mistakes reported at once, each with place, expectation and hint', () => {
    const { problems } = load({
      'test.yaml': `nmae: test
name: test
region: us-east-1
zones: []
start: tomorrow
duration: 0h
seed: -1
story: traffic-spik
karpenter: { version: v1.0.0, batchIdleDuration: 1 }
manifests: { v1.14.1: [pools.yaml] }
services:
  - { deployment: web, traffic: web, load: { cpuMillisecondsPerRequest: 1, idleMemory: 100MB } }
`,
    });
    expect(problems?.map(({ line, column, path, code }) => [line, column, path, code])).toEqual(
      [
        [9, 23, 'karpenter.version', 'unsupported-value'],
        [9, 50, 'karpenter.batchIdleDuration', 'wrong-type'],
        [8, 8, 'story', 'unsupported-value'],
        [4, 8, 'zones', 'invalid-value'],
        [5, 8, 'start', 'invalid-value'],
        [6, 11, 'duration', 'invalid-value'],
        [7, 7, 'seed', 'invalid-value'],
        [12, 19, 'services[0].deployment', 'invalid-value'],
        [12, 88, 'services[0].load.idleMemory', 'invalid-value'],
        [1, 1, 'nmae', 'unknown-field'],
      ].sort((a, b) => order(problems?.map(({ path }) => path) ?? [], a[2], b[2])),
    );
    const by = (path: string) => problems?.find((problem) => problem.path === path);
    expect(by('nmae')?.hint).toBe('did you mean "name"?');
    expect(by('story')?.hint).toBe('did you mean "traffic-spike"?');
    expect(by('duration')?.expected).toBe('a duration above zero, such as 30s or 24h');
    expect(by('seed')?.expected).toBe('a whole number, 0 or more');
    expect(by('zones')?.expected).toBe('at least one zone');
    expect(by('karpenter.batchIdleDuration')?.expected).toBe('a duration such as 30s, 5m or 1h30m');
  });

  it.each([
    ['unknown key', scenario('region:', 'regoin: x\nregion:'), 'dir/test.yaml:2:1 regoin unknown key "regoin"'],
    ['missing key', scenario('region: us-east-1\n', ''), 'dir/test.yaml:1:1 region region is required'],
    ['wrong type', scenario('6h', '[6]'), 'dir/test.yaml:5:11 duration [6] has the wrong type'],
    [
      'no such day',
      scenario('2026-03-27', '2026-02-30'),
      'dir/test.yaml:4:8 start 2026-02-30T06:00:00Z does not exist',
    ],
    [
      'unknown region',
      scenario('us-east-1', 'us-east-9'),
      'dir/test.yaml:2:9 region there is no data for region "us-east-9"',
    ],
    [
      'unknown zone',
      scenario('us-east-1b', 'us-east-1x'),
      'dir/test.yaml:3:21 zones[1] "us-east-1x" is no zone of us-east-1',
    ],
    [
      'the same zone twice',
      scenario('us-east-1b', 'us-east-1a'),
      'dir/test.yaml:3:21 zones[1] us-east-1a stands there twice',
    ],
    [
      'unknown curve',
      scenario('traffic: web', 'traffic: wbe'),
      'dir/test.yaml:13:14 services[0].traffic there is no traffic curve "wbe"',
    ],
    [
      'unknown preset',
      scenario('noise: 0', 'daily: city-weekdy'),
      'dir/test.yaml:10:41 traffic.web.daily "city-weekdy" is not valid',
    ],
    [
      'a spike after the end',
      scenario('noise: 0', 'spikes: [{ at: 13:00, factor: 2, ramp: 1m, hold: 1m, decay: 1m }]'),
      'dir/test.yaml:10:49 traffic.web.spikes[0].at 13:00 is outside the run',
    ],
    ['a duration that rounds to nothing', scenario('6h', '0.1ms'), 'dir/test.yaml:5:11 duration "0.1ms" is not valid'],
    ['a duration beyond reason', scenario('6h', '99999999h'), 'dir/test.yaml:5:11 duration "99999999h" is not valid'],
    [
      'traffic for nothing',
      scenario('app/web', 'app/wbe'),
      'dir/test.yaml:12:17 services[0].deployment there is no Deployment app/wbe in the manifests',
    ],
    [
      'missing file',
      scenario('app.yaml', 'ap.yaml'),
      'dir/test.yaml:7:12 manifests.common[0] cannot read ap.yaml: no such file',
    ],
    [
      'a group of unknown machines',
      { 'test.yaml': `${SCENARIO}managedNodeGroups: [{ name: s, instanceType: m5.lagre, count: 1 }]\n` },
      'dir/test.yaml:16:46 managedNodeGroups[0].instanceType "m5.lagre" is not an instance type in the data',
    ],
    [
      'an event after the end',
      { 'test.yaml': `${SCENARIO}events: [{ at: +7h, deleteNode: n }]\n` },
      'dir/test.yaml:16:16 events[0].at +7h is outside the run',
    ],
    [
      'an event with two actions',
      { 'test.yaml': `${SCENARIO}events: [{ at: +1h, deleteNode: n, apply: x.yaml }]\n` },
      'dir/test.yaml:16:10 events[0] {"at":"+1h","deleteNode":"n","apply":"x.yaml"} is not valid',
    ],
    [
      'an event on an unknown zone',
      { 'test.yaml': `${SCENARIO}events: [{ at: +1h, interrupt: { zone: us-east-1c } }]\n` },
      'dir/test.yaml:16:40 events[0].interrupt.zone there is no zone of this scenario "us-east-1c"',
    ],
    [
      'a shortage of an unknown family',
      { 'test.yaml': `${SCENARIO}events: [{ at: +1h, exhaust: { instanceFamily: c55, duration: 5m } }]\n` },
      'dir/test.yaml:16:48 events[0].exhaust.instanceFamily there is no instance family "c55"',
    ],
    [
      'a weight that is no fraction',
      { 'test.yaml': `${SCENARIO}spot: { capacityWeight: 1.5 }\n` },
      'dir/test.yaml:16:25 spot.capacityWeight 1.5 is not valid',
    ],
    [
      'a boot time of an AMI family that does not exist',
      { 'test.yaml': `${SCENARIO}nodeStart: { amiBoot: { AL3: 5s } }\n` },
      'dir/test.yaml:16:25 nodeStart.amiBoot.AL3 unknown key "AL3"',
    ],
    [
      'a window that ends before it begins',
      { 'test.yaml': `${SCENARIO}window: { from: +2h, to: +1h }\n` },
      'dir/test.yaml:16:26 window.to the window ends before it begins',
    ],
  ])('%s', (_, files, complaint) => {
    const found = complaints(files);
    expect(found[0]).toBe(complaint);
  });

  it('YAML errors have a place', () => {
    expect(complaints({ 'test.yaml': 'name: [\n' })[0]).toMatch(/^dir\/test\.yaml:\d+:\d+ {2}\S/);
    expect(complaints({ 'test.yaml': 'name: a\nname: b\n' })).toEqual(['dir/test.yaml:2:1  Map keys must be unique']);
    expect(complaints({ 'test.yaml': '' })).toEqual(['dir/test.yaml:1:1  the file is empty']);
    expect(complaints({ 'test.yaml': '- a' })[0]).toContain('has the wrong type');
  });

  it('a version without manifests is a clear error', () => {
    const { problems } = load({}, { karpenterVersion: 'v0.32.0' });
    expect(problems).toMatchObject([
      {
        line: 7,
        path: 'manifests',
        message: 'there are no manifests for Karpenter v0.32.0',
        hint: 'this scenario has manifests for v1.14.1',
      },
    ]);
  });

  it('negative or broken seeds and overrides are named by their option', () => {
    expect(complaints({}, { seed: -1 })).toEqual(['--seed:1:1 seed -1 is not a seed']);
    expect(complaints({}, { set: ['seed=-1'] })).toEqual(['--set seed=-1:1:1 seed -1 is not valid']);
    expect(load({}, { set: ['servces[0].share=1'] }).problems).toMatchObject([
      { file: '--set servces[0].share=1', message: 'there is no servces[0] to set', hint: 'did you mean "services"?' },
    ]);
    expect(complaints({}, { set: ['karpentr.version=v0.32.0'] })).toEqual([
      '--set karpentr.version=v0.32.0:1:1 karpentr unknown key "karpentr"',
    ]);
    expect(complaints({}, { set: ['zones[0]=us-east-1x'] })).toEqual([
      '--set zones[0]=us-east-1x:1:1 zones[0] "us-east-1x" is no zone of us-east-1',
    ]);
    expect(complaints({}, { set: ['NodePool/genral.spec.weight=1'] })).toEqual([
      '--set NodePool/genral.spec.weight=1:1:1  there is no NodePool genral in the manifests',
    ]);
    expect(complaints({}, { set: ['NodePool/general.spec.weight=1000'] })).toEqual([
      '--set NodePool/general.spec.weight=1000:1:1 spec.weight 1000 is out of range',
    ]);
  });
});

/** The Deployment `app/web` with an autoscaler `app/web` of what is named. */
const hpa = (target: string) => ({
  'app.yaml': `${APP}---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: app }
spec: { maxReplicas: 5, scaleTargetRef: { kind: Deployment, name: ${target} } }
`,
});

describe('bad manifests', () => {
  const pools = (from: string, to: string) => ({ 'pools.yaml': POOLS.replace(from, to) });
  const app = (from: string, to: string) => ({ 'app.yaml': APP.replace(from, to) });
  it.each([
    [
      'unknown instance type',
      pools('c5.large', 'c5.lagre'),
      'dir/pools.yaml:9:85 spec.template.spec.requirements[0].values[1] "c5.lagre" is not an instance type in the data',
    ],
    [
      'quantity that does not parse',
      app('256Mi', '256MB'),
      'dir/app.yaml:9:77 spec.template.spec.containers[0].resources.requests.memory "256MB" is not a quantity',
    ],
    [
      'NodePool with no matching instance type',
      pools(
        'values: [m5.large, c5.large] }',
        'values: [m5.large] }\n        - { key: kubernetes.io/arch, operator: In, values: [arm64] }',
      ),
      'dir/pools.yaml:9:9 spec.template.spec.requirements no instance type matches NodePool general in us-east-1a, us-east-1b',
    ],
    [
      'NodePool without its EC2NodeClass',
      pools('name: default }\nspec:\n  role', 'name: defualt }\nspec:\n  role'),
      'dir/pools.yaml:7:75 spec.template.spec.nodeClassRef.name there is no EC2NodeClass "default" in the manifests',
    ],
    [
      'misspelt field of a NodePool',
      pools('spec:\n  template', 'spec:\n  wieght: 5\n  template'),
      'dir/pools.yaml:5:3 spec.wieght unknown field "wieght"',
    ],
    [
      'NodePool of the other version',
      pools('karpenter.sh/v1', 'karpenter.sh/v1beta1'),
      'dir/pools.yaml:1:13 apiVersion Karpenter v1.14.1 does not serve NodePool karpenter.sh/v1beta1',
    ],
    [
      'Deployment of an old version',
      app('apps/v1', 'apps/v1beta1'),
      'dir/app.yaml:1:13 apiVersion Deployment apps/v1beta1 is not read',
    ],
    ['misspelt kind', app('kind: Deployment', 'kind: Deploymnet'), 'dir/app.yaml:2:7 kind unknown kind "Deploymnet"'],
    ['object without kind', app('kind: Deployment\n', ''), 'dir/app.yaml:1:1 kind kind is required'],
    [
      'a selector that does not match the pods of its own template',
      app('matchLabels: { app: web }', 'matchLabels: { app: wbe }'),
      'dir/app.yaml:5:13 spec.selector the selector does not match spec.template.metadata.labels',
    ],
    [
      'autoscaler with less at most than at least',
      { 'app.yaml': hpa('web')['app.yaml'].replace('maxReplicas: 5', 'maxReplicas: 5, minReplicas: 6') },
      'dir/app.yaml:14:22 spec.maxReplicas maxReplicas 5 is below minReplicas 6',
    ],
    [
      'pod with a missing claim',
      app('containers:', 'volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]\n      containers:'),
      'dir/app.yaml:9:16 spec.template.spec.volumes volume data: there is no PersistentVolumeClaim app/data',
    ],
    [
      'unknown priority class',
      app('containers:', 'priorityClassName: high\n      containers:'),
      'dir/app.yaml:9:26 spec.template.spec.priorityClassName there is no PriorityClass "high"',
    ],
    [
      'the same name twice',
      { 'app.yaml': `${APP}---\n${APP}` },
      'dir/app.yaml:13:19 metadata.name there is another Deployment web at app.yaml:1',
    ],
  ])('%s', (_, files, complaint) => {
    expect(complaints(files)[0]).toBe(complaint);
  });

  it('of several files are all reported', () => {
    const found = complaints({
      ...app('256Mi', 'lots'),
      'pools.yaml': `${POOLS.replace('c5.large', 'c5.huge').replace('role: r', 'rol: r')}---\n{ broken\n`,
    });
    expect(found.map((text) => text.split(':')[0])).toEqual([
      'dir/app.yaml',
      'dir/pools.yaml',
      'dir/pools.yaml',
      'dir/pools.yaml',
      'dir/pools.yaml',
    ]);
  });

  it('in applied files are checked against what the scenario has', () => {
    const events = 'events: [{ at: +1h, apply: new.yaml }]\n';
    const files = { 'test.yaml': SCENARIO + events, 'new.yaml': POOLS.split('---')[0] ?? '' };
    expect(complaints(files)).toEqual([]);
    const broken = { ...files, 'new.yaml': (POOLS.split('---')[0] ?? '').replace('name: default', 'name: other') };
    expect(complaints(broken)).toEqual([
      'dir/new.yaml:7:75 spec.template.spec.nodeClassRef.name there is no EC2NodeClass "other" in the manifests',
    ]);
    expect(complaints({ 'test.yaml': SCENARIO + events })[0]).toContain('events[0].apply cannot read new.yaml');
  });
});

function order(paths: readonly string[], a: unknown, b: unknown): number {
  return paths.indexOf(String(a)) - paths.indexOf(String(b));
}

describe('budget schedules that the API server accepts', () => {
  const budgets = (text: string) =>
    POOLS.replace('spec:\n', `spec:\n  disruption: {consolidateAfter: 0s, budgets: [${text}]}\n`);

  it('are remarked on with place and effect when they never or always match', () => {
    const notes = (text: string) => spec({ 'pools.yaml': budgets(text) }).notes;
    expect(notes('{nodes: "0", schedule: "0 0 30 2 *", duration: 1h}')).toEqual([
      'NodePool general (pools.yaml:5): budget 1, schedule "0 0 30 2 *" never matches, which Karpenter takes as always: nodes "0" applies at all times. Is the date right?',
    ]);
    expect(notes('{}, {nodes: "0", schedule: "@daily", duration: 24h}')).toEqual([
      expect.stringContaining(
        'budget 2, schedule "@daily" lasts 24 h and matches again within 24 h, so that it never ends',
      ),
    ]);
    expect(notes('{nodes: "0", schedule: "0 9 * * 7", duration: 1h}')).toEqual([
      expect.stringContaining('Karpenter cannot parse it, and then allows no disruption at all'),
    ]);
    expect(notes('{nodes: "0", schedule: "0 9 * * 6", duration: 1h}')).toEqual([]);
  });
});

// The API server accepts all of these; the controller reports an event and does what it can.
describe('autoscalers that cannot do what they are meant to', () => {
  const name = 'HorizontalPodAutoscaler app/web (app.yaml:11)';
  const changed = (from: string | RegExp, to: string) => ({ 'app.yaml': hpa('web')['app.yaml'].replace(from, to) });

  it('are no mistake when they can', () => {
    expect(spec(hpa('web')).notes).toEqual([]);
  });

  it('have no target', () => {
    expect(spec(hpa('wbe')).notes).toEqual([
      `${name}: there is no Deployment app/wbe to scale (FailedGetScale) — did you mean "web"?`,
    ]);
  });

  it('know no utilisation without requests', () => {
    expect(spec(changed('cpu: 250m, ', '')).notes).toEqual([
      `${name}: container web of Deployment app/web has no cpu request, so that its utilisation cannot be computed (FailedGetResourceMetric): it never scales.`,
    ]);
    const metric = (resource: string) =>
      `{ type: Resource, resource: { name: ${resource}, target: { type: Utilization, averageUtilization: 70 } } }`;
    const two = hpa('web')['app.yaml'].replace(
      'maxReplicas: 5',
      `maxReplicas: 5, metrics: [${metric('cpu')}, ${metric('memory')}]`,
    );
    expect(spec({ 'app.yaml': two.replace('cpu: 250m, ', '') }).notes).toEqual([
      expect.stringContaining('it only scales up, by its other metrics.'),
    ]);
  });

  it('get in the way of each other', () => {
    const second = hpa('web')['app.yaml'].slice(APP.length).replace('name: web,', 'name: other,');
    expect(spec({ 'app.yaml': hpa('web')['app.yaml'] + second }).notes).toEqual([
      `${name}: HorizontalPodAutoscaler other scales Deployment app/web too, so that neither goes by its metrics (AmbiguousSelector).`,
      `HorizontalPodAutoscaler app/other (app.yaml:16): HorizontalPodAutoscaler web scales Deployment app/web too, so that neither goes by its metrics (AmbiguousSelector).`,
    ]);
  });

  it('scale what has no traffic', () => {
    const quiet = { 'test.yaml': SCENARIO.replace(/traffic:[^]*$/, '') };
    expect(spec({ ...quiet, ...hpa('web') }).notes).toEqual([
      `${name}: no entry of services sends requests to Deployment app/web; without metrics it only keeps the size between minReplicas and maxReplicas.`,
    ]);
  });
});
