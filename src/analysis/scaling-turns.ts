import type { EventLog } from '../simulation/event-log.js';
import { commandReasonWord } from './disruption-words.js';

/** How far apart the steps of one turn may be. */
const STEP_MS = 15 * 60_000;
/** Pods that the HPA adds are planned within a batch or two, or fit on nodes that are there. */
const PURCHASE_MS = 2 * 60_000;

/**
 * One turn of autoscaler against consolidation: the HPA takes replicas away, consolidation takes a node away on which they
 * ran, the HPA wants them back, and a node is bought for them. Times in ms since the start of the run.
 */
export interface ScalingTurn {
  readonly service: string;
  readonly downMs: number;
  readonly command: string;
  readonly commandMs: number;
  readonly node: string;
  readonly upMs: number;
  readonly boughtMs: number;
  readonly nodeClaim: string;
}

interface Waiting {
  readonly downMs: number;
  readonly taken?: { readonly command: string; readonly commandMs: number; readonly node: string } | undefined;
  readonly upMs?: number | undefined;
}

/** Finds the turns of a run, in order of their last step; each step follows the one before within 15 minutes, the purchase within two. */
export function scalingTurns(log: EventLog): readonly ScalingTurn[] {
  const turns: ScalingTurn[] = [];
  const waiting = new Map<string, Waiting>();
  const serviceOf = new Map<string, string>();
  /** When a pod of a service was last on a node. */
  const seen = new Map<string, Map<string, number>>();
  const touch = (node: string, pod: string, timeMs: number): void => {
    const service = serviceOf.get(pod);
    if (service === undefined || node === '') return;
    let services = seen.get(node);
    if (services === undefined) seen.set(node, (services = new Map<string, number>()));
    services.set(service, timeMs);
  };
  for (const event of log) {
    const { timeMs } = event;
    switch (event.type) {
      case 'PodCreated':
        if (!event.daemonSet) serviceOf.set(event.pod, event.service);
        break;
      case 'PodBound':
      case 'PodGone':
        touch(event.node, event.pod, timeMs);
        break;
      case 'ReplicasChanged': {
        if (event.by !== 'hpa') break;
        const { service } = event;
        const turn = waiting.get(service);
        if (event.to < event.from) waiting.set(service, { downMs: timeMs });
        else if (turn?.taken !== undefined && timeMs - turn.taken.commandMs <= STEP_MS) {
          waiting.set(service, { ...turn, upMs: timeMs });
        }
        break;
      }
      case 'DisruptionCommand': {
        const reason = commandReasonWord(event.reason);
        if (reason !== 'Underutilized' && reason !== 'Empty') break;
        for (const node of event.nodes) {
          for (const [service, lastMs] of seen.get(node) ?? []) {
            const turn = waiting.get(service);
            if (turn === undefined || turn.taken !== undefined) continue;
            if (timeMs - turn.downMs > STEP_MS || timeMs - lastMs > STEP_MS) continue;
            waiting.set(service, { ...turn, taken: { command: event.command, commandMs: timeMs, node } });
          }
        }
        break;
      }
      case 'NodeClaimCreated':
        if (event.by !== 'provisioner') break;
        for (const service of new Set(event.pods.map((pod) => serviceOf.get(pod) ?? ''))) {
          const turn = waiting.get(service);
          if (turn?.taken === undefined || turn.upMs === undefined || timeMs - turn.upMs > PURCHASE_MS) continue;
          const { downMs, taken, upMs } = turn;
          turns.push({ service, downMs, ...taken, upMs, boughtMs: timeMs, nodeClaim: event.nodeClaim });
          waiting.delete(service);
        }
        break;
      default:
    }
  }
  return turns;
}
