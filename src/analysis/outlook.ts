import type { EventLog, EventPayloads } from '../simulation/event-log.js';
import type { NodeHistory } from './node-history.js';

/** What one disruption method would do about the state that a run begins with. */
export type OutlookAction = EventPayloads['DisruptionOutlook'];

/** The state that a run begins with, and what Karpenter makes of it. */
export interface Outlook {
  /** Nodes that are there and their price; `outside`: those that Karpenter does not manage. */
  readonly karpenter: { readonly nodes: number; readonly pricePerHour: number };
  readonly outside: { readonly nodes: number; readonly pricePerHour: number };
  /** Bound pods without those of DaemonSets, and pods that wait for a node. */
  readonly pods: number;
  readonly pending: number;
  /** In the order in which Karpenter asks its methods. */
  readonly actions: readonly OutlookAction[];
}

/** Reads the outlook of a run; undefined for one that begins with an empty cluster. */
export function outlook(log: EventLog, nodes: readonly NodeHistory[]): Outlook | undefined {
  if (
    !nodes.some(({ fromStart }) => fromStart) &&
    !log.some((event) => event.type === 'PodCreated' && event.fromStart)
  ) {
    return undefined;
  }
  const actions: OutlookAction[] = [];
  let [pods, pending] = [0, 0];
  for (const event of log) {
    if (event.timeMs > 0) break;
    if (event.type === 'DisruptionOutlook') actions.push(event);
    if (event.type !== 'PodCreated' || event.daemonSet) continue;
    if (event.fromStart === true) pods++;
    else pending++;
  }
  const sum = (managed: boolean): Outlook['karpenter'] => {
    const there = nodes.filter((node) => (managed ? node.managed : node.fromStart) === true && node.createdMs === 0);
    const prices = there.map(({ instance }) => instance?.pricePerHour ?? 0);
    return { nodes: there.length, pricePerHour: prices.reduce((a, b) => a + b, 0) };
  };
  return { karpenter: sum(false), outside: sum(true), pods, pending, actions };
}
