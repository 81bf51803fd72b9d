import { describe, expect, it } from 'vitest';
import { isProvisionable } from '../../../src/karpenter/pod-predicates.js';
import { betaPool, clusterOf, node, nodeAffinity, pass, pod, pods, pool, simulate, spread, ZONE } from './pass.js';

const NODEPOOL = 'karpenter.sh/nodepool';
const owned = (kind: string, apiVersion = 'apps/v1') => ({
  ownerReferences: [{ apiVersion, kind, name: 'owner', uid: 'owner', controller: true }],
});

/** A claim and a volume of it that pods may name. */
function storage(
  name: string,
  { className, volume, ...fields }: { className?: string; volume?: object; phase?: string; deletionTimestamp?: string },
) {
  const { phase, deletionTimestamp } = fields;
  const claim = {
    metadata: {
      name,
      namespace: 'default',
      uid: `claim-${name}`,
      annotations: volume === undefined ? {} : { 'pv.kubernetes.io/bind-completed': 'yes' },
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    spec: {
      ...(className !== undefined && { storageClassName: className }),
      ...(volume !== undefined && { volumeName: `pv-${name}` }),
    },
    ...(phase !== undefined && { status: { phase } }),
  };
  const bound = { metadata: { name: `pv-${name}`, uid: `pv-${name}` }, spec: volume };
  return { claim, volume: bound };
}

const mounts = (...claims: string[]) => ({
  volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
});
const terms = (...texts: string[]) => ({
  nodeAffinity: {
    required: (nodeAffinity(texts)['nodeAffinity'] as Record<string, unknown>)[
      'requiredDuringSchedulingIgnoredDuringExecution'
    ],
  },
});
const CSI = { csi: { driver: 'ebs.csi.aws.com' } };
const storageClass = (name: string, fields: object = {}) => ({
  metadata: { name, uid: name },
  provisioner: 'ebs.csi.aws.com',
  volumeBindingMode: 'WaitForFirstConsumer',
  ...fields,
});

describe('provisionable pods (POD-1)', () => {
  const provisionable = (fields: object, status?: object): boolean => {
    const manifest = { ...pod('p', 1, fields as Record<string, unknown>), ...(status !== undefined && { status }) };
    return clusterOf({ pods: [manifest] }).snapshot.pods.every(isProvisionable);
  };

  it('are unbound, given up by the scheduler, and not owned by a DaemonSet or node', () => {
    expect(provisionable({})).toBe(true);
    expect(provisionable({ nodeName: 'n' })).toBe(false);
    expect(provisionable(owned('DaemonSet'))).toBe(false);
    expect(provisionable(owned('Node', 'v1'))).toBe(false);
    expect(provisionable(owned('ReplicaSet'))).toBe(true);
    expect(provisionable({}, { nominatedNodeName: 'n' })).toBe(false);
  });

  it('are told by the reason of PodScheduled alone', () => {
    const scheduled = (status: string, reason: string) => ({ conditions: [{ type: 'PodScheduled', status, reason }] });
    expect(provisionable({}, scheduled('True', 'Unschedulable'))).toBe(true);
    expect(provisionable({}, scheduled('False', 'SchedulingGated'))).toBe(false);
  });
});

describe('pods that a pass ignores (POD-2)', () => {
  it.each<[string, object, string]>([
    ['a nodeSelector on the hostname', { nodeSelector: { 'kubernetes.io/hostname': 'n' } }, 'restricted-label'],
    ['a label of Karpenter', { nodeSelector: { 'karpenter.sh/unknown': 'x' } }, 'restricted-label'],
    ['a label of a sub-domain', { nodeSelector: { 'x.karpenter.k8s.aws/y': 'x' } }, 'restricted-label'],
    ['not wanting a NodePool', { affinity: nodeAffinity([`${NODEPOOL} DoesNotExist`]) }, 'opted-out'],
    ['In without values', { affinity: nodeAffinity(['team In']) }, 'missing-values'],
    ['Gt of a text', { affinity: nodeAffinity(['team Gt x']) }, 'not-an-integer'],
    ['Lt of a negative number', { affinity: nodeAffinity(['team Lt -1']) }, 'invalid-label'],
    [
      'a capacity type that does not exist',
      { nodeSelector: { 'karpenter.sh/capacity-type': 'free' } },
      'unknown-capacity-type',
    ],
    ['an invalid value', { nodeSelector: { team: 'no spaces' } }, 'invalid-label'],
  ])('%s', (_name, fields, code) => {
    const decision = pass({ pods: [pod('p', 1, fields as Record<string, unknown>)] });
    expect([decision.ignored, decision.errors]).toEqual([{ p: code }, {}]);
  });

  it('include those with matchFields', () => {
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }],
        },
      },
    };
    expect(pass({ pods: [pod('p', 1, { affinity })] }).ignored).toEqual({ p: 'match-fields' });
  });

  it('differ in v0.32.0: opting out takes two labels, preferences are checked, other domains are reserved (D11–D13)', () => {
    const ignored = (fields: object) =>
      pass({ version: 'v0.32.0', pods: [pod('p', 1, fields as Record<string, unknown>)] }).ignored['p'];
    expect(ignored({ affinity: nodeAffinity([`${NODEPOOL} DoesNotExist`]) })).toBeUndefined();
    expect(
      ignored({ affinity: nodeAffinity([`${NODEPOOL} DoesNotExist, karpenter.sh/provisioner-name DoesNotExist`]) }),
    ).toBe('opted-out');
    expect(ignored({ nodeSelector: { 'notkubernetes.io/x': 'y' } })).toBe('restricted-label');
    expect(ignored({ nodeSelector: { 'node.kubernetes.io/x': 'y' } })).toBeUndefined();
    const preferring = { affinity: nodeAffinity([], [[1, 'example.k8s.io/x In y']]) };
    expect(ignored(preferring)).toBe('restricted-label');
    expect(pass({ pods: [pod('p', 1, preferring)] }).ignored).toEqual({});
  });

  it.each<[string, Partial<Parameters<typeof pass>[0]>, string]>([
    ['a missing claim', {}, 'claim-not-found'],
    [
      'a claim that is being deleted',
      claims(storage('data', { deletionTimestamp: '2026-01-01T00:00:00Z' })),
      'claim-deleting',
    ],
    ['a lost claim', claims(storage('data', { phase: 'Lost' })), 'claim-lost'],
    ['a claim without class', claims(storage('data', {})), 'claim-without-class'],
    ['a missing class', claims(storage('data', { className: 'gp3' })), 'storage-class-not-found'],
    [
      'a class that binds at once',
      {
        ...claims(storage('data', { className: 'gp3' })),
        storageClasses: [storageClass('gp3', { volumeBindingMode: 'Immediate' })],
      },
      'immediate-binding',
    ],
    ['a missing volume', claims(storage('data', { volume: CSI })), 'volume-not-found'],
  ])('%s (POD-8)', (_name, sketch, code) => {
    expect(pass({ ...sketch, pods: [pod('p', 1, mounts('data'))] }).ignored).toEqual({ p: code });
  });

  it('take a class without binding mode for one that waits', () => {
    const sketch = {
      ...claims(storage('data', { className: 'gp3' })),
      storageClasses: [storageClass('gp3', { volumeBindingMode: undefined })],
    };
    expect(pass({ ...sketch, pods: [pod('p', 1, mounts('data'))] }).claims).toHaveLength(1);
  });
});

