import { describe, expect, it } from 'vitest';
import { decodeEC2NodeClassV1, decodeEC2NodeClassV1beta1 } from '../../../src/cloud/manifest/decode-node-class.js';
import { decodeYaml, readYaml } from '../../kubernetes/manifest/read-manifest.js';

const TERMS = `  subnetSelectorTerms: [{tags: {a: b}}]
  securityGroupSelectorTerms: [{tags: {a: b}}]
`;

function v1(rest: string, ami = 'amiSelectorTerms: [{alias: al2@latest}]'): string {
  return `metadata: {name: default}\nspec:\n  role: r\n${TERMS}  ${ami}\n${rest.replace(/^(?=.)/gm, '  ')}`;
}

const messages = (text: string, decode = decodeEC2NodeClassV1) =>
  readYaml(text, decode).problems.map(({ path, message }) => `${path}: ${message}`);

describe('EC2NodeClass v1', () => {
  it('takes the AMI family from the alias, and reads volumes and kubelet', () => {
    const text = v1(`instanceStorePolicy: RAID0
blockDeviceMappings: [{deviceName: /dev/xvda, ebs: {volumeSize: 20Gi, volumeType: gp3, encrypted: true}}]
kubelet: {maxPods: 30, kubeReserved: {cpu: 100m}, evictionHard: {memory.available: 5%}}`);
    expect(decodeYaml(text, decodeEC2NodeClassV1)).toMatchObject({
      amiFamily: 'AL2',
      instanceStorePolicy: 'RAID0',
      blockDeviceMappings: [
        { deviceName: '/dev/xvda', rootVolume: false, volumeSizeBytes: 20 * 2 ** 30, volumeType: 'gp3' },
      ],
      kubelet: { maxPods: 30, kubeReserved: { cpu: 100 }, evictionHard: { 'memory.available': '5%' } },
    });
    expect(
      decodeYaml(v1('', 'amiSelectorTerms: [{id: ami-1}]\n  amiFamily: AL2023'), decodeEC2NodeClassV1).amiFamily,
    ).toBe('AL2023');
  });

  it.each([
    ['instanceProfile: p', "must specify exactly one of ['role', 'instanceProfile']"],
    ['amiFamily: Bottlerocket', "amiFamily must be 'AL2' or 'Custom' when using a al2 alias"],
    ['blockDeviceMappings: [{deviceName: d, ebs: {volumeSize: 20480Mi}}]', '"20480Mi" is not a volume size'],
    ['blockDeviceMappings: [{deviceName: d, ebs: {}}]', 'snapshotID or volumeSize must be defined'],
    ['kubelet: {kubeReserved: {gpu: 1}}', 'valid keys for kubeReserved are'],
    ['kubelet: {evictionHard: {memory.available: lots}}', '"lots" is neither a percentage nor a quantity'],
    ['kubelet: {evictionSoft: {memory.available: 5%}}', 'evictionSoft OwnerKey does not have a matching'],
    ['tags: {karpenter.sh/nodepool: x}', 'tag karpenter.sh/nodepool is restricted'],
    ['capacityReservationSelectorTerms: [{ownerID: "123456789012"}]', 'expected at least one, got none'],
    ['capacityReservationSelectorTerms: [{id: cr-1, name: x}]', 'unknown field "name"'],
    ['blockDeviceMapping: []', 'unknown field "blockDeviceMapping"'],
  ])('refuses %s', (field, message) => {
    const problems = messages(v1(field));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });

  it('requires a family that it can tell', () => {
    expect(messages(v1('', 'amiSelectorTerms: [{id: ami-1}]'))).toEqual([
      'spec.amiSelectorTerms: must specify amiFamily if amiSelectorTerms does not contain an alias',
    ]);
    expect(messages(v1('', 'amiSelectorTerms: [{alias: al3@latest}]'))[0]).toContain('family is not supported');
    expect(messages(v1('', ''))).toEqual(['spec.amiSelectorTerms: amiSelectorTerms is required']);
  });

  it('notes what it does not model', () => {
    const { unmodelled } = readYaml(v1('cpuOptions: {coreCount: 2}\nuserData: x'), decodeEC2NodeClassV1);
    expect(unmodelled.map(({ path }) => path)).toEqual(['spec.cpuOptions']);
  });

  it('has a hash that selector terms do not change, and fields that drift nodes do (aws.md §16)', () => {
    const hash = (text: string) => decodeYaml(text, decodeEC2NodeClassV1).hash;
    const base = hash(v1(''));
    expect(hash(v1('').replace('{a: b}', '{a: c}'))).toBe(base);
    expect(hash(v1('amiFamily: AL2'))).toBe(base);
    expect(hash(v1('userData: x'))).not.toBe(base);
    expect(hash(v1('', 'amiSelectorTerms: [{alias: al2023@latest}]'))).not.toBe(base);
  });
});

describe('EC2NodeClass v1beta1', () => {
  const beta = (rest: string) => v1(rest, 'amiFamily: AL2');

  it('asks for amiFamily and role', () => {
    expect(decodeYaml(beta(''), decodeEC2NodeClassV1beta1).amiFamily).toBe('AL2');
    expect(messages(v1('', ''), decodeEC2NodeClassV1beta1)).toEqual(['spec.amiFamily: amiFamily is required']);
    expect(messages(beta('').replace('role: r', ''), decodeEC2NodeClassV1beta1)).toEqual([
      'spec.role: role is required',
    ]);
  });

  it('has no kubelet: that stands in the NodePool', () => {
    expect(readYaml(beta('kubelet: {maxPods: 10}'), decodeEC2NodeClassV1beta1).problems).toMatchObject([
      {
        path: 'spec.kubelet',
        code: 'unknown-field',
        hint: 'in v1beta1 it stands in the NodePool: spec.template.spec.kubelet',
      },
    ]);
  });
});
