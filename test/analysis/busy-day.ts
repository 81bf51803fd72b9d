import type { EventLog, EventPayloads, EventType, LogEvent } from '../../src/simulation/event-log.js';
import { resources } from './log-builder.js';

/**
 * A made-up day with every kind of event a report reads, in time order: a node every few minutes, pods on it, a spike at noon,
 * a consolidation command for most nodes. The numbers mean nothing; there are as many as asked for.
 */
export function busyDay(pods: number): EventLog {
  const planned: { readonly timeMs: number; readonly type: EventType; readonly payload: object }[] = [];
  const at = <T extends EventType>(seconds: number, type: T, payload: EventPayloads[T]): void => {
    const timeMs = Math.round(seconds * 1000);
    if (timeMs <= 86_400_000) planned.push({ timeMs, type, payload });
  };
  at(0, 'RunStarted', {
    scenario: 'traffic-spike',
    seed: '20260703',
    karpenterVersion: 'v1.14.1',
    simulatorVersion: '0.1.0',
    startTimeMs: Date.UTC(2026, 6, 3),
    durationMs: 86_400_000,
  });
  const note =
    '13 of the 213 measured node launches stand behind the latency of m5, c5 and t3 nodes: the x86 types without local disks.';
  at(0, 'Note', { code: 'launch-latency', text: note });
  for (const node of ['ip-10-0-1-1.ec2.internal', 'ip-10-0-1-2.ec2.internal']) {
    at(0, 'ManagedNodeJoined', {
      node,
      nodePool: 'system',
      instanceType: 'm5.large',
      zone: 'us-east-1a',
      capacityType: 'on-demand',
      pricePerHour: 0.096,
      allocatable: resources(1930, 7),
    });
  }
  for (let minute = 0; minute < 1440; minute++) {
    const requestsPerSecond = 200 + 100 * Math.sin((minute - 480) / 230) + (minute > 720 && minute < 780 ? 1600 : 0);
    const requests = requestsPerSecond * 60;
    const lost = requestsPerSecond > 1000 ? requests / 10 : 0;
    const latencySeconds = { p50: 0.01, p90: 0.03, p99: 0.06 };
    at(minute * 60, 'Demand', {
      service: 'banking/api-gateway',
      requestsPerSecond,
      readyPods: 4,
      requests,
      lost,
      latencySeconds,
    });
    at(minute * 60, 'UsageSampled', { cpuMilli: requestsPerSecond * 12, memoryBytes: requestsPerSecond * 2e7 });
  }
  const perNode = 8;
  const nodes = Math.ceil(pods / perNode);
  for (let n = 0; n < nodes; n++) {
    const pool = n % 3 === 0 ? 'banking-compute-optimized' : 'banking-general';
    const start = n % 2 === 0 ? 43_200 + (n % 240) * 5 : (86_000 * n) / nodes;
    const nodeClaim = `${pool}-${n.toString(36).padStart(5, 'x')}`;
    const node = `ip-10-0-${Math.floor(n / 200)}-${n % 200}.ec2.internal`;
    const names = Array.from({ length: perNode }, (_, i) => `banking/account-service-6d4f9c7b5d-${n}-${i}`);
    const ready = start + 40 + (n % 17);
    const leaves = ready + 1800 + (n % 7) * 300;
    at(start, 'BatchOpened', {});
    at(start + 1.3, 'BatchClosed', { openedAtMs: start * 1000, by: 'idle' });
    const by = 'provisioner';
    at(start + 1.4, 'NodeClaimCreated', {
      nodeClaim,
      nodePool: pool,
      by,
      requests: {},
      instanceTypes: [],
      pods: names,
    });
    at(start + 3.6, 'NodeClaimLaunched', {
      nodeClaim,
      nodePool: pool,
      instanceType: n % 3 === 0 ? 'c5.xlarge' : 't3.xlarge',
      zone: 'us-east-1b',
      capacityType: n % 5 === 0 ? 'on-demand' : 'spot',
      pricePerHour: n % 5 === 0 ? 0.17 : 0.0612,
      allocatable: resources(3920, 14),
    });
    at(start + 24, 'NodeRegistered', { node, nodeClaim, nodePool: pool });
    at(ready, 'NodeReady', { node });
    at(ready + 1, 'NodeInitialized', { node, nodeClaim });
    for (const [i, pod] of names.entries()) {
      const service = i % 2 === 0 ? 'banking/account-service' : 'banking/api-gateway';
      at(start, 'PodCreated', { pod, service, daemonSet: false, requests: resources(250, 0.5) });
      at(start + 0.1, 'PodUnschedulable', { pod });
      at(start + 1.4, 'PodNominated', { pod, target: nodeClaim });
      at(ready + 0.2 + i / 10, 'PodBound', { pod, node });
      if (i % 2 === 0) {
        at(ready + 5 + i, 'DatabaseConnectionsOpened', { service, pod, connections: 10 });
      }
      at(ready + 31 + i, 'PodReady', { pod, node });
      at(leaves + 20, 'PodDeleting', { pod, node, by: 'eviction' });
      at(leaves + 25, 'PodGone', { pod, node });
    }
    at(ready + 2, 'PodEventRecorded', { node });
    const condition = 'Consolidatable';
    at(leaves - 4, 'ConditionChanged', { nodeClaim, node, condition, status: true, reason: condition });
    const command = `command-${n}`;
    const method = 'single';
    at(leaves, 'DisruptionProposed', { command, method, decision: 'delete', nodes: [node] });
    if (n % 9 === 0) {
      at(leaves + 15, 'DisruptionAbandoned', { command, method, reason: 'churn' });
      continue;
    }
    at(leaves + 15, 'DisruptionCommand', {
      command,
      method,
      reason: n % 4 === 0 ? 'Empty' : 'Underutilized',
      decision: 'delete',
      nodes: [node],
      nodePools: [pool],
      pods: names,
      replacements: [],
      savingsPerHour: 0.06,
    });
    at(leaves + 16, 'NodeClaimDeleting', { nodeClaim, node, by: 'disruption' });
    at(leaves + 26, 'NodeDrained', { node });
    at(leaves + 27, 'InstanceTerminating', { nodeClaim, node, reclaimed: false });
    at(leaves + 90, 'NodeClaimDeleted', { nodeClaim });
  }
  at(86_400, 'RunEnded', { reason: 'duration' });
  const inOrder = planned
    .map((event, i) => ({ event, i }))
    .sort((a, b) => a.event.timeMs - b.event.timeMs || a.i - b.i);
  const last = inOrder.findIndex(({ event }) => event.type === 'RunEnded');
  inOrder.push(...inOrder.splice(last, 1));
  return inOrder.map(({ event: { timeMs, type, payload } }, seq) => ({ seq, timeMs, type, ...payload }) as LogEvent);
}
