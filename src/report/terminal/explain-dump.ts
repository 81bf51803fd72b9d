import type { NodeVerdict } from '../../analysis/disruption-now.js';
import { count, dollars, whole } from './figures.js';
import type { Palette } from './palette.js';
import { WIDTH, wrap } from './wrap.js';

/** Every node of a dump with what Karpenter could do about it now, or why it stays; those that could go first. */
export function explainDump(verdicts: readonly NodeVerdict[], version: string, palette: Palette): string {
  const going = verdicts.filter(({ action }) => action !== undefined);
  const staying = verdicts.filter(({ action }) => action === undefined);
  const head = `${count(verdicts.length, 'node')} now, by Karpenter ${version}: ${whole(going.length)} could go, ${whole(staying.length)} stay`;
  const parts = [palette.title(head)];
  if (going.length > 0) {
    parts.push([palette.title('Could go, each asked about alone'), ...going.map(goingLine)].join('\n'));
  }
  const groups = new Map<string, NodeVerdict[]>();
  for (const verdict of staying) {
    const text = verdict.reason?.message ?? 'no method has a word for it';
    groups.set(text, [...(groups.get(text) ?? []), verdict]);
  }
  const lines = [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .flatMap(([text, own]) => [
      wrap(`${text}: ${count(own.length, 'node')}`, WIDTH, '  - ', '    '),
      wrap(own.map(({ node }) => node).join(', '), WIDTH, '    ', '    '),
    ]);
  if (lines.length > 0) parts.push([palette.title('Stay'), ...lines].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function goingLine({ node, instanceType, nodePool, pods, action }: NodeVerdict): string {
  const [first = '', ...others] = action?.instanceTypes ?? [];
  const replacement =
    first === '' ? '' : ` with ${first}${others.length === 0 ? '' : ` or one of ${others.length} others`}`;
  const saved = action?.savingsPerHour ?? 0;
  const text =
    `${node} (${instanceType}, ${nodePool}, ${count(pods, 'pod')}): ${action?.method ?? ''} would ` +
    `${action?.decision ?? ''} it${replacement}${saved === 0 ? '' : `, ${dollars(Math.abs(saved))} an hour ${saved > 0 ? 'less' : 'more'}`}`;
  return wrap(text, WIDTH, '  - ', '    ');
}
