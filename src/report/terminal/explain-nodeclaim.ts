import type { NodeClaimRecord } from '../../analysis/nodeclaim-record.js';
import { launchAdvice } from '../../cloud/launch/launch-advice.js';
import type { NodeStandings } from '../../analysis/node-standing.js';
import type { RunFacts } from '../../analysis/run-facts.js';
import type { EventLog } from '../../simulation/event-log.js';
import { formatAmountShort } from '../../kubernetes/quantity.js';
import { explainNode } from './explain-node.js';
import { clockSeconds, count } from './figures.js';
import type { Palette } from './palette.js';
import { WIDTH, wrap } from './wrap.js';

const SHOWN = 6;

/** What a NodeClaim was made for, what came of it, and why its node stayed. */
export function explainNodeClaim(
  log: EventLog,
  facts: RunFacts,
  record: NodeClaimRecord,
  standings: NodeStandings,
  palette: Palette,
): string {
  const { created, failures, commands } = record;
  const clock = (timeMs: number): string => clockSeconds(facts.startTimeMs + timeMs);
  const requests = Object.entries(created.requests).map(
    ([name, amount]) => `${name} ${formatAmountShort(name, amount)}`,
  );
  const lines = [
    `made by the ${created.by === 'provisioner' ? 'provisioner' : `disruption loop${commands[0] === undefined ? '' : ` for ${commands[0]}`}`} for ${count(created.pods.length, 'pod')}: ${listed(created.pods)}`,
    `asked for ${requests.join(', ')} from ${count(created.instanceTypes.length, 'instance type')}, cheapest first: ${listed(created.instanceTypes)}`,
    ...failures.map(({ timeMs, reason }) => `launch failed at ${clock(timeMs)}: ${reason}`),
    ...new Set(
      failures
        .flatMap(({ codes }) => codes.flatMap((code) => launchAdvice(code) ?? []))
        .map((advice) => `look at ${advice}`),
    ),
  ].map((text) => wrap(text, WIDTH, '  ', '    '));
  return (
    [palette.title(`NodeClaim ${created.nodeClaim}`), ...lines].join('\n') +
    '\n\n' +
    explainNode(log, facts, standings, undefined, palette)
  );
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
