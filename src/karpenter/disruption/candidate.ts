import { ObjectCache } from '../../kernel/object-cache.js';
import type { InstanceType } from '../../cloud/instance-type.js';
import type { Node } from '../../kubernetes/node.js';
import type { Pod } from '../../kubernetes/pod.js';
import type { StateNode } from '../cluster-snapshot.js';
import type { NodeClaim } from '../nodeclaim.js';
import type { NodePool } from '../nodepool.js';
import type { DisruptionFinding } from './finding.js';

/** A node that may be disrupted, with what decisions look at (disruption.md §2–3). */
export interface Candidate {
  readonly name: string;
  readonly stateNode: StateNode;
  readonly node: Node;
  readonly nodeClaim: NodeClaim;
  readonly nodePool: NodePool;
  /** Undefined when the NodePool no longer offers the node's type (v1.14.1 only). */
  readonly instanceType: InstanceType | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Pods that have to go somewhere else: reschedulable ones. */
  readonly pods: readonly Pod[];
  /** Price of the node's own offering, available or not, dollars an hour; undefined when there is no such offering. */
  readonly price: number | undefined;
  /** v1.14.1: 1 + Σ max(0, eviction cost); v0.32.0: Σ eviction cost × lifetime remaining. */
  readonly disruptionCost: number;
}

/** Result of looking through the nodes: who may be disrupted, and why the others may not. */
export interface CandidateSearch {
  readonly candidates: readonly Candidate[];
  readonly findings: readonly DisruptionFinding[];
}

const typesByName = new ObjectCache<readonly InstanceType[], ReadonlyMap<string, InstanceType>>();

/** Instance type of a list by name. The index is kept with the list. */
export function instanceTypeNamed(types: readonly InstanceType[], name: string | undefined): InstanceType | undefined {
  let index = typesByName.get(types);
  if (index === undefined) {
    index = new Map(types.map((type) => [type.name, type]));
    typesByName.set(types, index);
  }
  return name === undefined ? undefined : index.get(name);
}

/** Price of the first offering of a zone and capacity type, available or not. Reservations are not told apart. */
export function offeringPrice(
  type: InstanceType | undefined,
  zone: string | undefined,
  capacityType: string | undefined,
): number | undefined {
  return type?.offerings.find((offering) => offering.zone === zone && offering.capacityType === capacityType)?.price;
}

/** Sum of the candidates' prices; an unknown price counts as nothing (E57). */
export function totalPrice(candidates: readonly Candidate[]): number {
  let total = 0;
  for (const candidate of candidates) total += candidate.price ?? 0;
  return total;
}
