import type { InstanceType } from '../../cloud/instance-type.js';
import type { Taint, Toleration } from '../../kubernetes/taints.js';
import { toleratesTaint } from '../../kubernetes/tolerations.js';
import type { NodePool } from '../nodepool.js';
import type { BoundsReading } from '../requirements/requirement.js';
import { Requirements } from '../requirements/requirements.js';
import { typeViews } from './type-view.js';

/** Domains that NodePools could create, by topology key: each with the taint lists of the NodePools that offer it (TOP-1). */
export type TopologyUniverse = ReadonlyMap<string, ReadonlyMap<string, readonly (readonly Taint[])[]>>;

/** Domains of one NodePool, by key. */
type NodePoolDomains = ReadonlyMap<string, ReadonlySet<string>>;

interface CachedDomains {
  readonly types: readonly InstanceType[];
  readonly reading: BoundsReading;
  readonly domains: NodePoolDomains;
}

const cache = new WeakMap<NodePool, CachedDomains>();

/** The universe of the NodePools that have instance types, whatever of them is available (TOP-1, TOP-3). */
export function topologyUniverse(
  pools: readonly { readonly nodePool: NodePool; readonly types: readonly InstanceType[] }[],
  reading: BoundsReading,
): TopologyUniverse {
  const universe = new Map<string, Map<string, (readonly Taint[])[]>>();
  for (const { nodePool, types } of pools) {
    if (types.length === 0) continue;
    const { taints } = nodePool.template;
    for (const [key, domains] of domainsOf(nodePool, types, reading)) {
      let known = universe.get(key);
      if (known === undefined) universe.set(key, (known = new Map<string, (readonly Taint[])[]>()));
      for (const domain of domains) {
        const lists = known.get(domain);
        if (lists === undefined || taints.length === 0) known.set(domain, [taints]);
        else if (lists[0]?.length !== 0) lists.push(taints);
      }
    }
  }
  return universe;
}

/** Whether some NodePool offers the domain to a pod with these tolerations. */
export function offersDomain(taintLists: readonly (readonly Taint[])[], tolerations: readonly Toleration[]): boolean {
  return taintLists.some((taints) => taints.every((taint) => toleratesTaint(tolerations, taint)));
}

function domainsOf(nodePool: NodePool, types: readonly InstanceType[], reading: BoundsReading): NodePoolDomains {
  const known = cache.get(nodePool);
  if (known?.types === types && known.reading === reading) return known.domains;
  const domains = new Map<string, Set<string>>();
  const add = (key: string, values: Iterable<string>): void => {
    let set = domains.get(key);
    if (set === undefined) domains.set(key, (set = new Set<string>()));
    for (const value of values) set.add(value);
  };
  const own = Requirements.fromExpressions(nodePool.template.requirements, reading).and(
    Requirements.fromLabels(nodePool.template.labels),
  );
  for (const { requirements } of typeViews(types)) {
    // Values of an exclusion are what it excludes, which so becomes a domain (TOP-2).
    for (const requirement of own.and(requirements)) add(requirement.key, requirement.values);
  }
  for (const requirement of own) if (requirement.operator === 'In') add(requirement.key, requirement.values);
  cache.set(nodePool, { types, reading, domains });
  return domains;
}
