import { describe, expect, it } from 'vitest';
import { eventsOf, ON_DEMAND_POOL, onlyEvent, run } from './small-cluster.js';

const TAINTED = ON_DEMAND_POOL.replace(
  '      expireAfter: Never\n',
  `      expireAfter: Never
      startupTaints:
        - { key: example.com/cni, effect: NoSchedule }
        - { key: example.com/agent, effect: NoExecute }
`,
);

const removed = (...taints: readonly string[]): string => `nodeStart: { startupTaints: [${taints.join(', ')}] }\n`;

describe('startup taints (aws.md §19.1)', () => {
  it('keep a node from being initialized for ever when nothing removes them, and the run says so', () => {
    const log = run({ nodePoolSpec: TAINTED });
    expect(eventsOf(log, 'NodeInitialized')).toEqual([]);
    expect(eventsOf(log, 'Note').some(({ code, text }) => code === 'startup-taints' && text.includes('nothing'))).toBe(
      true,
    );
  });

  it('let it initialize when the last of them is removed, counted from Ready', () => {
    const log = run({
      nodePoolSpec: TAINTED,
      scenario: removed('{ key: example.com/cni, removedAfter: 10s }', '{ key: example.com/agent, removedAfter: 25s }'),
    });
    const readyMs = onlyEvent(log, 'NodeReady').timeMs;
    expect(eventsOf(log, 'NodeNotInitialized').map(({ waitsFor }) => waitsFor)).toEqual([
      expect.stringContaining('example.com/cni'),
      expect.stringContaining('example.com/agent'),
    ]);
    expect(onlyEvent(log, 'NodeInitialized').timeMs - readyMs).toBeGreaterThanOrEqual(25_000);
    expect(onlyEvent(log, 'NodeInitialized').timeMs - readyMs).toBeLessThan(27_000);
    expect(eventsOf(log, 'PodReady')).toHaveLength(1);
    expect(eventsOf(log, 'Note').some(({ code }) => code === 'startup-taints')).toBe(false);
  });
});

describe('parts of a start beside the observed phases', () => {
  const plain = run();
  const bootMs = (log: typeof plain): number =>
    onlyEvent(log, 'NodeRegistered').timeMs - onlyEvent(log, 'NodeClaimLaunched').timeMs;

  it('an AMI family that boots longer registers so much later, and others do not', () => {
    expect(bootMs(run({ scenario: 'nodeStart: { amiBoot: { AL2023: 7s } }\n' })) - bootMs(plain)).toBe(7000);
    expect(bootMs(run({ scenario: 'nodeStart: { amiBoot: { AL2: 7s } }\n' })) - bootMs(plain)).toBe(0);
  });

  it('a bigger image over a slower network takes longer to pull', () => {
    const startMs = (log: typeof plain): number =>
      onlyEvent(log, 'PodReady').timeMs - onlyEvent(log, 'PodBound').timeMs;
    const slow = run({ scenario: 'nodeStart: { imagePull: { imageSize: 1G, bandwidth: 25M, overhead: 1s } }\n' });
    // 1 GB at 25 MB/s and a second, where it was 250 MB at 50 MB/s and half a second.
    expect(startMs(slow) - startMs(plain)).toBe(41_000 - 5500);
  });
});
