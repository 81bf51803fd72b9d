import { describe, expect, it } from 'vitest';
import {
  betaPool,
  daemonSet,
  HOSTNAME,
  node,
  nodeAffinity,
  pass,
  pod,
  podTerm,
  pods,
  pool,
  TYPES,
  type,
  ZONE,
} from './pass.js';

const inZone = (zone: string): { nodeSelector: Record<string, string> } => ({ nodeSelector: { [ZONE]: zone } });
const apart = (app: string) => ({ labels: { app }, affinity: podTerm('podAntiAffinity', app, HOSTNAME) });

describe('packing', () => {
  it('grows a NodeClaim rather than opening a second, cheaper one (X1)', () => {
    const { claims } = pass({ pods: [pod('a', 3), pod('b', 2), pod('c', 1)] });
    expect(claims.map(({ pods, types, cpu }) => ({ pods, types, cpu }))).toEqual([
      { pods: ['a', 'b', 'c'], types: ['l8'], cpu: 6 },
    ]);
    expect(claims[0]?.requests['pods']).toBe(3);
  });

  it('takes pods by cpu, memory, age and UID (X2)', () => {
    // One pod a node, so the order of the NodeClaims is the order of the pods.
    const at = (second: number) => `2026-01-01T00:00:${String(second)}Z`;
    const { claims } = pass({
      pods: [
        pod('p1', { cpu: '1', memory: '1Gi' }, { ...apart('x'), creationTimestamp: at(10), uid: 'b' }),
        pod('p2', { cpu: '1', memory: '2Gi' }, { ...apart('x'), creationTimestamp: at(20), uid: 'a2' }),
        pod('p3', { cpu: '1', memory: '1Gi' }, { ...apart('x'), creationTimestamp: at(10), uid: 'a' }),
        pod('p4', { cpu: '2' }, { ...apart('x'), creationTimestamp: at(59), uid: 'z' }),
      ],
    });
    expect(claims.map(({ pods }) => pods[0])).toEqual(['p4', 'p2', 'p3', 'p1']);
  });

  it('tries the open NodeClaim with the fewest pods first (X3)', () => {
    const { claims } = pass({
      pods: [pod('p1', 3, inZone('z1')), pod('p2', 3, inZone('z2')), pod('p3', 2, inZone('z1')), pod('p4', 1)],
    });
    expect(claims.map(({ pods, types }) => ({ pods, types }))).toEqual([
      { pods: ['p2', 'p4'], types: ['m4', 'l8'] },
      { pods: ['p1', 'p3'], types: ['l8'] },
    ]);
  });

  it('permutes equals among more than twelve NodeClaims as Go sorts them (LOOP-5, B16)', () => {
    // Sixteen nodes that differ by a custom label; the last pod fits on all of them.
    const nodePools = [pool('np', { requirements: [{ key: 'slot', operator: 'Exists' }] })];
    const slots = Array.from({ length: 15 }, (_, i) =>
      pod(`p${String(i)}`, 3, { nodeSelector: { slot: `s${String(i)}` } }),
    );
    const last = pod('last', 2.9, { nodeSelector: { slot: 's15' } });
    const second = pod('second', 0.5, { nodeSelector: { slot: 's4' } });
    const { claims } = pass({ nodePools, pods: [...slots, last, second, pod('any', 0.4)] });
    expect(claims).toHaveLength(16);
    // The fifth has two pods now, and the first of vector B16's result is position 12.
    expect(claims.find(({ pods }) => pods.includes('any'))?.pods).toEqual(['any', 'p12']);
  });
});

