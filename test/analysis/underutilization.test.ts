import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disruptionLoop, loopAt } from '../../src/analysis/disruption-loop.js';
import { standingAt } from '../../src/analysis/node-standing.js';
import { nodeStandings } from '../../src/analysis/node-standings.js';
import type { KarpenterVersion } from '../../src/karpenter/settings.js';
import { reasonInShort } from '../../src/report/terminal/reason-in-short.js';
import { reasonWords } from '../../src/report/terminal/reason-words.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';

const ROOT = new URL('../../', import.meta.url).pathname;
const MINUTE = 60_000;

function evening(karpenterVersion: KarpenterVersion): EventLog {
  const file = join(ROOT, 'scenarios/underutilization.yaml');
  const { spec, problems } = loadScenario({ file, catalogue: pricingDataCatalogue(), karpenterVersion });
  if (spec === undefined) throw new Error(JSON.stringify(problems));
  return simulate(spec, { simulatorVersion: 'test' }).log;
}

describe.each<KarpenterVersion>(['v1.14.1', 'v0.32.0'])('the underutilization scenario, %s', (version) => {
  const log = evening(version);
  const all = nodeStandings(log);
  const endMs = log.at(-1)?.timeMs ?? 0;
  const activities = disruptionLoop(log);

  it('says of every node at every minute what it is in and why it is not disrupted', () => {
    const setting = { startTimeMs: 0, karpenterVersion: version };
    let answers = 0;
    for (let timeMs = 0; timeMs <= endMs; timeMs += MINUTE) {
      const loop = loopAt(activities, timeMs);
      for (const found of all) {
        const { createdMs, nodeClaimDeletedMs = Infinity } = found.node;
        const standing = standingAt(found, timeMs);
        expect(standing !== undefined, `${found.node.node} at ${timeMs}`).toBe(
          createdMs <= timeMs && timeMs < nodeClaimDeletedMs,
        );
        for (const reason of standing?.reasons ?? []) {
          for (const words of [
            reasonWords(reason, { ...setting, loop }),
            reasonInShort(reason, { ...setting, loop }),
          ]) {
            expect(words).not.toMatch(/undefined|NaN|Invalid|^$/);
          }
        }
        expect(standing?.reasons.length ?? 1).toBeGreaterThan(0);
        answers += standing === undefined ? 0 : 1;
      }
    }
    expect(answers).toBeGreaterThan(3500);
  });

  it('tells each life without gaps, and no standing twice in a row', () => {
    for (const { node, standings } of all) {
      expect(standings[0]?.fromMs).toBe(node.createdMs);
      for (const [i, standing] of standings.entries()) {
        const next = standings[i + 1];
        if (next !== undefined) expect(standing.toMs).toBe(next.fromMs);
        else expect(standing.toMs).toBeUndefined();
      }
    }
  });

  it('logs reasons only when they change: a sixth of the log at most', () => {
    const reasons = log.filter(({ type }) =>
      ['DisruptionBlocked', 'DisruptionUnblocked', 'ConsolidationPaused', 'NodeNotInitialized'].includes(type),
    );
    expect(reasons.length / log.length).toBeLessThan(1 / 6);
  });
});
