import { describe, expect, it } from 'vitest';
import { decodeNodePoolV1, decodeNodePoolV1beta1 } from '../../../src/karpenter/manifest/decode-node-pool.js';
import { decodeYaml, readYaml } from '../../kubernetes/manifest/read-manifest.js';

function v1(spec: string, template = ''): string {
  return `apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: general}
spec:
${indent(spec, 2)}
  template:
${indent(template, 4)}
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements: []
`;
}

function v1beta1(spec: string, template = ''): string {
  return v1(spec, template)
    .replace('karpenter.sh/v1', 'karpenter.sh/v1beta1')
    .replace('{group: karpenter.k8s.aws, kind', '{apiVersion: karpenter.k8s.aws/v1beta1, kind');
}

function indent(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}

const messages = (text: string, decode = decodeNodePoolV1) =>
  readYaml(text, decode).problems.map(({ path, message }) => `${path}: ${message}`);

describe('NodePool v1', () => {
  it('E10: without disruption, consolidates at once under a budget of 10 %', () => {
    expect(decodeYaml(v1(''), decodeNodePoolV1)).toMatchObject({
      apiVersion: 'karpenter.sh/v1',
      weight: 0,
      limits: {},
      disruption: {
        consolidationPolicy: 'WhenEmptyOrUnderutilized',
        consolidateAfter: 0,
        budgets: [{ nodes: '10%' }],
      },
      template: {
        expireAfter: 720 * 3_600_000,
        nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
      },
    });
  });

  it('E8, E11: accepts consolidateAfter with every policy, and an empty budget', () => {
    const { disruption } = decodeYaml(
      v1('disruption: {consolidationPolicy: WhenEmptyOrUnderutilized, consolidateAfter: 30s, budgets: [{}]}'),
      decodeNodePoolV1,
    );
    expect(disruption.consolidateAfter).toBe(30_000);
    expect(disruption.budgets).toMatchObject([{ nodes: '10%', reasons: undefined }]);
    expect(
      decodeYaml(v1('disruption: {consolidateAfter: Never, budgets: []}'), decodeNodePoolV1).disruption,
    ).toMatchObject({ consolidateAfter: 'Never', budgets: [] });
  });

  it('E9: requires consolidateAfter once disruption is given', () => {
    expect(messages(v1('disruption: {}'))).toEqual(['spec.disruption.consolidateAfter: consolidateAfter is required']);
  });

  it('reads budgets with schedule, duration and reasons', () => {
    const text = v1(
      'disruption: {consolidateAfter: 0s, budgets: [{nodes: "5", schedule: "0 9 * * mon-fri", duration: 1h30m, reasons: [Empty, Drifted]}]}',
    );
    expect(decodeYaml(text, decodeNodePoolV1).disruption.budgets).toEqual([
      { nodes: '5', schedule: '0 9 * * mon-fri', durationMs: 5_400_000, reasons: ['Empty', 'Drifted'] },
    ]);
  });

  it.each([
    ['E12', '{nodes: "5", duration: 8h}', "'schedule' must be set with 'duration'"],
    ['E13', '{schedule: "@daily", duration: 30s}', '"30s" is not a duration'],
    ['E14', '{nodes: 101%}', '"101%" is not a number of nodes'],
    ['E14', '{nodes: "-1"}', '"-1" is not a number of nodes'],
    ['E14', '{nodes: "1.5"}', '"1.5" is not a number of nodes'],
    ['reasons', '{reasons: [Expired]}', '"Expired" is not supported'],
    ['reasons', '{reasons: [Empty, Empty]}', 'Duplicate value: "Empty"'],
  ])('%s: refuses the budget %s', (_, budget, message) => {
    const problems = messages(v1(`disruption: {consolidateAfter: 0s, budgets: [${budget}]}`));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });

  it.each(['0', '0%', '100%'])('E14: accepts the budget nodes: "%s"', (nodes) => {
    expect(messages(v1(`disruption: {consolidateAfter: 0s, budgets: [{nodes: "${nodes}"}]}`))).toEqual([]);
  });

  it('E15: refuses the policy of v1beta1 and names its new name', () => {
    const { problems } = readYaml(
      v1('disruption: {consolidateAfter: 30s, consolidationPolicy: WhenUnderutilized}'),
      decodeNodePoolV1,
    );
    expect(problems).toMatchObject([
      { code: 'unsupported-value', line: 5, hint: 'karpenter.sh/v1 calls it WhenEmptyOrUnderutilized' },
    ]);
  });

  it('E16: takes hours but not days for expireAfter', () => {
    const text = (value: string) => v1('').replace('requirements: []', `requirements: []\n      expireAfter: ${value}`);
    expect(decodeYaml(text('168h'), decodeNodePoolV1).template.expireAfter).toBe(604_800_000);
    expect(decodeYaml(text('Never'), decodeNodePoolV1).template.expireAfter).toBe('Never');
    expect(readYaml(text('7d'), decodeNodePoolV1).problems).toMatchObject([
      { path: 'spec.template.spec.expireAfter', hint: 'there is no unit for days: try 168h' },
    ]);
  });

  it('E7, E19: takes labels of kubernetes.io but not of karpenter.sh', () => {
    const label = (key: string) => v1('', `metadata: {labels: {${key}: a}}`);
    expect(messages(label('example.kubernetes.io/team'))).toEqual([]);
    expect(messages(label('karpenter.sh/foo'))).toEqual([
      'spec.template.metadata.labels["karpenter.sh/foo"]: label domain "karpenter.sh" is restricted',
    ]);
    expect(messages(label('mykarpenter.sh/foo'))[0]).toContain('label domain "karpenter.sh" is restricted');
    expect(messages(label('karpenter.sh/nodepool'))[0]).toContain('label "karpenter.sh/nodepool" is restricted');
    expect(messages(label('karpenter.k8s.aws/foo'))[0]).toContain('label domain "karpenter.k8s.aws" is restricted');
  });

  it.each([
    ['{key: x, operator: In, values: []}', "requirements with operator 'In' must have a value defined"],
    ['{key: x, operator: In}', "requirements with operator 'In' must have a value defined"],
    ['{key: x, operator: Gt, values: ["a"]}', 'must have a single positive integer value'],
    ['{key: x, operator: Gte, values: ["1", "2"]}', 'must have a single positive integer value'],
    ['{key: x, operator: In, values: [a], minValues: 2}', "requirements with 'minValues' must have at least"],
    ['{key: kubernetes.io/hostname, operator: Exists}', 'label "kubernetes.io/hostname" is restricted'],
    ['{key: karpenter.sh/capacity-type, operator: In, values: [Spot]}', 'no capacity type that exists'],
    ['{key: x, operator: in, values: [a]}', '"in" is not supported'],
    ['{key: a b, operator: Exists}', '"a b" is not a label key'],
    ['{key: x, operator: In, values: [4]}', '4 is not a string'],
    ['{operator: Exists}', 'key is required'],
  ])('E18 and kin: refuses the requirement %s', (requirement, message) => {
    const problems = messages(v1('').replace('requirements: []', `requirements: [${requirement}]`));
    expect(problems[0]).toContain(message);
  });

  it('sends what moved since v1beta1 to its new place', () => {
    const text = v1('disruption: {consolidateAfter: 30s, expireAfter: 30m}').replace(
      '{group: karpenter.k8s.aws, kind',
      '{apiVersion: karpenter.k8s.aws/v1beta1, kind',
    );
    const { problems } = readYaml(
      text.replace('requirements: []', 'requirements: []\n      kubelet: {}'),
      decodeNodePoolV1,
    );
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['spec.template.spec.nodeClassRef.apiVersion', 'unknown-field'],
      ['spec.template.spec.nodeClassRef.group', 'missing-field'],
      ['spec.template.spec.kubelet', 'unknown-field'],
      ['spec.disruption.expireAfter', 'unknown-field'],
    ]);
    expect(problems[3]?.hint).toContain('spec.template.spec.expireAfter');
  });

  it('reports a misspelt field with the nearest known one', () => {
    expect(readYaml(v1('limit: {cpu: 10}'), decodeNodePoolV1).problems).toMatchObject([
      { path: 'spec.limit', line: 5, column: 3, hint: 'did you mean "limits"?' },
    ]);
  });

  it('knows static NodePools', () => {
    expect(decodeYaml(v1('replicas: 3\nlimits: {nodes: 5}'), decodeNodePoolV1)).toMatchObject({
      replicas: 3,
      limits: { nodes: 5 },
    });
    expect(messages(v1('replicas: 3\nweight: 1\nlimits: {cpu: 5}'))).toEqual([
      "spec.limits: only 'limits.nodes' is supported on static NodePools",
      "spec.weight: 'weight' is not supported on static NodePools",
    ]);
  });

  it('reports one mistake, not a cascade, when the template is missing', () => {
    expect(messages('metadata: {name: g}\nspec: {weight: 10}')).toEqual(['spec.template: template is required']);
  });

  it('refuses an empty taint value and the same taint twice', () => {
    const text = v1('').replace(
      'requirements: []',
      'requirements: []\n      taints: [{key: a, value: "", effect: NoSchedule}]\n      startupTaints: [{key: a, effect: NoSchedule}]',
    );
    expect(messages(text)).toEqual([
      'spec.template.spec.taints[0].value: "" is not a taint value',
      'spec.template.spec.startupTaints[0]: duplicate taint Key/Effect pair a=NoSchedule',
    ]);
  });
});

