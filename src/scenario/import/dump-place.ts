import { usualZones } from '../../cloud/zones.js';
import type { ScenarioCatalogue } from '../scenario-catalogue.js';
import type { Dump } from './dump.js';
import type { ImportFindings } from './import-finding.js';
import { fieldOf, textOf } from './object-fields.js';

const REGION_LABEL = 'topology.kubernetes.io/region';
const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** Where the cluster of a dump is, or why that cannot be said. */
export type DumpPlace =
  | { readonly region: string; readonly zones: readonly string[]; readonly problems?: undefined }
  | { readonly problems: readonly string[] };

/**
 * Region and zones of a cluster, by the labels of its nodes and the subnets of its EC2NodeClasses. Two regions, or two different
 * objects of one name, are two clusters.
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
  const [own] = regions;
  const region = asked ?? own ?? 'us-east-1';
  if (asked === undefined && own === undefined) {
    findings.add('guessed', 'no node tells its region: us-east-1 is taken (--region takes another)');
  }
  if (!catalogue.regions.includes(region)) {
    const known = catalogue.regions.join(', ');
    return { problems: [`there are no prices for region ${region} — give --region, one of ${known}`] };
  }
  const known = catalogue.zones(region);
  const zones = [...new Set([...values(ZONE_LABEL), ...dump.subnetZones])]
    .filter((zone) => known.includes(zone))
    .sort();
  if (zones.length > 0) return { region, zones };
  findings.add('guessed', `no node tells its zone: all usual zones of ${region} are taken`);
  return { region, zones: usualZones(region) };
}
