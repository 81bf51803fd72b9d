import type { AmiFamily } from '../node-class.js';

/** What an AMI family changes in capacity and overhead (aws.md §3.6). */
export interface AmiFamilyFlags {
  /** Device whose volume holds the node's ephemeral storage; undefined: none is known. */
  readonly ephemeralDevice?: string | undefined;
  readonly defaultVolumeBytes: number;
  /** Pods are limited by ENI addresses; otherwise 110. */
  readonly eniLimitedPods: boolean;
  /** kube-reserved memory grows with the ENI limit rather than with the pods of the node. */
  readonly eniLimitedMemoryOverhead: boolean;
  readonly podsPerCore: boolean;
  /** v0.32.0 only: soft eviction thresholds lower allocatable. */
  readonly softEviction: boolean;
  readonly windowsBuild?: string | undefined;
}

const GiB = 2 ** 30;

const LINUX: AmiFamilyFlags = {
  ephemeralDevice: '/dev/xvda',
  defaultVolumeBytes: 20 * GiB,
  eniLimitedPods: true,
  eniLimitedMemoryOverhead: true,
  podsPerCore: true,
  softEviction: true,
};

const WINDOWS: AmiFamilyFlags = {
  ephemeralDevice: '/dev/sda1',
  defaultVolumeBytes: 50 * GiB,
  eniLimitedPods: false,
  eniLimitedMemoryOverhead: false,
  podsPerCore: true,
  softEviction: true,
};

const FLAGS: Readonly<Record<AmiFamily, AmiFamilyFlags>> = {
  AL2: LINUX,
  AL2023: LINUX,
  Ubuntu: { ...LINUX, ephemeralDevice: '/dev/sda1' },
  Bottlerocket: {
    ...LINUX,
    ephemeralDevice: '/dev/xvdb',
    eniLimitedMemoryOverhead: false,
    podsPerCore: false,
    softEviction: false,
  },
  Windows2019: { ...WINDOWS, windowsBuild: '10.0.17763' },
  Windows2022: { ...WINDOWS, windowsBuild: '10.0.20348' },
  Windows2025: { ...WINDOWS, windowsBuild: '10.0.26100' },
  Custom: { ...LINUX, ephemeralDevice: undefined },
};

export function amiFamilyFlags(family: AmiFamily): AmiFamilyFlags {
  return FLAGS[family];
}
