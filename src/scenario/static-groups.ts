import type { StaticGroup } from '../baseline/baseline.js';
import { staticFleet, type StaticFleet } from '../baseline/static-fleet.js';
import type { InstanceType } from '../cloud/instance-type.js';
import type { NodePool } from '../karpenter/nodepool.js';
import type { BaselineSettings, DeclaredStaticGroup } from './baseline-settings.js';
import { GroupTypes } from './group-types.js';
import { peakWorkloads } from './peak-workloads.js';
import { emptyNode, plainTemplate, poolTemplate, type ServedPool, servedPools } from './pool-groups.js';
import type { ScenarioSpec } from './scenario-spec.js';

/** A fleet for one NodePool with the type it is made of. */
export interface SizedFleet extends StaticFleet {
  readonly type: InstanceType;
  /** On demand, dollars an hour for the whole fleet. */
  readonly pricePerHour: number;
}

/** Groups of a static fleet, and what the reader must know of it. */
export interface StaticGroups {
  readonly groups: readonly StaticGroup[];
  readonly remarks: readonly string[];
}

/**
 * The static fleet of a scenario: for each NodePool one group of on-demand nodes of the type with which the peak costs least, unless
 * the scenario names type or count.
 */
export function staticGroups(spec: ScenarioSpec, settings: BaselineSettings['static']): StaticGroups {
  const sizing = new StaticSizing(spec, settings);
  const groups = settings.groups?.map((group) => sizing.declared(group)) ?? sizing.byNodePool();
  return { groups, remarks: sizing.remarks };
}

/** Sizes fleets for the peak of a scenario. */
export class StaticSizing {
  readonly types: GroupTypes;
  readonly served: readonly ServedPool[];
  readonly #remarks: string[] = [];

  constructor(
    private readonly spec: ScenarioSpec,
    private readonly settings: BaselineSettings['static'],
    capacityTypes: Parameters<typeof servedPools>[2] = ['on-demand'],
  ) {
    this.types = new GroupTypes(spec);
    const { nodePools, daemonSets } = spec.cluster;
    const { served, unserved } = servedPools(
      nodePools,
      peakWorkloads(spec, settings),
      capacityTypes,
      this.types,
      daemonSets,
    );
    this.served = served;
    if (unserved.length > 0 && spec.managedNodeGroups.length === 0) {
      const names = unserved.map(({ sample: { metadata } }) => `${metadata.namespace}/${metadata.name}`);
      this.#remarks.push(`No node group of the baseline takes the pods of ${names.join(', ')}.`);
    }
  }

  get remarks(): readonly string[] {
    return this.#remarks;
  }

  /** The fleet that holds a NodePool's workloads at their peak, of one type. */
  fleetOf({ nodePool, workloads }: ServedPool, type: InstanceType): SizedFleet | undefined {
    const group = poolTemplate(nodePool, 'on-demand', nodePool.metadata.name, this.types);
    const template = emptyNode(group, type, nodePool, this.types, this.spec.cluster.daemonSets);
    const offerings = this.types.offerings(type, 'on-demand', nodePool);
    const price = offerings[0]?.price;
    if (template === undefined || price === undefined) return undefined;
    const fleet = staticFleet(workloads, template, offerings.length, this.settings.reserve);
    return { ...fleet, type, pricePerHour: fleet.nodes * price };
  }

  /** The cheapest fleet that leaves no workload out; of equals the one with fewer nodes, then by name of the type. */
  cheapest(pool: ServedPool): SizedFleet | undefined {
    return pool.types
      .flatMap((type) => this.fleetOf(pool, type) ?? [])
      .sort(
        (a, b) =>
          a.unplaced.length - b.unplaced.length ||
          a.pricePerHour - b.pricePerHour ||
          a.nodes - b.nodes ||
          (a.type.name < b.type.name ? -1 : 1),
      )[0];
  }

  byNodePool(): readonly StaticGroup[] {
    return this.served.flatMap((pool) => {
      const { nodePool, types, workloads } = pool;
      const { name } = nodePool.metadata;
      const fleet = workloads.length === 0 ? undefined : this.cheapest(pool);
      if (fleet === undefined) {
        this.#remarks.push(`The static fleet has no nodes for NodePool ${name}: no workload needs it.`);
        return [];
      }
      this.#remarkUnplaced(name, fleet);
      const choice = types.length === 1 ? 'the only type' : `cheapest of ${types.length} types`;
      const why = `${this.#sizedFor(pool)}; ${choice}`;
      return [this.#group(name, fleet.type.name, fleet.nodes, nodePool, why)];
    });
  }

  declared(group: DeclaredStaticGroup): StaticGroup {
    const { name, instanceType, count } = group;
    const nodePool = this.spec.cluster.nodePools.find(({ metadata }) => metadata.name === group.nodePool);
    const [type] = this.types.named([instanceType], this.types.nodeClassOf(nodePool), nodePool?.template.kubelet);
    if (type === undefined || this.types.offerings(type, 'on-demand', nodePool).length === 0) {
      this.#remarks.push(`Group ${name} of the static fleet has no nodes: ${instanceType} is not sold in its zones.`);
      return this.#group(name, instanceType, 0, nodePool, `${instanceType} is not sold in its zones`, group);
    }
    const pool = this.served.find((served) => served.nodePool === nodePool);
    if (count !== undefined || pool === undefined) {
      return this.#group(name, instanceType, count ?? 0, nodePool, 'as the scenario has it', group);
    }
    const fleet = this.fleetOf(pool, type);
    if (fleet !== undefined) this.#remarkUnplaced(name, fleet);
    const why = `${this.#sizedFor(pool)}; type as the scenario has it`;
    return this.#group(name, instanceType, fleet?.nodes ?? 0, nodePool, why, group);
  }

  #group(
    name: string,
    instanceType: string,
    count: number,
    nodePool: NodePool | undefined,
    why: string,
    declared?: DeclaredStaticGroup,
  ): StaticGroup {
    const template =
      nodePool === undefined
        ? plainTemplate(name, 'on-demand', this.types)
        : poolTemplate(nodePool, 'on-demand', name, this.types);
    return {
      ...template,
      labels: declared?.labels ?? template.labels,
      taints: declared?.taints ?? template.taints,
      instanceType,
      count,
      why,
    };
  }

  #sizedFor({ workloads }: ServedPool): string {
    const pods = workloads.reduce((sum, { replicas }) => sum + replicas, 0);
    const zones = this.spec.zones.length;
    const lost = zones > 1 ? `, one of ${zones} zones lost` : '';
    const { headroom, reserve } = this.settings;
    const percent = (share: number): string => `${Math.round(share * 100)} %`;
    return `${pods} pods hold the peak with ${percent(headroom)} to spare${lost}, ${percent(reserve)} of each node free`;
  }

  #remarkUnplaced(group: string, { unplaced }: StaticFleet): void {
    if (unplaced.length === 0) return;
    this.#remarks.push(`Group ${group} of the static fleet cannot hold all pods of ${unplaced.join(', ')}.`);
  }
}
