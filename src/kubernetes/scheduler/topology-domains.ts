import type { NodeInfo } from './node-info.js';

/** The values that one topology key has over the nodes, numbered. */
export interface TopologyDomains {
  /** Number of the node's domain by its position; −1 without the label. */
  readonly idByPosition: Int32Array;
  readonly size: number;
  /** Position of the node itself, as a domain of its own; −1 without the label. */
  readonly selfByPosition: Int32Array;
}

/** Numbers the domains of a topology key. */
export function numberDomains(nodes: readonly NodeInfo[], topologyKey: string): TopologyDomains {
  const ids = new Map<string, number>();
  const idByPosition = new Int32Array(nodes.length).fill(-1);
  for (const { labels, position } of nodes) {
    const value = labels[topologyKey];
    if (value === undefined) continue;
    let id = ids.get(value);
    if (id === undefined) ids.set(value, (id = ids.size));
    idByPosition[position] = id;
  }
  const selfByPosition = idByPosition.map((id, position) => (id < 0 ? -1 : position));
  return { idByPosition, size: ids.size, selfByPosition };
}
