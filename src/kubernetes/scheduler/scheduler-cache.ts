import { matchesLabelSelector } from '../label-selector.js';
import type { Node } from '../node.js';
import { controllerOf } from '../object-meta.js';
import type { Pod } from '../pod.js';
import type { LabelSelector } from '../selectors.js';
import type { Namespace, PodDisruptionBudget, Service } from '../workloads.js';
import { type LabelClass, LabelClasses } from './label-classes.js';
import { NodeInfo } from './node-info.js';
import { PodInfo } from './pod-info.js';
import { numberDomains, type TopologyDomains } from './topology-domains.js';
import { VolumeObjects, type VolumePlan } from './volume-objects.js';

/** A pod that occupies a node. */
interface Placement {
  readonly info: PodInfo;
  readonly nodeName: string;
  /** Set while the node is known. */
  labelClass: LabelClass<NodeInfo> | undefined;
}

const NO_LABELS: Readonly<Record<string, string>> = {};

/** Kinds of owner whose selector makes pods spread by default. */
type SpreadOwnerKind = 'ReplicaSet' | 'StatefulSet';

/**
 * What kube-scheduler knows of the cluster: nodes with the sums over their pods, changed one object at a time. Assumed
 * pods are in it from the moment of the decision, terminating pods until they are gone (kubernetes.md §1.1).
 */
export class SchedulerCache {
  readonly volumes = new VolumeObjects();
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #placements = new Map<string, Placement>();
  /** Pods bound to nodes that are not here, by node name. */
  readonly #homeless = new Map<string, Set<string>>();
  readonly #classes = new LabelClasses<NodeInfo>();
  readonly #namespaces = new Map<string, Readonly<Record<string, string>>>();
  readonly #services = new Map<string, Service>();
  readonly #ownerSelectors = new Map<string, LabelSelector>();
  readonly #budgets = new Map<string, PodDisruptionBudget>();
  #ordered: readonly NodeInfo[] | undefined;
  #version = 0;
  #nodesVersion = 0;
  #selectorsVersion = 0;
  readonly #domains = new Map<string, TopologyDomains>();
  #domainsVersion = -1;
  #podsWithAffinity = 0;
  #podsWithRequiredAntiAffinity = 0;

  /** Changes whenever anything does but volumes and what belongs to them. */
  get version(): number {
    return this.#version;
  }

  /** Changes whenever a node comes, goes or changes. */
  get nodesVersion(): number {
    return this.#nodesVersion;
  }

  /** Changes whenever a Service or an owner's selector does, on which default spreading depends. */
  get selectorsVersion(): number {
    return this.#selectorsVersion;
  }

  /** True when some placed pod has pod (anti-)affinity of any kind. */
  get anyAffinity(): boolean {
    return this.#podsWithAffinity > 0;
  }

  get anyRequiredAntiAffinity(): boolean {
    return this.#podsWithRequiredAntiAffinity > 0;
  }

  get labelClasses(): LabelClasses<NodeInfo> {
    return this.#classes;
  }

  /** All nodes, zones taking turns as in kube-scheduler (kubernetes.md §1.5), otherwise in order of arrival. */
  get nodes(): readonly NodeInfo[] {
    this.#ordered ??= interleaveZones([...this.#nodes.values()]);
    return this.#ordered;
  }

