import type { EventPayloads, EventType } from '../simulation/event-log.js';

/** What kind of value a field of an event holds. */
export type FieldKind = 'string' | 'number' | 'boolean' | 'strings' | 'object' | 'objects' | 'number or string';

type FieldTable = { readonly [T in EventType]: { readonly [F in keyof EventPayloads[T]]: FieldKind } };

const POOL = {
  instanceType: 'string',
  zone: 'string',
  capacityType: 'string',
  pricePerHour: 'number',
  allocatable: 'object',
} as const;

/** Fields of every event as a saved run must have them. */
export const EVENT_FIELDS: FieldTable = {
  RunStarted: {
    scenario: 'string',
    seed: 'string',
    karpenterVersion: 'string',
    simulatorVersion: 'string',
    startTimeMs: 'number',
    durationMs: 'number',
  },
  RunEnded: { reason: 'string' },
  Note: { code: 'string', text: 'string' },
  ScenarioEvent: { text: 'string' },
  PodCreated: { pod: 'string', service: 'string', daemonSet: 'boolean', requests: 'object' },
  PodUnschedulable: { pod: 'string' },
  PodBound: { pod: 'string', node: 'string' },
  PodReady: { pod: 'string', node: 'string' },
  PodDeleting: { pod: 'string', node: 'string', by: 'string' },
  PodFinished: { pod: 'string', node: 'string', phase: 'string', reason: 'string' },
  ContainerRestarted: { pod: 'string', node: 'string', reason: 'string', restarts: 'number', backoffMs: 'number' },
  PodGone: { pod: 'string', node: 'string' },
  EvictionBlocked: { pod: 'string', node: 'string', podDisruptionBudget: 'string' },
  NodePoolApplied: {
    nodePool: 'string',
    consolidationPolicy: 'string',
    consolidateAfter: 'number or string',
    expireAfter: 'number or string',
    budgets: 'objects',
    limits: 'object',
    startupTaints: 'strings',
    replicas: 'number',
  },
  BatchOpened: {},
  BatchClosed: { openedAtMs: 'number', by: 'string' },
  PassSkipped: { unlaunched: 'strings' },
  SchedulingPass: {
    pendingPods: 'number',
    deletingPods: 'number',
    newNodeClaims: 'number',
    placedOnExisting: 'number',
    failed: 'number',
    batchOpenedAtMs: 'number',
  },
  PodNominated: { pod: 'string', target: 'string' },
  FailedScheduling: { pod: 'string', code: 'string', message: 'string', limited: 'strings' },
  CommitmentBought: { plan: 'string', perHour: 'number or string', savings: 'object' },
  NodeGroupDefined: {
    nodeGroup: 'string',
    nodePool: 'string',
    instanceTypes: 'strings',
    capacityType: 'string',
    zones: 'strings',
    taints: 'strings',
    minSize: 'number',
    maxSize: 'number',
    priority: 'number',
    why: 'string',
  },
  TriggeredScaleUp: {
    increases: 'object',
    pods: 'strings',
    pending: 'number',
    expanders: 'strings',
    options: 'objects',
    refused: 'object',
  },
  NotTriggerScaleUp: { pod: 'string', reasons: 'object' },
  NodeGroupBackedOff: { nodeGroup: 'string', failed: 'number', untilMs: 'number' },
  ScaleDownUnneeded: { node: 'string', utilisation: 'number' },
  ScaleDownBlocked: { node: 'string', reason: 'string', utilisation: 'number', pod: 'string' },
  ScaleDown: { node: 'string', nodeGroup: 'string', utilisation: 'number', unneededMs: 'number', pods: 'strings' },
  ScaleDownFailed: { node: 'string', reason: 'string' },
  NodeClaimCreated: {
    nodeClaim: 'string',
    nodePool: 'string',
    by: 'string',
    requests: 'object',
    instanceTypes: 'strings',
    pods: 'strings',
  },
  NodeClaimLaunched: { nodeClaim: 'string', nodePool: 'string', ...POOL },
  LaunchFailed: { nodeClaim: 'string', nodePool: 'string', reason: 'string' },
  NodeRegistered: { node: 'string', nodeClaim: 'string', nodePool: 'string' },
  NodeReady: { node: 'string' },
  NodeNotInitialized: { node: 'string', nodeClaim: 'string', reason: 'string', waitsFor: 'string' },
  NodeInitialized: { node: 'string', nodeClaim: 'string' },
  ManagedNodeJoined: { node: 'string', nodePool: 'string', ...POOL },
  ConditionChanged: { nodeClaim: 'string', node: 'string', condition: 'string', status: 'boolean', reason: 'string' },
  PodEventRecorded: { node: 'string' },
  DisruptionCommand: {
    command: 'string',
    method: 'string',
    reason: 'string',
    decision: 'string',
    nodes: 'strings',
    nodePools: 'strings',
    pods: 'strings',
    replacements: 'strings',
    savingsPerHour: 'number',
  },
  DisruptionProposed: { command: 'string', method: 'string', decision: 'string', nodes: 'strings' },
  DisruptionAbandoned: { command: 'string', method: 'string', reason: 'string' },
  DisruptionSucceeded: { command: 'string' },
  DisruptionFailed: { command: 'string', reason: 'string' },
  DisruptionBlocked: {
    node: 'string',
    method: 'string',
    code: 'string',
    event: 'string',
    message: 'string',
    detail: 'object',
  },
  DisruptionOutlook: {
    method: 'string',
    reason: 'string',
    decision: 'string',
    nodes: 'strings',
    pods: 'number',
    replacements: 'objects',
    savingsPerHour: 'number',
  },
  ConsolidationPaused: { candidates: 'number' },
  DisruptionUnblocked: { node: 'string' },
  SpotPriceChanged: { nodeClaim: 'string', pricePerHour: 'number' },
  SpotInterruption: { node: 'string', instanceType: 'string', zone: 'string' },
  InstanceNotice: { node: 'string', instanceType: 'string', zone: 'string', kind: 'string' },
  SpotRebalanceRecommendation: { node: 'string', instanceType: 'string', zone: 'string' },
  NodeFailed: { node: 'string', nodeClaim: 'string', failure: 'string' },
  NodeUnreachable: { node: 'string' },
  NodeClaimDeleting: { nodeClaim: 'string', node: 'string', by: 'string' },
  NodeTainted: { node: 'string' },
  NodeUntainted: { node: 'string' },
  NodeDrained: { node: 'string' },
  InstanceTerminating: { nodeClaim: 'string', node: 'string', reclaimed: 'boolean' },
  NodeDeleted: { node: 'string' },
  NodeClaimDeleted: { nodeClaim: 'string' },
  MemoryPressure: { node: 'string', status: 'boolean' },
  DatabaseConnectionsOpened: { service: 'string', pod: 'string', connections: 'number' },
  JobCreated: { job: 'string', cronJob: 'string' },
  JobFinished: { job: 'string', result: 'string', reason: 'string', succeeded: 'number', failed: 'number' },
  CronJobSkipped: { cronJob: 'string', reason: 'string' },
  ReplicasChanged: { service: 'string', from: 'number', to: 'number', by: 'string' },
  Demand: { service: 'string', requestsPerSecond: 'number', readyPods: 'number' },
  CpuDemand: { service: 'string', cpuMilli: 'number', readyPods: 'number' },
  UsageSampled: { cpuMilli: 'number', memoryBytes: 'number' },
};

/** Whether a value read from JSON is of the kind. */
export function isOfKind(value: unknown, kind: FieldKind): boolean {
  switch (kind) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === kind;
    case 'number or string':
      return typeof value === 'number' || typeof value === 'string';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'objects':
      return Array.isArray(value) && value.every((item) => isOfKind(item, 'object'));
  }
}
