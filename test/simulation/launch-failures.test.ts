import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { nodeStandings } from '../../src/analysis/node-standings.js';
import { nodeClaimRecord } from '../../src/analysis/nodeclaim-record.js';
import { runFacts } from '../../src/analysis/run-facts.js';
import { explainNodeClaim } from '../../src/report/terminal/explain-nodeclaim.js';
import { paletteOf } from '../../src/report/terminal/palette.js';
import { eventsOf, ON_DEMAND_POOL, run, type SmallCluster } from './small-cluster.js';

const fail = (fault: string, more = ''): string =>
  `events: [{ at: +0s, failLaunches: { reason: ${fault}, duration: 4m } }]\n${more}`;

const failures = (cluster: SmallCluster): readonly (readonly [number, string])[] =>
  eventsOf(run(cluster), 'LaunchFailed').map(({ timeMs, reason }) => [Math.round(timeMs / 1000), reason]);

const notes = (cluster: SmallCluster, code = 'launch-failure'): readonly string[] =>
  eventsOf(run(cluster), 'Note').flatMap((note) => (note.code === code ? [note.text] : []));

describe('launches that fail for another reason than capacity (aws.md §12)', () => {
  it('unauthorized: the NodeClaim stays and is tried again after 1, 2, 4, … s until it works', () => {
    const log = run({ scenario: fail('unauthorized') });
    const times = eventsOf(log, 'LaunchFailed').map(({ timeMs }) => timeMs);
    expect(times.length).toBeGreaterThan(5);
    expect(new Set(eventsOf(log, 'LaunchFailed').map(({ nodeClaim }) => nodeClaim)).size).toBe(1);
    expect(eventsOf(log, 'LaunchFailed')[0]?.codes).toEqual(['UnauthorizedOperation']);
    expect(eventsOf(log, 'NodeClaimLaunched')).toHaveLength(1);
  });

  it('v1.14.1 gives a NodeClaim up after five minutes without a launch', () => {
    const log = run({ scenario: fail('unauthorized').replace('4m', '8m'), duration: '20m' });
    expect(eventsOf(log, 'NodeClaimDeleting').map(({ by }) => by)).toContain('liveness');
  });

  it('the run says what to look at', () => {
    expect(notes({ scenario: fail('unauthorized') })).toEqual([
      expect.stringMatching(/^\d+ launches failed with UnauthorizedOperation; look at IAM: .*instance profile/),
    ]);
    expect(notes({ scenario: fail('vcpu-quota') })).toEqual([expect.stringContaining('service quotas')]);
    expect(notes({ scenario: fail('no-free-ips') })).toEqual([expect.stringContaining('CIDR')]);
  });

  it('a quota that is used up ends each NodeClaim at once, and the pools come back after three minutes', () => {
    const [first] = failures({ scenario: fail('vcpu-quota') });
    expect(first?.[1]).toBe('pools-empty: on-demand/m5.large/us-east-1a, on-demand/m5.xlarge/us-east-1a');
    const log = run({ scenario: fail('vcpu-quota') });
    expect(eventsOf(log, 'NodeClaimDeleting')[0]?.by).toBe('insufficient-capacity');
    expect(eventsOf(log, 'NodeClaimLaunched')[0]?.timeMs).toBeGreaterThan(240_000);
    expect(eventsOf(log, 'PodReady')).toHaveLength(1);
  });

  it('no subnet with the tag: v1.14.1 has no types to offer, and says where to look', () => {
    const cluster = { scenario: fail('no-subnets') };
    expect(failures(cluster)).toEqual([]);
    const log = run(cluster);
    expect(eventsOf(log, 'FailedScheduling')[0]?.code).toBe('no-nodepool-has-types');
    expect(eventsOf(log, 'NodeClaimLaunched')[0]?.timeMs).toBeGreaterThan(240_000);
    expect(notes(cluster)).toEqual([expect.stringMatching(/found no subnet.*subnetSelectorTerms/)]);
  });
});

describe('explain --nodeclaim', () => {
  it('tells the failed launches and, once each, what to look at', () => {
    const log = run({ scenario: fail('unauthorized') });
    const [{ nodeClaim } = { nodeClaim: '' }] = eventsOf(log, 'NodeClaimCreated');
    const record = nodeClaimRecord(log, nodeClaim);
    const standings = nodeStandings(log).find(({ node }) => node.nodeClaim === nodeClaim);
    if (record === undefined || standings === undefined) throw new Error('there is no such NodeClaim');
    const text = explainNodeClaim(log, runFacts(log), record, standings, paletteOf(new Chalk({ level: 0 })));
    expect(text.match(/launch failed at/g)?.length).toBeGreaterThan(5);
    expect(text.match(/look at IAM/g)).toHaveLength(1);
  });
});

describe('subnets of a scenario (aws.md §10)', () => {
  const subnets = (freeIPs: number, tags = '{ a: b }'): string =>
    `subnets: [{ id: subnet-1, zone: us-east-1a, freeIPs: ${freeIPs}, tags: ${tags} }]\n`;

  it('a full subnet stops launches until addresses come back', () => {
    // Nodes of an m5.large have room for 29 pods, so that two of them fill forty addresses.
    const log = run({
      nodePoolSpec: ON_DEMAND_POOL.replace('m5.large, m5.xlarge', 'm5.large'),
      replicas: 4,
      scenario: subnets(40),
      duration: '20m',
    });
    expect(eventsOf(log, 'NodeClaimLaunched')).toHaveLength(2);
    expect(eventsOf(log, 'LaunchFailed')[0]?.codes).toEqual(['InsufficientFreeAddressesInSubnet']);
  });

  it('an EC2NodeClass that selects no subnet launches nothing, and the scenario says so', () => {
    const cluster = { scenario: subnets(1000, '{ a: c }'), duration: '5m' };
    expect(eventsOf(run(cluster), 'NodeClaimLaunched')).toEqual([]);
    expect(notes(cluster, 'scenario')).toEqual([
      'EC2NodeClass default selects none of the subnets of this scenario: its NodePools launch nothing.',
    ]);
  });
});

describe('the rate of EC2’s API (aws.md §11)', () => {
  it('many different NodeClaims at once are throttled and come later; equal ones are one call', () => {
    // Anti-affinity to the hostname makes one node a pod, and equal requests.
    const apart = (count: number): SmallCluster => ({
      replicas: count,
      duration: '6m',
      podSpec: `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }] } }
      containers: [{ name: web, resources: { requests: { cpu: 1, memory: 1Gi } } }]`,
    });
    const log = run(apart(70));
    expect(eventsOf(log, 'NodeClaimLaunched')).toHaveLength(70);
    expect(eventsOf(log, 'LaunchFailed')).toEqual([]);
  });
});
