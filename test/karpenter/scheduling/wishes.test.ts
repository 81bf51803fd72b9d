import { describe, expect, it } from 'vitest';
import {
  betaPool,
  CAPACITY_TYPE,
  constraint,
  node,
  nodeAffinity,
  pass,
  pod,
  pods,
  pool,
  simulate,
  spread,
  type,
  TYPES,
  ZONE,
} from './pass.js';

const INSTANCE_TYPE = 'node.kubernetes.io/instance-type';

describe('relaxation', () => {
  const archs = ['amd64', 'arm64'].map((arch) =>
    type(arch, 4, 1, { requirements: [{ key: 'kubernetes.io/arch', operator: 'In', values: [arch] }] }),
  );
  const arch = (value: string) => `kubernetes.io/arch In ${value}`;

  it('exhausts required alternatives before it gives up a preference (X12)', () => {
    const both = nodeAffinity([arch('arm64'), arch('amd64')], [[50, `${ZONE} In z9`]]);
    const { claims } = pass({ types: archs, pods: [pod('p', 1, { affinity: both })] });
    // The arm64 alternative is gone for good, although it would have gone without the preference.
    expect(claims.map(({ types, requirement }) => [types, requirement(ZONE)])).toEqual([[['amd64'], undefined]]);
  });

  it('reads the heaviest preferred term alone, and drops the terms one by one (X29)', () => {
    const wishes = nodeAffinity(
      [],
      [
        [10, `${ZONE} In z1`],
        [90, `${ZONE} In z2`],
      ],
    );
    const zone = (values: readonly string[]) =>
      pass({
        nodePools: [pool('np', { requirements: [{ key: ZONE, operator: 'In', values }] })],
        pods: [pod('p', 1, { affinity: wishes })],
      }).claims[0]?.requirement(ZONE);
    expect(zone(['z1', 'z2', 'z3'])).toBe('z2');
    expect(zone(['z1', 'z3'])).toBe('z1');
    expect(zone(['z3'])).toBe('z3');
  });

  it('adds the toleration last, after a NodePool without the taint had its chance (X13)', () => {
    const taints = [{ key: 'costly', effect: 'PreferNoSchedule' }];
    const first = pool('a', { spec: { weight: 50 }, taints });
    const second = pool('b', { spec: { weight: 10 } });
    expect(pass({ nodePools: [first, second], pods: [pod('p', 1)] }).claims[0]?.pool).toBe('b');
    expect(pass({ nodePools: [first], pods: [pod('p', 1)] }).claims[0]?.pool).toBe('a');
    const nodes = [node('n', { taints })];
    expect(
      pass({ nodes, nodePools: [pool('np', { spec: { limits: { cpu: '0' } } })], pods: [pod('p', 1)] }).existing,
    ).toEqual({});
  });

  it('drops soft spread constraints and keeps hard ones (LOOP-10)', () => {
    const soft = constraint('nowhere', 'x', { whenUnsatisfiable: 'ScheduleAnyway' });
    const zone = (...constraints: readonly object[]) =>
      pass({ pods: [pod('p', 1, { labels: { app: 'x' }, topologySpreadConstraints: constraints })] });
    expect(zone(soft, constraint(ZONE, 'x')).claims[0]?.requirement(ZONE)).toMatch(/^z[123]$/);
    expect(zone(constraint('nowhere', 'x')).errors).toEqual({ p: 'unsatisfiable-topology' });
  });

  it('reads no preference under the policy Ignore', () => {
    const affinity = nodeAffinity([], [[1, `${ZONE} In z2`]]);
    const zone = (preferencePolicy: 'Respect' | 'Ignore') =>
      pass({ settings: { preferencePolicy }, pods: [pod('p', 1, { affinity })] }).claims[0]?.requirement(ZONE);
    expect(zone('Respect')).toBe('z2');
    expect(zone('Ignore')).toBeUndefined();
  });

  it('happens at once in v1.14.1; in v0.32.0 the pod goes to the end of the queue (X25)', () => {
    const wish = { affinity: nodeAffinity([], [[1, `${ZONE} In z9`]]) };
    const sketch = { types: TYPES.slice(2), pods: [pod('a', 5, wish), pod('b', 4)] };
    const limits = { limits: { cpu: '8' } };
    const v1 = pass({ ...sketch, nodePools: [pool('np', { spec: limits })] });
    expect([v1.claims.map(({ pods: placed }) => placed), Object.keys(v1.errors)]).toEqual([[['a']], ['b']]);
    const v0 = pass({ ...sketch, version: 'v0.32.0', nodePools: [betaPool('np', { spec: limits })] });
    expect([v0.claims.map(({ pods: placed }) => placed), Object.keys(v0.errors)]).toEqual([[['b']], ['a']]);
  });

  it('makes a new group when it changes the keys of a spread filter, blind to this pass (TOP-13)', () => {
    const labels = { app: 'web' };
    const first = pod('a', 2, { labels, ...spread(ZONE, 'web'), nodeSelector: { [ZONE]: 'z1' } });
    const wish = nodeAffinity(['team In x', 'kubernetes.io/arch In amd64']);
    const second = pod('b', 1.9, { labels, ...spread(ZONE, 'web'), affinity: wish });
    const nodePools = [pool('np', { requirements: [{ key: ZONE, operator: 'In', values: ['z1', 'z2'] }] })];
    // A group that was there from the start counts the first pod, and keeps the second away from z1.
    const zones = (later: object) =>
      pass({ nodePools, pods: [first, later] }).claims.map(({ requirement }) => requirement(ZONE));
    expect(zones(second)).toEqual(['z1']);
    expect(zones(pod('b', 1.9, { labels, ...spread(ZONE, 'web') }))).toEqual(['z1', 'z2']);
    const sameKeys = nodeAffinity([`${ZONE} In z9`, `${ZONE} In z1 z2`]);
    expect(zones(pod('b', 1.9, { labels, ...spread(ZONE, 'web'), affinity: sameKeys }))).toEqual(['z1', 'z2']);
  });
});

