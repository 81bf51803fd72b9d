import { describe, expect, it } from 'vitest';
import { applyOverrides, parseOverrides } from '../../src/scenario/overrides.js';

function apply(root: unknown, ...texts: string[]) {
  const { overrides, problems } = parseOverrides(texts);
  expect(problems).toEqual([]);
  return applyOverrides(root, overrides);
}

describe('overrides', () => {
  it('read their value as YAML', () => {
    const { value } = apply({}, 'a=5', 'b=five', 'c=[1, x]', 'd=true', 'f=x=y');
    expect(value).toEqual({ a: 5, b: 'five', c: [1, 'x'], d: true, f: 'x=y' });
  });

  it('take a key away when they set it to nothing', () => {
    const { value } = apply({ window: { from: 1 }, notes: ['a'], name: 'x' }, 'window=null', 'notes=');
    expect(value).toStrictEqual({ name: 'x' });
  });

  it('find their way through maps and lists, making maps that are missing', () => {
    const root = { services: [{ share: 1 }, { share: 2 }], keep: 1 };
    const { value } = apply(root, 'services[1].share=0.5', 'services.0.share=3', 'karpenter.featureGates.Drift=true');
    expect(value).toEqual({
      services: [{ share: 3 }, { share: 0.5 }],
      keep: 1,
      karpenter: { featureGates: { Drift: true } },
    });
    expect(root.services[1]?.share).toBe(2);
  });

  it('quote keys that contain dots', () => {
    expect(apply({}, 'manifests["v1.14.1"]=[a.yaml]').value).toEqual({ manifests: { 'v1.14.1': ['a.yaml'] } });
  });

  it('may append to a list but not leave a gap', () => {
    expect(apply({ l: [1] }, 'l[1]=2').value).toEqual({ l: [1, 2] });
    expect(apply({ l: [1] }, 'l[3]=2').problems).toMatchObject([{ path: 'l[3]', file: '--set l[3]=2' }]);
    expect(apply({ name: 'x' }, 'name.first=2').problems).toHaveLength(1);
  });

  it('can name a manifest object', () => {
    expect(parseOverrides(['NodePool/general.spec.limits.cpu=5']).overrides).toEqual([
      {
        text: 'NodePool/general.spec.limits.cpu=5',
        at: { file: '--set NodePool/general.spec.limits.cpu=5', line: 1, column: 1 },
        object: { kind: 'NodePool', name: 'general' },
        path: ['spec', 'limits', 'cpu'],
        value: 5,
      },
    ]);
  });

  it.each(['seed', '=5', 'a..b=1', 'a[x]=1', ''])('refuse %j', (text) => {
    expect(parseOverrides([text]).problems).toMatchObject([{ file: `--set ${text}`, code: 'invalid-value' }]);
  });

  it('never touch prototypes', () => {
    expect(apply({}, '__proto__.polluted=1').problems).toHaveLength(1);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
