import { describe, expect, it } from 'vitest';
import { instanceType } from '../karpenter/disruption/cluster.js';
import { scale } from './actions.js';
import { deployment, poolV0, poolV1 } from './manifests.js';
import { applyPool, play, type Fields } from './scene.js';
import { lines } from './told.js';

const T = instanceType('t', 2, { 'on-demand': 0.2 });
const never = { consolidateAfter: 'Never' };

/** A NodePool that disrupts nothing but nodes that have expired. */
const expiringV1 = (expireAfter: string, budgets = '100%'): Fields =>
  poolV1({ ...never, budgets: [{ nodes: budgets }] }, { expireAfter });
const expiringV0 = (expireAfter: string): Fields =>
  poolV0({ ...never, consolidationPolicy: 'WhenUnderutilized', expireAfter });

describe('expireAfter of a NodePool goes from 30m to 10m while its node is five minutes old', () => {
  const scene = { begins: '12:00:04', types: [T], deployments: [deployment('web', 1, '1500m')] };
  const only = ['NodeClaimCreated', 'ConditionChanged', 'DisruptionCommand', 'NodeClaimDeleting'] as const;

  it('E99: in v1.14.1 the node keeps its 30 minutes and is drifted', () => {
    const told = play({
      ...scene,
      ends: '12:30:10',
      // A budget of 0 for drift, so that the old value is seen at work.
      pools: [expiringV1('30m', '0')],
      script: { '12:05:00': applyPool(expiringV1('10m', '0')) },
    });
    expect(told({ only })).toEqual(
      lines(`
        12:00:05.0  NodeClaimCreated    general-001 by provisioner for web-0001
        12:05:00.0  Drifted             n001: NodePoolDrifted
        12:30:05.0  NodeClaimDeleting   general-001, by expiration   # no budget holds it
        12:30:06.0  NodeClaimCreated    general-002 by provisioner for web-0002   # afterwards
      `),
    );
  });

  it('E100: in v0.32.0 the new value counts at once, and nothing drifts', () => {
    const told = play({
      ...scene,
      version: 'v0.32.0',
      gates: { Drift: true },
      ends: '12:11:10',
      pools: [expiringV0('30m')],
      script: { '12:05:00': applyPool(expiringV0('10m')) },
    });
    expect(told({ only })).toEqual(
      lines(`
        12:00:05.0  NodeClaimCreated    general-001 by provisioner for web-0001
        12:10:05.0  Expired             n001
        12:10:14.0  NodeClaimCreated    general-002 by disruption for web-0001   # the next look, replacement first
        12:10:14.0  DisruptionCommand   expiration: replace n001 by general-002
        12:10:58.0  NodeClaimDeleting   general-001, by disruption
      `),
    );
  });
});

describe('three nodes with expireAfter 10m, created at 09:50:00', () => {
  // A replacement takes 60 s from creation to initialized, a drain with deletion 25 to 30 s.
  const scene = {
    begins: '09:49:55',
    types: [T],
    delays: { launchSeconds: 2, registerSeconds: 40, readySeconds: 18, podStopSeconds: 25, terminateSeconds: 5 },
    deployments: [deployment('web', 0, '1500m')],
    script: { '09:49:59': scale('web', 3) },
  };
  /** Which of equal nodes goes first is chance: names by order of appearance. */
  const renamed = (told: readonly string[]): string[] => {
    const letters = new Map<string, string>();
    return told.map((line) =>
      line.replace(/\b(?:n|general-)(00[1-3])/g, (_, number: string) => {
        const letter = letters.get(number) ?? 'abc'.charAt(letters.size);
        letters.set(number, letter);
        return `old-${letter}`;
      }),
    );
  };

  it('E101: v1.14.1 deletes them one a second and replaces them afterwards; the next generation dies together too', () => {
    const told = play({ ...scene, pools: [expiringV1('10m')], ends: '10:10:04' });
    const only = ['NodeClaimDeleting', 'PodDeleting', 'NodeClaimCreated', 'NodeDeleted', 'NodeInitialized'] as const;
    expect(renamed(told({ from: '10:00:00', to: '10:05:00', only, without: ['PodDeleting'] }))).toEqual(
      lines(`
        # All at 10:00:00, says the example; the controller has one worker that sleeps a second (corrections).
        10:00:00.0  NodeClaimDeleting   old-a, by expiration
        10:00:01.0  NodeClaimDeleting   old-b, by expiration
        10:00:02.0  NodeClaimDeleting   old-c, by expiration
        10:00:03.0  NodeClaimCreated    general-004 by provisioner for web-0004   # 1 s after the last
        10:00:03.0  NodeClaimCreated    general-005 by provisioner for web-0005
        10:00:03.0  NodeClaimCreated    general-006 by provisioner for web-0006
        10:00:30.0  NodeDeleted         old-a   # 25 s of drain, 5 s of instance
        10:00:31.0  NodeDeleted         old-b
        10:00:32.0  NodeDeleted         old-c
        10:01:03.0  NodeInitialized     n004   # down since 10:00:00
        10:01:03.0  NodeInitialized     n005
        10:01:03.0  NodeInitialized     n006
      `),
    );
    const second = told({ from: '10:05:00', only: ['NodeClaimDeleting'] });
    expect(second.map((line) => line.slice(0, 10))).toEqual(['10:10:03.0', '10:10:04.0']);
  });

  it('E101: v0.32.0 replaces them one by one, 98 s each, replacement first', () => {
    const told = play({ ...scene, version: 'v0.32.0', pools: [expiringV0('10m')], ends: '10:10:10' });
    const only = ['DisruptionCommand', 'NodeInitialized', 'NodeClaimDeleting', 'NodeDeleted'] as const;
    expect(told({ from: '10:00:00', only: ['ConditionChanged'], to: '10:05:00' })).toEqual(
      lines(`
        10:00:00.0  Expired             n001
        10:00:00.0  Expired             n002
        10:00:00.0  Expired             n003
      `),
    );
    expect(renamed(told({ from: '10:00:00', only: [...only, 'DisruptionSucceeded'] }))).toEqual(
      lines(`
        10:00:05.0  DisruptionCommand   expiration: replace old-a by general-004
        10:01:05.0  NodeInitialized     n004
        10:01:09.0  NodeClaimDeleting   old-a, by disruption   # seen at +64 s
        10:01:34.0  NodeDeleted         old-a
        10:01:43.0  DisruptionSucceeded old-a   # seen at +34 s
        10:01:43.0  DisruptionCommand   expiration: replace old-b by general-005
        10:02:43.0  NodeInitialized     n005
        10:02:47.0  NodeClaimDeleting   old-b, by disruption
        10:03:12.0  NodeDeleted         old-b
        10:03:21.0  DisruptionSucceeded old-b
        10:03:21.0  DisruptionCommand   expiration: replace old-c by general-006
        10:04:21.0  NodeInitialized     n006
        10:04:25.0  NodeClaimDeleting   old-c, by disruption
        10:04:50.0  NodeDeleted         old-c
        10:04:59.0  DisruptionSucceeded old-c
        10:10:09.0  DisruptionCommand   expiration: replace n004 by general-007   # Expired at 10:10:05
      `),
    );
  });
});
