import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { InstanceTypeProvider } from '../../src/cloud/catalogue/instance-type-provider.js';
import { readInstanceTypeRecords } from '../../src/cloud/catalogue/instance-type-record.js';
import { DEFAULT_RECLAIM_MODEL, SpotReclaims } from '../../src/cloud/interruption/spot-reclaims.js';
import { Fleet } from '../../src/cloud/launch/fleet.js';
import type { LaunchRequest } from '../../src/cloud/launch/launch-request.js';
import { RandomShortages } from '../../src/cloud/launch/random-shortages.js';
import { SpotDepths } from '../../src/cloud/launch/spot-depth.js';
import { UnavailableOfferings } from '../../src/cloud/launch/unavailable-offerings.js';
import { readPriceBook } from '../../src/cloud/prices/price-book.js';
import { providerProfile } from '../../src/cloud/provider-profile.js';
import { findZones } from '../../src/cloud/zones.js';
import { RandomStreams } from '../../src/kernel/random-streams.js';
import { MANAGED_NODE_CLASS } from '../../src/simulation/managed-node-class.js';
import { runSuite } from '../run-suite.js';

const SOURCES = new URL('../../src/', import.meta.url).href;
const REGION = 'us-east-1';
const ZONES = findZones(REGION, ['us-east-1a', 'us-east-1b', 'us-east-1c']);
const YEAR_MS = 365 * 24 * 3_600_000;
/** Prices take a step about this often. */
const STEP_MS = 6 * 3_600_000;
const LAUNCHES = 100;

/** The whole catalogue with its prices, as a run over all types begins. */
function load(): unknown {
  const records = readInstanceTypeRecords();
  const prices = readPriceBook({ region: REGION });
  assert.equal(records.length, 1336);
  assert.equal(prices.onDemand('m5.large'), 0.096);
  assert.equal(prices.spotAdvice.size, 894);
  return records;
}

/** Peak memory of a process that does nothing but load, beyond one that imports the same and loads nothing. */
function megabytesOfLoading(): number {
  const code = (loads: boolean): string =>
    `import { readInstanceTypeRecords } from '${SOURCES}cloud/catalogue/instance-type-record.js';
     import { readPriceBook } from '${SOURCES}cloud/prices/price-book.js';
     globalThis.kept = ${loads} ? [readInstanceTypeRecords(), readPriceBook({ region: '${REGION}' })] : [];
     console.log(process.resourceUsage().maxRSS * 1024);`;
  const peak = (loads: boolean): number =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', code(loads)], { encoding: 'utf8' }));
  return (peak(true) - peak(false)) / 2 ** 20;
}

/** Launches of NodeClaims that may become any of 60 types in three zones, spot or on-demand. */
function launches(): () => unknown {
  const profile = providerProfile('v1.14.1');
  const streams = new RandomStreams('bench');
  const prices = readPriceBook({ region: REGION, streams });
  const names = readInstanceTypeRecords()
    .map(({ name }) => name)
    .filter((name) => /^[cmr]\d[a-z]*\.\d*x?large$/.test(name) && prices.spot(name, 'us-east-1a') !== undefined)
    .slice(0, 60);
  assert.equal(names.length, 60);
  const unavailable = new UnavailableOfferings(profile);
  const provider = new InstanceTypeProvider(
    {
      profile,
      records: readInstanceTypeRecords(names),
      nodeClass: MANAGED_NODE_CLASS,
      settings: { vmMemoryOverheadPercent: 0.075, reservedENIs: 0 },
      region: REGION,
      zones: ZONES,
      prices,
    },
    unavailable,
  );
  const fleet = new Fleet({ profile, unavailable, capacity: [], depths: new SpotDepths(prices.spotAdvice, streams) });
  const request: LaunchRequest = {
    requests: { cpu: 500, memory: 2 ** 30, pods: 1 },
    hasMinValues: false,
    admitsType: () => true,
    admitsOffering: () => true,
    admitsCapacityType: (capacityType) => capacityType !== 'reserved',
    admitsZone: () => true,
  };
  let first: string | undefined;
  return () => {
    const chosen: string[] = [];
    for (let i = 0; i < LAUNCHES; i++) {
      const outcome = fleet.launch(provider.list(0), request, 0, new RandomStreams('luck').stream(`launch/${i}`));
      assert(outcome.outcome === 'launched' && outcome.offering.capacityType === 'spot');
      assert.equal(outcome.plan.steps[0]?.after.length, 60);
      chosen.push(`${outcome.type.name}/${outcome.offering.zone}`);
    }
    first ??= chosen.join();
    assert.equal(chosen.join(), first);
    return chosen;
  };
}

/** A year of prices, reclaims and shortages of a hundred pools, looked at as often as prices step. */
function spotYear(): unknown {
  const streams = new RandomStreams('year');
  const prices = readPriceBook({ region: REGION, streams });
  const types = [...prices.spotAdvice.keys()]
    .filter((type) => prices.spot(type, 'us-east-1a') !== undefined)
    .slice(0, 34);
  const pools = types.flatMap((type) => ZONES.map(({ name }) => ({ type, zone: name }))).slice(0, 100);
  assert.equal(pools.length, 100);
  const reclaims = new SpotReclaims(prices.spotAdvice, streams, { ...DEFAULT_RECLAIM_MODEL, multiplier: 10 });
  const shortages = new RandomShortages(streams, { spot: { perMonth: 4, meanDurationMs: 30 * 60_000 } });
  let empty = 0;
  let changes = 0;
  for (const { type, zone } of pools) {
    let price = 0;
    for (let atMs = 0; atMs < YEAR_MS; atMs += STEP_MS) {
      const now = prices.spot(type, zone, atMs) ?? NaN;
      assert(now > 0);
      if (now !== price) changes++;
      price = now;
      const pool = { instanceType: type, zone, capacityType: 'spot' as const };
      if (reclaims.isExhausted(pool, atMs) || shortages.isExhausted(pool, atMs)) empty++;
    }
  }
  // A step at every look, and a few looks in a hundred that find a pool empty.
  assert(changes > 100_000 && changes < 150_000, `${changes} changes of price`);
  assert(empty > 100 && empty < 10_000, `${empty} times without capacity`);
  return empty;
}

/** What the cloud costs: loading its data, choosing a pool, and a year of spot. */
export default async function cloud(): Promise<void> {
  await runSuite({
    name: 'cloud-load',
    unit: 'load',
    unitsPerRun: 1,
    cases: [{ name: 'catalogue and prices', prepare: () => load }],
  });
  const megabytes = megabytesOfLoading();
  assert(megabytes < 60, `catalogue and prices take ${megabytes} MB`);
  console.log(`  catalogue and prices: ${megabytes.toFixed(1)} MB`);
  await runSuite({
    name: 'cloud-launch',
    unit: 'launch',
    unitsPerRun: LAUNCHES,
    cases: [{ name: '60 types in 3 zones', prepare: launches }],
  });
  await runSuite({
    name: 'cloud-spot-year',
    unit: 'year',
    unitsPerRun: 1,
    minSamples: 5,
    cases: [{ name: '100 pools', prepare: () => spotYear }],
  });
}
