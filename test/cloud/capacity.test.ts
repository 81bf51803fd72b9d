import { describe, expect, it } from 'vitest';
import { allocatableOf } from '../../src/cloud/allocatable.js';
import { InstanceTypeBuilder, type InstanceTypeInputs } from '../../src/cloud/catalogue/instance-types.js';
import type { InstanceType } from '../../src/cloud/instance-type.js';
import type { AmiFamily } from '../../src/cloud/node-class.js';
import type { ProviderVersion } from '../../src/cloud/provider-profile.js';
import { GiB, inputs, kubelet, MiB, nodeClass } from './fixtures.js';

function build(name: string, version: ProviderVersion, fields: Partial<InstanceTypeInputs>): InstanceType {
  const [type] = new InstanceTypeBuilder(inputs(version, [name], fields)).build();
  if (type === undefined) throw new Error(`no ${name}`);
  return type;
}

describe('capacity (aws.md §3)', () => {
  it('memory: EC2 MiB less 7.5 %, rounded to whole Mi, and 64 Mi less on Graviton', () => {
    expect(build('m5.large', 'v1.14.1', {}).capacity['memory']).toBe(7577 * MiB);
    expect(build('c7g.large', 'v1.14.1', {}).capacity['memory']).toBe((4032 - 303) * MiB);
  });

  it('memory: another overhead percentage', () => {
    const settings = { vmMemoryOverheadPercent: 0, reservedENIs: 0 };
    expect(build('m5.large', 'v1.14.1', { settings }).capacity['memory']).toBe(8192 * MiB);
  });

  it.each<[AmiFamily, number]>([
    ['AL2', 29],
    ['AL2023', 29],
    ['Bottlerocket', 29],
    ['Custom', 29],
    ['Windows2022', 110],
  ])('pods of m5.large with %s: %d', (amiFamily, pods) => {
    expect(build('m5.large', 'v1.14.1', { nodeClass: nodeClass({ amiFamily }) }).capacity['pods']).toBe(pods);
  });

  it('pods: maxPods wins over the ENI limit, podsPerCore lowers either, except on Bottlerocket', () => {
    const limits = kubelet({ maxPods: 60, podsPerCore: 10 });
    const pods = (amiFamily: AmiFamily): number | undefined =>
      build('m5.large', 'v1.14.1', { nodeClass: nodeClass({ amiFamily, kubelet: limits }) }).capacity['pods'];
    expect(pods('AL2023')).toBe(20);
    expect(pods('Bottlerocket')).toBe(60);
  });

  it('pods: reserved ENIs give no addresses; with none left there are no pods', () => {
    const pods = (reservedENIs: number): number | undefined =>
      build('m5.large', 'v1.14.1', { settings: { vmMemoryOverheadPercent: 0.075, reservedENIs } }).capacity['pods'];
    expect(pods(1)).toBe(20);
    expect(pods(3)).toBeUndefined();
  });

  it('storage: root volume, else the family device, else the default; a custom AMI takes the last mapping', () => {
    const storage = (amiFamily: AmiFamily, ...mappings: readonly [string, boolean, number][]): number | undefined =>
      build('m5.large', 'v1.14.1', {
        nodeClass: nodeClass({
          amiFamily,
          blockDeviceMappings: mappings.map(([deviceName, rootVolume, gib]) => ({
            deviceName,
            rootVolume,
            volumeSizeBytes: gib * GiB,
          })),
        }),
      }).capacity['ephemeral-storage'];
    expect(storage('AL2023')).toBe(20 * GiB);
    expect(storage('AL2023', ['/dev/xvda', false, 30])).toBe(30 * GiB);
    expect(storage('AL2023', ['/dev/xvdb', false, 30])).toBe(20 * GiB);
    expect(storage('AL2023', ['/dev/xvda', false, 30], ['/dev/xvdf', true, 90])).toBe(90 * GiB);
    expect(storage('Bottlerocket', ['/dev/xvda', false, 4], ['/dev/xvdb', false, 100])).toBe(100 * GiB);
    expect(storage('Custom', ['/dev/xvda', false, 30], ['/dev/sdb', false, 70])).toBe(70 * GiB);
    expect(storage('Windows2022')).toBe(50 * GiB);
  });

  it('storage: RAID0 turns instance store into decimal GB, since v1', () => {
    const raid = { nodeClass: nodeClass({ instanceStorePolicy: 'RAID0' }) };
    expect(build('m5d.large', 'v1.14.1', raid).capacity['ephemeral-storage']).toBe(75e9);
    expect(build('m5.large', 'v1.14.1', raid).capacity['ephemeral-storage']).toBe(20 * GiB);
    expect(build('m5d.large', 'v0.32.0', raid).capacity['ephemeral-storage']).toBe(20 * GiB);
  });

  it('extended resources: EFA and Neuron cores since v1, Windows addresses on x86', () => {
    expect(build('trn1.32xlarge', 'v1.14.1', {}).capacity).toMatchObject({
      'aws.amazon.com/neuron': 16,
      'aws.amazon.com/neuroncore': 32,
      'vpc.amazonaws.com/efa': 8,
    });
    const old = build('trn1.32xlarge', 'v0.32.0', {}).capacity;
    expect(old['aws.amazon.com/neuron']).toBe(16);
    expect(old).not.toHaveProperty('aws.amazon.com/neuroncore');
    expect(old).not.toHaveProperty('vpc.amazonaws.com/efa');
    const windows = nodeClass({ amiFamily: 'Windows2022' });
    expect(build('m5.large', 'v1.14.1', { nodeClass: windows }).capacity['vpc.amazonaws.com/PrivateIPv4Address']).toBe(
      9,
    );
    expect(build('c7g.large', 'v1.14.1', { nodeClass: windows }).capacity).not.toHaveProperty(
      'vpc.amazonaws.com/PrivateIPv4Address',
    );
  });

  it('no resource that is zero is listed', () => {
    expect(Object.keys(build('t3.medium', 'v1.14.1', {}).capacity).sort()).toEqual([
      'cpu',
      'ephemeral-storage',
      'memory',
      'pods',
    ]);
  });
});

