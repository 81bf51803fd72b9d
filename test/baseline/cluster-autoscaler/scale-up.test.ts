import { describe, expect, it } from 'vitest';
import { chooseOption, type ExpansionOption, wasteOf } from '../../../src/baseline/cluster-autoscaler/expander.js';
import { NodeGroupBackoff } from '../../../src/baseline/cluster-autoscaler/node-group-backoff.js';
import {
  equivalenceGroups,
  isUnschedulable,
  withoutSchedulable,
} from '../../../src/baseline/cluster-autoscaler/pending-pods.js';
import { type GroupState, planScaleUp } from '../../../src/baseline/cluster-autoscaler/scale-up.js';
import { CLUSTER_AUTOSCALER_PRESETS } from '../../../src/baseline/cluster-autoscaler/settings.js';
import { areSimilar, shareOut } from '../../../src/baseline/cluster-autoscaler/similar-groups.js';
import { ClusterSnapshot } from '../../../src/baseline/cluster-snapshot.js';
import { GI, node, ownedBy, pod, runningPod, taint } from '../../kubernetes/objects.js';
import { group, pendingPods, shape } from './fixtures.js';

const { tuned: TUNED, default: DEFAULT } = CLUSTER_AUTOSCALER_PRESETS;
const FIRST = (): number => 0;

function option(
  name: string,
  nodes: number,
  cpu: number,
  gib: number,
  more: Partial<ExpansionOption> = {},
): ExpansionOption {
  return {
    group: group(name),
    nodes,
    pods: pendingPods('web', 12, 1, 2),
    capacity: { cpu: cpu * 1000, memory: gib * GI },
    ...more,
  };
}

function state(name: string, cpu: number, gib: number, more: Partial<GroupState> = {}): GroupState {
  return { group: group(name), target: 0, template: shape(`template-${name}`, cpu, gib), backedOff: false, ...more };
}

describe('which pods count (kubernetes.md §7.2)', () => {
  const [sample = pod('none')] = pendingPods('web', 1, 1, 1);

  it('are those that kube-scheduler has tried in vain', () => {
    expect(isUnschedulable(sample)).toBe(true);
    expect(isUnschedulable(pod('new', { owner: ownedBy('ReplicaSet', 'web') }))).toBe(false);
    expect(isUnschedulable(runningPod('bound', 'n'))).toBe(false);
  });

  it('are no expendable ones, none on their way out, none that preempts, none of a DaemonSet', () => {
    const { conditions } = sample.status;
    const is = (options: Parameters<typeof pod>[1]): boolean =>
      isUnschedulable(pod('p', { status: { conditions }, ...options }));
    expect(is({ spec: { priority: -10 } })).toBe(true);
    expect(is({ spec: { priority: -11 } })).toBe(false);
    expect(is({ deletedMs: 1 })).toBe(false);
    expect(is({ status: { conditions, nominatedNodeName: 'n' } })).toBe(false);
    expect(is({ owner: { ...ownedBy('DaemonSet', 'agent'), apiVersion: 'apps/v1' } })).toBe(false);
  });

  it('are only those that fit nowhere, upcoming nodes included; room is not promised twice', () => {
    const snapshot = new ClusterSnapshot();
    snapshot.addNode(node('upcoming', { allocatable: { cpu: 2000, memory: 8 * GI, pods: 10 } }));
    const left = withoutSchedulable(pendingPods('web', 3, 1, 1), snapshot);
    expect(left.map(({ metadata }) => metadata.name)).toEqual(['web-2']);
  });

  it('find room in order of priority', () => {
    const snapshot = new ClusterSnapshot();
    snapshot.addNode(node('upcoming', { allocatable: { cpu: 1000, memory: 8 * GI, pods: 10 } }));
    const low = pendingPods('low', 1, 1, 1, { spec: { priority: 1 } });
    const high = pendingPods('high', 1, 1, 1, { spec: { priority: 9 } });
    expect(withoutSchedulable([...low, ...high], snapshot).map(({ metadata }) => metadata.name)).toEqual(['low-0']);
  });

  it('are looked at by owner and spec', () => {
    const pods = [...pendingPods('a', 3, 1, 1), ...pendingPods('b', 2, 1, 1), pod('bare'), pod('bare-too')];
    expect(equivalenceGroups(pods).map((alike) => alike.pods.length)).toEqual([3, 2, 1, 1]);
  });
});

