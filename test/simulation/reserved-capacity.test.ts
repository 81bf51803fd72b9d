import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';
import { eventsOf, ON_DEMAND_POOL, run, smallSpec, type SmallCluster } from './small-cluster.js';

const POOL = ON_DEMAND_POOL.replace('m5.large, m5.xlarge', 'm5.large').replace('[on-demand]', '[reserved, on-demand]');
const RESERVATION = '{ id: cr-1, instanceType: m5.large, zone: us-east-1a, count: 2, tags: { team: payments } }';
const APART = `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }] } }
      containers: [{ name: web, resources: { requests: { cpu: 1, memory: 1Gi } } }]`;

/** Four pods that each need a node of their own, beside a reservation of two instances. */
function cluster(more: { readonly terms?: string; readonly scenario?: string } & SmallCluster = {}): SmallCluster {
  const { terms = '[{ tags: { team: payments } }]', scenario = '', ...rest } = more;
  return {
    nodePoolSpec: POOL,
    replicas: 4,
    podSpec: APART,
    duration: '10m',
    nodeClassSpec: `  capacityReservationSelectorTerms: ${terms}\n`,
    scenario: `capacityReservations: [${RESERVATION}]\n${scenario}`,
    ...rest,
  };
}

const bought = (log: EventLog): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { capacityType } of eventsOf(log, 'NodeClaimLaunched')) {
    counts[capacityType] = (counts[capacityType] ?? 0) + 1;
  }
  return counts;
};

const notes = (log: EventLog): readonly string[] =>
  eventsOf(log, 'Note').flatMap(({ code, text }) => (code === 'scenario' ? [text] : []));

describe('reserved capacity (aws.md §13)', () => {
  it('fills the reservation first and buys on demand what is more', () => {
    const log = run(cluster());
    expect(bought(log)).toEqual({ reserved: 2, 'on-demand': 2 });
    expect(eventsOf(log, 'PodReady')).toHaveLength(4);
    expect(eventsOf(log, 'LaunchFailed')).toEqual([]);
    expect(notes(log)).toEqual([]);
  });

  it('bills what runs in the reservation at the on-demand price', () => {
    const prices = new Set(eventsOf(run(cluster()), 'NodeClaimLaunched').map(({ pricePerHour }) => pricePerHour));
    expect([...prices]).toEqual([0.096]);
  });

  it.each([
    [
      'its gate is off',
      { scenario: 'karpenter: { featureGates: { ReservedCapacity: false } }\n' },
      'ReservedCapacity is off',
    ],
    ['no term selects it', { terms: '[{ tags: { team: cards } }]' }, 'EC2NodeClass default selects none'],
    [
      'its owner is not the one asked for',
      { terms: "[{ ownerID: '123456789012', tags: { team: payments } }]" },
      'selects none',
    ],
  ])('buys on demand alone when %s, and says so', (_, more, remark) => {
    const log = run(cluster(more));
    expect(bought(log)).toEqual({ 'on-demand': 4 });
    expect(notes(log).join('\n')).toContain(remark);
  });

  it('gives an instance back to the reservation when it ends', () => {
    const scale = (at: string, replicas: number): string =>
      `{ at: ${at}, scale: { deployment: app/web, replicas: ${replicas} } }`;
    const scenario = `events: [${scale('+5m', 0)}, ${scale('+20m', 2)}]\n`;
    const log = run(cluster({ replicas: 2, scenario, duration: '30m' }));
    expect(bought(log)).toEqual({ reserved: 4 });
  });

  it('a NodePool of reserved capacity alone launches no more than there is', () => {
    const log = run(cluster({ nodePoolSpec: POOL.replace('[reserved, on-demand]', '[reserved]') }));
    expect(bought(log)).toEqual({ reserved: 2 });
    expect(eventsOf(log, 'FailedScheduling').length).toBeGreaterThan(0);
  });

  it('is there when EC2 is out of the type otherwise', () => {
    const log = run(
      cluster({ scenario: 'events: [{ at: +0s, exhaust: { instanceType: m5.large, duration: 15m } }]\n' }),
    );
    expect(bought(log)).toEqual({ reserved: 2 });
  });

  it('is open to pods that ask for the reservation by its label', () => {
    const podSpec = `nodeSelector: { karpenter.k8s.aws/capacity-reservation-id: cr-1 }\n      ${APART}`;
    const log = run(cluster({ podSpec }));
    expect(bought(log)).toEqual({ reserved: 2 });
    expect(eventsOf(log, 'PodReady')).toHaveLength(2);
  });

  it('is taken to be used up for a minute after a capacity error', () => {
    const scenario = 'events: [{ at: +0s, failLaunches: { reason: no-free-ips, duration: 90s } }]\n';
    const log = run(cluster({ replicas: 1, scenario }));
    const [failed] = eventsOf(log, 'LaunchFailed');
    expect(failed?.reason).toBe('pools-empty: reserved/m5.large/us-east-1a');
    expect(eventsOf(log, 'NodeClaimLaunched').map(({ capacityType }) => capacityType)).toEqual(['reserved']);
    expect(eventsOf(log, 'NodeClaimLaunched')[0]?.timeMs).toBeGreaterThanOrEqual(90_000);
  });

  it('is covered by a savings plan as on-demand usage is', () => {
    const committed = 'prices: { commitment: { plan: savings-plan-1y, perHour: 0.5 } }\n';
    const [reserved = 0, onDemand = 0] = ['', 'karpenter: { featureGates: { ReservedCapacity: false } }\n'].map(
      (gate) => {
        const { log } = simulate(smallSpec(cluster({ scenario: committed + gate })), { simulatorVersion: 'test' });
        return summarise(analyse(log)).cost.commitment?.used;
      },
    );
    // Not quite equal: NodeClaims have other names, and so other luck with their launch.
    expect(onDemand).toBeGreaterThan(0.5);
    expect(reserved / onDemand).toBeCloseTo(1, 1);
  });

  it('stands in the summary as reserved', () => {
    const result = simulate(smallSpec(cluster()), { simulatorVersion: 'test' });
    expect(Object.keys(summarise(analyse(result.log)).nodes.byCapacityType)).toEqual(['on-demand', 'reserved']);
  });
});