describe('NodePools', () => {
  it('are tried by weight, then by name from the end (X4, CON-2)', () => {
    const nodePools = [pool('alpha'), pool('beta'), pool('gamma', { spec: { weight: 10 } })];
    expect(pass({ nodePools, pods: [pod('p', 1)] }).claims[0]?.pool).toBe('gamma');
    const full = [pool('alpha'), pool('beta'), pool('gamma', { spec: { weight: 10, limits: { cpu: '1' } } })];
    expect(pass({ nodePools: full, pods: [pod('p', 1)] }).claims[0]?.pool).toBe('beta');
  });

  it('of equal weight are tried in any order by v0.32.0', () => {
    const nodePools = [betaPool('alpha'), betaPool('beta')];
    const chosen = ['a', 'b', 'c', 'd', 'e', 'f'].map(
      (seed) => pass({ version: 'v0.32.0', nodePools, pods: [pod('p', 1)], seed }).claims[0]?.pool,
    );
    expect(new Set(chosen)).toEqual(new Set(['alpha', 'beta']));
  });

  it('that are open already are preferred to opening a better one (LOOP-6)', () => {
    const nodePools = [
      pool('best', { spec: { weight: 100 }, requirements: [{ key: ZONE, operator: 'In', values: ['z2'] }] }),
      pool('plain'),
    ];
    const { claims } = pass({ nodePools, pods: [pod('first', 3, inZone('z1')), pod('second', 1)] });
    expect(claims.map(({ pool: name, pods }) => [name, pods])).toEqual([['plain', ['first', 'second']]]);
  });

  it('decide nothing when there is none, not even about existing nodes (POD-11)', () => {
    const nodes = [node('free')];
    const decision = pass({ nodePools: [pool('np', { spec: { replicas: 1 } })], nodes, pods: [pod('p', 1)] });
    expect(decision).toEqual({ claims: [], existing: {}, errors: {}, ignored: {} });
    expect(pass({ nodes, pods: [pod('p', 1)] }).existing).toEqual({ free: ['p'] });
  });

  it('that leave no type still let pods go to existing nodes (CON-5)', () => {
    const nodePools = [pool('np', { requirements: [{ key: ZONE, operator: 'In', values: ['elsewhere'] }] })];
    const decision = pass({
      nodePools,
      nodes: [node('small', { instanceType: 's2' })],
      pods: [pod('p', 1), pod('big', 4)],
    });
    expect(decision.existing).toEqual({ small: ['p'] });
    expect(decision.errors).toEqual({ big: 'no-nodepool-has-types' });
  });
});

describe('limits', () => {
  const limited = (limits: Record<string, string>) => [pool('np', { spec: { limits } })];

  it('charge the largest type that may come, and give nothing back in the pass (X5)', () => {
    const first = pass({ nodePools: limited({ cpu: '10' }), pods: pods('p', 2, 3, apart('x')) });
    expect(first.claims.map(({ pods, types }) => ({ pods, types }))).toEqual([{ pods: ['p1'], types: ['m4', 'l8'] }]);
    expect(first.errors).toEqual({ p2: 'no-types-resources' });
    const nodes = [node('m', { instanceType: 'm4' })];
    const bound = pod('p1', 3, { ...apart('x'), nodeName: 'm' });
    const next = pass({ nodePools: limited({ cpu: '10' }), nodes, pods: [bound, pod('p2', 3, apart('x'))] });
    expect(next.claims.map(({ types }) => types)).toEqual([['m4']]);
  });

  it('on nodes let one pass open any number while some are left (X6, LIM-4)', () => {
    const nodePools = limited({ nodes: '2' });
    expect(pass({ nodePools, pods: pods('p', 3, 1, apart('x')) }).claims).toHaveLength(3);
    const nodes = ['a', 'b', 'c'].map((name) => node(name));
    const bound = nodes.map(({ name }) => pod(name, 1, { ...apart('x'), nodeName: name }));
    const over = pass({ nodePools, nodes, pods: [...bound, pod('p', 1, apart('x'))] });
    expect(over.errors).toEqual({ p: 'limits-exceeded' });
    const exact = pass({ nodePools, nodes: nodes.slice(0, 2), pods: [...bound.slice(0, 2), pod('p', 1, apart('x'))] });
    expect(exact.errors).toEqual({ p: 'node-limit-exhausted' });
  });

  it('do not know nodes in v0.32.0 (D24)', () => {
    const nodePools = [betaPool('np', { spec: { limits: { nodes: '1' } } })];
    const nodes = [node('a'), node('b')];
    const bound = nodes.map(({ name }) => pod(name, 1, { ...apart('x'), nodeName: name }));
    const decision = pass({ version: 'v0.32.0', nodePools, nodes, pods: [...bound, pod('p', 1, apart('x'))] });
    expect(decision.claims).toHaveLength(1);
  });
});

