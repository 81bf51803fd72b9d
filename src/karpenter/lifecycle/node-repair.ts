import type { Node } from '../../kubernetes/node.js';
import type { NodeClaim } from '../nodeclaim.js';
import { isReady } from './garbage-collection.js';
import { TERMINATION_TIMESTAMP_ANNOTATION } from './markers.js';

/** The AWS provider lets a node be NotReady, or unheard of, for so long. */
const TOLERATION_MS = 30 * 60_000;
/** No repair while more than this share of the NodePool's nodes is unhealthy, rounded up. */
const MAX_UNHEALTHY_SHARE = 0.2;

/** A repair that is blocked is tried again after this time. */
export const REPAIR_RETRY_MS = 5 * 60_000;

/** When a node becomes due for repair, epoch ms; undefined while it is healthy (v1.14.1, gate NodeRepair). */
export function repairDueMs(node: Node): number | undefined {
  if (isReady(node)) return undefined;
  const ready = node.status.conditions.find(({ type }) => type === 'Ready');
  return ready && ready.lastTransitionTimeMs + TOLERATION_MS;
}

/** Whether too many of a NodePool's nodes are unhealthy: the fault may lie elsewhere. */
export function isRepairBlocked(nodes: readonly Node[]): boolean {
  const unhealthy = nodes.filter((node) => !isReady(node)).length;
  return unhealthy > Math.ceil(MAX_UNHEALTHY_SHARE * nodes.length);
}

/** The NodeClaim with its time up at once: its drain respects neither budgets nor do-not-disrupt. */
export function withTimeUp(nodeClaim: NodeClaim, nowMs: number): NodeClaim {
  const at = new Date(Math.floor(nowMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  const annotations = { ...nodeClaim.metadata.annotations, [TERMINATION_TIMESTAMP_ANNOTATION]: at };
  return { ...nodeClaim, metadata: { ...nodeClaim.metadata, annotations } };
}