describe('overhead (aws.md §4)', () => {
  const m5 = (fields: Parameters<typeof kubelet>[0], amiFamily: AmiFamily = 'AL2023'): InstanceType =>
    build('m5.large', 'v1.14.1', { nodeClass: nodeClass({ amiFamily, kubelet: kubelet(fields) }) });

  it('worked example m5.large: 70m, 574Mi + 100Mi, 1Gi + 2Gi', () => {
    expect(build('m5.large', 'v1.14.1', {}).overhead).toEqual({
      cpu: 70,
      memory: 674 * MiB,
      'ephemeral-storage': 3 * GiB,
    });
  });

  it.each([
    ['c7g.medium', 60],
    ['m5.large', 70],
    ['m5.xlarge', 80],
    ['m5.2xlarge', 90],
    ['m5.4xlarge', 110],
    ['m5.8xlarge', 150],
    ['m5.12xlarge', 190],
    ['m5.16xlarge', 230],
    ['m5.24xlarge', 310],
  ])('kube-reserved cpu of %s: %dm', (name, milli) => {
    expect(build(name, 'v1.14.1', {}).overhead['cpu']).toBe(milli);
  });

  it('a kubeReserved entry replaces that resource alone; systemReserved adds', () => {
    expect(m5({ kubeReserved: { cpu: 200 } }).overhead).toMatchObject({ cpu: 200, memory: 674 * MiB });
    expect(m5({ systemReserved: { cpu: 100, memory: 100 * MiB } }).overhead).toMatchObject({
      cpu: 170,
      memory: 774 * MiB,
    });
  });

  it('memory reservation follows the ENI limit whatever maxPods says; on Bottlerocket it follows the pods', () => {
    expect(m5({ maxPods: 110 }).overhead['memory']).toBe(674 * MiB);
    expect(m5({ maxPods: 110 }, 'Bottlerocket').overhead['memory']).toBe((11 * 110 + 255 + 100) * MiB);
  });

  it('reserved ENIs lower the reservation in v0.32.0 only', () => {
    const fields = { settings: { vmMemoryOverheadPercent: 0.075, reservedENIs: 1 } };
    expect(build('m5.large', 'v1.14.1', fields).overhead['memory']).toBe(674 * MiB);
    expect(build('m5.large', 'v0.32.0', fields).overhead['memory']).toBe((11 * 20 + 255 + 100) * MiB);
  });

  it('hard eviction thresholds replace the defaults: quantities, percentages of capacity, 100 % for none', () => {
    const memory = (threshold: string): number =>
      (m5({ evictionHard: { 'memory.available': threshold } }).overhead['memory'] ?? 0) - 574 * MiB;
    expect(memory('500Mi')).toBe(500 * MiB);
    expect(memory('5%')).toBe(Math.ceil(((7577 * MiB) / 100) * 5));
    expect(memory('100%')).toBe(0);
    const storage = m5({ evictionHard: { 'nodefs.available': '15%' } }).overhead['ephemeral-storage'];
    expect(storage).toBe(GiB + 3 * GiB);
  });

  it('soft eviction thresholds count in v0.32.0, whose kubelet settings are the NodePool’s, unless Bottlerocket', () => {
    const soft = kubelet({
      evictionHard: { 'memory.available': '200Mi' },
      evictionSoft: { 'memory.available': '1Gi' },
    });
    const memory = (version: ProviderVersion, amiFamily: AmiFamily): number =>
      (build('m5.large', version, { nodeClass: nodeClass({ amiFamily, kubelet: soft }), nodePoolKubelet: soft })
        .overhead['memory'] ?? 0) -
      574 * MiB;
    expect(memory('v0.32.0', 'AL2')).toBe(1024 * MiB);
    expect(memory('v0.32.0', 'Bottlerocket')).toBe(200 * MiB);
    expect(memory('v1.14.1', 'AL2')).toBe(200 * MiB);
  });

  it('the seed’s compute class with a 30Gi volume leaves 26Gi (aws.md §17)', () => {
    const type = build('c5.large', 'v1.14.1', {
      nodeClass: nodeClass({
        amiFamily: 'AL2',
        blockDeviceMappings: [{ deviceName: '/dev/xvda', rootVolume: false, volumeSizeBytes: 30 * GiB }],
      }),
    });
    expect(allocatableOf(type)['ephemeral-storage']).toBe(26 * GiB);
  });
});