  /** The numbered domains of a topology key over {@link nodes}. */
  domains(topologyKey: string): TopologyDomains {
    const { nodes } = this;
    if (this.#domainsVersion !== this.#nodesVersion) {
      this.#domains.clear();
      this.#domainsVersion = this.#nodesVersion;
    }
    let domains = this.#domains.get(topologyKey);
    if (domains === undefined) {
      domains = numberDomains(nodes, topologyKey);
      this.#domains.set(topologyKey, domains);
    }
    return domains;
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  /** Adds the node or replaces its object. */
  setNode(node: Node): void {
    this.#version++;
    const { name } = node.metadata;
    this.#nodesVersion++;
    const known = this.#nodes.get(name);
    if (known !== undefined) {
      if (zoneOf(known.node) !== zoneOf(node)) this.#ordered = undefined;
      known.setNode(node);
      return;
    }
    const info = new NodeInfo(node);
    this.#nodes.set(name, info);
    this.#ordered = undefined;
    for (const uid of this.#homeless.get(name) ?? []) {
      const placement = this.#placements.get(uid);
      if (placement !== undefined) this.#enter(info, placement);
    }
    this.#homeless.delete(name);
  }

  /** Forgets the node; its pods come back with it if it does. */
  deleteNode(name: string): void {
    this.#version++;
    const info = this.#nodes.get(name);
    if (info === undefined) return;
    this.#nodesVersion++;
    this.#ordered = undefined;
    this.#nodes.delete(name);
    for (const { pod } of [...info.pods]) {
      const placement = this.#placements.get(pod.metadata.uid);
      if (placement !== undefined) this.#leave(info, placement);
      this.#wait(name, pod.metadata.uid);
    }
  }

  /**
   * Takes over a pod as the API server has it. A pod that is not bound changes nothing, so that an assumed pod keeps its
   * place; a finished one frees it.
   */
  setPod(pod: Pod): void {
    this.#version++;
    const { nodeName } = pod.spec;
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') this.deletePod(pod.metadata.uid);
    else if (nodeName !== undefined) this.#place(pod, nodeName);
  }

  /**
   * Lets the pod occupy the node from now on, before it is bound. Returns what has to happen to its claims; undefined for
   * a pod without volumes.
   */
  assume(pod: Pod, nodeName: string): VolumePlan | undefined {
    this.#version++;
    const node = this.#nodes.get(nodeName);
    const plan = node === undefined || pod.spec.volumes.length === 0 ? undefined : this.volumes.assume(pod, node.node);
    this.#place(pod, nodeName);
    return plan;
  }

  /** True when the pod occupies a node or is assumed to. */
  isPlaced(uid: string): boolean {
    return this.#placements.has(uid);
  }

  /** Takes the pod away: it is gone, or binding failed. */
  deletePod(uid: string): void {
    this.#version++;
    const placement = this.#placements.get(uid);
    if (placement === undefined) return;
    this.#placements.delete(uid);
    this.#homeless.get(placement.nodeName)?.delete(uid);
    const node = this.#nodes.get(placement.nodeName);
    if (node !== undefined) this.#leave(node, placement);
  }

  setNamespace(namespace: Namespace): void {
    this.#version++;
    this.#namespaces.set(namespace.metadata.name, namespace.metadata.labels);
  }

  /** Labels of a namespace, none for one that is not known. */
  readonly namespaceLabels = (namespace: string): Readonly<Record<string, string>> =>
    this.#namespaces.get(namespace) ?? NO_LABELS;

  /** Budgets that preemption respects where it can. */
  get podDisruptionBudgets(): Iterable<PodDisruptionBudget> {
    return this.#budgets.values();
  }

  setPodDisruptionBudget(budget: PodDisruptionBudget): void {
    this.#version++;
    this.#budgets.set(`${budget.metadata.namespace}/${budget.metadata.name}`, budget);
  }

  setService(service: Service): void {
    this.#version++;
    this.#selectorsVersion++;
    this.#services.set(`${service.metadata.namespace}/${service.metadata.name}`, service);
  }

  /** Registers a ReplicaSet's or StatefulSet's selector; without it the default spreading of its pods looks at Services only. */
  setOwnerSelector(kind: SpreadOwnerKind, namespace: string, name: string, selector: LabelSelector): void {
    this.#version++;
    this.#selectorsVersion++;
    this.#ownerSelectors.set(`${kind}/${namespace}/${name}`, selector);
  }

  deleteOwnerSelector(kind: SpreadOwnerKind, namespace: string, name: string): void {
    this.#version++;
    this.#selectorsVersion++;
    this.#ownerSelectors.delete(`${kind}/${namespace}/${name}`);
  }

  /**
   * What the system's default spreading counts for the pod: selectors of the Services that match it and of its owner,
   * all to be satisfied (kubernetes.md §1.7.3). Empty when there are none, and then the pod is not spread.
   */
  defaultSpreadSelectors(pod: Pod): readonly LabelSelector[] {
    const { namespace, labels, ownerReferences } = pod.metadata;
    const selectors: LabelSelector[] = [];
    for (const service of this.#services.values()) {
      if (service.selector === undefined || service.metadata.namespace !== namespace) continue;
      const selector: LabelSelector = { matchLabels: service.selector, matchExpressions: [] };
      if (matchesLabelSelector(selector, labels)) selectors.push(selector);
    }
    const owner = controllerOf(ownerReferences);
    if (owner?.apiVersion === 'apps/v1') {
      const selector = this.#ownerSelectors.get(`${owner.kind}/${namespace}/${owner.name}`);
      if (selector !== undefined) selectors.push(selector);
    }
    return selectors;
  }

  #place(pod: Pod, nodeName: string): void {
    const known = this.#placements.get(pod.metadata.uid);
    if (known?.nodeName === nodeName && known.info.refresh(pod)) return;
    this.deletePod(pod.metadata.uid);
    const placement: Placement = { info: new PodInfo(pod), nodeName, labelClass: undefined };
    this.#placements.set(pod.metadata.uid, placement);
    const node = this.#nodes.get(nodeName);
    if (node === undefined) this.#wait(nodeName, pod.metadata.uid);
    else this.#enter(node, placement);
  }

  #wait(nodeName: string, uid: string): void {
    const waiting = this.#homeless.get(nodeName);
    if (waiting === undefined) this.#homeless.set(nodeName, new Set([uid]));
    else waiting.add(uid);
  }

  #enter(node: NodeInfo, placement: Placement): void {
    const { info } = placement;
    placement.labelClass = this.#classes.enter(info.pod, node);
    node.addPod(info);
    this.volumes.countUser(info.pod, 1);
    if (info.hasAffinity) this.#podsWithAffinity++;
    if (info.hasRequiredAntiAffinity) this.#podsWithRequiredAntiAffinity++;
  }

  #leave(node: NodeInfo, placement: Placement): void {
    const { info, labelClass } = placement;
    if (!node.removePod(info.pod.metadata.uid)) return;
    this.volumes.countUser(info.pod, -1);
    if (labelClass !== undefined) this.#classes.leave(info.pod, labelClass, node);
    placement.labelClass = undefined;
    if (info.hasAffinity) this.#podsWithAffinity--;
    if (info.hasRequiredAntiAffinity) this.#podsWithRequiredAntiAffinity--;
  }
}

function zoneOf(node: Node): string {
  const { labels } = node.metadata;
  return `${labels['topology.kubernetes.io/region'] ?? ''}/${labels['topology.kubernetes.io/zone'] ?? ''}`;
}

function interleaveZones(nodes: readonly NodeInfo[]): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const zone = zoneOf(node.node);
    const members = zones.get(zone);
    if (members === undefined) zones.set(zone, [node]);
    else members.push(node);
  }
  const ordered: NodeInfo[] = [];
  for (let turn = 0; ordered.length < nodes.length; turn++) {
    for (const members of zones.values()) {
      const node = members[turn];
      if (node === undefined) continue;
      node.position = ordered.length;
      ordered.push(node);
    }
  }
  return ordered;
}