function claims(...entries: readonly ReturnType<typeof storage>[]) {
  return { persistentVolumeClaims: entries.map(({ claim }) => claim) };
}

describe('volumes', () => {
  const withVolume = (...texts: string[]) => storage('data', { volume: { ...CSI, ...terms(...texts) } });
  const sketch = (entry: ReturnType<typeof storage>, zones: readonly string[]) => ({
    persistentVolumeClaims: [entry.claim],
    persistentVolumes: [entry.volume],
    nodePools: [pool('np', { requirements: [{ key: ZONE, operator: 'In', values: zones }] })],
    pods: [pod('p', 1, mounts('data'))],
  });
  const either = withVolume(`${ZONE} In z1`, `${ZONE} In z2`);

  it('offer their terms as alternatives, the first that works (X27)', () => {
    expect(pass(sketch(either, ['z2'])).claims[0]?.requirement(ZONE)).toBe('z2');
    expect(pass(sketch(either, ['z1', 'z2'])).claims[0]?.requirement(ZONE)).toBe('z1');
    expect(pass(sketch(either, ['z3'])).errors).toEqual({ p: 'incompatible-volumes' });
  });

  it('count with their first term only in v0.32.0 (D15)', () => {
    const nodePools = [betaPool('np', { requirements: [{ key: ZONE, operator: 'In', values: ['z2'] }] })];
    expect(Object.keys(pass({ ...sketch(either, []), version: 'v0.32.0', nodePools }).errors)).toEqual(['p']);
  });

  it('of a local disk do not pin the host (D16)', () => {
    const local = storage('data', { volume: { local: { path: '/d' }, ...terms('kubernetes.io/hostname In gone') } });
    expect(pass(sketch(local, ['z1'])).claims).toHaveLength(1);
  });

  it('leave what a spread counts alone: the floor looks at all zones (X27)', () => {
    const nodes = [node('n', { zone: 'z2', allocatable: { cpu: '0', pods: '9' } })];
    const bound = pod('old', 0, { labels: { app: 'web' }, nodeName: 'n' });
    const web = { labels: { app: 'web' }, ...spread(ZONE, 'web') };
    const pinned = storage('data', { volume: { ...CSI, ...terms(`${ZONE} In z2`) } });
    const base = { ...sketch(pinned, ['z1', 'z2', 'z3']), nodes };
    expect(pass({ ...base, pods: [bound, pod('p', 1, { ...web, ...mounts('data') })] }).errors).toEqual({
      p: 'unsatisfiable-topology',
    });
    const own = pod('p', 1, { ...web, nodeSelector: { [ZONE]: 'z2' } });
    expect(pass({ ...base, pods: [bound, own] }).claims).toHaveLength(1);
  });

  it('combine, and contradictions among them are left out', () => {
    const a = withVolume(`${ZONE} In z1`, `${ZONE} In z2`);
    const b = storage('logs', { volume: { ...CSI, ...terms(`${ZONE} In z2 z3`) } });
    const both = { persistentVolumeClaims: [a.claim, b.claim], persistentVolumes: [a.volume, b.volume] };
    expect(pass({ ...both, pods: [pod('p', 1, mounts('data', 'logs'))] }).claims[0]?.requirement(ZONE)).toBe('z2');
  });

  it('that cannot be looked up keep a moving pod off existing nodes, but it is placed (POD-10)', () => {
    const gone = storage('data', { volume: CSI });
    const moving = simulate(
      { ...claims(gone), nodes: [node('free')], pods: [pod('p', 1, mounts('data'))] },
      ({ snapshot }) => ({ pods: snapshot.pods }),
    );
    expect([moving.existing, moving.claims.map(({ pods: placed }) => placed)]).toEqual([{}, [['p']]]);
  });

  it('fill a node up to its limit, and one over it refuses every pod (REQ-19)', () => {
    const entries = ['a', 'b', 'c'].map((name) => storage(name, { volume: CSI }));
    const base = {
      persistentVolumeClaims: entries.map(({ claim }) => claim),
      persistentVolumes: entries.map(({ volume }) => volume),
      nodes: [node('n')],
    };
    const bound = pod('old', 0.1, { ...mounts('a', 'b'), nodeName: 'n' });
    const on = (limit: number, ...fresh: readonly Record<string, unknown>[]) =>
      pass({ ...base, csiLimits: { n: limit }, pods: [bound, ...fresh] }).existing['n'];
    expect(on(2, pod('p', 1, mounts('a')))).toEqual(['p']);
    expect(on(2, pod('p', 1, mounts('c')))).toBeUndefined();
    expect(on(3, pod('p', 1, mounts('c')))).toEqual(['p']);
    expect(on(1, pod('p', 1))).toBeUndefined();
  });
});

