import type { Node } from '../node.js';
import { HostPorts } from './host-ports.js';
import type { ClassCount, LabelClass } from './label-classes.js';
import type { PodInfo } from './pod-info.js';

/**
 * A node with the sums over its pods, kept up to date pod by pod: filters and scores then cost the same on a node of
 * two pods and one of two hundred.
 */
export class NodeInfo {
  node: Node;
  /** Place in the cache's list of nodes. */
  position = 0;
  allocatableCpuMilli = 0;
  allocatableMemoryBytes = 0;
  allocatableEphemeralBytes = 0;
  allocatablePods = 0;
  usedCpuMilli = 0;
  usedMemoryBytes = 0;
  usedEphemeralBytes = 0;
  nonZeroCpuMilli = 0;
  nonZeroMemoryBytes = 0;
  /** Pods in the order in which they came. */
  readonly pods: PodInfo[] = [];
  podsWithAffinity = 0;
  podsWithRequiredAntiAffinity = 0;
  readonly usedScalar = new Map<string, number>();
  hostPorts = new HostPorts();
  /** Pods by label class; kept by {@link LabelClasses}, absent in a clone. */
  readonly classes = new Map<LabelClass<NodeInfo>, ClassCount>();

  constructor(node: Node) {
    this.node = node;
    this.setNode(node);
  }

  get name(): string {
    return this.node.metadata.name;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node.metadata.labels;
  }

  setNode(node: Node): void {
    this.node = node;
    const { allocatable } = node.status;
    this.allocatableCpuMilli = allocatable['cpu'] ?? 0;
    this.allocatableMemoryBytes = allocatable['memory'] ?? 0;
    this.allocatableEphemeralBytes = allocatable['ephemeral-storage'] ?? 0;
    this.allocatablePods = allocatable['pods'] ?? 0;
  }

  addPod(info: PodInfo): void {
    this.pods.push(info);
    this.#count(info, 1);
    this.hostPorts.add(info.facts.hostPorts);
  }

  /** Takes a pod off the node, found by its uid; false when it is not there. */
  removePod(uid: string): boolean {
    const index = this.pods.findIndex((info) => info.pod.metadata.uid === uid);
    const info = this.pods[index];
    if (info === undefined) return false;
    this.pods.splice(index, 1);
    this.#count(info, -1);
    this.hostPorts.delete(info.facts.hostPorts);
    return true;
  }

  /** An independent copy, for asking what would happen with other pods on the node. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.node);
    for (const info of this.pods) copy.addPod(info);
    copy.hostPorts = this.hostPorts.clone();
    return copy;
  }

  #count(info: PodInfo, sign: 1 | -1): void {
    const { facts } = info;
    this.usedCpuMilli += sign * facts.cpuMilli;
    this.usedMemoryBytes += sign * facts.memoryBytes;
    this.usedEphemeralBytes += sign * facts.ephemeralBytes;
    this.nonZeroCpuMilli += sign * facts.nonZeroCpuMilli;
    this.nonZeroMemoryBytes += sign * facts.nonZeroMemoryBytes;
    for (const [name, amount] of facts.scalar) {
      this.usedScalar.set(name, (this.usedScalar.get(name) ?? 0) + sign * amount);
    }
    if (info.hasAffinity) this.podsWithAffinity += sign;
    if (info.hasRequiredAntiAffinity) this.podsWithRequiredAntiAffinity += sign;
  }
}