describe('expanders (kubernetes.md §7.5)', () => {
  // §10 example 27: 12 pods of 1 cpu and 2 GiB on 4 × m5.xlarge, 2 × c5.2xlarge, 2 × m5.2xlarge.
  const options = [option('m5.xlarge', 4, 4, 16), option('c5.2xlarge', 2, 8, 16), option('m5.2xlarge', 2, 8, 32)];
  const chosen = (expanders: Parameters<typeof chooseOption>[1], random = FIRST, among = options): string | undefined =>
    chooseOption(among, expanders, random)?.group.name;

  it('least-waste takes the lowest share of CPU and memory left over (§10 example 27)', () => {
    expect(options.map(wasteOf)).toEqual([0.875, 0.5, 0.875]);
    expect(chosen(['least-waste'])).toBe('c5.2xlarge');
  });

  it('random is uniform over what is left', () => {
    expect(chosen(['random'], () => 0.4)).toBe('c5.2xlarge');
    expect(chosen(['least-nodes'], () => 0.99)).toBe('m5.2xlarge');
  });

  it('most-pods and least-nodes count', () => {
    const few = option('few', 1, 4, 16, { pods: pendingPods('web', 3, 1, 2) });
    expect(chosen(['most-pods'], () => 0.99, [few, ...options])).toBe('m5.2xlarge');
    expect(chosen(['least-nodes'], FIRST, [...options, few])).toBe('few');
  });

  it('priority keeps the highest, drops groups that it does not name, and does nothing when it names none', () => {
    const prefer = (priority: number, at: number) =>
      ({ ...options[at], group: group(`p${priority}`, { priority }) }) as ExpansionOption;
    expect(chosen(['priority'], () => 0.99, [prefer(10, 0), prefer(50, 1), option('unnamed', 1, 4, 16)])).toBe('p50');
    expect(chosen(['priority', 'least-waste'])).toBe('c5.2xlarge');
  });

  it('have nothing to choose from without options', () => {
    expect(chosen(['least-waste'], FIRST, [])).toBeUndefined();
  });
});

describe('a scale-up (kubernetes.md §7.2)', () => {
  const snapshot = new ClusterSnapshot();

  it('raises one group only, by as many nodes as the estimate needs', () => {
    const pods = pendingPods('web', 8, 1, 1);
    const plan = planScaleUp(pods, [state('small', 2, 8), state('large', 8, 8)], snapshot, DEFAULT, FIRST);
    expect([...plan.increases]).toEqual([['large', 1]]);
    expect(plan.pods).toHaveLength(8);
    expect(plan.options.map(({ group: { name }, nodes }) => [name, nodes])).toEqual([
      ['small', 4],
      ['large', 1],
    ]);
  });

  it('leaves pods of another shape to the next loop', () => {
    const tolerant = pendingPods('gpu', 1, 1, 1, {
      spec: { tolerations: [{ key: 'gpu', operator: 'Exists', value: '', effect: '' }], nodeSelector: { gpu: 'yes' } },
    });
    const special = state('gpu', 4, 16, {
      template: shape('template-gpu', 4, 16, { labels: { gpu: 'yes' }, taints: [taint('gpu')] }),
    });
    const plan = planScaleUp(
      [...pendingPods('web', 2, 1, 1), ...tolerant],
      [state('web', 2, 8), special],
      snapshot,
      DEFAULT,
      FIRST,
    );
    expect(plan.increases.size).toBe(1);
    expect(plan.helpless).toEqual([]);
  });

  it('says why a group is no option: full, left alone after failures, of no use', () => {
    const pods = pendingPods('web', 1, 1, 1);
    const states = [
      state('full', 4, 16, { target: 10 }),
      state('failed', 4, 16, { backedOff: true }),
      state('tiny', 0.5, 1),
    ];
    const plan = planScaleUp(pods, states, snapshot, DEFAULT, FIRST);
    expect(plan.increases.size).toBe(0);
    expect(Object.fromEntries(plan.refusals)).toEqual({ full: 'max-size', failed: 'backed-off', tiny: 'no-pod-fits' });
    expect(plan.helpless).toEqual([]);
  });

  it('names the pods that no group could ever take', () => {
    const huge = pendingPods('huge', 1, 64, 1);
    expect(planScaleUp(huge, [state('web', 4, 16)], snapshot, DEFAULT, FIRST).helpless).toEqual(huge);
  });

  it('never asks for more than the maximum of the group', () => {
    const plan = planScaleUp(
      pendingPods('web', 8, 2, 2),
      [state('web', 2, 8, { target: 7 })],
      snapshot,
      DEFAULT,
      FIRST,
    );
    expect([...plan.increases]).toEqual([['web', 3]]);
  });

  it('spreads over similar groups where balancing is on', () => {
    const zoned = (name: string, zone: string, target: number): GroupState =>
      state(name, 2, 8, { target, template: shape(`template-${name}`, 2, 8, { zone }) });
    const states = [zoned('a', 'us-east-1a', 3), zoned('b', 'us-east-1b', 5), zoned('c', 'us-east-1c', 4)];
    const plan = (settings: typeof TUNED) =>
      planScaleUp(pendingPods('web', 5, 2, 2), states, snapshot, settings, FIRST);
    expect(Object.fromEntries(plan(TUNED).increases)).toEqual({ a: 3, c: 2 });
    expect(Object.fromEntries(plan(DEFAULT).increases)).toEqual({ a: 5 });
  });
});

