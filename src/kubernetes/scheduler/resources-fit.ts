import type { NodeInfo } from './node-info.js';
import type { PodFacts } from './pod-facts.js';
import { type Rejection, unresolvable, unschedulable } from './rejection.js';

/**
 * NodeResourcesFit: the pod's requests against allocatable less what the node's pods request. A request larger than
 * allocatable can never fit, which is what preemption wants to know.
 */
export function filterResources(facts: PodFacts, node: NodeInfo): Rejection | undefined {
  const { cpuMilli, memoryBytes, ephemeralBytes, scalar } = facts;
  if (
    node.pods.length < node.allocatablePods &&
    (cpuMilli === 0 || cpuMilli <= node.allocatableCpuMilli - node.usedCpuMilli) &&
    (memoryBytes === 0 || memoryBytes <= node.allocatableMemoryBytes - node.usedMemoryBytes) &&
    (ephemeralBytes === 0 || ephemeralBytes <= node.allocatableEphemeralBytes - node.usedEphemeralBytes) &&
    scalar.length === 0
  ) {
    return undefined;
  }
  return describeMisfit(facts, node);
}

/** Rejections by what is short, for the resources that every pod asks for: most misfits need no new object. */
const common = new Map<number, Rejection>();
const POD_COUNT = 1;
const CPU = 2;
const MEMORY = 4;
const EPHEMERAL = 8;
const BEYOND_NODE = 16;

function describeMisfit(facts: PodFacts, node: NodeInfo): Rejection | undefined {
  let short = node.pods.length + 1 > node.allocatablePods ? POD_COUNT : 0;
  short |= shortage(CPU, facts.cpuMilli, node.allocatableCpuMilli, node.usedCpuMilli);
  short |= shortage(MEMORY, facts.memoryBytes, node.allocatableMemoryBytes, node.usedMemoryBytes);
  short |= shortage(EPHEMERAL, facts.ephemeralBytes, node.allocatableEphemeralBytes, node.usedEphemeralBytes);
  const scalars: string[] = [];
  for (const [name, amount] of facts.scalar) {
    const allocatable = node.node.status.allocatable[name] ?? 0;
    if (amount === 0 || amount <= allocatable - (node.usedScalar.get(name) ?? 0)) continue;
    scalars.push(name);
    if (amount > allocatable) short |= BEYOND_NODE;
  }
  if (scalars.length > 0) return toRejection(short, scalars);
  if (short === 0) return undefined;
  let rejection = common.get(short);
  if (rejection === undefined) common.set(short, (rejection = toRejection(short, [])));
  return rejection;
}

function shortage(bit: number, wanted: number, allocatable: number, used: number): number {
  if (wanted === 0 || wanted <= allocatable - used) return 0;
  return wanted > allocatable ? bit | BEYOND_NODE : bit;
}

function toRejection(short: number, scalars: readonly string[]): Rejection {
  const reasons: string[] = [];
  if ((short & POD_COUNT) !== 0) reasons.push('Too many pods');
  if ((short & CPU) !== 0) reasons.push('Insufficient cpu');
  if ((short & MEMORY) !== 0) reasons.push('Insufficient memory');
  if ((short & EPHEMERAL) !== 0) reasons.push('Insufficient ephemeral-storage');
  reasons.push(...scalars.map((name) => `Insufficient ${name}`));
  const reject = (short & BEYOND_NODE) === 0 ? unschedulable : unresolvable;
  return reject('NodeResourcesFit', ...reasons);
}

/** True when the pod would fit the node if no other pod were on it (used to judge whether a new node may help). */
export function fitsEmptyNode(facts: PodFacts, node: NodeInfo): boolean {
  if (node.allocatablePods < 1) return false;
  return (
    facts.cpuMilli <= node.allocatableCpuMilli &&
    facts.memoryBytes <= node.allocatableMemoryBytes &&
    facts.ephemeralBytes <= node.allocatableEphemeralBytes &&
    facts.scalar.every(([name, amount]) => amount <= (node.node.status.allocatable[name] ?? 0))
  );
}
