import type { MeasuredPod, PodMetrics } from '../../kubernetes/autoscaling/pod-metrics.js';
import type { Container, Pod } from '../../kubernetes/pod.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import { readAmounts } from '../case-catalogs.js';
import { barePod } from './bare-pod.js';

type Amounts = Readonly<Record<string, string>>;

/** A pod of a row with its metrics; times are seconds. */
export interface RecordedPod {
  readonly name: string;
  readonly phase?: Pod['status']['phase'];
  readonly startTime?: number;
  readonly ready?: boolean;
  readonly readySince?: number;
  readonly deleting?: boolean;
  readonly requests?: Amounts;
  readonly usage?: Amounts;
  readonly containers?: readonly RecordedContainer[];
  readonly metricTime?: number;
  readonly window?: number;
}

interface RecordedContainer {
  readonly name: string;
  readonly sidecar?: boolean;
  readonly requests?: Amounts;
  readonly usage?: Amounts;
}

/** A pod as the autoscaler sees it. */
export function measuredPod(source: RecordedPod): MeasuredPod {
  const { name, phase = 'Running', startTime, ready, readySince = 0, deleting = false } = source;
  const containers = source.containers ?? [{ ...source, name: 'app' }];
  const isSidecar = ({ sidecar = false }: RecordedContainer): boolean => sidecar;
  const pod = barePod({
    metadata: { name, deletionTimeMs: deleting ? 0 : undefined },
    containers: containers.filter((container) => !isSidecar(container)).map(containerOf),
    initContainers: containers.filter(isSidecar).map(containerOf),
    status: {
      phase,
      startTimeMs: startTime === undefined ? undefined : startTime * 1000,
      conditions:
        ready === undefined
          ? []
          : [
              {
                type: 'Ready',
                status: ready ? 'True' : 'False',
                reason: '',
                lastTransitionTimeMs: readySince * 1000,
              },
            ],
    },
  });
  return { pod, metrics: metricsOf(source, containers) };
}

function containerOf({ name, requests, sidecar = false }: RecordedContainer): Container {
  return {
    name,
    requests: readAmounts(requests),
    limits: {},
    ports: [],
    restartPolicy: sidecar ? 'Always' : undefined,
  };
}

function metricsOf(
  { metricTime = 0, window = 0 }: RecordedPod,
  containers: readonly RecordedContainer[],
): PodMetrics | undefined {
  const measured = containers.flatMap(({ usage }) => (usage === undefined ? [] : [readAmounts(usage)]));
  if (measured.length === 0) return undefined;
  return { usage: sumOf(measured), timestampMs: metricTime * 1000, windowMs: window * 1000 };
}

/** Sums by resource; one that a container lacks is missing in the sum. */
function sumOf(lists: readonly ResourceList[]): ResourceList {
  const sums: Record<string, number> = {};
  for (const resource of ['cpu', 'memory']) {
    const amounts = lists.map((list) => list[resource]).filter((amount) => amount !== undefined);
    if (amounts.length === lists.length) sums[resource] = amounts.reduce((sum, amount) => sum + amount, 0);
  }
  return sums;
}
