import { describe, expect, it } from 'vitest';
import { HOSTNAME, node, nodeAffinity, pass, pod, podTerm, pods, pool, spread, ZONE, type } from './pass.js';

const web = { labels: { app: 'web' } };
const zonesOf = (claims: readonly { readonly requirement: (key: string) => string | undefined }[]) =>
  claims.map(({ requirement }) => requirement(ZONE)).sort();
const inZones = (...values: string[]) => [pool('np', { requirements: [{ key: ZONE, operator: 'In', values }] })];

describe('topology spread', () => {
  it('pins one zone a pod until all are even, then shares (X7)', () => {
    const { claims } = pass({ pods: pods('p', 4, 0.5, { ...web, ...spread(ZONE, 'web') }) });
    expect(zonesOf(claims)).toEqual(['z1', 'z2', 'z3']);
    expect(claims.map(({ pods: placed }) => placed.length).sort()).toEqual([1, 1, 2]);
  });

  it('goes to zones in another order for another seed, and repeats itself for the same', () => {
    const first = (seed: string) => pass({ pods: [pod('p', 1, { ...web, ...spread(ZONE, 'web') })], seed }).claims;
    const zones = () => Array.from({ length: 30 }, (_, seed) => zonesOf(first(String(seed)))[0]);
    expect(new Set(zones()).size).toBe(3);
    expect(zones()).toEqual(zones());
  });

  it('measures skew from zones that pods run in though the NodePool cannot reach them (X8)', () => {
    const nodes = [node('n', { zone: 'z3', instanceType: 's2' })];
    const bound = pod('old', 1.9, { ...web, nodeName: 'n' });
    const six = pods('p', 6, 7, { ...web, ...spread(ZONE, 'web') });
    const { claims, errors } = pass({ nodePools: inZones('z1', 'z2'), nodes, pods: [bound, ...six] });
    expect(zonesOf(claims)).toEqual(['z1', 'z1', 'z2', 'z2']);
    expect(Object.keys(errors)).toHaveLength(2);
  });

  it('counts from zero while there are fewer domains than minDomains (X9)', () => {
    const three = pods('p', 3, 7, { ...web, ...spread(ZONE, 'web', { minDomains: 3 }) });
    const { claims, errors } = pass({ nodePools: inZones('z1', 'z2'), pods: three });
    expect(zonesOf(claims)).toEqual(['z1', 'z2']);
    expect(errors).toEqual({ p3: 'unsatisfiable-topology' });
  });

  it('pins a zone without an offering rather than look for another (ADD-4)', () => {
    const offerings = ['z1', 'z2'].map((zone) => ({
      zone,
      capacityType: 'on-demand',
      price: 1,
      available: zone === 'z1',
    }));
    const types = [type('t', 4, 1, { offerings, requirements: [{ key: ZONE, operator: 'In', values: ['z1', 'z2'] }] })];
    const bound = pod('old', 0.1, { ...web, nodeName: 'n' });
    const decision = pass({
      types,
      nodes: [node('n', { instanceType: 't', zone: 'z1', allocatable: { cpu: '100m', pods: '9' } })],
      pods: [bound, pod('p', 1, { ...web, ...spread(ZONE, 'web') })],
    });
    expect(decision.errors).toEqual({ p: 'no-types-resources-offering' });
  });

  it('without a selector counts every pod before the pass and none in it (X28)', () => {
    const nodes = [node('n', { instanceType: 's2', allocatable: { cpu: '0', pods: '9' } })];
    const bound = [1, 2, 3, 4, 5].map((i) => pod(`old${String(i)}`, 0, { nodeName: 'n' }));
    const fresh = pods('p', 3, 0.5, spread(ZONE, undefined));
    const { claims } = pass({ nodes, pods: [...bound, ...fresh] });
    expect(claims).toHaveLength(1);
    expect(['z2', 'z3']).toContain(claims[0]?.requirement(ZONE));
  });

  it('shares a group among pods whose filters differ in values only; the first one rules (X20, TOP-12)', () => {
    const nodePools = [pool('np', { requirements: [{ key: 'team', operator: 'In', values: ['x', 'y'] }] })];
    const team = (value: string) => ({ ...web, ...spread(ZONE, 'web'), nodeSelector: { team: value } });
    const { claims } = pass({ nodePools, pods: [...pods('a', 3, 1, team('x')), ...pods('b', 3, 1, team('y'))] });
    const ofTeam = (value: string) => claims.filter(({ requirement }) => requirement('team') === value);
    expect(zonesOf(ofTeam('x'))).toEqual(['z1', 'z2', 'z3']);
    expect(ofTeam('y')).toHaveLength(1);
  });

  it('shares a group among pods that differ in minDomains only (TOP-12)', () => {
    const strict = pod('a', 2, { ...web, ...spread(ZONE, 'web', { minDomains: 5 }) });
    const lax = pods('b', 3, 1, { ...web, ...spread(ZONE, 'web') });
    expect(Object.keys(pass({ pods: [strict, ...lax] }).errors)).toHaveLength(1);
    expect(Object.keys(pass({ pods: [lax[0] ?? {}, strict, ...lax.slice(1)] }).errors)).toHaveLength(0);
  });

  it('counts nodes of other taints only where the policy says so (TOP-9, D27)', () => {
    const dedicated = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
    const nodes = [node('n', { zone: 'z4', taints: [dedicated], instanceType: 's2' })];
    const policy = (nodeTaintsPolicy: string) =>
      pods('p', 4, 7, { ...web, ...spread(ZONE, 'web', { nodeTaintsPolicy }) });
    expect(Object.keys(pass({ nodes, pods: policy('Ignore') }).errors)).toHaveLength(1);
    expect(Object.keys(pass({ nodes, pods: policy('Honor') }).errors)).toHaveLength(0);
    // v0.32.0 reads no policy, and knows nodes by their pods alone.
    expect(Object.keys(pass({ version: 'v0.32.0', nodes, pods: policy('Ignore') }).errors)).toHaveLength(0);
  });

  it('narrows its selector by matchLabelKeys (TOP-7)', () => {
    const revision = (value: string) => ({
      labels: { app: 'web', rev: value },
      ...spread(ZONE, 'web', { matchLabelKeys: ['rev', 'absent'] }),
    });
    const sketch = { pods: [...pods('a', 3, 0.3, revision('1')), ...pods('b', 3, 0.3, revision('2'))] };
    const counts = pass(sketch).claims.map(({ pods: placed }) =>
      placed
        .map((name) => name[0])
        .sort()
        .join(''),
    );
    expect(counts).toEqual(['ab', 'ab', 'ab']);
  });

  it('learns excluded values as domains (TOP-2)', () => {
    const nodePools = [pool('np', { requirements: [{ key: 'custom', operator: 'NotIn', values: ['a'] }] })];
    // The only known domain is the excluded one, which the NodePool does not admit.
    const decision = pass({ nodePools, pods: [pod('p', 1, { ...web, ...spread('custom', 'web') })] });
    expect(decision.errors).toEqual({ p: 'unsatisfiable-topology' });
  });
});

