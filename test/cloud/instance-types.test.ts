import { describe, expect, it } from 'vitest';
import { InstanceTypeBuilder, type InstanceTypeInputs } from '../../src/cloud/catalogue/instance-types.js';
import { launchedLabels } from '../../src/cloud/catalogue/labels.js';
import type { InstanceType } from '../../src/cloud/instance-type.js';
import type { ProviderVersion } from '../../src/cloud/provider-profile.js';
import { findZones } from '../../src/cloud/zones.js';
import { inputs, nodeClass } from './fixtures.js';

function build(
  names: readonly string[],
  version: ProviderVersion = 'v1.14.1',
  fields: Partial<InstanceTypeInputs> = {},
): readonly InstanceType[] {
  return new InstanceTypeBuilder(inputs(version, names, fields)).build();
}

function labels(type: InstanceType | undefined): Readonly<Record<string, readonly string[] | undefined>> {
  const entries = type?.requirements.map(({ key, operator, values }) => {
    return [key.replace('karpenter.k8s.aws/', ''), operator === 'In' ? values : undefined] as const;
  });
  return Object.fromEntries(entries ?? []);
}

describe('label requirements (aws.md §2)', () => {
  it('m5.large in v1.14.1, sorted by key, with DoesNotExist for what it lacks', () => {
    const [type] = build(['m5.large']);
    expect(type?.requirements.map(({ key }) => key)).toEqual(type?.requirements.map(({ key }) => key).sort());
    expect(labels(type)).toEqual({
      'capacity-reservation-id': undefined,
      'capacity-reservation-interruptible': undefined,
      'capacity-reservation-type': undefined,
      'instance-accelerator-count': undefined,
      'instance-accelerator-manufacturer': undefined,
      'instance-accelerator-name': undefined,
      'instance-capability-flex': ['false'],
      'instance-category': ['m'],
      'instance-cpu': ['2'],
      'instance-cpu-manufacturer': ['intel'],
      'instance-cpu-sustained-clock-speed-mhz': ['3100'],
      'instance-ebs-bandwidth': ['4750'],
      'instance-encryption-in-transit-supported': ['false'],
      'instance-family': ['m5'],
      'instance-generation': ['5'],
      'instance-gpu-count': undefined,
      'instance-gpu-manufacturer': undefined,
      'instance-gpu-memory': undefined,
      'instance-gpu-name': undefined,
      'instance-hypervisor': ['nitro'],
      'instance-local-nvme': undefined,
      'instance-memory': ['8192'],
      'instance-network-bandwidth': ['750'],
      'instance-size': ['large'],
      'instance-tenancy': ['dedicated', 'default'],
      'karpenter.sh/capacity-type': ['on-demand', 'spot'],
      'kubernetes.io/arch': ['amd64'],
      'kubernetes.io/os': ['linux'],
      'node.kubernetes.io/instance-type': ['m5.large'],
      'node.kubernetes.io/windows-build': undefined,
      'topology.k8s.aws/zone-id': ['use1-az1', 'use1-az2', 'use1-az4'],
      'topology.kubernetes.io/region': ['us-east-1'],
      'topology.kubernetes.io/zone': ['us-east-1a', 'us-east-1b', 'us-east-1c'],
    });
  });

  it('v0.32.0 lacks zone id, tenancy, CPU maker and clock, EBS bandwidth, flex and reservations', () => {
    const keys = build(['m5.large'], 'v0.32.0')[0]?.requirements.map(({ key }) => key) ?? [];
    expect(keys).toHaveLength(33 - 9);
    expect(keys).not.toContain('topology.k8s.aws/zone-id');
    expect(keys).not.toContain('karpenter.k8s.aws/instance-capability-flex');
  });

  it('odd types: bare metal has an empty hypervisor, flex says so, fractions of a GPU count 0', () => {
    const [flex, metal] = build(['m5.metal', 'm7i-flex.large']).toReversed();
    expect(labels(metal)['instance-hypervisor']).toEqual(['']);
    expect(labels(flex)['instance-capability-flex']).toEqual(['true']);
    const [gpu] = build(['g6f.large']);
    expect(labels(gpu)).toMatchObject({ 'instance-gpu-name': ['l4'], 'instance-gpu-count': ['0'] });
    expect(gpu?.capacity).not.toHaveProperty('nvidia.com/gpu');
  });

  it('types that were published without a bandwidth have it from the provider’s own table', () => {
    expect(labels(build(['m9g.large'])[0])['instance-network-bandwidth']).toHaveLength(1);
  });

  it('v0.32.0 calls Trainium Inferentia', () => {
    expect(labels(build(['trn1.2xlarge'], 'v0.32.0')[0])['instance-accelerator-name']).toEqual(['inferentia']);
    expect(labels(build(['trn1.2xlarge'])[0])['instance-accelerator-name']).toEqual(['trainium']);
  });

  it('Windows: os and build on x86, no os at all on Graviton', () => {
    const windows = { nodeClass: nodeClass({ amiFamily: 'Windows2022' }) };
    const [graviton, x86] = build(['m5.large', 'c7g.large'], 'v1.14.1', windows);
    expect(labels(x86)).toMatchObject({
      'kubernetes.io/os': ['windows'],
      'node.kubernetes.io/windows-build': ['10.0.20348'],
    });
    expect(labels(graviton)['kubernetes.io/os']).toBeUndefined();
  });

  it('a launched node gets every single value, its zone with id, its capacity type and tenancy', () => {
    const [type] = build(['t3.medium']);
    const spot = type?.offerings.find((offering) => offering.zone === 'us-east-1c' && offering.capacityType === 'spot');
    if (type === undefined || spot === undefined) throw new Error('no offering');
    expect(launchedLabels(type, spot)).toMatchObject({
      'karpenter.k8s.aws/instance-memory': '4096',
      'karpenter.k8s.aws/instance-tenancy': 'default',
      'karpenter.sh/capacity-type': 'spot',
      'node.kubernetes.io/instance-type': 't3.medium',
      'topology.k8s.aws/zone-id': 'use1-az4',
      'topology.kubernetes.io/region': 'us-east-1',
      'topology.kubernetes.io/zone': 'us-east-1c',
    });
    expect(launchedLabels(type, spot)).not.toHaveProperty('karpenter.k8s.aws/instance-gpu-name');
  });
});

