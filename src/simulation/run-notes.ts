import type { Baseline } from '../baseline/baseline.js';
import type { FleetBatcher } from '../cloud/launch/fleet-batcher.js';
import { launchAdvice, NO_SUBNETS_ERROR } from '../cloud/launch/launch-advice.js';
import type { NoticeKind } from '../cloud/interruption/interruption-event.js';
import type { LatencyBasis } from '../cloud/launch/launch-latency.js';
import type { Commitment } from '../cloud/prices/commitment.js';
import type { DataSource } from '../cloud/prices/price-book.js';
import { readSavingsPlan } from '../cloud/prices/savings-plans.js';
import type { KarpenterVersion } from '../karpenter/settings.js';
import type { NodePool } from '../karpenter/nodepool.js';
import { formatTaint } from '../kubernetes/taints.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import type { RunLog } from './run-log.js';

/** What a reader of the results must know before they begin: unsupported input, sources, the author's remarks. */
export function logScenarioNotes(log: RunLog, spec: ScenarioSpec, sources: readonly DataSource[]): void {
  for (const text of spec.notes) log.append('Note', { code: 'scenario', text });
  for (const { file, line, path } of spec.unmodelled) {
    log.append('Note', { code: 'not-modelled', text: `${file}:${line}: ${path} is not modelled and has no effect` });
  }
  for (const { name, asOf, source } of sources) {
    log.append('Note', { code: 'prices', text: `${name} as of ${asOf}: ${source}` });
  }
  for (const { metadata, template } of spec.cluster.nodePools) {
    const staying = template.startupTaints.filter(({ key }) => spec.nodeStart.startupTaintMs[key] === undefined);
    if (staying.length === 0) continue;
    const taints = staying.map(formatTaint).join(', ');
    const text = `nodes of NodePool ${metadata.name} start with ${taints}, and nothing in this run removes it: they are never initialized, never consolidated, and expire or stay for ever; nodeStart.startupTaints says when a daemon removes a taint`;
    log.append('Note', { code: 'startup-taints', text });
  }
  const { persistentVolumeClaims, statefulSets } = spec.cluster;
  if (persistentVolumeClaims.length > 0 || statefulSets.some((set) => set.volumeClaimTemplates.length > 0)) {
    const text = 'volumes are never bound in a run: a claim that waits for its first consumer pins no zone afterwards';
    log.append('Note', { code: 'volumes', text });
  }
}

/** From so many candidates on the real controller's time limits are in reach: at a second a question it asks 180 in 3 minutes. */
const MANY_CANDIDATES = 100;

/**
 * That the disruption loop takes no time to think here, where it matters: the real one has time limits that a large cluster hits.
 *
 * @param mostCandidates most nodes that one method had to consider at once
 */
export function logThinkingTimeNote(log: RunLog, mostCandidates: number, version: KarpenterVersion): void {
  if (mostCandidates < MANY_CANDIDATES) return;
  const metric =
    version === 'v0.32.0'
      ? 'karpenter_disruption_consolidation_timeouts_total'
      : 'karpenter_voluntary_disruption_consolidation_timeouts_total';
  const text =
    `consolidation had up to ${mostCandidates} nodes to consider at once and took no time for it here; the real controller stops ` +
    `multi-node consolidation after 1 minute and single-node after 3 (${metric}), so in a cluster of this size it may find less, and later`;
  log.append('Note', { code: 'thinking-time', text });
}

/** What is committed to, at which rates and where they are from. */
export function logCommitment(log: RunLog, { plan, perHour }: Commitment): void {
  const { savings, source } = readSavingsPlan(plan);
  log.append('CommitmentBought', { plan, perHour: perHour ?? '', savings });
  log.append('Note', { code: 'prices', text: `${source.name} as of ${source.asOf}: ${source.source}` });
}

