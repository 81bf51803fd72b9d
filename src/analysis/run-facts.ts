import type { EventLog, EventPayloads } from '../simulation/event-log.js';
import { eventsOfType } from './events-of-type.js';

/** What a log says about the run as a whole. */
export interface RunFacts {
  readonly scenario: string;
  readonly seed: string;
  readonly karpenterVersion: string;
  /** What the nodes came from when it was not Karpenter. */
  readonly baseline?: string | undefined;
  readonly simulatorVersion: string;
  /** Epoch ms of virtual time 0. */
  readonly startTimeMs: number;
  /** Virtual time at which the log ends; less than the planned duration when the run was interrupted. */
  readonly endMs: number;
  readonly interrupted: boolean;
  /** Dollars an hour for the cluster itself; 0 where the log does not say. */
  readonly controlPlanePerHour: number;
  /** How many days of each kind a month has; undefined where the scenario does not say. */
  readonly month?: EventPayloads['RunStarted']['month'];
  readonly events: number;
  readonly notes: readonly { readonly code: string; readonly text: string }[];
}

/**
 * Reads the frame of a log: its first and last event and its notes. A note that is repeated word for word counts once.
 *
 * @throws Error when the log does not begin with RunStarted and end with RunEnded.
 */
export function runFacts(log: EventLog): RunFacts {
  const first = log[0];
  const last = log.at(-1);
  if (first?.type !== 'RunStarted') throw new Error('an event log begins with RunStarted');
  if (last?.type !== 'RunEnded') throw new Error('an event log ends with RunEnded');
  const notes = new Map<string, { code: string; text: string }>();
  for (const { code, text } of eventsOfType(log, 'Note')) notes.set(text, { code, text });
  return {
    scenario: first.scenario,
    seed: first.seed,
    karpenterVersion: first.karpenterVersion,
    baseline: first.baseline,
    simulatorVersion: first.simulatorVersion,
    startTimeMs: first.startTimeMs,
    endMs: last.timeMs,
    controlPlanePerHour: first.controlPlanePerHour ?? 0,
    month: first.month,
    interrupted: last.reason === 'interrupted',
    events: log.length,
    notes: [...notes.values()],
  };
}