describe('NodePool v1beta1', () => {
  it('E5: without disruption, consolidates underutilized nodes and expires after 720h', () => {
    expect(decodeYaml(v1beta1(''), decodeNodePoolV1beta1)).toMatchObject({
      apiVersion: 'karpenter.sh/v1beta1',
      disruption: { consolidationPolicy: 'WhenUnderutilized', expireAfter: 720 * 3_600_000, budgets: [] },
      template: { nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' } },
    });
  });

  it.each([
    ['E1', '{consolidationPolicy: WhenUnderutilized, consolidateAfter: 30s}'],
    ['E2', '{consolidateAfter: 30s}'],
  ])('%s: refuses consolidateAfter with WhenUnderutilized', (_, disruption) => {
    expect(messages(v1beta1(`disruption: ${disruption}`), decodeNodePoolV1beta1)).toEqual([
      'spec.disruption.consolidateAfter: consolidateAfter cannot be combined with consolidationPolicy=WhenUnderutilized',
    ]);
  });

  it('E3: accepts Never with it', () => {
    const text = v1beta1('disruption: {consolidationPolicy: WhenUnderutilized, consolidateAfter: Never}');
    expect(decodeYaml(text, decodeNodePoolV1beta1).disruption.consolidateAfter).toBe('Never');
  });

  it('E4: requires consolidateAfter with WhenEmpty', () => {
    expect(messages(v1beta1('disruption: {consolidationPolicy: WhenEmpty}'), decodeNodePoolV1beta1)).toEqual([
      'spec.disruption: consolidateAfter must be specified with consolidationPolicy=WhenEmpty',
    ]);
  });

  it('E6: refuses labels of kubernetes.io', () => {
    expect(
      messages(v1beta1('', 'metadata: {labels: {example.kubernetes.io/team: a}}'), decodeNodePoolV1beta1)[0],
    ).toContain('label domain "kubernetes.io" is restricted');
  });

  it('accepts any Go duration, loosely, but nothing that Go cannot read', () => {
    const expireAfter = (value: string) => v1beta1(`disruption: {expireAfter: ${value}}`);
    expect(decodeYaml(expireAfter('30m1.5h'), decodeNodePoolV1beta1).disruption.expireAfter).toBe(7_200_000);
    expect(messages(expireAfter('10mfoo'), decodeNodePoolV1beta1)).toHaveLength(1);
    expect(messages(expireAfter('xNever'), decodeNodePoolV1beta1)).toHaveLength(1);
  });

  it('refuses the fields of v1 with a hint', () => {
    const text = v1beta1('replicas: 1\ndisruption: {budgets: []}')
      .replace('requirements: []', 'requirements: [{key: a, operator: Exists, minValues: 2}]\n      expireAfter: 1h')
      .replace('apiVersion: karpenter.k8s.aws/v1beta1, kind', 'group: karpenter.k8s.aws, kind');
    const { problems } = readYaml(text, decodeNodePoolV1beta1);
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'spec.disruption.budgets',
      'spec.replicas',
      'spec.template.spec.expireAfter',
      'spec.template.spec.nodeClassRef.group',
      'spec.template.spec.requirements[0].minValues',
    ]);
  });

  it('has names that start with a letter', () => {
    expect(messages(v1beta1('').replace('general', '1pool'), decodeNodePoolV1beta1)).toHaveLength(1);
    expect(messages(v1('').replace('general', '1pool'))).toEqual([]);
  });
});

