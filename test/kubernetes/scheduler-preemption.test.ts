import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/kubernetes/node.js';
import type { Pod } from '../../src/kubernetes/pod.js';
import { fitErrorMessage } from '../../src/kubernetes/scheduler/fit-error.js';
import { KubeScheduler } from '../../src/kubernetes/scheduler/kube-scheduler.js';
import { PREEMPTION_REASON } from '../../src/kubernetes/scheduler/preemption.js';
import { SchedulerCache } from '../../src/kubernetes/scheduler/scheduler-cache.js';
import { budget } from './budgets.js';
import { node, pod, runningPod } from './objects.js';

const urgent = pod('urgent', { requests: { cpu: 2000 }, spec: { priority: 100 } });

function low(name: string, nodeName: string, cpu: number, priority = 0, startTimeMs = 0): Pod {
  return runningPod(name, nodeName, {
    labels: { app: name },
    requests: { cpu },
    spec: { priority },
    status: { startTimeMs },
  });
}

function setting(nodes: readonly Node[], placed: readonly Pod[]): { cache: SchedulerCache; scheduler: KubeScheduler } {
  const cache = new SchedulerCache();
  for (const each of nodes) cache.setNode(each);
  for (const each of placed) cache.setPod(each);
  return { cache, scheduler: new KubeScheduler(cache, { seed: 's' }) };
}

/** Names of the victims, and the node. */
function preempt(
  nodes: readonly Node[],
  placed: readonly Pod[],
  incoming = urgent,
): { node: string; victims: string[] } {
  const result = setting(nodes, placed).scheduler.schedule(incoming);
  const preemption = 'node' in result ? undefined : result.preemption;
  return { node: preemption?.node ?? '', victims: (preemption?.victims ?? []).map(({ metadata }) => metadata.name) };
}

describe('preemption (kubernetes.md §1.10)', () => {
  it('evicts no more than it must, and spares the more important pods', () => {
    const placed = [low('old', 'n', 1500, 0, 1), low('young', 'n', 1500, 0, 9), low('dear', 'n', 500, 50)];
    expect(preempt([node('n')], placed)).toEqual({ node: 'n', victims: ['young'] });
  });

  it('never touches pods of equal or higher priority', () => {
    expect(preempt([node('n')], [low('equal', 'n', 4000, 100)]).victims).toEqual([]);
  });

  it('chooses the node whose highest victim matters least, then the one with fewer victims', () => {
    const nodes = [node('a'), node('b'), node('c')];
    const placed = [
      low('a1', 'a', 4000, 20),
      low('b1', 'b', 2000, 10),
      low('b2', 'b', 2000, 10),
      low('c1', 'c', 1000, 10),
      low('c2', 'c', 1000, 10),
      low('c3', 'c', 2000, 50),
    ];
    expect(preempt(nodes, placed).node).toBe('b');
  });

  it('prefers to break no PodDisruptionBudget', () => {
    const placed = [low('guarded', 'a', 4000), low('free', 'b', 4000, 10)];
    const { cache, scheduler } = setting([node('a'), node('b')], placed);
    cache.setPodDisruptionBudget(budget({ selector: { matchLabels: { app: 'guarded' }, matchExpressions: [] } }));
    const result = scheduler.schedule(urgent);
    expect('preemption' in result && result.preemption?.node).toBe('b');
  });

  it('nominates the pod, so that its node is looked at first and kept for it', () => {
    const { cache, scheduler } = setting([node('a')], [low('victim', 'a', 4000)]);
    scheduler.schedule(urgent);
    expect(scheduler.nominations.nodeOf('uid-urgent')).toBe('a');
    cache.deletePod('uid-victim');
    cache.setNode(node('b', { allocatable: { cpu: 100, pods: 10 } }));
    const rival = pod('rival', { requests: { cpu: 3000 } });
    const refused = scheduler.schedule(rival);
    expect('unschedulable' in refused && refused.unschedulable.plugins.has('NodeResourcesFit')).toBe(true);
    expect(scheduler.schedule(urgent)).toEqual({ node: 'a' });
    expect(scheduler.nominations.nodeOf('uid-urgent')).toBeUndefined();
  });

  it('does not preempt again while its victims are still going', () => {
    const victim = low('victim', 'a', 4000);
    const { cache, scheduler } = setting([node('a'), node('b')], [victim, low('other', 'b', 4000, 50)]);
    scheduler.schedule(urgent);
    const marked = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: PREEMPTION_REASON,
      lastTransitionTimeMs: 0,
    } as const;
    cache.setPod({
      ...victim,
      metadata: { ...victim.metadata, deletionTimeMs: 1 },
      status: { ...victim.status, conditions: [marked] },
    });
    const second = scheduler.schedule(urgent);
    expect('unschedulable' in second && fitErrorMessage(second.unschedulable)).toBe(
      '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: ' +
        'not eligible due to a terminating pod on the nominated node.',
    );
  });

  it('is not for pods with preemptionPolicy Never', () => {
    const modest = { ...urgent, spec: { ...urgent.spec, preemptionPolicy: 'Never' as const } };
    expect(preempt([node('n')], [low('victim', 'n', 4000)], modest).victims).toEqual([]);
  });

  it('takes the nomination from pods of lower priority on the node', () => {
    const { scheduler } = setting([node('a')], [low('victim', 'a', 4000)]);
    const middle = pod('middle', { requests: { cpu: 2000 }, spec: { priority: 50 } });
    scheduler.schedule(middle);
    expect(scheduler.nominations.nodeOf('uid-middle')).toBe('a');
    scheduler.schedule(urgent);
    expect(scheduler.nominations.nodeOf('uid-middle')).toBeUndefined();
    expect(scheduler.nominations.nodeOf('uid-urgent')).toBe('a');
  });
});
