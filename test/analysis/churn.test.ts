import { describe, expect, it } from 'vitest';
import { churn } from '../../src/analysis/churn.js';
import { mostWithin } from '../../src/analysis/pod-places.js';
import { podTrail } from '../../src/analysis/pod-trail.js';
import { LogBuilder } from './log-builder.js';

/** Node of claim `name`, bought at `from` and deleted at `to` for a cause. */
function node(
  log: LogBuilder,
  name: string,
  from: number,
  to: number,
  instanceType: string,
  by: 'expiration' | 'disruption',
): LogBuilder {
  return log
    .claimed(from, name)
    .launched(from + 2, name, { instanceType })
    .joined(from + 20, from + 30, name)
    .at(to, 'NodeClaimDeleting', { nodeClaim: name, node: `node-${name}`, by });
}

describe('nodes replaced by the same machine', () => {
  it('are counted by NodePool, machine and reason among all that were replaced', () => {
    const log = new LogBuilder();
    node(log, 'a', 0, 600, 'c5.large', 'expiration');
    node(log, 'b', 610, 1210, 'c5.large', 'expiration');
    node(log, 'c', 1220, 1820, 'm5.large', 'expiration');
    const { sameReplaced, thereAndBack } = churn(log.end(4000));
    expect(sameReplaced).toMatchObject([
      { nodePool: 'general', machine: 'c5.large spot', reason: 'Expired', times: 1, ofReplaced: 2 },
    ]);
    expect(sameReplaced[0]?.lifeSeconds.p50).toBe(598);
    expect(thereAndBack).toEqual([]);
  });

  it('are not those after which nothing was bought within five minutes', () => {
    const log = new LogBuilder();
    node(log, 'a', 0, 600, 'c5.large', 'expiration');
    node(log, 'b', 901, 1210, 'c5.large', 'expiration');
    expect(churn(log.end(4000)).sameReplaced).toEqual([]);
  });

  it('there and back again is a loop of its own', () => {
    const log = new LogBuilder();
    node(log, 'a', 0, 600, 'c5.large', 'expiration');
    node(log, 'b', 610, 1210, 'm5.large', 'expiration');
    node(log, 'c', 1220, 1820, 'c5.large', 'expiration');
    expect(churn(log.end(4000)).thereAndBack).toMatchObject([
      {
        machines: ['c5.large spot', 'm5.large spot', 'c5.large spot'],
        timesMs: [600_000, 1_210_000],
        nodes: ['node-a', 'node-b', 'node-c'],
      },
    ]);
  });
});

describe('a replica', () => {
  /** Evicted every ten minutes, each time onto another node; the last one is scaled away. */
  function moved(times: number): LogBuilder {
    const log = new LogBuilder();
    for (let i = 0; i <= times; i++) {
      log.created(i * 600, `bank/p${i}`).bound(i * 600 + 1, `bank/p${i}`, `node-${i}`);
      const by = i === times ? 'replicaset' : 'eviction';
      log.at(i * 600 + 599, 'PodDeleting', { pod: `bank/p${i}`, node: `node-${i}`, by });
    }
    return log.created(times * 600 + 600, 'bank/new');
  }

  it('is followed from pod to pod until it is scaled away', () => {
    const log = moved(4).end(7200);
    const trail = podTrail(log, 'bank/p2');
    expect(trail.place?.stays.map(({ pod }) => pod)).toEqual(['bank/p0', 'bank/p1', 'bank/p2', 'bank/p3', 'bank/p4']);
    expect(trail.movesMs).toEqual([599_000, 1_199_000, 1_799_000, 2_399_000]);
    expect(trail.mostMovesAnHour).toBe(4);
    expect(podTrail(log, 'bank/new').place?.stays).toHaveLength(1);
  });

  it('is moved about from three moves within an hour on', () => {
    expect(churn(moved(2).end(7200))).toMatchObject({ movedPods: [], replicas: 2 });
    expect(churn(moved(3).end(7200)).movedPods).toMatchObject([{ mostAnHour: 3 }]);
  });

  it('counts its moves in any window, not by the clock', () => {
    expect(mostWithin([0, 50, 99, 100, 149], 100)).toBe(4);
    expect(mostWithin([], 100)).toBe(0);
  });
});

describe('autoscaler and consolidation', () => {
  function turn(upSeconds: number): LogBuilder {
    const log = new LogBuilder().created(1, 'bank/p').claimed(2, 'a').launched(4, 'a').joined(20, 30, 'a');
    return log
      .bound(40, 'bank/p', 'node-a')
      .at(100, 'ReplicasChanged', { service: 'bank/api', from: 3, to: 2, by: 'hpa' })
      .at(110, 'PodGone', { pod: 'bank/p', node: 'node-a' })
      .at(160, 'DisruptionCommand', {
        command: 'emptiness-1',
        method: 'emptiness',
        reason: 'Empty',
        decision: 'delete',
        nodes: ['node-a'],
        nodePools: ['general'],
        pods: [],
        replacements: [],
        savingsPerHour: 0,
      })
      .at(upSeconds, 'ReplicasChanged', { service: 'bank/api', from: 2, to: 3, by: 'hpa' })
      .created(upSeconds, 'bank/q')
      .claimed(upSeconds + 1, 'b', 'general', ['bank/q']);
  }

  it('take turns when a node goes after a scale-down and one is bought after the next scale-up', () => {
    expect(churn(turn(300).end(4000)).scalingTurns).toEqual([
      {
        service: 'bank/api',
        downMs: 100_000,
        command: 'emptiness-1',
        commandMs: 160_000,
        node: 'node-a',
        upMs: 300_000,
        boughtMs: 301_000,
        nodeClaim: 'b',
      },
    ]);
  });

  it('do not when the scale-up comes much later', () => {
    expect(churn(turn(3000).end(4000)).scalingTurns).toEqual([]);
  });
});

it('the trail of a pod names what it was planned on and what became of that', () => {
  const log = new LogBuilder()
    .created(1, 'bank/p')
    .at(2, 'PodUnschedulable', { pod: 'bank/p' })
    .claimed(3, 'a', 'general', ['bank/p'])
    .at(3, 'PodNominated', { pod: 'bank/p', target: 'a' })
    .at(5, 'LaunchFailed', { nodeClaim: 'a', nodePool: 'general', reason: 'no capacity' })
    .claimed(6, 'b', 'general', ['bank/p'])
    .at(6, 'PodNominated', { pod: 'bank/p', target: 'b' })
    .launched(8, 'b')
    .joined(30, 40, 'b')
    .bound(41, 'bank/p', 'node-b')
    .end(100);
  const { plannedOn, steps } = podTrail(log, 'bank/p');
  expect(plannedOn).toEqual(['a', 'b']);
  expect(steps.map(({ type }) => type)).toEqual([
    'PodCreated',
    'PodUnschedulable',
    'PodNominated',
    'LaunchFailed',
    'PodNominated',
    'NodeClaimLaunched',
    'NodeRegistered',
    'NodeInitialized',
    'PodBound',
  ]);
});