describe('hash of a NodePool', () => {
  const hash = (text: string) => decodeYaml(text, decodeNodePoolV1).hash;
  const labelled = v1('', 'metadata: {labels: {a: "1", b: "2"}}');

  it('changes with template labels and expireAfter, which drift nodes (disruption.md §5.5)', () => {
    expect(hash(labelled)).not.toBe(hash(v1('')));
    const expiring = labelled.replace('requirements: []', 'requirements: []\n      expireAfter: 1h');
    expect(hash(expiring)).not.toBe(hash(labelled));
  });

  it('does not change with order, weight, limits, disruption or requirements', () => {
    expect(hash(v1('', 'metadata: {labels: {b: "2", a: "1"}}'))).toBe(hash(labelled));
    const other = v1(
      'weight: 5\nlimits: {cpu: 1}\ndisruption: {consolidateAfter: 5m}',
      'metadata: {labels: {a: "1", b: "2"}}',
    );
    expect(hash(other.replace('requirements: []', 'requirements: [{key: a, operator: Exists}]'))).toBe(hash(labelled));
    const taints = (list: string) => labelled.replace('requirements: []', `requirements: []\n      taints: [${list}]`);
    const [a, b] = ['{key: a, effect: NoSchedule}', '{key: b, effect: NoSchedule}'];
    expect(hash(taints(`${a}, ${b}`))).toBe(hash(taints(`${b}, ${a}`)));
  });

  it('does not see expireAfter in v1beta1', () => {
    const beta = (spec: string) => decodeYaml(v1beta1(spec), decodeNodePoolV1beta1).hash;
    expect(beta('disruption: {expireAfter: 1h}')).toBe(beta(''));
  });
});