describe('labels that nothing defines', () => {
  it('come into being with an exclusion, and later pods may ask for them (X21, REQ-10)', () => {
    const excluding = pod('a', 2, { affinity: nodeAffinity(['foo NotIn x']) });
    const asking = pod('b', 1, { nodeSelector: { foo: 'y' } });
    const { claims, errors } = pass({ pods: [excluding, asking] });
    expect(claims.map(({ pods: placed, labels }) => [placed, labels['foo']])).toEqual([[['a', 'b'], 'y']]);
    expect(errors).toEqual({});
    expect(pass({ pods: [asking] }).errors).toEqual({ b: 'incompatible-requirements' });
    const nodes = [node('n')];
    expect(pass({ nodes, pods: [excluding, asking] }).existing).toEqual({ n: ['a', 'b'] });
  });

  it('get a made-up value in the created object when only excluded (FIN-4)', () => {
    const { claims } = pass({ pods: [pod('a', 2, { affinity: nodeAffinity(['foo NotIn x']) })] });
    expect(claims[0]?.labels['foo']).toMatch(/^\d+$/);
    expect(claims[0]?.requirement('foo')).toBe('NotIn x');
    expect(claims[0]?.labels['karpenter.sh/registered']).toBeUndefined();
    expect(claims[0]?.requirement('karpenter.sh/registered')).toBeUndefined();
  });
});

