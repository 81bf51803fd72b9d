import { eventsOfType } from '../../analysis/events-of-type.js';
import type { RunAnalysis } from '../../analysis/run-analysis.js';
import type { LogEvent } from '../../simulation/event-log.js';
import { decimal, whole } from './figures.js';
import type { Palette } from './palette.js';
import { alignedTable } from './table.js';
import { WIDTH, wrap } from './wrap.js';

type NodeGroup = Extract<LogEvent, { readonly type: 'NodeGroupDefined' }>;

/** The node groups of a baseline: what they are made of, what they serve, and where their sizes come from. */
export function nodeGroupsText({ log }: RunAnalysis, palette: Palette): string {
  const groups = eventsOfType(log, 'NodeGroupDefined');
  if (groups.length === 0) return palette.title('Node groups: none');
  const head = ['node group', 'types', 'bought', 'nodes', 'priority'].map(palette.aside);
  const rows = groups.map((group) => [
    group.nodeGroup,
    types(group.instanceTypes),
    group.capacityType,
    size(group),
    group.priority === 0 ? '' : decimal(group.priority),
  ]);
  const reasons = [...new Set(groups.map(({ why }) => why))].map((why) => {
    const [first, ...others] = groups.filter((group) => group.why === why);
    return `${others.length === 0 ? (first?.nodeGroup ?? '') : `${others.length + 1} groups`}: ${why}.`;
  });
  return [
    palette.title('Node groups'),
    alignedTable([head, ...rows], 3),
    ...reasons.map((text) => palette.aside(wrap(text, WIDTH, '  ', '    '))),
  ].join('\n');
}

function types(names: readonly string[]): string {
  const [first = '', ...others] = names;
  return others.length === 0 ? first : `${first} +${others.length}`;
}

function size({ minSize, maxSize }: NodeGroup): string {
  return minSize === maxSize ? whole(minSize) : `${whole(minSize)}–${whole(maxSize)}`;
}