describe('offerings (aws.md §6)', () => {
  it('every zone and capacity type, zone by zone, on-demand first', () => {
    const [type] = build(['t3.medium']);
    expect(
      type?.offerings.map(({ zone, capacityType, price, available }) => [zone, capacityType, price, available]),
    ).toEqual([
      ['us-east-1a', 'on-demand', 0.0416, true],
      ['us-east-1a', 'spot', 0.018304, true],
      ['us-east-1b', 'on-demand', 0.0416, true],
      ['us-east-1b', 'spot', 0.018304, true],
      ['us-east-1c', 'on-demand', 0.0416, true],
      ['us-east-1c', 'spot', 0.018304, true],
    ]);
  });

  it('types come in ascending order of name', () => {
    expect(build(['t3.medium', 'c5.4xlarge', 'c5.large', 'm5.large']).map((type) => type.name)).toEqual([
      'c5.4xlarge',
      'c5.large',
      'm5.large',
      't3.medium',
    ]);
  });

  it('without a price an offering is unavailable at price 0', () => {
    const [type] = build(['m5.large'], 'v1.14.1', { prices: { onDemand: () => 0.096, spot: () => undefined } });
    const spot = type?.offerings.filter((offering) => offering.capacityType === 'spot') ?? [];
    expect(spot.every((offering) => !offering.available && offering.price === 0)).toBe(true);
    expect(labels(type)['karpenter.sh/capacity-type']).toEqual(['on-demand', 'spot']);
  });

  it('v0.32.0 labels a type with what is available only', () => {
    const prices = { onDemand: (): number => 0.096, spot: (): undefined => undefined };
    const [type] = build(['m5.large'], 'v0.32.0', { prices });
    expect(labels(type)['karpenter.sh/capacity-type']).toEqual(['on-demand']);
  });

  it('a1 with AL2023 is listed but cannot be had, since v1', () => {
    const available = (version: ProviderVersion): boolean =>
      build(['a1.large'], version)[0]?.offerings.some((offering) => offering.available) ?? false;
    expect(available('v1.14.1')).toBe(false);
    expect(available('v0.32.0')).toBe(true);
  });

  it('connection tracking needs the Nitro hypervisor, EFA-only interfaces need EFA and cards', () => {
    const can = (name: string, fields: Parameters<typeof nodeClass>[0]): boolean =>
      build([name], 'v1.14.1', { nodeClass: nodeClass(fields) })[0]?.offerings.some((o) => o.available) ?? false;
    expect(can('t2.micro', { connectionTracking: true })).toBe(false);
    expect(can('m5.large', { connectionTracking: true })).toBe(true);
    const efa = (networkCardIndex: number, deviceIndex: number): Parameters<typeof nodeClass>[0] => ({
      networkInterfaces: [
        { networkCardIndex: 0, deviceIndex: 0, interfaceType: 'interface' },
        { networkCardIndex, deviceIndex, interfaceType: 'efa-only' },
      ],
    });
    expect(can('m5.large', efa(0, 1))).toBe(false);
    expect(can('m6a.48xlarge', efa(0, 1))).toBe(true);
    expect(can('m6a.48xlarge', efa(1, 0))).toBe(false);
    expect(can('c6in.32xlarge', efa(1, 0))).toBe(true);
  });

  it('the old zone of us-east-1 offers old families only', () => {
    const zones = findZones('us-east-1', ['us-east-1a', 'us-east-1e']);
    const [m5, t2] = build(['m5.large', 't2.micro'], 'v1.14.1', { zones });
    expect(labels(m5)['topology.kubernetes.io/zone']).toEqual(['us-east-1a']);
    expect(labels(t2)['topology.kubernetes.io/zone']).toEqual(['us-east-1a', 'us-east-1e']);
    expect(m5?.offerings.filter((offering) => offering.available).map(({ zone }) => zone)).toEqual([
      'us-east-1a',
      'us-east-1a',
    ]);
  });
});
