import { OWN_NAMES, type Naming } from './shaped-object.js';

/** Labels that say where a machine, a volume or a pod is. */
const PLACE_LABEL = /(?:^|\/)(?:zone|region)$/;

/** Names as they are, but in another region: of its zones each stands for one of the dump's. */
export function movedTo(places: ReadonlyMap<string, string>): Naming {
  return {
    ...OWN_NAMES,
    labelValue: (key, value) => (PLACE_LABEL.test(key) ? (places.get(value) ?? value) : value),
    providerID: (id) =>
      id.replace(/^(aws:\/\/\/)([^/]+)/, (_, scheme: string, zone: string) => scheme + (places.get(zone) ?? zone)),
  };
}

/** Zones of a region in the place of others: the one of the same letter where there is one, else the next that is free. */
export function zonesInPlaceOf(zones: readonly string[], offered: readonly string[]): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const sameLetter = (zone: string): string | undefined => offered.find((other) => other.at(-1) === zone.at(-1));
  for (const zone of zones) {
    const same = sameLetter(zone);
    if (same !== undefined) places.set(zone, same);
  }
  const free = offered.filter((zone) => ![...places.values()].includes(zone));
  for (const [index, zone] of zones.filter((own) => !places.has(own)).entries()) {
    const place = free[index] ?? offered[index % Math.max(1, offered.length)];
    if (place !== undefined) places.set(zone, place);
  }
  return places;
}
