import { stringify } from 'csv-stringify/sync';
import type { PodLatency } from '../analysis/pod-latency.js';
import { secondsCell } from './csv-cells.js';

const COLUMNS = [
  'pod',
  'service',
  'state',
  'cpuMilli',
  'memoryBytes',
  'createdSeconds',
  'unschedulableSeconds',
  'boundSeconds',
  'readySeconds',
  'deletingSeconds',
  'deletedBy',
  'goneSeconds',
  'pendingSeconds',
  'failure',
  'node',
  'nodePool',
  'instanceType',
  'capacityType',
  'waitedForNewNode',
  'batchStage',
  'launchStage',
  'registerStage',
  'initializeStage',
  'bindStage',
  'readyStage',
];

/**
 * One line a pod, in order of creation, DaemonSet pods left out. `…Seconds` are times since the start of the run (except
 * `pendingSeconds`, the wait), `…Stage` durations in seconds of a pod that waited for a new node.
 */
export function podsCsv(pods: readonly PodLatency[]): string {
  return stringify([COLUMNS, ...pods.map(row)]);
}

function row({ pod, state, pendingMs, node, marks }: PodLatency): (string | number)[] {
  const stages =
    marks === undefined
      ? Array<string>(6).fill('')
      : [
          marks.decidedMs - pod.createdMs,
          marks.launchedMs - marks.decidedMs,
          marks.registeredMs - marks.launchedMs,
          marks.provisionedMs - marks.registeredMs,
          marks.boundMs - marks.provisionedMs,
          pod.readyMs === undefined ? undefined : pod.readyMs - marks.boundMs,
        ].map(secondsCell);
  return [
    pod.pod,
    pod.service,
    state,
    pod.requests['cpu'] ?? 0,
    pod.requests['memory'] ?? 0,
    secondsCell(pod.createdMs),
    secondsCell(pod.unschedulableMs),
    secondsCell(pod.boundMs),
    secondsCell(pod.readyMs),
    secondsCell(pod.deletingMs),
    pod.deletedBy ?? '',
    secondsCell(pod.goneMs),
    secondsCell(pendingMs),
    pod.boundMs === undefined ? (pod.failure?.code ?? '') : '',
    pod.node,
    node?.nodePool ?? '',
    node?.instance?.instanceType ?? '',
    node?.instance?.capacityType ?? '',
    marks === undefined ? 'false' : 'true',
    ...stages,
  ];
}