/** The node groups of a baseline, as it starts with them. */
export function logNodeGroups(log: RunLog, baseline: Baseline): void {
  const groups =
    baseline.kind === 'static'
      ? baseline.groups.map((group) => ({
          ...group,
          instanceTypes: [group.instanceType],
          minSize: group.count,
          maxSize: group.count,
          priority: 0,
        }))
      : baseline.groups;
  for (const group of groups) {
    log.append('NodeGroupDefined', {
      nodeGroup: group.name,
      nodePool: group.nodePool ?? '',
      instanceTypes: group.instanceTypes,
      capacityType: group.capacityType,
      zones: group.zones,
      taints: group.taints.map(formatTaint),
      minSize: group.minSize,
      maxSize: group.maxSize,
      priority: group.priority,
      why: group.why,
    });
  }
}

/** Which errors launches failed with, and what to look at: what a troubleshooting guide would say. */
export function logLaunchFailureNotes(
  log: RunLog,
  calls: FleetBatcher['figures'],
  withoutSubnets: ReadonlySet<string>,
): void {
  for (const name of withoutSubnets) {
    const text = `EC2NodeClass ${name} found no subnet for a time, and its NodePools launched nothing; look at ${launchAdvice(NO_SUBNETS_ERROR) ?? ''}`;
    log.append('Note', { code: 'launch-failure', text });
  }
  const times = new Map<string, number>();
  for (const event of log.events) {
    if (event.type !== 'LaunchFailed') continue;
    for (const code of event.codes ?? []) if (code !== NO_SUBNETS_ERROR) times.set(code, (times.get(code) ?? 0) + 1);
  }
  for (const [code, count] of times) {
    const advice = launchAdvice(code);
    const text =
      `${count} ${count === 1 ? 'launch' : 'launches'} failed with ${code}` +
      (code === 'RequestLimitExceeded' ? ` (${calls.requests} requests became ${calls.calls} calls)` : '') +
      (advice === undefined ? '' : `; look at ${advice}`);
    log.append('Note', { code: 'launch-failure', text });
  }
}

/** That Karpenter never heard of interruptions, and which setting it was. */
export function logUnheardNote(log: RunLog, unheard: ReadonlyMap<NoticeKind, number>, queue: string): void {
  const warnings = unheard.get('spot-interruption') ?? 0;
  const ends = unheard.get('instance-terminated') ?? 0;
  if (warnings + ends === 0) return;
  const parts = [
    ...(warnings > 0 ? [`${warnings} spot interruption ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    ...(ends > 0 ? [`${ends} sudden ${ends === 1 ? 'end' : 'ends'} of an instance`] : []),
  ];
  const why =
    queue === ''
      ? 'karpenter.interruptionQueue is empty, as it is unless Helm sets settings.interruptionQueue'
      : 'karpenter.interruptionEvents has no such event';
  const text = `Karpenter did not hear of ${parts.join(' and ')}: ${why}; no pod was moved before the machine went`;
  log.append('Note', { code: 'interruption-queue', text });
}

/** The settings of a NodePool that decide which nodes it has and how long. */
export function logNodePool(log: RunLog, { metadata, disruption, template, limits, replicas }: NodePool): void {
  log.append('NodePoolApplied', {
    nodePool: metadata.name,
    consolidationPolicy: disruption.consolidationPolicy,
    consolidateAfter: disruption.consolidateAfter ?? '',
    // v1beta1 has it beside the consolidation settings, v1 in the template.
    expireAfter: disruption.expireAfter ?? template.expireAfter,
    budgets: disruption.budgets.map(({ nodes, reasons, schedule, durationMs }) => ({
      nodes,
      reasons: reasons ?? [],
      schedule: schedule ?? '',
      durationMs: durationMs ?? 0,
    })),
    limits,
    startupTaints: template.startupTaints.map(formatTaint),
    replicas: replicas ?? -1,
  });
}

/** How many observed launches stand behind the latencies of the types that were used. */
export function logLatencyNotes(log: RunLog, bases: ReadonlyMap<string, LatencyBasis>): void {
  const typesByBasis = new Map<string, string[]>();
  for (const [type, { rows, description, extrapolated }] of bases) {
    const text = `${rows} observed launches${extrapolated ? ', a stated fallback' : ''}: ${description}`;
    const types = typesByBasis.get(text);
    if (types === undefined) typesByBasis.set(text, [type]);
    else types.push(type);
  }
  for (const [text, types] of typesByBasis) {
    log.append('Note', { code: 'launch-latency', text: `launch latency of ${types.join(', ')} from ${text}` });
  }
}
