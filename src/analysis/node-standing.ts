import type { EventPayloads } from '../simulation/event-log.js';
import type { NodeHistory } from './node-history.js';

/** What a node is in, from the NodeClaim to the instance's end. */
export type NodeState =
  /** The NodeClaim waits for the cloud. */
  | 'launching'
  /** The instance runs, its node has not registered. */
  | 'booting'
  /** Registered, not initialized. */
  | 'starting'
  | 'running'
  /** A command about it waits for its validation. */
  | 'proposed'
  /** A command holds it and waits for its replacements. */
  | 'disrupting'
  /** The NodeClaim is being deleted, pods are evicted. */
  | 'draining'
  /** Drained, the instance goes. */
  | 'terminating'
  | 'gone'
  /** A node of a managed group. */
  | 'managed';

/** Subject and numbers of a reason. Dollars an hour, epoch ms, counts. */
export type ReasonDetail = Readonly<Record<string, string | number | readonly string[]>>;

/** One reason why a node is not disrupted, or what it is in the middle of. */
export interface StayReason {
  /** A `FindingCode` of Karpenter's methods, or the name of a state. */
  readonly code: string;
  /** Since when it has held, ms since the start of the run. */
  readonly sinceMs: number;
  /** Method that looked at the node in vain; empty where no method is involved. */
  readonly method: string;
  /** Reason of Karpenter's event on the Node, empty where it publishes none. */
  readonly event: string;
  /** Message of that event; empty where it publishes none. */
  readonly message: string;
  readonly detail: ReasonDetail;
}

/** A stretch of a node's life during which its state and reasons did not change. */
export interface NodeStanding {
  readonly fromMs: number;
  /** Undefined while the run lasts. */
  readonly toMs?: number | undefined;
  readonly state: NodeState;
  /** The one that decides first. */
  readonly reasons: readonly StayReason[];
}

/** A node with its whole life in standings, without gaps. */
export interface NodeStandings {
  readonly node: NodeHistory;
  readonly standings: readonly NodeStanding[];
}

/** Settings of a NodePool as they stand in the log. */
export type NodePoolSettings = EventPayloads['NodePoolApplied'];

/** The standing at one moment; undefined before the NodeClaim was created and after it was gone. */
export function standingAt({ standings }: NodeStandings, timeMs: number): NodeStanding | undefined {
  let found: NodeStanding | undefined;
  for (const standing of standings) {
    if (standing.fromMs > timeMs) break;
    found = standing;
  }
  return found?.state === 'gone' ? undefined : found;
}
