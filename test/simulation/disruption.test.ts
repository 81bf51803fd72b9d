import { describe, expect, it } from 'vitest';
import { eventsOf, ON_DEMAND_POOL, onlyEvent, run } from './small-cluster.js';

const MINUTE = 60_000;

function pool(text: string, ...replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`no ${from} to replace`);
    return result.replace(from, to);
  }, text);
}

const UNDERUTILIZED = pool(ON_DEMAND_POOL, [
  'consolidationPolicy: WhenEmpty, consolidateAfter: 60s',
  'consolidationPolicy: WhenEmptyOrUnderutilized, consolidateAfter: 30s',
]);

describe('an empty node', () => {
  const log = run({ scenario: "events: [{ at: '+10m', scale: { deployment: app/web, replicas: 0 } }]\n" });
  const command = onlyEvent(log, 'DisruptionCommand');

  it('is deleted by Emptiness after consolidateAfter, a poll and fifteen seconds of validation (E103)', () => {
    const event = eventsOf(log, 'PodEventRecorded').at(-1)?.timeMs ?? NaN;
    const consolidatable = eventsOf(log, 'ConditionChanged').at(-1);
    expect(consolidatable).toMatchObject({ condition: 'Consolidatable', status: true });
    // Times of the API are whole seconds, so the window may be up to a second short.
    expect((consolidatable?.timeMs ?? NaN) - event).toBeGreaterThan(59_000);
    expect((consolidatable?.timeMs ?? NaN) - event).toBeLessThanOrEqual(60_000);
    const proposed = onlyEvent(log, 'DisruptionProposed');
    expect(command).toMatchObject({ method: 'emptiness', reason: 'Empty', decision: 'delete', savingsPerHour: 0.096 });
    expect(command.timeMs - proposed.timeMs).toBe(15_000);
    expect(proposed.timeMs - (consolidatable?.timeMs ?? NaN)).toBeLessThan(10_000);
  });

  it('drains for at least five seconds, stops being billed, and is gone at a multiple of five (corrections)', () => {
    const deleting = onlyEvent(log, 'NodeClaimDeleting');
    const terminating = onlyEvent(log, 'InstanceTerminating');
    const gone = onlyEvent(log, 'NodeDeleted');
    expect(deleting.timeMs).toBe(command.timeMs);
    expect(onlyEvent(log, 'NodeDrained').timeMs).toBe(terminating.timeMs);
    expect(terminating.timeMs - deleting.timeMs).toBeGreaterThanOrEqual(4000);
    expect(terminating.timeMs - deleting.timeMs).toBeLessThanOrEqual(6000);
    expect((gone.timeMs - terminating.timeMs) % 5000).toBe(0);
  });
});

describe('consolidation', () => {
  it('deletes a node whose pods fit elsewhere, and evicts through the budget of the application', () => {
    const log = run({
      replicas: 10,
      nodePoolSpec: pool(UNDERUTILIZED, ['values: [m5.large, m5.xlarge]', 'values: [m5.large]']),
      podSpec: 'containers: [{ name: web, resources: { requests: { cpu: 800m, memory: 512Mi } } }]',
      moreManifests: `---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: app }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } }
`,
      // Five nodes of two pods lose four pods: some keep one each, which fit together.
      scenario: "events: [{ at: '+10m', scale: { deployment: app/web, replicas: 6 } }]\n",
    });
    const commands = eventsOf(log, 'DisruptionCommand');
    const command = commands.find(({ reason }) => reason === 'Underutilized');
    expect(command).toMatchObject({ decision: 'delete', savingsPerHour: 0.096 });
    expect(command?.pods).toHaveLength(1);
    const evicted = eventsOf(log, 'PodDeleting').filter((event) => event.by === 'eviction');
    expect(evicted.length).toBeGreaterThan(0);
  });

  it('does nothing for nodes that are not underused', () => {
    const log = run({ replicas: 3, nodePoolSpec: UNDERUTILIZED, duration: '1h' });
    expect(eventsOf(log, 'DisruptionCommand')).toHaveLength(0);
  });
});

