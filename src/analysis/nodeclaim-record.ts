import type { EventLog, EventPayloads } from '../simulation/event-log.js';

/** What a NodeClaim was made for, and the launches that failed. */
export interface NodeClaimRecord {
  readonly created: EventPayloads['NodeClaimCreated'];
  readonly failures: readonly {
    readonly timeMs: number;
    readonly reason: string;
    /** Codes of EC2's errors. */
    readonly codes: readonly string[];
  }[];
  /** Commands that it is the replacement of. */
  readonly commands: readonly string[];
}

/** Reads one NodeClaim's record; undefined when the run had none of that name. */
export function nodeClaimRecord(log: EventLog, nodeClaim: string): NodeClaimRecord | undefined {
  let created: EventPayloads['NodeClaimCreated'] | undefined;
  const failures: { timeMs: number; reason: string; codes: readonly string[] }[] = [];
  const commands: string[] = [];
  for (const event of log) {
    if (event.type === 'NodeClaimCreated' && event.nodeClaim === nodeClaim) created = event;
    else if (event.type === 'LaunchFailed' && event.nodeClaim === nodeClaim) {
      failures.push({ timeMs: event.timeMs, reason: event.reason, codes: event.codes ?? [] });
    } else if (event.type === 'DisruptionCommand' && event.replacements.includes(nodeClaim))
      commands.push(event.command);
  }
  return created && { created, failures, commands };
}
