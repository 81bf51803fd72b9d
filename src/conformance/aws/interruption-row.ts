import { statusFindings, type InstanceStatus, type StatusCheck } from '../../cloud/interruption/instance-status.js';
import { readInterruptionMessage } from '../../cloud/interruption/interruption-message.js';
import {
  interruptionReaction,
  TERMINATION_EVENT,
  type InterruptionReaction,
} from '../../cloud/interruption/interruption-reaction.js';
import { durationMs } from '../recorded-duration.js';
import { stableText } from '../stable-text.js';
import type { Verdict } from '../verdict.js';
import type { RecordedAccount, RecordedAnswers, RecordedMarks } from './recorded-account.js';

interface RecordedNode {
  readonly name: string;
  readonly instance: string;
  readonly type: string;
  readonly zone: string;
  readonly reservation?: string;
  /** False: there is no Node yet. */
  readonly node?: boolean;
  readonly deleting?: boolean;
  /** The NodeClaim lacks the labels of type, zone and reservation. */
  readonly unlabelled?: boolean;
}

interface RecordedCheck {
  readonly status: string;
  readonly since: string;
}

interface RecordedStatus {
  readonly instance: string;
  readonly instanceCheck?: RecordedCheck;
  readonly systemCheck?: RecordedCheck;
  readonly events?: readonly string[];
}

interface InterruptionCase extends RecordedAccount {
  readonly nodes: readonly RecordedNode[];
  readonly messages?: readonly string[];
  readonly statuses?: readonly RecordedStatus[];
}

/** A row of interruption.jsonl. */
interface InterruptionRow extends RecordedAnswers {
  readonly case: InterruptionCase;
}

/** Handles a row's messages and status checks and compares what becomes of its NodeClaims. */
export function checkInterruptionRow(row: unknown): Verdict {
  const { case: source, result, others = [] } = row as InterruptionRow;
  const got = new InterruptionRun(source).run();
  const right = [result, ...others].map(stableText);
  return { agreed: right.includes(stableText(got)), expected: result, got };
}

class InterruptionRun {
  readonly #deleted = new Set<string>();
  readonly #forceful = new Set<string>();
  readonly #marks: Set<string>;
  readonly #free: Map<string, number>;
  readonly #events: string[] = [];

  constructor(private readonly source: InterruptionCase) {
    this.#marks = new Set(source.unavailable.offerings);
    this.#free = new Map((source.reservations ?? []).map(({ id, free }) => [id, free]));
  }

  run(): unknown {
    const { messages = [], statuses = [], nodes } = this.source;
    for (const body of messages) {
      const message = readInterruptionMessage(body);
      for (const id of message?.instanceIds ?? []) {
        if (message !== undefined) this.#react(id, interruptionReaction(message.kind));
      }
    }
    for (const status of statuses) {
      for (const finding of statusFindings(statusOf(status))) {
        this.#react(status.instance, interruptionReaction(finding));
      }
    }
    const inOrder = (names: ReadonlySet<string>): string[] =>
      nodes.map(({ name }) => name).filter((name) => names.has(name));
    return {
      deleted: inOrder(this.#deleted),
      forceful: inOrder(this.#forceful),
      messagesDeleted: messages.length,
      unavailable: this.#unavailable(),
      reservations: Object.fromEntries(this.#free),
      events: this.#events.sort(),
    };
  }

  /** An instance that nobody knows is passed over. */
  #react(instanceId: string, reaction: InterruptionReaction): void {
    const node = this.source.nodes.find(({ instance }) => instance === instanceId);
    if (node === undefined) return;
    const { name, type, zone, reservation = '', deleting = false, unlabelled = false } = node;
    this.#publish(node, reaction.event);
    if (reaction.marksSpot && !unlabelled) this.#marks.add(`spot:${type}:${zone}`);
    if (reaction.emptiesReservation && !unlabelled && this.#free.has(reservation)) this.#free.set(reservation, 0);
    if (reaction.forceful) this.#forceful.add(name);
    if (!reaction.deletes || deleting || this.#deleted.has(name)) return;
    this.#deleted.add(name);
    this.#publish(node, TERMINATION_EVENT);
  }

  #publish({ name, node = true }: RecordedNode, reason: string): void {
    this.#events.push(`NodeClaim/${name} ${reason}`);
    if (node) this.#events.push(`Node/${name} ${reason}`);
  }

  #unavailable(): RecordedMarks {
    const { capacityTypes, subnets } = this.source.unavailable;
    const offerings = [...this.#marks].sort();
    return {
      ...(offerings.length > 0 && { offerings }),
      ...(capacityTypes !== undefined && { capacityTypes }),
      ...(subnets !== undefined && { subnets }),
    };
  }
}

function statusOf({ instance, instanceCheck, systemCheck, events = [] }: RecordedStatus): InstanceStatus {
  const check = (recorded: RecordedCheck | undefined): StatusCheck | undefined =>
    recorded && { status: recorded.status, forMs: durationMs(recorded.since) };
  return { instanceId: instance, instanceCheck: check(instanceCheck), systemCheck: check(systemCheck), events };
}
