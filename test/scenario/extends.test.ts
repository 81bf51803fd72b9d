import { describe, expect, it } from 'vitest';
import { APP, complaints, load, POOLS, SCENARIO, spec } from './scenario-fixture.js';

/** `dir/test.yaml` extends `other/base.yaml`, whose manifests stand beside it. */
const files = (own: string, base = SCENARIO) => ({
  'test.yaml': `name: changed\nextends: ../other/base.yaml\n${own}`,
  '../other/base.yaml': base,
  '../other/pools.yaml': POOLS,
  '../other/app.yaml': APP,
});

describe('a scenario that extends another', () => {
  it('is the other one with its own keys on top: maps merged, lists and texts replaced, null away', () => {
    const base = `${SCENARIO}window: { from: +1h, to: +2h }\nnotes: [a, b]\nseed: 4\n`;
    const own = 'description: twice\ntraffic: { web: { requestsPerSecond: 7 } }\nnotes: [c]\nwindow: null\n';
    const changed = spec(files(own, base));
    expect(changed).toMatchObject({
      name: 'changed',
      description: 'twice',
      seed: '4',
      notes: ['c'],
      window: undefined,
    });
    expect(changed.services[0]?.traffic).toMatchObject({ baseRps: 3.5, noiseSigma: 0 });
    expect(changed.cluster.nodePools).toHaveLength(1);
  });

  it('names the file that it extends, for comparisons', () => {
    expect(load(files('')).base).toBe('other/base.yaml');
  });

  it('sets fields of itself and of manifests, those of the extended file first', () => {
    const base = `${SCENARIO}set: [seed=1, duration=2h]\n`;
    const own = 'set: [seed=2, NodePool/general.spec.limits.cpu=8]\n';
    const changed = spec(files(own, base));
    expect(changed).toMatchObject({ seed: '2', durationMs: 7_200_000 });
    expect(changed.cluster.nodePools[0]?.limits).toEqual({ cpu: 8000 });
  });

  it('blames each mistake on the file and line that has it', () => {
    const base = SCENARIO.replace('us-east-1b', 'us-east-9z').replace('share: 0.5', 'share: half');
    expect(complaints(files('', base))).toEqual([
      expect.stringMatching(/^other\/base.yaml:14:12 services\[0\].share /) as unknown,
    ]);
    const wrongZone = SCENARIO.replace('us-east-1b', 'us-east-9z');
    expect(complaints(files('zones: [us-east-9x]\n', wrongZone))).toEqual([
      'dir/test.yaml:3:9 zones[0] "us-east-9x" is no zone of us-east-1',
    ]);
    expect(complaints(files('', wrongZone))).toEqual([
      'other/base.yaml:3:21 zones[1] "us-east-9z" is no zone of us-east-1',
    ]);
    expect(complaints(files('set: [seed=1, NodePool/gone.spec.weight=1]\n'))).toEqual([
      'dir/test.yaml:3:15  there is no NodePool gone in the manifests',
    ]);
    expect(complaints(files('trafic: {}\n'))).toEqual(['dir/test.yaml:3:1 trafic unknown key "trafic"']);
  });

  it('finds the trace of a curve beside the file that names it', () => {
    const trace = 'time,rps\n0,1\n3600,2\n';
    const base = SCENARIO.replace('requestsPerSecond: 100', 'trace: { file: t.csv }');
    const { services } = spec({ ...files('', base), '../other/t.csv': trace });
    expect(services[0]?.traffic.trace?.rates).toHaveLength(2);
  });

  it('needs a name of its own, a file that is there, and an end of the chain', () => {
    expect(complaints({ 'test.yaml': 'extends: base.yaml\n', 'base.yaml': SCENARIO })).toEqual([
      'dir/test.yaml:1:1  name is required: runs of the extended scenario have the same otherwise',
    ]);
    expect(complaints({ 'test.yaml': 'name: x\nextends: gone.yaml\n' })).toEqual([
      'dir/test.yaml:2:10 extends cannot read dir/gone.yaml: no such file',
    ]);
    expect(
      complaints({ 'test.yaml': 'name: x\nextends: b.yaml\n', 'b.yaml': 'name: y\nextends: test.yaml\n' }),
    ).toEqual(['dir/b.yaml:2:10 extends test.yaml extends this file in turn']);
  });
});

describe('scaled traffic', () => {
  const rps = (own: string, scale: readonly string[] = []): number | undefined =>
    spec({ 'test.yaml': SCENARIO + own }, { scale }).services[0]?.traffic.baseRps;

  it('multiplies the demand of every curve, or of one; factors of file and command line together', () => {
    expect(rps('')).toBe(50);
    expect(rps('scale: { traffic: 2 }\n')).toBe(100);
    expect(rps('scale: { traffic.web: 0.5 }\n', ['traffic=3x', 'traffic.web=2'])).toBe(150);
  });

  it('says which curves there are', () => {
    expect(load({}, { scale: ['traffic.wep=2x'] }).problems).toMatchObject([
      { file: '--scale traffic.wep=2x', expected: 'one of web', hint: 'did you mean "web"?' },
    ]);
    expect(complaints({ 'test.yaml': `${SCENARIO}scale: { traffic.app: 2 }\n` })).toEqual([
      'dir/test.yaml:16:23  no service has the traffic curve "app"',
    ]);
    expect(complaints({}, { scale: ['cost=2x', 'traffic=-1'] })).toEqual([
      '--scale cost=2x:1:1  "cost=2x" is not a scale',
      '--scale traffic=-1:1:1  "traffic=-1" is not a scale',
    ]);
  });
});
