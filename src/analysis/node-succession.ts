import type { EventLog } from '../simulation/event-log.js';
import { eventsOfType } from './events-of-type.js';
import type { NodeHistory } from './node-history.js';

/** A node that Karpenter took away and the node that came in its place. */
export interface Succession {
  readonly before: NodeHistory;
  readonly after: NodeHistory;
  /** When the first one's deletion began. */
  readonly timeMs: number;
  /** Why, in Karpenter's words. */
  readonly reason: string;
}

/** Without a replacement of its own, what its NodePool buys within this time takes a node's place. */
const PURCHASE_WINDOW_MS = 5 * 60_000;

/**
 * Pairs nodes with those that took their place: the replacement of their command, or else the next node that was bought for
 * their NodePool within five minutes and took nobody's place yet. A node that went without a successor is in no pair.
 */
export function nodeSuccessions(log: EventLog, nodes: readonly NodeHistory[]): readonly Succession[] {
  const byClaim = new Map(nodes.map((node) => [node.nodeClaim, node]));
  const replacementsOf = new Map<string, readonly string[]>();
  const taken = new Set<string>();
  for (const event of eventsOfType(log, 'DisruptionCommand')) {
    for (const node of event.nodes) replacementsOf.set(node, event.replacements);
    for (const replacement of event.replacements) taken.add(replacement);
  }
  const removed = nodes
    .filter(({ managed, instance, deletingMs }) => !managed && instance !== undefined && deletingMs !== undefined)
    .sort((a, b) => (a.deletingMs ?? 0) - (b.deletingMs ?? 0));
  const successions: Succession[] = [];
  for (const before of removed) {
    const timeMs = before.deletingMs ?? 0;
    const replacements = replacementsOf.get(before.node) ?? [];
    const after =
      replacements.length > 0
        ? byClaim.get(replacements[0] ?? '')
        : nodes.find(
            (node) =>
              node.nodePool === before.nodePool &&
              node.createdMs >= timeMs &&
              node.createdMs <= timeMs + PURCHASE_WINDOW_MS &&
              !taken.has(node.nodeClaim),
          );
    if (after?.instance === undefined) continue;
    taken.add(after.nodeClaim);
    successions.push({ before, after, timeMs, reason: before.reason ?? '' });
  }
  return successions;
}
