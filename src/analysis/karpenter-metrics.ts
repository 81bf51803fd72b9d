import type { EventLog } from '../simulation/event-log.js';
import { eventsOfType } from './events-of-type.js';
import { nodeHistories } from './node-history.js';

/** A counter as Karpenter would export it at the end of the run. */
export interface MetricSample {
  /** With its `karpenter_` prefix and labels, as in an exposition. */
  readonly series: string;
  readonly value: number;
}

/** v1.14.1's consolidation_type by method. */
const TYPE_OF_METHOD: Readonly<Record<string, string>> = { emptiness: 'empty', multi: 'multi', single: 'single' };

/** v0.32.0's `method/action` by method, and its consolidation_type. */
const METHOD_V0: Readonly<Record<string, readonly [method: string, type: string]>> = {
  expiration: ['expiration', ''],
  drift: ['drift', ''],
  emptiness: ['emptiness', ''],
  'empty-consolidation': ['consolidation', 'empty'],
  multi: ['consolidation', 'multi'],
  single: ['consolidation', 'single'],
};

/** Reasons of deletions that no command led to, as labels have them (disruption.md §14.1). */
const LABEL_OF_CAUSE_V1: Readonly<Record<string, string>> = {
  expiration: 'expired',
  interruption: 'spot_interrupted',
  'insufficient-capacity': 'insufficient_capacity',
  liveness: 'registration_timeout',
  'garbage-collection': 'garbage_collected',
  unhealthy: 'unhealthy',
};

class Counters {
  readonly #values = new Map<string, number>();

  add(name: string, labels: Readonly<Record<string, string>>): void {
    const text = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
    const series = `karpenter_${name}{${text.join(',')}}`;
    this.#values.set(series, (this.#values.get(series) ?? 0) + 1);
  }

  samples(): readonly MetricSample[] {
    return [...this.#values]
      .map(([series, value]) => ({ series, value }))
      .sort((a, b) => (a.series < b.series ? -1 : 1));
  }
}

/** What Karpenter's own counters about disruption would show for a NodePool at the end of a run, by its version's names. */
export function karpenterMetrics(log: EventLog, nodePool: string): readonly MetricSample[] {
  const [first] = log;
  return first?.type === 'RunStarted' && first.karpenterVersion === 'v0.32.0'
    ? metricsV0(log, nodePool)
    : metricsV1(log, nodePool);
}

/** Reason of the command that a node or replacement belongs to. */
function commandsByNode(
  log: EventLog,
): ReadonlyMap<string, { readonly method: string; readonly reason: string; readonly decision: string }> {
  const commands = new Map<string, { method: string; reason: string; decision: string }>();
  for (const event of eventsOfType(log, 'DisruptionCommand')) {
    for (const name of [...event.nodes, ...event.replacements]) commands.set(name, event);
  }
  return commands;
}

function metricsV1(log: EventLog, nodePool: string): readonly MetricSample[] {
  const counters = new Counters();
  const commands = commandsByNode(log);
  const capacityType = new Map(
    nodeHistories(log).map(({ nodeClaim, instance }) => [nodeClaim, instance?.capacityType ?? '']),
  );
  const poolOf = new Map<string, string>();
  for (const event of log) {
    switch (event.type) {
      case 'NodeClaimCreated': {
        poolOf.set(event.nodeClaim, event.nodePool);
        if (event.nodePool !== nodePool || event.by === 'start-state') break;
        const reason = event.by === 'provisioner' ? 'provisioned' : commands.get(event.nodeClaim)?.reason.toLowerCase();
        counters.add('nodeclaims_created_total', { nodepool: nodePool, reason: reason ?? '' });
        break;
      }
      case 'NodeClaimDeleting': {
        if (poolOf.get(event.nodeClaim) !== nodePool) break;
        const type = capacityType.get(event.nodeClaim) ?? '';
        const cause = event.by === 'liveness' && type === '' ? 'launch_timeout' : LABEL_OF_CAUSE_V1[event.by];
        const reason = event.by === 'disruption' ? commands.get(event.node)?.reason.toLowerCase() : cause;
        if (reason === undefined) break;
        counters.add('nodeclaims_disrupted_total', { nodepool: nodePool, reason, capacity_type: type });
        break;
      }
      case 'DisruptionCommand':
        if (!event.nodePools.includes(nodePool)) break;
        counters.add('voluntary_disruption_decisions_by_nodepool_total', {
          nodepool: nodePool,
          decision: event.decision,
          reason: event.reason.toLowerCase(),
          consolidation_type: TYPE_OF_METHOD[event.method] ?? '',
        });
        break;
      default:
    }
  }
  return counters.samples();
}

function metricsV0(log: EventLog, nodePool: string): readonly MetricSample[] {
  const counters = new Counters();
  const commands = commandsByNode(log);
  const poolOf = new Map<string, string>();
  const reasonOf = (name: string): string | undefined => {
    const command = commands.get(name);
    return command && `${METHOD_V0[command.method]?.[0] ?? ''}/${command.decision}`;
  };
  for (const event of log) {
    switch (event.type) {
      case 'NodeClaimCreated': {
        poolOf.set(event.nodeClaim, event.nodePool);
        if (event.nodePool !== nodePool || event.by === 'start-state') break;
        const reason = event.by === 'provisioner' ? 'provisioning' : reasonOf(event.nodeClaim);
        counters.add('nodeclaims_created', { nodepool: nodePool, reason: reason ?? '' });
        break;
      }
      case 'NodeClaimDeleting': {
        if (poolOf.get(event.nodeClaim) !== nodePool) break;
        const reason = event.by === 'disruption' ? reasonOf(event.node) : event.by.replace('-', '_');
        counters.add('nodeclaims_terminated', { nodepool: nodePool, reason: reason ?? '' });
        break;
      }
      case 'DisruptionCommand': {
        if (!event.nodePools.includes(nodePool)) break;
        const [method = '', type = ''] = METHOD_V0[event.method] ?? [];
        counters.add('disruption_actions_performed_total', {
          action: event.decision,
          method,
          consolidation_type: type,
        });
        break;
      }
      default:
    }
  }
  return counters.samples();
}
