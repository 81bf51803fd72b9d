import { MANY_MOVES, type Churn } from '../../analysis/churn.js';
import type { RunFacts } from '../../analysis/run-facts.js';
import { clockSeconds, count, decimal, duration, percent, whole } from './figures.js';
import type { Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

const SHOWN = 8;

/** The loops of a run: what was done again and again, with the first or worst cases as evidence. */
export function explainChurn(facts: RunFacts, found: Churn, palette: Palette): string {
  const { startTimeMs, endMs } = facts;
  const clock = (timeMs: number): string => clockSeconds(startTimeMs + timeMs);
  const hours = endMs / 3_600_000;
  const aside = (texts: readonly string[]): string[] => texts.map((text) => palette.aside(text));
  return (
    [
      section(
        palette,
        'Nodes replaced by the same machine',
        found.sameReplaced.length === 0
          ? 'None.'
          : alignedTable(
              [
                aside(['NodePool', 'machine', 'reason', 'times', 'of', 'an hour', 'life p50']),
                ...found.sameReplaced.map(({ nodePool, machine, reason, times, ofReplaced, lifeSeconds }) => [
                  nodePool,
                  machine,
                  reason,
                  whole(times),
                  percent(times / ofReplaced),
                  decimal(Math.round((times / hours) * 10) / 10),
                  duration(lifeSeconds.p50),
                ]),
              ],
              3,
            ),
        'Bought again as they were: the pods moved and nothing was won, unless the node had to go (Expired, Drifted, Interrupted).',
      ),
      section(
        palette,
        'There and back again',
        found.thereAndBack.length === 0
          ? 'None.'
          : found.thereAndBack
              .slice(0, SHOWN)
              .map(({ machines, timesMs, reasons, nodePool }) =>
                wrap(
                  `${nodePool}: ${machines[0]} → ${machines[1]} at ${clock(timesMs[0])} (${reasons[0]}) → ${machines[2]} at ${clock(timesMs[1])} (${reasons[1]})`,
                  WIDTH,
                  '  ',
                  '    ',
                ),
              )
              .concat(more(found.thereAndBack.length))
              .join('\n'),
      ),
      section(
        palette,
        `Pods moved ${MANY_MOVES} times within an hour or more`,
        found.movedPods.length === 0
          ? `None of ${count(found.replicas, 'replica')}.`
          : [
              `  ${whole(found.movedPods.length)} of ${count(found.replicas, 'replica')}; most moved:`,
              alignedTable(
                [
                  aside(['service', 'last pod', 'moves', 'most an hour']),
                  ...found.movedPods
                    .slice(0, SHOWN)
                    .map(({ place, movesMs, mostAnHour }) => [
                      place.service,
                      place.stays.at(-1)?.pod.split('/')[1] ?? '',
                      whole(movesMs.length),
                      whole(mostAnHour),
                    ]),
                ],
                2,
              ),
            ].join('\n'),
        'A Deployment pod that moves is another pod: the next one of its Deployment takes its place.',
      ),
      section(
        palette,
        'Autoscaler and consolidation in turn',
        found.scalingTurns.length === 0
          ? 'None.'
          : [
              ...found.scalingTurns
                .slice(0, SHOWN)
                .map(({ service, downMs, command, commandMs, node, upMs, boughtMs, nodeClaim }) =>
                  wrap(
                    `${service}: HPA down ${clock(downMs)}, ${command} takes ${node} ${clock(commandMs)}, HPA up ${clock(upMs)}, ${nodeClaim} bought ${clock(boughtMs)}`,
                    WIDTH,
                    '  ',
                    '    ',
                  ),
                ),
              ...more(found.scalingTurns.length),
            ].join('\n'),
        'A longer scale-down stabilization window of the HPA or a longer consolidateAfter ends such turns.',
      ),
    ].join('\n\n') + '\n'
  );
}

function more(total: number): readonly string[] {
  return total > SHOWN ? [`  … ${total - SHOWN} more (all with --json)`] : [];
}

function section(palette: Palette, title: string, body: string, remark?: string): string {
  const text = body.startsWith('  ') ? body : `  ${body}`;
  const none = body.startsWith('None');
  return [palette.title(title), text, ...(remark === undefined || none ? [] : [wrap(remark, WIDTH, '  ', '  ')])].join(
    '\n',
  );
}