describe('existing nodes', () => {
  it('are tried initialized first, then by name (X14)', () => {
    const nodes = [node('a-inflight', { phase: 'registered' }), node('z-ready'), node('b-ready')];
    expect(pass({ nodes: nodes.slice(0, 2), pods: [pod('p', 1)] }).existing).toEqual({ 'z-ready': ['p'] });
    expect(pass({ nodes, pods: [pod('p', 1)] }).existing).toEqual({ 'b-ready': ['p'] });
  });

  it('that were launched take pods before they are nodes, by the name of their NodeClaim', () => {
    const nodes = [node('later', { phase: 'launched', nodeClaim: 'np-abcde' })];
    expect(pass({ nodes, pods: [pod('p', 1)] }).existing).toEqual({ 'np-abcde': ['p'] });
  });

  it('overlook startup and ephemeral taints only while a managed node starts (REQ-17)', () => {
    const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' };
    const startup = { key: 'warming', value: 'up', effect: 'NoSchedule' };
    const starting = node('n', { phase: 'registered', taints: [notReady], startupTaints: [startup] });
    expect(pass({ nodes: [starting], pods: [pod('p', 1)] }).existing).toEqual({ n: ['p'] });
    expect(pass({ nodes: [node('n', { taints: [notReady] })], pods: [pod('p', 1)] }).existing).toEqual({});
    // v0.32.0 does not know the NoExecute form, but overlooks the other one on every node.
    const unready = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
    const beta = (taint: object) =>
      pass({ version: 'v0.32.0', nodes: [node('n', { taints: [taint] })], pods: [pod('p', 1)] });
    expect(beta(notReady).existing).toEqual({});
    expect(beta(unready).existing).toEqual({ n: ['p'] });
  });

  it('keep room for the daemon pods that they still lack (EX-3)', () => {
    const daemonSets = [daemonSet('agent', 2)];
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'daemonset-agent', controller: true };
    const running = pod('agent-1', 2, { nodeName: 'n', ownerReferences: [owner] });
    const big = pod('p', 6.5);
    expect(pass({ nodes: [node('n')], daemonSets, pods: [big] }).existing).toEqual({});
    expect(pass({ nodes: [node('n')], daemonSets, pods: [running, pod('p', 6)] }).existing).toEqual({ n: ['p'] });
    expect(pass({ nodes: [node('n')], pods: [big] }).existing).toEqual({ n: ['p'] });
  });

  it('are compared strictly: a label that they lack cannot be asked for', () => {
    const wanted = { affinity: nodeAffinity(['karpenter.k8s.aws/instance-category Exists']) };
    expect(pass({ nodes: [node('n')], pods: [pod('p', 1, wanted)] }).existing).toEqual({});
  });
});

