import { usualZones } from '../../cloud/zones.js';
import type { ScenarioCatalogue } from '../scenario-catalogue.js';
import type { Dump } from './dump.js';
import type { ImportFindings } from './import-finding.js';
import { movedTo, zonesInPlaceOf } from './moved-place.js';
import { fieldOf, textOf } from './object-fields.js';

const REGION_LABEL = 'topology.kubernetes.io/region';
const ZONE_LABEL = 'topology.kubernetes.io/zone';
const DEFAULT_REGION = 'us-east-1';

/** Where the cluster of a dump is, or why that cannot be said. */
export type DumpPlace =
  | { readonly region: string; readonly zones: readonly string[]; readonly problems?: undefined }
  | { readonly problems: readonly string[] };

/**
 * Region and zones of a cluster, by the labels of its nodes and the subnets of its EC2NodeClasses. Two regions, or two different
 * objects of one name, are two clusters. A cluster in a region without prices, or in another than was asked for, is moved: its
 * objects then say zones of the region that is taken.
 */
export function dumpPlace(
  dump: Dump,
  { catalogue, region: asked }: { readonly catalogue: ScenarioCatalogue; readonly region?: string | undefined },
  findings: ImportFindings,
): DumpPlace {
  const nodes = dump.list('Node');
  const values = (label: string): readonly string[] =>
    [...new Set(nodes.flatMap((node) => textOf(fieldOf(node, 'metadata', 'labels', label)) || []))].sort();
  const regions = values(REGION_LABEL);
  if (dump.doubles.length > 0 || regions.length > 1) {
    const why =
      regions.length > 1
        ? `its nodes are in ${regions.join(' and ')}`
        : `it has two of ${[...new Set(dump.doubles)].slice(0, 3).join(', ')}`;
    return { problems: [`the dump holds more than one cluster: ${why} — import one at a time`] };
  }
  const known = catalogue.regions;
  if (asked !== undefined && !known.includes(asked)) {
    return { problems: [`there are no prices for region ${asked} — give --region, one of ${known.join(', ')}`] };
  }
  const zones = [...new Set([...values(ZONE_LABEL), ...dump.subnetZones])].sort();
  const own = regions[0] ?? regionOf(zones);
  const region = asked ?? (own !== undefined && known.includes(own) ? own : DEFAULT_REGION);
  if (own === undefined) {
    if (asked === undefined) findings.add('guessed', `no node tells its region: ${region} is taken`);
  } else if (own !== region) {
    const places = zonesInPlaceOf(zones, usualZones(region));
    dump.rename(movedTo(new Map([...places, [own, region]])));
    const moved = [...places].map(([from, to]) => `${from} as ${to}`).join(', ');
    const why = known.includes(own) ? 'and' : 'for which there are no prices, and';
    findings.add(
      'broken',
      `the cluster is in ${own}, ${why} is taken to be in ${region} (${moved}): it costs what it would there`,
    );
    return { region, zones: [...new Set(places.values())].sort() };
  }
  const usable = zones.filter((zone) => catalogue.zones(region).includes(zone));
  if (usable.length > 0) return { region, zones: usable };
  findings.add('guessed', `no node tells its zone: all usual zones of ${region} are taken`);
  return { region, zones: usualZones(region) };
}

/** Region of a zone such as eu-west-1a. */
function regionOf(zones: readonly string[]): string | undefined {
  return zones[0]?.replace(/[a-z]$/, '');
}
