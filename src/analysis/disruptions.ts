import type { EventLog } from '../simulation/event-log.js';
import { DISRUPTION_REASONS } from './disruption-words.js';
import { eventsOfType } from './events-of-type.js';
import type { NodeHistory } from './node-history.js';

/** Nodes that were disrupted, by reason in Karpenter's words. */
export interface Disruptions {
  /** The five common reasons first, 0 included, then whatever else occurred, in code unit order. */
  readonly byReason: Readonly<Record<string, number>>;
  /** Spot interruption warnings. */
  readonly interruptions: number;
}

/** Counts nodes whose deletion began; a NodeClaim for which no instance was ever launched is no node. */
export function disruptions(log: EventLog, nodes: readonly NodeHistory[]): Disruptions {
  const byReason: Record<string, number> = {};
  for (const reason of DISRUPTION_REASONS) byReason[reason] = 0;
  const others = new Map<string, number>();
  for (const { instance, reason } of nodes) {
    if (instance === undefined || reason === undefined) continue;
    if (reason in byReason) byReason[reason] = (byReason[reason] ?? 0) + 1;
    else others.set(reason, (others.get(reason) ?? 0) + 1);
  }
  for (const reason of [...others.keys()].sort()) byReason[reason] = others.get(reason) ?? 0;
  return { byReason, interruptions: eventsOfType(log, 'SpotInterruption').length };
}