describe('pods of nodes that go away (POD-4)', () => {
  const sketch = (fields: object, budget?: object) => ({
    nodes: [node('old', { deleting: true }), node('new', { taints: [{ key: 'full', effect: 'NoSchedule' }] })],
    pods: [pod('p', 1, { nodeName: 'old', labels: { app: 'x' }, ...fields })],
    ...(budget !== undefined && { podDisruptionBudgets: [budget] }),
  });
  const moves = (fields: object = {}, budget?: object) => pass(sketch(fields, budget)).claims.length > 0;
  const budget = (spec: object, status: object = {}) => ({
    metadata: { name: 'b', namespace: 'default', uid: 'b' },
    spec: { selector: { matchLabels: { app: 'x' } }, ...spec },
    status,
  });

  it('move along, DaemonSet pods and protected ones stay', () => {
    expect(moves()).toBe(true);
    expect(moves(owned('DaemonSet'))).toBe(false);
    expect(moves({ annotations: { 'karpenter.sh/do-not-disrupt': 'true' } })).toBe(false);
    expect(moves({ annotations: { 'karpenter.sh/do-not-disrupt': 'false' } })).toBe(true);
    expect(moves({ annotations: { 'karpenter.sh/do-not-disrupt': '10000h' } })).toBe(false);
    expect(moves({ annotations: { 'karpenter.sh/do-not-disrupt': '1m' } })).toBe(true);
  });

  it('stay while a budget never lets any go', () => {
    expect(moves({}, budget({ maxUnavailable: 0 }))).toBe(false);
    expect(moves({}, budget({ maxUnavailable: '0%' }))).toBe(false);
    expect(moves({}, budget({ minAvailable: '100%' }))).toBe(false);
    expect(moves({}, budget({ minAvailable: 1 }, { disruptionsAllowed: 0 }))).toBe(true);
  });

  it('do not take the free room of nodes that go away themselves', () => {
    const decision = pass({ nodes: [node('old', { deleting: true })], pods: [pod('p', 1)] });
    expect(decision.existing).toEqual({});
  });
});