describe('pod affinity', () => {
  it('does not see a target whose zone is still open, and follows it once it is known (X11)', () => {
    const target = pod('db', 1, { labels: { role: 'db', app: 'db' } });
    const followers = pods('f', 3, 0.1, { affinity: podTerm('podAffinity', 'db', ZONE) });
    const open = pass({ pods: [target, ...followers] });
    expect(open.claims.map(({ pods: placed }) => placed)).toEqual([['db']]);
    expect(Object.keys(open.errors)).toHaveLength(3);
    const pinned = pass({
      pods: [{ ...target, spec: { ...(target['spec'] as object), nodeSelector: { [ZONE]: 'z1' } } }, ...followers],
    });
    expect(pinned.claims.map(({ pods: placed }) => placed.length)).toEqual([4]);
    const running = pass({
      nodes: [node('n', { zone: 'z2', instanceType: 's2', allocatable: { cpu: '1', pods: '1', memory: '1Gi' } })],
      pods: [{ ...target, spec: { ...(target['spec'] as object), nodeName: 'n' } }, ...followers],
    });
    expect(zonesOf(running.claims)).toEqual(['z2']);
  });

  it('to itself fills one host and leaves the rest (X24)', () => {
    const self = { labels: { app: 'x' }, affinity: podTerm('podAffinity', 'x', HOSTNAME) };
    const decision = pass({ pods: pods('p', 10, 1.6, self) });
    expect(decision.claims.map(({ pods: placed }) => placed.length)).toEqual([5]);
    expect(Object.keys(decision.errors)).toHaveLength(5);
    const nodes = [node('n')];
    const bound = pods('old', 5, 1.6, { ...self, nodeName: 'n' });
    expect(Object.keys(pass({ nodes, pods: [...bound, ...pods('p', 2, 1.6, self)] }).errors)).toHaveLength(2);
  });

  it('finds its target again when it comes later in the queue (X22)', () => {
    const first = pod('a', 2, { affinity: podTerm('podAffinity', 'b', HOSTNAME) });
    const second = pod('b', 1, { labels: { app: 'b' } });
    expect(pass({ pods: [first, second] }).claims.map(({ pods: placed }) => placed)).toEqual([['a', 'b']]);
    const hopeless = pod('c', 1, { affinity: podTerm('podAffinity', 'nobody', HOSTNAME) });
    expect(pass({ pods: [first, hopeless] }).errors).toEqual({
      a: 'unsatisfiable-topology',
      c: 'unsatisfiable-topology',
    });
  });

  it('looks into the namespaces that it names, or selects (TOP-8)', () => {
    const term = (fields: object) => ({
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: HOSTNAME, labelSelector: { matchLabels: { app: 'db' } }, ...fields },
        ],
      },
    });
    const target = pod('db', 1, { labels: { app: 'db' } });
    const elsewhere = { ...target, metadata: { ...(target['metadata'] as object), namespace: 'data' } };
    const namespaces = [{ metadata: { name: 'data', labels: { tier: 'data' } } }];
    const placed = (fields: object) =>
      pass({ namespaces, pods: [elsewhere, pod('p', 0.5, { affinity: term(fields) })] }).claims[0]?.pods;
    expect(placed({})).toEqual(['db']);
    expect(placed({ namespaces: ['data'] })).toEqual(['db', 'p']);
    expect(placed({ namespaceSelector: { matchLabels: { tier: 'data' } } })).toEqual(['db', 'p']);
    expect(placed({ namespaceSelector: {} })).toEqual(['db', 'p']);
    expect(placed({ namespaceSelector: { matchLabels: { tier: 'none' } } })).toEqual(['db']);
  });
});

