import type { EventLog, EventPayloads, EventType, LogEvent } from '../../src/simulation/event-log.js';

const GI = 1024 ** 3;

/** Allocatable or requests in whole cpu milli and GiB. */
export function resources(cpu: number, memoryGi: number): { cpu: number; memory: number } {
  return { cpu, memory: memoryGi * GI };
}

/** Writes a small event log by hand; times are in seconds. `end` closes it. */
export class LogBuilder {
  readonly #events: LogEvent[] = [];

  constructor(run: Partial<EventPayloads['RunStarted']> = {}) {
    this.at(0, 'RunStarted', {
      scenario: 'by-hand',
      seed: '7',
      karpenterVersion: 'v1.14.1',
      simulatorVersion: '0.0.0',
      startTimeMs: Date.UTC(2026, 6, 1),
      durationMs: 3_600_000,
      ...run,
    });
  }

  at<T extends EventType>(seconds: number, type: T, payload: EventPayloads[T]): this {
    const timeMs = Math.round(seconds * 1000);
    this.#events.push({ seq: this.#events.length, timeMs, type, ...payload } as LogEvent);
    return this;
  }

  /** A managed node, 2 cpu and 8 GiB at $0.10, from time 0. */
  managed(node: string): this {
    return this.at(0, 'ManagedNodeJoined', {
      node,
      nodePool: 'system',
      instanceType: 'm5.large',
      zone: 'us-east-1a',
      capacityType: 'on-demand',
      pricePerHour: 0.1,
      allocatable: resources(2000, 8),
    });
  }

  created(seconds: number, pod: string, cpu = 500, memoryGi = 1, service = 'bank/api'): this {
    return this.at(seconds, 'PodCreated', { pod, service, daemonSet: false, requests: resources(cpu, memoryGi) });
  }

  claimed(seconds: number, nodeClaim: string, nodePool = 'general', pods: readonly string[] = []): this {
    return this.at(seconds, 'NodeClaimCreated', {
      nodeClaim,
      nodePool,
      by: 'provisioner',
      requests: {},
      instanceTypes: ['c5.large'],
      pods,
    });
  }

  launched(
    seconds: number,
    nodeClaim: string,
    {
      pricePerHour = 0.04,
      nodePool = 'general',
      instanceType = 'c5.large',
      capacityType = 'spot',
      extras,
    }: Partial<EventPayloads['NodeClaimLaunched']> = {},
  ): this {
    return this.at(seconds, 'NodeClaimLaunched', {
      nodeClaim,
      nodePool,
      instanceType,
      zone: 'us-east-1a',
      capacityType,
      pricePerHour,
      allocatable: resources(2000, 4),
      extras,
    });
  }

  /** Registered, then Ready and Initialized. The node of claim `x` is `node-x`. */
  joined(registered: number, ready: number, nodeClaim: string, initialized = ready, nodePool = 'general'): this {
    const node = `node-${nodeClaim}`;
    return this.at(registered, 'NodeRegistered', { node, nodeClaim, nodePool })
      .at(ready, 'NodeReady', { node })
      .at(initialized, 'NodeInitialized', { node, nodeClaim });
  }

  bound(seconds: number, pod: string, node: string): this {
    return this.at(seconds, 'PodBound', { pod, node });
  }

  end(seconds: number, reason: 'duration' | 'interrupted' = 'duration'): EventLog {
    this.at(seconds, 'RunEnded', { reason });
    return this.#events;
  }
}