describe('minValues', () => {
  const flexible = (minValues: number, fields: object = {}) =>
    pool('np', {
      requirements: [{ key: INSTANCE_TYPE, operator: 'In', values: ['m4', 'l8', 'x16'], minValues }],
      ...fields,
    });

  it('drop the NodePool under Strict, and are lowered to what there is under BestEffort (X19)', () => {
    const sketch = { types: TYPES.slice(1), nodePools: [flexible(3)], pods: [pod('p', 1)] };
    expect(pass(sketch).errors).toEqual({ p: 'no-nodepool-has-types' });
    const relaxed = pass({ ...sketch, settings: { minValuesPolicy: 'BestEffort' } });
    expect(
      relaxed.claims.map(({ types, annotations }) => [types, annotations['karpenter.sh/nodeclaim-min-values-relaxed']]),
    ).toEqual([[['m4', 'l8'], 'true']]);
    const withAnother = { ...sketch, nodePools: [flexible(3, { spec: { weight: 9 } }), pool('other')] };
    expect(pass(withAnother).claims[0]?.pool).toBe('other');
    expect(pass({ ...withAnother, settings: { minValuesPolicy: 'BestEffort' } }).claims[0]?.pool).toBe('np');
  });

  it('are strict again for pods that join (IT-3)', () => {
    const sketch = {
      types: TYPES.slice(1),
      nodePools: [flexible(2)],
      settings: { minValuesPolicy: 'BestEffort' } as const,
    };
    // Two pods of 3 cpus together need l8, which alone is too few once minValues stays at 2.
    const { claims } = pass({ ...sketch, pods: pods('p', 2, 3) });
    expect(claims.map(({ types }) => types)).toEqual([
      ['m4', 'l8'],
      ['m4', 'l8'],
    ]);
  });

  it('count what a type has, not what is left of it (REQ-11)', () => {
    const requirements = [{ key: ZONE, operator: 'In', values: ['z1', 'z2'], minValues: 2 }];
    const inOne = pod('p', 1, { nodeSelector: { [ZONE]: 'z1' } });
    expect(pass({ nodePools: [pool('np', { requirements })], pods: [inOne] }).claims[0]?.requirement(ZONE)).toBe('z1');
  });

  it('mark all NodeClaims of a NodePool as the last one was (ADD-7)', () => {
    const settings = { minValuesPolicy: 'BestEffort' } as const;
    // The first NodeClaim is left with one type; the two after it are not short of any.
    const sketch = { types: TYPES.slice(1), nodePools: [flexible(2)], settings };
    const { claims } = pass({ ...sketch, pods: [pod('a', 7), pod('b', 3), pod('c', 2.5)] });
    expect(claims.map(({ types }) => types.length)).toEqual([1, 2, 2]);
    const marks = claims.map(({ annotations }) => annotations['karpenter.sh/nodeclaim-min-values-relaxed']);
    expect(marks).toEqual(['false', 'false', 'false']);
    expect(pass({ ...sketch, pods: [pod('a', 7)] }).claims[0]?.annotations).toMatchObject({
      'karpenter.sh/nodeclaim-min-values-relaxed': 'true',
    });
  });
});

describe('reserved capacity', () => {
  const reserved = (id: string, price: number) => [
    { zone: 'z1', capacityType: 'reserved', price: 0.001, available: true, reservationId: id, reservationCapacity: 1 },
    { zone: 'z1', capacityType: 'on-demand', price, available: true },
  ];
  const sketch = {
    types: [
      type('small', 2, 1, { offerings: reserved('cr-small', 1) }),
      type('medium', 3, 2, { offerings: reserved('cr-medium', 2) }),
      type('large', 6, 3, { offerings: reserved('', 3).slice(1) }),
    ],
    pods: pods('p', 3, 1.8),
  };

  it('is held by every NodeClaim that could use it, and pods wait rather than go without (X18)', () => {
    const decision = pass(sketch);
    expect(decision.claims.map(({ pods: placed, types }) => [placed, types])).toEqual([
      [['p1'], ['small', 'medium', 'large']],
    ]);
    expect(decision.claims[0]?.requirement(CAPACITY_TYPE)).toBe('reserved');
    expect(decision.claims[0]?.requirement('karpenter.k8s.aws/capacity-reservation-id')).toBe('cr-medium cr-small');
    expect(decision.errors).toEqual({ p2: 'reserved-capacity-exhausted', p3: 'reserved-capacity-exhausted' });
  });

  it('falls back in simulations, and is not looked at with the gate off (X18)', () => {
    const fallback = simulate(sketch, ({ snapshot }) => ({ pods: snapshot.pods }));
    expect(fallback.errors).toEqual({});
    const off = pass({ ...sketch, settings: { featureGates: { ReservedCapacity: false } } });
    expect([off.errors, off.claims.length]).toEqual([{}, 1]);
  });
});
