import type { PodStep, PodTrail } from '../../analysis/pod-trail.js';
import type { RunFacts } from '../../analysis/run-facts.js';
import { clockSeconds, count } from './figures.js';
import type { Palette } from './palette.js';
import { WIDTH, wrap } from './wrap.js';

/** A replica's chain shows so many of its pods. */
const SHOWN_STAYS = 12;

/** The life of one pod: why it waited, where it was planned and bound, how often it was moved. */
export function explainPod({ startTimeMs }: RunFacts, trail: PodTrail, palette: Palette): string {
  const line = (timeMs: number, words: string): string =>
    wrap(words, WIDTH, `  ${clockSeconds(startTimeMs + timeMs)}  `, ' '.repeat(12));
  const parts = [
    palette.title(trail.pod),
    trail.steps.map((step) => line(step.timeMs, stepWords(step))).join('\n'),
    wrap(waitWords(trail), WIDTH, '  ', '  '),
  ];
  const { place, movesMs, mostMovesAnHour } = trail;
  if (place !== undefined && place.stays.length > 1) {
    const at = place.stays.findIndex(({ pod }) => pod === trail.pod);
    const from = Math.max(0, Math.min(at - Math.floor(SHOWN_STAYS / 2), place.stays.length - SHOWN_STAYS));
    const shown = place.stays.slice(from, from + SHOWN_STAYS);
    parts.push(
      [
        wrap(
          `Its replica of ${place.service} moved ${count(movesMs.length, 'time')}, at most ${mostMovesAnHour} times within an hour. Each pod takes the place of the one before:`,
          WIDTH,
          '  ',
          '  ',
        ),
        ...(from > 0 ? [`    … ${from} before`] : []),
        ...shown.map(({ pod, createdMs, node, deletedBy }) => {
          const end = deletedBy === undefined ? 'still there' : `until ${deletedBy}`;
          return `  ${pod === trail.pod ? '>' : ' '} ${clockSeconds(startTimeMs + createdMs)}  ${pod} on ${node === '' ? 'no node' : node}, ${end}`;
        }),
        ...(from + SHOWN_STAYS < place.stays.length ? [`    … ${place.stays.length - from - SHOWN_STAYS} after`] : []),
      ].join('\n'),
    );
  }
  return parts.join('\n\n') + '\n';
}

function waitWords({ steps, plannedOn }: PodTrail): string {
  const created = steps.find(({ type }) => type === 'PodCreated');
  const bound = steps.find(({ type }) => type === 'PodBound');
  const planned = plannedOn.length === 0 ? 'no pass had to plan for it' : `planned on ${plannedOn.join(', then ')}`;
  if (created === undefined) return planned;
  if (bound === undefined) return `Never bound; ${planned}.`;
  return `Pending for ${((bound.timeMs - created.timeMs) / 1000).toFixed(1)} s; ${planned}.`;
}

function stepWords(step: PodStep): string {
  switch (step.type) {
    case 'PodCreated':
      return `created for ${step.service === '' ? 'nobody (a bare pod)' : step.service}`;
    case 'PodUnschedulable':
      return 'Unschedulable: kube-scheduler found no node';
    case 'FailedScheduling':
      return `FailedScheduling: ${step.message}`;
    case 'PodNominated':
      return `Nominated: should schedule on ${step.target}`;
    case 'NodeClaimLaunched':
      return `${step.nodeClaim} launched: ${step.instanceType} ${step.capacityType} in ${step.zone}`;
    case 'LaunchFailed':
      return `${step.nodeClaim} failed to launch: ${step.reason}`;
    case 'NodeRegistered':
      return `${step.nodeClaim} registered as ${step.node}`;
    case 'NodeInitialized':
      return `${step.node} initialized`;
    case 'NodeClaimDeleting':
      return `${step.node === '' ? step.nodeClaim : step.node} is being deleted (${step.by})`;
    case 'PodBound':
      return `bound to ${step.node}`;
    case 'PodReady':
      return 'Ready';
    case 'DisruptionCommand':
      return `displaced by ${step.command}: ${step.method} decided to ${step.decision} ${step.nodes.join(', ')} (${step.reason})`;
    case 'EvictionBlocked':
      return step.code === 500
        ? `eviction refused for ever: more than one PodDisruptionBudget (${step.podDisruptionBudget})`
        : `eviction refused by PodDisruptionBudget ${step.podDisruptionBudget}`;
    case 'SpotInterruption':
      return `spot interruption of ${step.node} announced`;
    case 'NodeFailed':
      return step.failure === 'instance-gone'
        ? `${step.node} died: its instance is gone`
        : `${step.node} is not heard of any more`;
    case 'NodeUnreachable':
      return `${step.node} unreachable: its pods are not ready`;
    case 'ContainerRestarted':
      return `container ended (${step.reason}), restart ${step.restarts} after ${step.backoffMs / 1000} s`;
    case 'PodFinished':
      return `${step.phase} (${step.reason})`;
    case 'PodDeleting':
      return `deleted (${step.by})`;
    case 'PodGone':
      return 'gone';
  }
}