describe('similar groups (kubernetes.md §7.7)', () => {
  it('share new nodes out one by one, the smallest first (§10 example 31)', () => {
    const sizes = [3, 5, 4].map((size, index) => ({ name: `g${index}`, size, maxSize: 100 }));
    expect(Object.fromEntries(shareOut(sizes, 5))).toEqual({ g0: 3, g2: 2 });
  });

  it('pass over a group that is full', () => {
    const groups = [
      { name: 'full', size: 2, maxSize: 3 },
      { name: 'open', size: 2, maxSize: 100 },
    ];
    expect(Object.fromEntries(shareOut(groups, 4))).toEqual({ full: 1, open: 3 });
    expect(Object.fromEntries(shareOut(groups.slice(0, 1), 4))).toEqual({ full: 1 });
  });

  it('may differ in zone and name, not in other labels nor in size', () => {
    const base = shape('a', 4, 16, { zone: 'us-east-1a', labels: { 'eks.amazonaws.com/nodegroup': 'a' } });
    const like = (cpu: number, gib: number, labels: Record<string, string> = {}) =>
      areSimilar(
        base,
        shape('b', cpu, gib, { zone: 'us-east-1b', labels: { 'eks.amazonaws.com/nodegroup': 'b', ...labels } }),
      );
    expect(like(4, 16)).toBe(true);
    expect(like(4, 16.2)).toBe(true);
    expect(like(4, 16.5)).toBe(false);
    expect(like(8, 16)).toBe(false);
    expect(like(4, 16, { 'eks.amazonaws.com/capacityType': 'SPOT' })).toBe(false);
  });
});

describe('back-off of a group (kubernetes.md §7.6)', () => {
  const MINUTE = 60_000;

  it('is five minutes, doubled with each further failure to thirty', () => {
    const backoff = new NodeGroupBackoff();
    let now = 0;
    const lengths = [0, 0, 0, 0].map(() => {
      const until = backoff.failed('g', now);
      const length = until - now;
      now = until + MINUTE;
      return length / MINUTE;
    });
    expect(lengths).toEqual([5, 10, 20, 30]);
  });

  it('counts failures that come while it lasts as one', () => {
    const backoff = new NodeGroupBackoff();
    expect(backoff.failed('g', 0)).toBe(5 * MINUTE);
    expect(backoff.failed('g', MINUTE)).toBe(5 * MINUTE);
    expect(backoff.isBackedOff('g', 5 * MINUTE - 1)).toBe(true);
    expect(backoff.isBackedOff('g', 5 * MINUTE)).toBe(false);
    expect(backoff.isBackedOff('other', 0)).toBe(false);
  });

  it('is forgotten after three hours without a failure', () => {
    const backoff = new NodeGroupBackoff();
    backoff.failed('g', 0);
    expect(backoff.failed('g', 180 * MINUTE)).toBe(185 * MINUTE);
  });
});
