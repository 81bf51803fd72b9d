import { amiFamilyFlags } from '../cloud/catalogue/ami-family.js';
import { readInstanceTypeNames, readInstanceTypeRecords } from '../cloud/catalogue/instance-type-record.js';
import { TypeLabels } from '../cloud/catalogue/labels.js';
import type { CapacityType } from '../cloud/instance-type.js';
import { readKnownOfferings } from '../cloud/prices/known-offerings.js';
import { providerProfile } from '../cloud/provider-profile.js';
import { availableRegions, findZones, zoneOffersFamily, zonesOfRegion } from '../cloud/zones.js';
import type { ScenarioCatalogue, TypeQuery } from './scenario-catalogue.js';

const CAPACITY_TYPES: readonly CapacityType[] = ['on-demand', 'spot'];

/**
 * The catalogue of the shipped data.
 * @throws DataFileError when the data cannot be read
 */
export function pricingDataCatalogue(): ScenarioCatalogue {
  return {
    typeNames: new Set(readInstanceTypeNames()),
    regions: availableRegions(),
    zones: (region) => zonesOfRegion(region).map(({ name }) => name),
    knownOfferings: readKnownOfferings,
    typeRequirements,
  };
}

function typeRequirements({ names, nodeClass, version, region, zones }: TypeQuery) {
  const labels = new TypeLabels(providerProfile(version), amiFamilyFlags(nodeClass.amiFamily), region);
  const subnets = findZones(region, zones);
  return readInstanceTypeRecords(names).map((record) => {
    const sold = subnets.filter((zone) => zoneOffersFamily(zone, record.family));
    const offered = {
      zones: sold.map((zone) => zone.name),
      zoneIds: sold.map((zone) => zone.id),
      capacityTypes: CAPACITY_TYPES,
    };
    return { name: record.name, requirements: labels.requirements(record, offered) };
  });
}
