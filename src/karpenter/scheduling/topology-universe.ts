import { ObjectCache } from '../../kernel/object-cache.js';
import type { InstanceType } from '../../cloud/instance-type.js';
import type { Taint, Toleration } from '../../kubernetes/taints.js';
import { toleratesTaints } from '../../kubernetes/tolerations.js';
import type { NodePool } from '../nodepool.js';
import { CAPACITY_TYPE_LABEL, ZONE_LABEL } from '../requirements/labels.js';
import type { BoundsReading } from '../requirements/requirement.js';
import { Requirements } from '../requirements/requirements.js';
import { typeViews } from './type-view.js';

/** A domain with the taint lists of the NodePools that offer it. */
export type UniverseDomain = readonly [domain: string, taintLists: readonly (readonly Taint[])[]];

/** Domains of one key. */
export interface UniverseDomains {
  readonly domains: Iterable<UniverseDomain>;
  /** No NodePool lists them: they come from the offerings of types, which the provider keeps in no order. */
  readonly inAnyOrder: boolean;
}

/** Domains that NodePools could create, by topology key (TOP-1). */
export type TopologyUniverse = ReadonlyMap<string, UniverseDomains>;

interface KeyDomains {
  readonly values: Set<string>;
  inAnyOrder: boolean;
}

/** Domains of one NodePool, by key. */
type NodePoolDomains = ReadonlyMap<string, KeyDomains>;

interface CachedDomains {
  readonly types: readonly InstanceType[];
  readonly reading: BoundsReading;
  readonly domains: NodePoolDomains;
}

/** Labels whose values a type has from its offerings. */
const OFFERED_KEYS = [ZONE_LABEL, CAPACITY_TYPE_LABEL];

const cache = new ObjectCache<NodePool, CachedDomains>();

type PoolTypes = readonly { readonly nodePool: NodePool; readonly types: readonly InstanceType[] }[];

interface CachedUniverse {
  readonly pools: PoolTypes;
  readonly reading: BoundsReading;
  readonly universe: TopologyUniverse;
}

/** The last universe of the NodePools that begin with this one. */
const universes = new ObjectCache<NodePool, CachedUniverse>();

/** The universe of the NodePools that have instance types, whatever of them is available (TOP-1, TOP-3). */
export function topologyUniverse(pools: PoolTypes, reading: BoundsReading): TopologyUniverse {
  const [first] = pools;
  const known = first === undefined ? undefined : universes.get(first.nodePool);
  if (known?.reading === reading && samePools(known.pools, pools)) return known.universe;
  const universe = mergeDomains(pools, reading);
  if (first !== undefined) universes.set(first.nodePool, { pools, reading, universe });
  return universe;
}

function samePools(a: PoolTypes, b: PoolTypes): boolean {
  return (
    a.length === b.length &&
    a.every(({ nodePool, types }, index) => nodePool === b[index]?.nodePool && types === b[index].types)
  );
}

function mergeDomains(pools: PoolTypes, reading: BoundsReading): TopologyUniverse {
  const universe = new Map<string, { domains: Map<string, (readonly Taint[])[]>; inAnyOrder: boolean }>();
  for (const { nodePool, types } of pools) {
    if (types.length === 0) continue;
    const { taints } = nodePool.template;
    for (const [key, { values, inAnyOrder }] of domainsOf(nodePool, types, reading)) {
      let known = universe.get(key);
      if (known === undefined) universe.set(key, (known = { domains: new Map(), inAnyOrder: false }));
      known.inAnyOrder ||= inAnyOrder;
      for (const domain of values) {
        const lists = known.domains.get(domain);
        if (lists === undefined || taints.length === 0) known.domains.set(domain, [taints]);
        else if (lists[0]?.length !== 0) lists.push(taints);
      }
    }
  }
  return universe;
}

/** Whether some NodePool offers the domain to a pod with these tolerations. */
export function offersDomain(taintLists: readonly (readonly Taint[])[], tolerations: readonly Toleration[]): boolean {
  return taintLists.some((taints) => toleratesTaints(tolerations, taints));
}

function domainsOf(nodePool: NodePool, types: readonly InstanceType[], reading: BoundsReading): NodePoolDomains {
  const known = cache.get(nodePool);
  if (known?.types === types && known.reading === reading) return known.domains;
  const domains = new Map<string, KeyDomains>();
  const add = (key: string, values: Iterable<string>): KeyDomains => {
    let known = domains.get(key);
    if (known === undefined) domains.set(key, (known = { values: new Set(), inAnyOrder: false }));
    for (const value of values) known.values.add(value);
    return known;
  };
  const own = Requirements.fromExpressions(nodePool.template.requirements, reading).and(
    Requirements.fromLabels(nodePool.template.labels),
  );
  for (const { requirements } of typeViews(types)) {
    // Values of an exclusion are what it excludes, which so becomes a domain (TOP-2).
    for (const requirement of own.and(requirements)) {
      const known = add(requirement.key, requirement.values);
      if (OFFERED_KEYS.includes(requirement.key) && own.find(requirement.key)?.operator !== 'In')
        known.inAnyOrder = true;
    }
  }
  for (const requirement of own) if (requirement.operator === 'In') add(requirement.key, requirement.values);
  cache.set(nodePool, { types, reading, domains });
  return domains;
}
