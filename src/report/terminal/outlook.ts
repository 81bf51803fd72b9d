import type { Outlook, OutlookAction } from '../../analysis/outlook.js';
import { clock, count, dollars, whole } from './figures.js';
import type { Palette } from './palette.js';
import { WIDTH, wrap } from './wrap.js';

const METHOD_WORDS: Readonly<Record<string, string>> = {
  emptiness: 'Emptiness',
  'static-drift': 'Drift of static NodePools',
  drift: 'Drift',
  multi: 'Multi-node consolidation',
  single: 'Single-node consolidation',
  expiration: 'Expiration',
  'empty-consolidation': 'Consolidation of empty nodes',
};

const NAMED_NODES = 3;
const NAMED_TYPES = 3;

/** What runs when the run begins, and what Karpenter would do about it now; the first lines of a run with a start state. */
export function outlookText(found: Outlook, startTimeMs: number, palette: Palette): string {
  const { karpenter, outside, pods, pending, actions } = found;
  const there =
    `${count(karpenter.nodes, 'node')} of Karpenter at ${dollars(karpenter.pricePerHour)} an hour` +
    (outside.nodes === 0 ? '' : `, ${whole(outside.nodes)} outside it at ${dollars(outside.pricePerHour)}`) +
    `; ${count(pods, 'pod')} bound${pending === 0 ? '' : `, ${whole(pending)} waiting`}`;
  const lines = actions.map((action) => wrap(actionText(action), WIDTH, '  - ', '    '));
  return [
    palette.title(`Now, at ${clock(startTimeMs)} UTC, Karpenter would do this`),
    wrap(`There are ${there}.`, WIDTH, '  ', '  '),
    ...(lines.length === 0 ? ['  Nothing: no node is empty, drifted, or cheaper to do without.'] : lines),
    ...(lines.length > 1 ? ['  It does the first, and looks at the cluster again.'] : []),
  ].join('\n');
}

function actionText({ method, decision, nodes, pods, replacements, savingsPerHour }: OutlookAction): string {
  const shown = nodes.slice(0, NAMED_NODES).join(', ') + (nodes.length > NAMED_NODES ? ', …' : '');
  const moved = pods === 0 ? '' : `, ${count(pods, 'pod')} ${pods === 1 ? 'moves' : 'move'}`;
  const by =
    decision === 'delete'
      ? `delete ${count(nodes.length, 'node')} (${shown})${moved}`
      : `replace ${count(nodes.length, 'node')} (${shown}) with ${replacements.map(replacementText).join(' and ')}${moved}`;
  const saved =
    savingsPerHour === 0
      ? ''
      : `: ${dollars(Math.abs(savingsPerHour))} an hour ${savingsPerHour > 0 ? 'less' : 'more'}`;
  return `${METHOD_WORDS[method] ?? method} would ${by}${saved}.`;
}

function replacementText({ nodePool, instanceTypes }: OutlookAction['replacements'][number]): string {
  const [first = 'any type', ...others] = instanceTypes;
  const more =
    others.length >= NAMED_TYPES ? ` or one of ${others.length} others` : others.map((name) => ` or ${name}`).join('');
  return `1 of NodePool ${nodePool} (${first}${more})`;
}
