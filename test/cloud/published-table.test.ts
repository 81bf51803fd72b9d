import { describe, expect, it } from 'vitest';
import { allocatableOf } from '../../src/cloud/allocatable.js';
import { InstanceTypeBuilder } from '../../src/cloud/catalogue/instance-types.js';
import { openPricingData } from '../../src/cloud/data/pricing-data.js';
import type { InstanceType } from '../../src/cloud/instance-type.js';
import { GiB, inputs, MiB, nodeClass } from './fixtures.js';

const published = openPricingData('instance-types.csv').rows();

function computed(version: 'v1.14.1' | 'v0.32.0', amiFamily: 'AL2' | 'AL2023'): ReadonlyMap<string, InstanceType> {
  const types = new InstanceTypeBuilder(inputs(version, undefined, { nodeClass: nodeClass({ amiFamily }) })).build();
  return new Map(types.map((type) => [type.name, type]));
}

/** Types whose computed amount is the published one, an empty cell standing for none. */
function agreements(types: ReadonlyMap<string, InstanceType>, column: string, resource: string, unit: number): number {
  return published.filter((row) => {
    const type = types.get(row.text('type'));
    const amount = type === undefined ? undefined : allocatableOf(type)[resource];
    return (row.optionalNumber(column) ?? 0) * unit === (amount ?? 0);
  }).length;
}

describe('allocatable against the published table of 1336 types (aws.md §5)', () => {
  const types = computed('v1.14.1', 'AL2023');

  it.each([
    ['allocatable_cpu_m', 'cpu', 1],
    ['allocatable_memory_mi', 'memory', MiB],
    ['allocatable_pods', 'pods', 1],
    ['allocatable_ephemeral_gi', 'ephemeral-storage', GiB],
    ['allocatable_nvidia_gpu', 'nvidia.com/gpu', 1],
    ['allocatable_amd_gpu', 'amd.com/gpu', 1],
    ['allocatable_gaudi', 'habana.ai/gaudi', 1],
    ['allocatable_neuron', 'aws.amazon.com/neuron', 1],
    ['allocatable_neuroncore', 'aws.amazon.com/neuroncore', 1],
    ['allocatable_efa', 'vpc.amazonaws.com/efa', 1],
  ])('%s is equal for all', (column, resource, unit) => {
    expect(agreements(types, column, resource, unit)).toBe(1336);
  });

  it('pod-ENI is equal for all but 22 m9g and m9gd types, whose branch ENIs became known after the table', () => {
    const different = published.filter((row) => {
      const amount = types.get(row.text('type'))?.capacity['vpc.amazonaws.com/pod-eni'] ?? 0;
      return (row.optionalNumber('allocatable_pod_eni') ?? 0) !== amount;
    });
    expect(different).toHaveLength(22);
    expect(new Set(different.map((row) => row.text('family')))).toEqual(new Set(['m9g', 'm9gd']));
  });

  it('v0.32.0 computes the same cpu, memory, pods and storage with AL2', () => {
    const old = computed('v0.32.0', 'AL2');
    expect(agreements(old, 'allocatable_cpu_m', 'cpu', 1)).toBe(1336);
    expect(agreements(old, 'allocatable_memory_mi', 'memory', MiB)).toBe(1336);
    expect(agreements(old, 'allocatable_pods', 'pods', 1)).toBe(1336);
    expect(agreements(old, 'allocatable_ephemeral_gi', 'ephemeral-storage', GiB)).toBe(1336);
  });
});

describe('the nine studied types (aws.md §24)', () => {
  const types = computed('v1.14.1', 'AL2');

  it.each([
    ['t3.medium', 1930, 3246, 17],
    ['t3.large', 1930, 6837, 35],
    ['t3.xlarge', 3920, 14162, 58],
    ['m5.large', 1930, 6903, 29],
    ['m5.xlarge', 3920, 14162, 58],
    ['c5.large', 1930, 3114, 29],
    ['c5.xlarge', 3920, 6584, 58],
    ['c5.2xlarge', 7910, 14162, 58],
    ['c5.4xlarge', 15890, 27381, 234],
  ])('%s: %dm, %dMi, %d pods, 17Gi', (name, cpu, memoryMi, pods) => {
    const type = types.get(name);
    expect(type && allocatableOf(type)).toMatchObject({
      cpu,
      memory: memoryMi * MiB,
      pods,
      'ephemeral-storage': 17 * GiB,
    });
  });
});
