/** An availability zone of a region. Which name stands for which id differs between accounts; this is one assignment. */
export interface Zone {
  readonly name: string;
  readonly id: string;
}

const ZONES_BY_REGION: Readonly<Record<string, readonly Zone[]>> = {
  'us-east-1': [
    { name: 'us-east-1a', id: 'use1-az1' },
    { name: 'us-east-1b', id: 'use1-az2' },
    { name: 'us-east-1c', id: 'use1-az4' },
    { name: 'us-east-1d', id: 'use1-az6' },
    { name: 'us-east-1e', id: 'use1-az3' },
    { name: 'us-east-1f', id: 'use1-az5' },
  ],
};

/** The one zone that offers old families only: those with a spot price there on 2022-05-31 (aws.md §6). */
const OLD_ZONE_ID = 'use1-az3';
const OLD_ZONE_FAMILIES = new Set(['c3', 'c4', 'd2', 'f1', 'i2', 'i3', 'm3', 'm4', 'p2', 'r3', 'r4', 't2', 'x1']);

/** What was asked of the data is not in it. `available` lists what is. */
export class UnknownZoneOrRegionError extends Error {
  override readonly name = 'UnknownZoneOrRegionError';

  constructor(
    readonly kind: 'region' | 'zone',
    readonly value: string,
    readonly available: readonly string[],
  ) {
    super(`there is no data for ${kind} "${value}"; available: ${available.join(', ')}`);
  }
}

/** Regions with prices, spot data and zones. */
export function availableRegions(): readonly string[] {
  return Object.keys(ZONES_BY_REGION).sort((a, b) => (a < b ? -1 : 1));
}

/** @throws UnknownZoneOrRegionError for a region without data */
export function zonesOfRegion(region: string): readonly Zone[] {
  const zones = ZONES_BY_REGION[region];
  if (zones === undefined) throw new UnknownZoneOrRegionError('region', region, availableRegions());
  return zones;
}

/**
 * Names of the zones that a cluster usually has subnets in: those that offer current families.
 * @throws UnknownZoneOrRegionError for a region without data
 */
export function usualZones(region: string): readonly string[] {
  return zonesOfRegion(region)
    .filter(({ id }) => id !== OLD_ZONE_ID)
    .map(({ name }) => name);
}

/**
 * Zones by name, sorted by name.
 * @throws UnknownZoneOrRegionError for a region or zone that is not known
 */
export function findZones(region: string, names: readonly string[]): readonly Zone[] {
  const zones = zonesOfRegion(region);
  return [...new Set(names)]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => {
      const zone = zones.find((candidate) => candidate.name === name);
      if (zone !== undefined) return zone;
      throw new UnknownZoneOrRegionError(
        'zone',
        name,
        zones.map((known) => known.name),
      );
    });
}

/** Whether EC2 offers a family in a zone. There is no list of it here: all but the old zone offer everything. */
export function zoneOffersFamily(zone: Zone, family: string): boolean {
  return zone.id !== OLD_ZONE_ID || OLD_ZONE_FAMILIES.has(family);
}