describe('daemon pods on new nodes', () => {
  const sized = [
    type('s2', 2, 0.1, { requirements: [{ key: 'size', operator: 'In', values: ['small'] }] }),
    type('m4', 4, 0.2, { requirements: [{ key: 'size', operator: 'In', values: ['small'] }] }),
    type('l8', 8, 0.4, { requirements: [{ key: 'size', operator: 'In', values: ['large'] }] }),
  ];
  const nodePools = [pool('np', { requirements: [{ key: 'size', operator: 'Exists' }] })];

  it('count by groups of types, with the smallest group in the end (X15)', () => {
    const daemonSets = [
      daemonSet('a', 1, { nodeSelector: { size: 'small' } }),
      daemonSet('b', 6, { nodeSelector: { size: 'large' } }),
    ];
    const { claims } = pass({ types: sized, nodePools, daemonSets, pods: [pod('p', 1.5)] });
    expect(claims.map(({ types, cpu, requests }) => [types, cpu, requests['pods']])).toEqual([[['m4', 'l8'], 2.5, 2]]);
  });

  it('of mixed groups depend on which group comes first (FIN-2)', () => {
    const onLarge = [daemonSet('b', 1, { nodeSelector: { size: 'large' } })];
    const onSmall = [daemonSet('b', 1, { nodeSelector: { size: 'small' } })];
    expect(pass({ types: sized, nodePools, daemonSets: onLarge, pods: [pod('p', 1)] }).claims[0]?.cpu).toBe(2);
    expect(pass({ types: sized, nodePools, daemonSets: onSmall, pods: [pod('p', 1)] }).claims[0]?.cpu).toBe(1);
  });

  it('lose an alternative for good once it failed (X16, CON-9)', () => {
    const arch = (name: string, value: string) =>
      type(name, 4, 0.2, { requirements: [{ key: 'kubernetes.io/arch', operator: 'In', values: [value] }] });
    const daemonSets = [
      daemonSet('d', 1, { affinity: nodeAffinity(['kubernetes.io/arch In arm64', 'kubernetes.io/arch In amd64']) }),
    ];
    const onArm = pod('p', 3.5, { nodeSelector: { 'kubernetes.io/arch': 'arm64' } });
    const amdFirst = pass({ types: [arch('amd', 'amd64'), arch('arm', 'arm64')], daemonSets, pods: [onArm] });
    expect(amdFirst.claims.map(({ cpu }) => cpu)).toEqual([3.5]);
    const armFirst = pass({ types: [arch('arm', 'arm64'), arch('amd', 'amd64')], daemonSets, pods: [onArm] });
    expect(armFirst.errors).toEqual({ p: 'no-types-resources' });
  });

  it('are one sum for the whole NodePool in v0.32.0, taken from the start (D6, D9)', () => {
    const daemonSets = [daemonSet('a', 1)];
    const { claims } = pass({ version: 'v0.32.0', types: TYPES, daemonSets, pods: [pod('p', 1)] });
    expect(claims.map(({ types, cpu }) => [types, cpu])).toEqual([[['s2', 'm4', 'l8'], 2]]);
  });
});

describe('host ports', () => {
  const port = (fields: object = {}) => ({
    container: { ports: [{ containerPort: 80, hostPort: 8080, protocol: 'TCP', ...fields }] },
  });

  it('keep two pods apart, unless they name different addresses or protocols (X17, REQ-18)', () => {
    expect(pass({ pods: [pod('a', 0.1, port()), pod('b', 0.1, port())] }).claims).toHaveLength(2);
    const other = port({ hostIP: '10.0.0.1' });
    const another = port({ hostIP: '10.0.0.2' });
    expect(pass({ pods: [pod('a', 0.1, other), pod('b', 0.1, another)] }).claims).toHaveLength(1);
    expect(pass({ pods: [pod('a', 0.1, other), pod('b', 0.1, port())] }).claims).toHaveLength(2);
    expect(pass({ pods: [pod('a', 0.1, port({ protocol: 'UDP' })), pod('b', 0.1, port())] }).claims).toHaveLength(1);
  });

  it('of a daemon keep pods off the types that the daemon runs on (X17)', () => {
    const everywhere = [daemonSet('d', 0.1, port())];
    expect(pass({ daemonSets: everywhere, pods: [pod('p', 1, port())] }).errors).toEqual({
      p: 'no-types-requirements-resources-offering',
    });
    const types = [
      ...TYPES.slice(0, 2),
      type('l8', 8, 0.4, { requirements: [{ key: 'size', operator: 'In', values: ['large'] }] }),
    ];
    const nodePools = [pool('np', { requirements: [{ key: 'size', operator: 'Exists' }] })];
    const onLarge = [daemonSet('d', 0.1, { ...port(), nodeSelector: { size: 'large' } })];
    // Types without the label are not excluded by it, and their own list of labels keeps the daemon off nothing.
    const tagged = types.map((entry) =>
      entry.name === 'l8' ? entry : { ...entry, requirements: [{ key: 'size', operator: 'In', values: ['small'] }] },
    );
    const { claims } = pass({ types: tagged, nodePools, daemonSets: onLarge, pods: [pod('p', 1, port())] });
    expect(claims[0]?.types).toEqual(['s2', 'm4']);
    const beta = pass({ version: 'v0.32.0', daemonSets: everywhere, pods: [pod('p', 1, port())] });
    expect(beta.claims).toHaveLength(1);
  });
});
