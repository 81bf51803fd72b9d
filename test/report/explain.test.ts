import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { nodePoolRecord } from '../../src/analysis/nodepool-record.js';
import { nodeStandings } from '../../src/analysis/node-standings.js';
import { karpenterMetrics } from '../../src/analysis/karpenter-metrics.js';
import { runFacts } from '../../src/analysis/run-facts.js';
import { explainNode, explainNodes } from '../../src/report/terminal/explain-node.js';
import { explainNodePool } from '../../src/report/terminal/explain-nodepool.js';
import { paletteOf } from '../../src/report/terminal/palette.js';
import type { EventLog, EventPayloads } from '../../src/simulation/event-log.js';
import { LogBuilder } from '../analysis/log-builder.js';

const plain = paletteOf(new Chalk({ level: 0 }));

const POOL: EventPayloads['NodePoolApplied'] = {
  nodePool: 'general',
  consolidationPolicy: 'WhenEmptyOrUnderutilized',
  consolidateAfter: 30_000,
  expireAfter: 3_600_000,
  budgets: [{ nodes: '10%', reasons: [], schedule: '', durationMs: 0 }],
  limits: { cpu: 8000 },
  startupTaints: [],
  replicas: -1,
};

/** `node-a`, Consolidatable from 70 s on, with reasons of the single-node method. */
function log(...reasons: readonly Partial<EventPayloads['DisruptionBlocked']>[]): EventLog {
  const builder = new LogBuilder()
    .at(0, 'NodePoolApplied', POOL)
    .claimed(5, 'a')
    .launched(10, 'a')
    .joined(30, 40, 'a')
    .at(70, 'ConditionChanged', {
      nodeClaim: 'a',
      node: 'node-a',
      condition: 'Consolidatable',
      status: true,
      reason: '',
    });
  for (const [i, reason] of reasons.entries()) {
    builder.at(80 + i * 10, 'DisruptionBlocked', {
      node: 'node-a',
      method: 'single',
      code: '',
      event: 'Unconsolidatable',
      message: '',
      detail: {},
      ...reason,
    });
  }
  return builder.at(100, 'ConsolidationPaused', { candidates: 1 }).end(600);
}

function atSecond(events: EventLog, seconds: number): string {
  const [found] = nodeStandings(events);
  if (found === undefined) throw new Error('no node');
  return explainNode(events, runFacts(events), found, seconds * 1000, plain);
}

const NOT_CHEAPER = {
  code: 'not-cheaper',
  message: "Can't replace with a cheaper node",
  detail: { price: 0.0832, cheapest: 0.085 },
};

describe('a node at a moment', () => {
  it('has its reason with the numbers, and Karpenter’s event about it', () => {
    expect(atSecond(log(NOT_CHEAPER), 300)).toBe(`node-a (NodeClaim a)
  NodePool general: c5.large spot in us-east-1a, $0.0400/h
  created 00:00:05, launched 00:00:10, registered 00:00:30, initialized 00:00:40

At 00:05:00: running, since 00:01:20
  - no cheaper type: needs less than $0.0832/h, the cheapest that fits may cost $0.0850/h
    Karpenter's event: Unconsolidatable: Can't replace with a cheaper node
`);
  });

  it('has the time until which it is not Consolidatable', () => {
    expect(atSecond(log(), 50)).toContain(
      '- not Consolidatable until 00:01:10: consolidateAfter of 30 s counts from its initialization at\n    00:00:40',
    );
  });

  it('has the reason why nobody looks at it', () => {
    expect(atSecond(log(), 75)).toContain('that consolidation has not judged since: it looks every 10 s');
    expect(atSecond(log(), 300)).toContain('at 00:01:40 it found\n    nothing to do');
  });

  it('has the budget that is exhausted, by metric, and by event where it allows nothing', () => {
    const exhausted = (allowed: number, disrupting: number): EventLog =>
      log({
        code: 'budget-exhausted',
        event: '',
        message: 'No allowed disruptions for disruption reason Underutilized due to blocking budget',
        detail: { reason: 'Underutilized', nodePool: 'general', allowed, nodes: 12, disrupting, budget: '0' },
      });
    const text = atSecond(exhausted(0, 0), 300);
    expect(text).toContain('Underutilized allows 0 of 12 nodes');
    expect(text).toContain("Karpenter's event on the NodePool: DisruptionBlocked: No allowed disruptions");
    expect(text).toContain(
      '    karpenter_nodepools_allowed_disruptions{nodepool="general",reason="Underutilized"} 0\n',
    );
    expect(atSecond(exhausted(2, 2), 300)).not.toContain("Karpenter's event");
  });
});

describe('the list of nodes', () => {
  it('has a line a node within 100 columns, by NodePool', () => {
    const events = log(NOT_CHEAPER);
    const text = explainNodes(events, runFacts(events), nodeStandings(events), 300_000, plain);
    expect(text).toBe(`1 node at Wed 2026-07-01 00:05:00 UTC

general
  node-a  c5.large spot  needs < $0.0832/h, cheapest is $0.0850/h
`);
  });
});

describe('a NodePool', () => {
  it('tells limits reached, launches failed, what can never be consolidated, and the metrics', () => {
    const events = new LogBuilder()
      .at(0, 'NodePoolApplied', { ...POOL, startupTaints: ['cni:NoExecute'] })
      .created(1, 'bank/p')
      .at(2, 'FailedScheduling', { pod: 'bank/p', code: 'limits-exceeded', message: '', limited: ['general'] })
      .claimed(5, 'a')
      .at(6, 'LaunchFailed', { nodeClaim: 'a', nodePool: 'general', reason: 'no capacity' })
      .claimed(7, 'b')
      .launched(10, 'b')
      .at(30, 'NodeRegistered', { node: 'node-b', nodeClaim: 'b', nodePool: 'general' })
      .at(40, 'NodeReady', { node: 'node-b' })
      .at(40, 'NodeNotInitialized', {
        node: 'node-b',
        nodeClaim: 'b',
        reason: 'StartupTaintsExist',
        waitsFor: 'cni:NoExecute',
      })
      .end(3600);
    const record = nodePoolRecord(events, nodeStandings(events), 'general', 3_600_000);
    if (record === undefined) throw new Error('no record');
    const text = explainNodePool(runFacts(events), record, karpenterMetrics(events, 'general'), plain);
    expect(text).toContain('Limits: 1 pod found no room under them, from 00:00:02 to 00:00:02.');
    expect(text).toContain('  1 time, 00:00:06 to 00:00:06: no capacity');
    expect(text).toContain('  node-b, for 1h00m: not-initialized (cni:NoExecute)');
    expect(text).toContain('  karpenter_nodeclaims_created_total{nodepool="general",reason="provisioned"} 2');
  });
});