describe('simulations of consolidation (EX-5)', () => {
  it('leave nodes alone that are settling, except for pods that need a place anyway', () => {
    const nodes = [
      node('settling', { lastPodEventTime: '2026-01-31T23:59:30Z' }),
      node('candidate', { createdAt: '2026-01-01T00:00:00Z' }),
    ];
    const nodePools = [pool('np', { spec: { disruption: { consolidateAfter: '1m' } } })];
    const sketch = { nodes, nodePools, pods: [pod('moving', 1, { nodeName: 'candidate' }), pod('pending', 1)] };
    const destinations = (purpose: 'consolidation' | 'drift') =>
      simulate(sketch, ({ snapshot }) => ({
        purpose,
        pods: snapshot.pods,
        destinations: snapshot.stateNodes.slice(0, 1),
      })).existing['settling'];
    expect(destinations('consolidation')).toEqual(['pending']);
    expect(destinations('drift')).toEqual(['moving', 'pending']);
  });
});

describe('a pass over nothing, or far too much', () => {
  it('ends in an answer', () => {
    expect(pass({ pods: [] }).claims).toEqual([]);
    expect(pass({ types: [], pods: [pod('p', 1)] }).errors).toEqual({ p: 'no-nodepool-has-types' });
    expect(pass({ version: 'v0.32.0', types: [], pods: [pod('p', 1)] }).errors).toEqual({ p: 'limits-exceeded' });
    expect(Object.keys(pass({ pods: pods('p', 200, 9) }).errors)).toHaveLength(200);
  });
});