describe('pod anti-affinity', () => {
  it('by zone blocks every zone that an open NodeClaim may land in, so a pass places one pod (X10)', () => {
    const self = { labels: { app: 'x' }, affinity: podTerm('podAntiAffinity', 'x', ZONE) };
    const decision = pass({ pods: pods('p', 3, 1, self) });
    expect(zonesOf(decision.claims)).toEqual(['z1 z2 z3']);
    expect(Object.keys(decision.errors)).toHaveLength(2);
    const nodes = [node('n', { zone: 'z1' })];
    const bound = pod('old', 1, { ...self, nodeName: 'n' });
    const next = pass({ nodes, pods: [bound, ...pods('p', 2, 1, self)] });
    expect(zonesOf(next.claims)).toEqual(['z2 z3']);
  });

  it('holds from the other side: a selected pod is kept away too (X10)', () => {
    const guard = pod('guard', 2, { affinity: podTerm('podAntiAffinity', 'web', ZONE) });
    const decision = pass({ pods: [guard, pod('p', 1, web)] });
    expect(decision.errors).toEqual({ p: 'unsatisfiable-topology' });
    const nodes = [node('n', { zone: 'z1' })];
    const bound = pod('guard', 1, { affinity: podTerm('podAntiAffinity', 'web', ZONE), nodeName: 'n' });
    expect(zonesOf(pass({ nodes, pods: [bound, pod('p', 1, web)] }).claims)).toEqual(['z2 z3']);
  });

  it('created by a pod that tolerates no NodePool leaves those it selects no zone at all (TOP-10.1)', () => {
    const taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }];
    const tolerations = [{ operator: 'Exists' }];
    const guard = pod('guard', 2, { affinity: podTerm('podAntiAffinity', 'web', ZONE) });
    const sketch = { nodePools: [pool('np', { taints })], pods: [guard, pod('p', 1, { ...web, tolerations })] };
    expect(pass(sketch).errors['p']).toBe('unsatisfiable-topology');
    const beta = { ...(sketch.nodePools[0] ?? {}), apiVersion: 'karpenter.sh/v1beta1' };
    const spec = { template: { spec: { nodeClassRef: { name: 'default' }, requirements: [], taints } } };
    expect(pass({ version: 'v0.32.0', ...sketch, nodePools: [{ ...beta, spec }] }).errors['p']).toBeUndefined();
  });

  it('takes the zones that a NotIn excludes for those that it may land in (TOP-21c)', () => {
    // Only a preference: a required term would have narrowed the first pod's zones to a list.
    const preferred = [
      { weight: 1, podAffinityTerm: { topologyKey: ZONE, labelSelector: { matchLabels: { app: 'x' } } } },
    ];
    const first = pod('a', 2, { labels: { app: 'x' }, affinity: nodeAffinity([`${ZONE} NotIn z1`]) });
    const second = pod('b', 1, {
      affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } },
    });
    const { claims } = pass({ pods: [first, second] });
    expect(claims.map(({ pods: placed, requirement }) => [placed, requirement(ZONE)])).toEqual([[['a', 'b'], 'z2 z3']]);
  });
});
