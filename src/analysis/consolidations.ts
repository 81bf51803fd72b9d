import type { EventLog } from '../simulation/event-log.js';
import { commandReasonWord } from './disruption-words.js';

/** A node that consolidation chose, with what was known about it when the command was computed. */
export interface ConsolidatedNode {
  readonly node: string;
  /** Last pod event on the node as `status.lastPodEventTime` records it; v0.32.0 has no such field. */
  readonly lastPodEventMs?: number | undefined;
  /** When it became Consolidatable (v1) or Empty (v0.32.0). */
  readonly consolidatableMs?: number | undefined;
}

/** An executed command of consolidation: reason Underutilized or Empty. */
export interface ConsolidationCommand {
  readonly decision: 'delete' | 'replace';
  /** Before the validation delay; equal to `executedMs` where the method has none. */
  readonly computedMs: number;
  readonly executedMs: number;
  readonly nodes: readonly ConsolidatedNode[];
  /** NodeClaims created in place of the nodes. */
  readonly replacements: readonly string[];
}

/** Everything consolidation decided in a run. */
export interface Consolidations {
  readonly commands: readonly ConsolidationCommand[];
  /** Commands given up in validation. */
  readonly abandoned: readonly { readonly timeMs: number; readonly reason: string }[];
}

interface Proposal {
  readonly computedMs: number;
  readonly nodes: readonly ConsolidatedNode[];
}

/** Reads the consolidation commands of a log. */
export function consolidations(log: EventLog): Consolidations {
  const lastPodEvent = new Map<string, number>();
  const consolidatable = new Map<string, number>();
  const proposals = new Map<string, Proposal>();
  const abandoned: { timeMs: number; reason: string }[] = [];
  const commands: ConsolidationCommand[] = [];
  const known = (computedMs: number, nodes: readonly string[]): Proposal => ({
    computedMs,
    nodes: nodes.map((node) => ({
      node,
      lastPodEventMs: lastPodEvent.get(node),
      consolidatableMs: consolidatable.get(node),
    })),
  });

  for (const event of log) {
    switch (event.type) {
      case 'PodEventRecorded':
        lastPodEvent.set(event.node, event.timeMs);
        break;
      case 'ConditionChanged':
        if (event.condition !== 'Consolidatable' && event.condition !== 'Empty') break;
        if (event.status) consolidatable.set(event.node, event.timeMs);
        else consolidatable.delete(event.node);
        break;
      case 'DisruptionProposed':
        proposals.set(event.command, known(event.timeMs, event.nodes));
        break;
      case 'DisruptionAbandoned':
        abandoned.push({ timeMs: event.timeMs, reason: event.reason });
        break;
      case 'DisruptionCommand': {
        const reason = commandReasonWord(event.reason);
        if (reason !== 'Underutilized' && reason !== 'Empty') break;
        const proposal = proposals.get(event.command) ?? known(event.timeMs, event.nodes);
        commands.push({
          decision: event.decision,
          computedMs: proposal.computedMs,
          executedMs: event.timeMs,
          // Validation of emptiness may shrink a command to the nodes that are still empty (disruption.md §6.1).
          nodes: proposal.nodes.filter(({ node }) => event.nodes.includes(node)),
          replacements: event.replacements,
        });
        break;
      }
      default:
    }
  }
  return { commands, abandoned };
}
