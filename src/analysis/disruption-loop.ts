import type { EventLog } from '../simulation/event-log.js';

/** What the disruption loop is doing. */
export interface LoopActivity {
  readonly fromMs: number;
  /**
   * `validating`: waits 15 s before it carries a command out. `executing`: v0.32.0 waits until a command is done. `paused`: found
   * nothing, and does not look again before the cluster changes, five minutes at most. `polling`: looks every ten seconds.
   */
  readonly kind: 'validating' | 'executing' | 'paused' | 'polling';
  /** The command, while one is validated or executed. */
  readonly command: string;
}

/** What the disruption loop did over time, in order; it polls from the start of the run. */
export function disruptionLoop(log: EventLog): readonly LoopActivity[] {
  const blocks = log[0]?.type === 'RunStarted' && log[0].karpenterVersion === 'v0.32.0';
  const activities: LoopActivity[] = [{ fromMs: 0, kind: 'polling', command: '' }];
  for (const event of log) {
    const fromMs = event.timeMs;
    switch (event.type) {
      case 'DisruptionProposed':
        activities.push({ fromMs, kind: 'validating', command: event.command });
        break;
      case 'DisruptionCommand':
        activities.push({ fromMs, kind: blocks ? 'executing' : 'polling', command: blocks ? event.command : '' });
        break;
      case 'DisruptionAbandoned':
        activities.push({ fromMs, kind: 'polling', command: '' });
        break;
      case 'DisruptionSucceeded':
      case 'DisruptionFailed':
        if (blocks) activities.push({ fromMs, kind: 'polling', command: '' });
        break;
      case 'ConsolidationPaused':
        activities.push({ fromMs, kind: 'paused', command: '' });
        break;
      default:
    }
  }
  return activities;
}

/** What the loop is doing at a moment. */
export function loopAt(activities: readonly LoopActivity[], timeMs: number): LoopActivity {
  const found = activities.findLast(({ fromMs }) => fromMs <= timeMs) ?? activities[0];
  if (found === undefined) throw new Error('the loop polls from the start');
  return found;
}
