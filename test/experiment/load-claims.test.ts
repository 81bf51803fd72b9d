import { describe, expect, it } from 'vitest';
import { loadClaims, type Claims } from '../../src/experiment/claims/load-claims.js';
import type { LoadOptions } from '../../src/scenario/load-scenario.js';
import { loadOptions, SCENARIO } from '../scenario/scenario-fixture.js';

const CLAIM = `  - id: cheap
    sentence: It is cheap
    source: somebody
    metric: cost
    comparator: '<'
    value: 5
`;

const options = (files: Readonly<Record<string, string>>, file = 'dir/claims.yaml'): LoadOptions => ({
  ...loadOptions(files),
  file,
});

/** Loads `dir/claims.yaml` about the scenario of the fixture. */
function claims(text: string, files: Readonly<Record<string, string>> = {}): Claims {
  const { loaded, problems } = loadClaims(options({ ...files, 'claims.yaml': `scenario: test.yaml\n${text}` }));
  if (loaded === undefined) throw new Error(JSON.stringify(problems));
  return loaded;
}

function complaints(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  const { problems = [] } = loadClaims(options({ 'claims.yaml': text, ...files }));
  return problems.map(({ file, line, column, path, message }) => `${file}:${line}:${column} ${path} ${message}`);
}

/** One claim about the fixture, with some of its lines replaced. */
const about = (change: (claim: string) => string): string[] =>
  complaints(`scenario: test.yaml\nclaims:\n${change(CLAIM)}`);

describe('a file of claims', () => {
  it('names a scenario, and has claims about the scenario as given', () => {
    const { spec, claims: all, usage } = claims(`claims:\n${CLAIM}`);
    expect(spec.name).toBe('test');
    expect(usage).toBe('assumed');
    expect(all).toMatchObject([
      {
        id: 'cheap',
        metric: { kind: 'level', key: 'cost' },
        condition: { comparator: '<', value: 5 },
        run: 'as-given',
      },
    ]);
  });

  it('may be the scenario itself', () => {
    const { loaded } = loadClaims(options({ 'test.yaml': `${SCENARIO}claims:\n${CLAIM}` }, 'dir/test.yaml'));
    expect(loaded?.claims).toHaveLength(1);
  });

  it('may declare runs of its own, on the scenario or on another', () => {
    const other = SCENARIO.replace('name: test', 'name: other');
    const runs = 'runs:\n  busy: { set: [seed=9], scale: { traffic: 2 } }\n  other: { scenario: other.yaml }\n';
    const { ownRuns } = claims(`${runs}claims:\n${CLAIM}    run: busy\n`, { 'other.yaml': other });
    expect(ownRuns.get('busy')).toMatchObject({ seed: '9', services: [{ traffic: { baseRps: 100 } }] });
    expect(ownRuns.get('other')?.name).toBe('other');
  });

  it('may bring the usage of pods', () => {
    const csv = 'namespace,pod,cpu,memory\napp,web-7f9c5d8b6-x2x4p,0.1,100Mi\n';
    const { usage } = claims(`usage: top.csv\nclaims:\n${CLAIM}`, { 'top.csv': csv });
    expect(usage).toMatchObject({ file: 'top.csv' });
    expect(claims(`usage: scenario\nclaims:\n${CLAIM}`).usage).toBe('scenario');
  });
});

describe('a mistake in a claim', () => {
  it.each<[string, (claim: string) => string, string]>([
    [
      'a metric that does not exist',
      (claim) => claim.replace('metric: cost', 'metric: costs'),
      '6:13 claims[0].metric there is no metric "costs"',
    ],
    [
      'a range upside down',
      (claim) => claim.replace("'<'", 'between').replace('value: 5', 'range: [9, 5]'),
      '8:12 claims[0].range the range is upside down: 9 is above 5',
    ],
    [
      'a saving without baseline',
      (claim) => claim.replace('metric: cost', 'metric: saving.cost').replace('5', '50%'),
      '3:5 claims[0] saving.cost needs a baseline: nothing is saved or differs by itself',
    ],
    [
      'a baseline of a figure by itself',
      (claim) => `${claim}    baseline: static\n`,
      '9:15 claims[0].baseline cost is a figure by itself, and is not compared',
    ],
    [
      'a run that does not exist',
      (claim) => `${claim}    run: statik\n`,
      '9:10 claims[0].run there is no run "statik"',
    ],
    [
      'a service that does not exist',
      (claim) => claim.replace('metric: cost', 'metric: evictions\n    service: app/wep'),
      '7:14 claims[0].service there is no workload app/wep in the manifests',
    ],
    ['a value of another unit', (claim) => claim.replace('5', '5m'), '8:12 claims[0].value 5m does not fit the metric'],
    [
      'a range without between',
      (claim) => `${claim}    range: [1, 2]\n`,
      '9:12 claims[0].range < does not go with a range',
    ],
    ['no value', (claim) => claim.replace('    value: 5\n', ''), '3:5 claims[0] value is required with <'],
    ['an unknown key', (claim) => `${claim}    valu: 3\n`, '9:5 claims[0].valu unknown key "valu"'],
    [
      'no sentence',
      (claim) => claim.replace('    sentence: It is cheap\n', ''),
      '3:5 claims[0].sentence sentence is required',
    ],
    ['an id twice', (claim) => claim + claim, '9:9 claims[1].id there is another claim cheap'],
  ])('is told with its place: %s', (_, change, expected) => {
    expect(about(change)).toEqual([`dir/claims.yaml:${expected}`]);
  });

  it('lists the metrics there are', () => {
    const text = `scenario: test.yaml\nclaims:\n${CLAIM.replace('metric: cost', 'metric: pendin.p99')}`;
    const { problems } = loadClaims(options({ 'claims.yaml': text }));
    expect(problems?.[0]).toMatchObject({
      expected: expect.stringContaining('pending.p99') as unknown,
      hint: 'did you mean "pending.p99"?',
    });
  });

  it('is told with all others at once, those of its runs and its usage file too', () => {
    const text = `scenario: test.yaml
usage: top.csv
runs:
  busy: { set: [traffic.web.noise=loud] }
  static: { set: [seed=2] }
claims:
${CLAIM.replace('cost', 'costs')}`;
    expect(complaints(text, { 'top.csv': 'namespace,pod,cpu,memory\napp,web,x,1\n' })).toEqual([
      expect.stringMatching(/^dir\/claims.yaml:4:17 runs.busy.set\[0\] traffic.web.noise: /) as unknown,
      'dir/claims.yaml:5:11 runs.static static is a run that there always is',
      'dir/claims.yaml:10:13 claims[0].metric there is no metric "costs"',
      'dir/top.csv:2:9  "x" is no amount of cpu',
    ]);
  });

  it('may be its scenario', () => {
    expect(complaints(`scenario: gone.yaml\nclaims:\n${CLAIM}`)).toEqual([
      'dir/claims.yaml:1:11 scenario cannot read gone.yaml: no such file',
    ]);
    expect(complaints('scenario: test.yaml\n')).toEqual(['dir/claims.yaml:1:1 claims claims is required']);
    expect(complaints(`scenario: test.yaml\nruns: { short: { set: [duration=1h] } }\nclaims:\n${CLAIM}`)).toEqual([
      'dir/claims.yaml:2:16 runs.short short lasts 3600 s and the scenario 21600 s',
    ]);
  });
});