describe('expiration', () => {
  const spreadPods =
    'affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }] } }\n      containers: [{ name: web, resources: { requests: { cpu: 1, memory: 1Gi } } }]';

  it('of v1.14.1 deletes nodes at their age, one a second, and replaces them afterwards (E101)', () => {
    const log = run({
      replicas: 3,
      podSpec: spreadPods,
      nodePoolSpec: pool(ON_DEMAND_POOL, ['expireAfter: Never', 'expireAfter: 10m']),
      duration: '15m',
    });
    const expired = eventsOf(log, 'NodeClaimDeleting').filter((event) => event.by === 'expiration');
    const [first, second, third] = expired.map((event) => event.timeMs);
    expect(expired).toHaveLength(3);
    expect((second ?? NaN) - (first ?? NaN)).toBe(1000);
    expect((third ?? NaN) - (second ?? NaN)).toBe(1000);
    const created = eventsOf(log, 'NodeClaimCreated');
    expect(created.slice(3).every((event) => event.timeMs > (first ?? NaN))).toBe(true);
    expect(created[0]?.timeMs).toBeGreaterThan((first ?? NaN) - 10 * MINUTE - 1000);
  });

  it('of v0.32.0 launches the replacement first and takes one node after the other (E101)', () => {
    const log = run({
      version: 'v0.32.0',
      replicas: 2,
      podSpec: spreadPods,
      nodePoolSpec: pool(
        ON_DEMAND_POOL,
        [
          'consolidationPolicy: WhenEmpty, consolidateAfter: 60s',
          'consolidationPolicy: WhenUnderutilized, expireAfter: 10m',
        ],
        ['      expireAfter: Never\n', ''],
        [
          'group: karpenter.k8s.aws, kind: EC2NodeClass, name',
          'apiVersion: karpenter.k8s.aws/v1beta1, kind: EC2NodeClass, name',
        ],
      ),
      duration: '14m',
    });
    const commands = eventsOf(log, 'DisruptionCommand');
    expect(commands[0]).toMatchObject({ method: 'expiration', decision: 'replace' });
    expect(commands[0]?.nodes).toHaveLength(1);
    const [deleting] = eventsOf(log, 'NodeClaimDeleting');
    const replacement = commands[0]?.replacements[0];
    const ready = eventsOf(log, 'NodeInitialized').find((event) => event.nodeClaim === replacement);
    expect(deleting?.timeMs).toBeGreaterThan(ready?.timeMs ?? NaN);
    const gone = eventsOf(log, 'NodeClaimDeleted')[0]?.timeMs ?? NaN;
    expect(commands.slice(1).every((command) => command.timeMs >= gone)).toBe(true);
  });
});

describe('drift', () => {
  it('replaces a node after its NodePool has changed, replacement first', () => {
    const changed = pool(ON_DEMAND_POOL, ['      expireAfter: Never\n', '      expireAfter: 24h\n']);
    const log = run({
      scenario: "events: [{ at: '+5m', apply: changed.yaml }]\n",
      files: {
        'changed.yaml': `apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: { name: general }\nspec:\n${changed}`,
      },
    });
    expect(eventsOf(log, 'ConditionChanged').find((event) => event.condition === 'Drifted')).toMatchObject({
      status: true,
      reason: 'NodePoolDrifted',
      timeMs: 5 * MINUTE,
    });
    const command = onlyEvent(log, 'DisruptionCommand');
    expect(command).toMatchObject({ method: 'drift', reason: 'Drifted', decision: 'replace' });
    // Drift is not validated: the next poll acts.
    expect(command.timeMs).toBeLessThan(5 * MINUTE + 10_000);
    const ready = eventsOf(log, 'NodeInitialized').find((event) => event.nodeClaim === command.replacements[0]);
    expect(onlyEvent(log, 'NodeClaimDeleting').timeMs).toBeGreaterThanOrEqual(ready?.timeMs ?? NaN);
  });
});
