import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/run-analysis.js';
import { summarise } from '../../src/analysis/summary.js';
import { ledgerCsv } from '../../src/report/ledger-csv.js';
import { loadScenario } from '../../src/scenario/load-scenario.js';
import { pricingDataCatalogue } from '../../src/scenario/pricing-data-catalogue.js';
import type { EventLog } from '../../src/simulation/event-log.js';
import { simulate } from '../../src/simulation/simulate.js';
import { ON_DEMAND_POOL, run } from '../simulation/small-cluster.js';
import { secondFold } from './second-fold.js';

const FOLDER = fileURLToPath(new URL('../../scenarios/', import.meta.url));
const SCENARIOS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.ya?ml$/.test(file) && /^(manifests|extends):/m.test(readFileSync(FOLDER + file, 'utf8')))
  .sort();

type Row = Readonly<Record<string, string>>;

const CENT = 0.01;
const DIMENSIONS = [
  ['node', 'byNode'],
  ['nodePool', 'byNodePool'],
  ['instanceType', 'byInstanceType'],
  ['zone', 'byZone'],
  ['capacityType', 'byCapacityType'],
  ['workload', 'byWorkload'],
] as const;

function expectSameBill(log: EventLog): void {
  const analysis = analyse(log);
  const { cost } = summarise(analysis);
  const rows = parse(ledgerCsv(analysis), { columns: true }) as readonly Row[];
  const second = secondFold(log);
  const nano = (row: Row): number => Math.round(Number(row['total']) * 1e9);
  // Every nano-dollar of the bill is in the ledger.
  expect(rows.reduce((sum, row) => sum + nano(row), 0)).toBe(Math.round(cost.bill * 1e9));
  expect(Object.values(cost.byWorkload).reduce((sum, dollars) => sum + Math.round(dollars * 1e9), 0)).toBe(
    Math.round(cost.bill * 1e9),
  );
  expect(Math.abs(second.total - cost.bill)).toBeLessThan(CENT);
  for (const [column, key] of DIMENSIONS) {
    const sums = new Map<string, number>();
    for (const row of rows) {
      if (row['workload'] === '(control plane)') continue;
      sums.set(row[column] ?? '', (sums.get(row[column] ?? '') ?? 0) + Number(row['total']));
    }
    expect([...sums.keys()].sort()).toEqual([...second[key].keys()].sort());
    for (const [name, dollars] of sums) {
      expect([name, Math.abs(dollars - (second[key].get(name) ?? NaN)) < CENT]).toEqual([name, true]);
    }
  }
}

describe('the ledger and a meter that is read every second', () => {
  it.each(SCENARIOS)('agree to the cent on the first 40 minutes of %s', (file) => {
    const { spec, problems } = loadScenario({ file: FOLDER + file, catalogue: pricingDataCatalogue() });
    if (spec === undefined) throw new Error(JSON.stringify(problems));
    const events = spec.events.filter(({ atMs }) => atMs < 2_400_000);
    expectSameBill(simulate({ ...spec, durationMs: 2_400_000, events }, { simulatorVersion: 'test' }).log);
  });

  it('leave what a commitment costs and covers to a line of its own', () => {
    const analysis = analyse(run({ scenario: 'prices: { commitment: { plan: savings-plan-1y } }\n' }));
    const { cost } = summarise(analysis);
    expect(cost.byWorkload['(commitment)']).toBe(cost.byComponent.commitment);
    expect(cost.byComponent.commitment).toBeLessThan(0);
    const sum = Object.values(cost.byWorkload).reduce((total, dollars) => total + Math.round(dollars * 1e9), 0);
    expect(sum).toBe(Math.round(cost.bill * 1e9));
  });

  it('agree on spot instances whose price moves and that EC2 takes back', () => {
    const log = run({
      duration: '8h',
      replicas: 3,
      nodePoolSpec: ON_DEMAND_POOL.replace('[on-demand]', '[spot]'),
      scenario: `spot: { interruptionMultiplier: 500 }
events:
  - { at: +20m, scale: { deployment: app/web, replicas: 1 } }
`,
    });
    const types = new Set(log.map(({ type }) => type));
    expect(types).toContain('SpotPriceChanged');
    expect(types).toContain('SpotInterruption');
    expectSameBill(log);
  });
});
