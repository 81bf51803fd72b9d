import type { ChalkInstance } from 'chalk';
import type { BelowBudget } from '../../analysis/below-budget.js';
import type { Rollout, Stretch } from '../../analysis/rollout.js';
import type { DeclaredChange, NodeClassChange, SimulatedRollout } from '../../experiment/rollout.js';
import type { NodePoolChange } from '../../karpenter/nodepool-change.js';
import { clock, count, dollars, duration, hourly, moment, whole } from './figures.js';
import { paletteOf, type Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

/** What happens while a changed NodePool takes effect: what drifts, the timeline, and the run with and without the change. */
export function rolloutStory(
  { spec, file, change, rollout, notes }: SimulatedRollout,
  chalk: ChalkInstance,
  shown: (file: string) => string,
): string {
  const palette = paletteOf(chalk);
  const { startTimeMs } = spec;
  const title =
    `${spec.name}: ${shown(file)} applied on ${moment(startTimeMs + rollout.atMs)} UTC, ` +
    `Karpenter ${spec.settings.version}, seed ${spec.seed}`;
  const lines = [...changeLines(change), ...outcome(rollout, change, startTimeMs)];
  const parts = [
    [palette.title(title), '', ...lines.map((text) => wrap(text, WIDTH, '  ', '    '))].join('\n'),
    timeline(rollout, startTimeMs, palette),
    comparison(rollout, startTimeMs, palette),
    closing(rollout),
  ];
  if (notes.length > 0) {
    parts.push([palette.title('Notes'), ...notes.map((text) => wrap(text, WIDTH, '  - ', '    '))].join('\n'));
  }
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function changeLines({ nodePools, nodeClasses, driftGateOff, drifting }: DeclaredChange): readonly string[] {
  const lines = [
    ...nodePools.map((pool) => nodePoolLine(pool, driftGateOff)),
    ...nodeClasses.map((nodeClass) => nodeClassLine(nodeClass, driftGateOff)),
  ];
  const wouldDrift = nodePools.some(({ drifts }) => drifts !== 'none') || nodeClasses.some(({ drifts }) => drifts);
  if (driftGateOff && wouldDrift) {
    lines.push(
      'Nothing drifts: v0.32.0 has drift behind the feature gate Drift, which is off here (karpenter.featureGates.Drift).',
    );
  } else if (drifting.size === 0) {
    const only = [...new Set(nodePools.flatMap(({ fields }) => fields.map(section)))];
    lines.push(
      only.length === 0
        ? 'Nothing drifts: no NodePool of the scenario changes.'
        : `Nothing drifts: only ${only.join(' and ')} changed. Nodes stay as they are; the new values hold from now on.`,
    );
  }
  return lines;
}

/** `spec.disruption.budgets` → `spec.disruption`; fields of the template by their whole path. */
function section(field: string): string {
  return /^spec\.[a-z]+/.exec(field)?.[0] ?? field;
}

function nodePoolLine({ nodePool, kind, fields, drifts }: NodePoolChange, gateOff: boolean): string {
  const word = gateOff ? 'would drift' : undefined;
  if (kind === 'added') return `NodePool ${nodePool} is new: an addition, of which nothing can drift.`;
  if (kind === 'unchanged') return `NodePool ${nodePool} is unchanged.`;
  const effect = {
    all: `every node of it ${word ?? 'drifts'}`,
    unmatched: `nodes ${word ?? 'drift'} that do not satisfy the new requirements`,
    none: 'none of its nodes drift',
  }[drifts];
  return `NodePool ${nodePool}: ${fields.join(', ')} changed; ${effect}.`;
}

function nodeClassLine({ nodeClass, kind, drifts }: NodeClassChange, gateOff: boolean): string {
  if (kind === 'added') return `EC2NodeClass ${nodeClass} is new.`;
  if (drifts)
    return `EC2NodeClass ${nodeClass} changed: every node launched with it ${gateOff ? 'would drift' : 'drifts'}.`;
  return kind === 'unchanged'
    ? `EC2NodeClass ${nodeClass} is unchanged.`
    : `EC2NodeClass ${nodeClass} changed in fields that drift no node.`;
}

function outcome(rollout: Rollout, { drifting }: DeclaredChange, startTimeMs: number): readonly string[] {
  const { atMs, driftedNodes, doneMs, leftAtEnd, byReason, maxDisruptedAtOnce } = rollout;
  if (drifting.size === 0) return [];
  if (driftedNodes === 0) return ['No node drifted: there was none of the old spec that the new one does not fit.'];
  const reasons = Object.entries(byReason)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([reason, nodes]) => `${whole(nodes)} ${reason}`)
    .join(', ');
  const end =
    doneMs === undefined
      ? `${whole(leftAtEnd)} of ${count(driftedNodes, 'node')} of the old spec ${leftAtEnd === 1 ? 'is' : 'are'} left when the run ends`
      : `after ${duration((doneMs - atMs) / 1000)}, at ${clock(startTimeMs + doneMs)}, ` +
        (driftedNodes === 1
          ? 'the one node of the old spec is gone'
          : `none of the ${whole(driftedNodes)} nodes of the old spec is left`);
  return [
    `${end.charAt(0).toUpperCase()}${end.slice(1)}; at most ${whole(maxDisruptedAtOnce)} on the way out at once.`,
    ...(reasons === '' ? [] : [`Why they went: ${reasons}.`]),
  ];
}

function timeline({ steps, driftedNodes }: Rollout, startTimeMs: number, palette: Palette): string {
  // Without drift there is nothing old among the nodes of the changed NodePools.
  const only = driftedNodes === 0;
  const head = [
    '',
    ...(only ? ['their nodes'] : ['old nodes', 'new nodes', 'leaving']),
    'pods evicted',
    'pending',
    '$/h',
    'without',
  ];
  const rows = steps.map((step) => [
    clock(startTimeMs + step.fromMs),
    ...(only ? [step.newNodes] : [step.oldNodes, step.newNodes, step.disrupted]).map(whole),
    whole(step.podsEvicted),
    whole(step.podsPending),
    hourly(step.perHour),
    hourly(step.perHourWithout),
  ]);
  return [
    alignedTable([head.map(palette.aside), ...rows], 1),
    palette.aside(
      `  nodes (changed NodePools) and $/h at that time; ${only ? '' : 'leaving and '}pending: most until the next line`,
    ),
  ].join('\n');
}

function comparison({ atMs, toMs, withChange, without }: Rollout, startTimeMs: number, palette: Palette): string {
  const row = (label: string, of: (stretch: Stretch) => string): string[] => [
    palette.aside(label),
    of(withChange),
    of(without),
  ];
  const rows = [
    [`${moment(startTimeMs + atMs)} to ${moment(startTimeMs + toMs)}`, 'with the change', 'without it'].map(
      palette.aside,
    ),
    row('pods evicted from nodes', ({ podsEvicted }) => whole(podsEvicted)),
    row('evictions refused by a PDB', ({ evictionsBlocked }) => whole(evictionsBlocked)),
    row('pending p50', ({ pendingSeconds }) => duration(pendingSeconds.p50)),
    row('pending p99', ({ pendingSeconds }) => duration(pendingSeconds.p99)),
    row('pending max', ({ pendingSeconds }) => duration(pendingSeconds.max)),
    row('time below a PDB', ({ belowBudget }) => duration(belowBudget.reduce((sum, { seconds }) => sum + seconds, 0))),
    row('nodes at once', ({ maxNodes }) => whole(maxNodes)),
    row('cost', ({ cost }) => dollars(cost)),
  ];
  return alignedTable(rows, 1);
}

function closing({ withChange, without, extraCostOfRun }: Rollout): string {
  const texts = [
    `Extra cost: ${signed(withChange.cost - without.cost)} in this time, ${signed(extraCostOfRun)} over the whole run; both runs have the same luck.`,
    ...withChange.belowBudget.map(belowLine),
    'Karpenter takes no time to think in this model: on large clusters its own passes add to these times.',
  ];
  return texts.map((text) => wrap(text, WIDTH, '  ', '    ')).join('\n');
}

function belowLine({ budget, seconds, fewestReady, wanted }: BelowBudget): string {
  return `PodDisruptionBudget ${budget} was not met for ${duration(seconds)}: at worst ${whole(fewestReady)} ready of ${whole(wanted)} wanted.`;
}

function signed(value: number): string {
  return value < 0 ? `-${dollars(-value)}` : `+${dollars(value)}`;
}
