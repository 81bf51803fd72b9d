import type { ClusterSnapshot, StateNode } from '../karpenter/cluster-snapshot.js';
import { ConsolidationMemo } from '../karpenter/disruption/consolidation-memo.js';
import type { NodeClaim } from '../karpenter/nodeclaim.js';
import { PodWatch } from '../karpenter/scheduling/cluster-index.js';
import type { Node } from '../kubernetes/node.js';
import type { Pod } from '../kubernetes/pod.js';
import type { PodDisruptionBudget } from '../kubernetes/workloads.js';
import type { ClusterObjects } from '../scenario/scenario-spec.js';
import { epochNow, type World } from './world.js';

interface Marks {
  markedForDeletion: boolean;
  heldByCommand: boolean;
  nominatedUntilMs: number;
}

const NO_CSI_NODES: ClusterSnapshot['csiNodes'] = [];

const UNMARKED: Readonly<Marks> = { markedForDeletion: false, heldByCommand: false, nominatedUntilMs: 0 };

/** Objects of the cluster that no controller of the World changes, and the workload objects it does. */
export interface ClusterCatalog {
  readonly objects: () => Pick<
    ClusterObjects,
    'daemonSets' | 'persistentVolumeClaims' | 'persistentVolumes' | 'storageClasses' | 'namespaces'
  >;
  /** With their present status; the same array while nothing changed. */
  readonly podDisruptionBudgets: () => readonly PodDisruptionBudget[];
}

/** Spelled out: all of them share one hidden class (kernel/copies.ts). */
function marked(
  nodeClaim: NodeClaim | undefined,
  node: Node | undefined,
  pods: readonly Pod[],
  { markedForDeletion, heldByCommand, nominatedUntilMs }: Readonly<Marks>,
): StateNode {
  return { nodeClaim, node, pods, markedForDeletion, heldByCommand, nominatedUntilMs };
}

/**
 * Karpenter's in-memory view of the cluster: what tracks under one provider id, the marks that commands and passes leave
 * on nodes, and when the cluster last changed in a way that could make consolidation possible (disruption.md §4.1).
 */
export class ClusterState {
  /** When the cluster last changed in a way that could make consolidation possible (disruption.md §4.1). */
  readonly memo = new ConsolidationMemo();
  readonly #world: World;
  readonly #catalog: ClusterCatalog;
  readonly #marks = new Map<string, Marks>();
  readonly #nodeByProviderID = new Map<string, string>();
  readonly #claimByProviderID = new Map<string, string>();
  /** State nodes that nothing has touched keep their identity: readers cache by it. By NodeClaim, else by Node. */
  readonly #ofClaims = new Map<string, StateNode>();
  readonly #ofNodes = new Map<string, StateNode>();
  readonly #podWatch = new PodWatch();
  #version = 0;
  #nominations = 0;
  #cached: { readonly version: number; readonly snapshot: ClusterSnapshot } | undefined;

  constructor(world: World, catalog: ClusterCatalog) {
    this.#world = world;
    this.#catalog = catalog;
    const { store } = world;
    store.pods.subscribe(({ before, after }) => {
      this.#version++;
      if (after !== undefined) this.#podWatch.set(after.metadata.uid, after);
      else if (before !== undefined) this.#podWatch.delete(before.metadata.uid);
      this.#touchNode(before?.spec.nodeName);
      this.#touchNode(after?.spec.nodeName);
      const bound = after?.spec.nodeName !== undefined && before?.spec.nodeName === undefined;
      if (after === undefined || bound) this.#markUnconsolidated();
    });
    store.nodes.subscribe(({ before, after }) => {
      this.#version++;
      this.#touchNode((after ?? before)?.metadata.name, (after ?? before)?.spec.providerID);
      if (after !== undefined) this.#nodeByProviderID.set(after.spec.providerID, after.metadata.name);
      else if (before !== undefined) this.#nodeByProviderID.delete(before.spec.providerID);
      if (after === undefined || isInitialized(after) !== (before !== undefined && isInitialized(before))) {
        this.#markUnconsolidated();
      }
    });
    store.nodeClaims.subscribe(({ before, after }) => {
      this.#version++;
      const name = (after ?? before)?.metadata.name ?? '';
      this.#ofClaims.delete(name);
      const providerID = after?.status.providerID ?? before?.status.providerID;
      if (after === undefined) {
        this.#marks.delete(name);
        if (providerID !== undefined) this.#forget(providerID);
        return;
      }
      // Only what was launched is tracked, so that a failed launch changes nothing (disruption.md §4.1).
      if (providerID === undefined) return;
      this.#claimByProviderID.set(providerID, after.metadata.name);
      if (
        after.status.providerID !== before?.status.providerID ||
        (isDeleting(after) && !(before !== undefined && isDeleting(before)) && !this.#isMarked(name))
      ) {
        this.#markUnconsolidated();
      }
    });
    store.nodePools.subscribe(() => {
      this.#version++;
      this.#markUnconsolidated();
    });
  }

  /** Whether some NodeClaim has not been launched: neither provisioning nor disruption acts then (BAT-4, disruption.md §1.14). */
  hasUnlaunched(): boolean {
    return this.unlaunched().length > 0;
  }

  /** NodeClaims without a machine yet. */
  unlaunched(): readonly string[] {
    const names: string[] = [];
    for (const claim of this.#world.store.nodeClaims.values()) {
      if (claim.status.providerID === undefined) names.push(claim.metadata.name);
    }
    return names;
  }

  /** Pods are expected on the node: it is left alone until then (epoch ms). */
  nominate(nodeClaimName: string, untilMs: number): void {
    this.#nominations++;
    this.#mark(nodeClaimName).nominatedUntilMs = untilMs;
  }

  /** Another number as soon as anything changes but nominations, which scheduling passes do not look at. */
  get schedulingVersion(): number {
    return this.#version - this.#nominations;
  }

  /** A command is about to delete the node, or has given that up. */
  setMarked(nodeClaimName: string, marked: boolean): void {
    this.#mark(nodeClaimName).markedForDeletion = marked;
  }

  /** A command holds the node, or has let go of it. */
  setHeld(nodeClaimName: string, held: boolean): void {
    this.#mark(nodeClaimName).heldByCommand = held;
  }

  /** Something outside the stores changed (a PDB, a workload): the next snapshot is built anew. */
  invalidate(): void {
    this.#version++;
  }

  /** The Node of a NodeClaim, if it has registered. */
  nodeOf(claim: NodeClaim): Node | undefined {
    const { providerID } = claim.status;
    const name = providerID === undefined ? undefined : this.#nodeByProviderID.get(providerID);
    return name === undefined ? undefined : this.#world.store.nodes.get(name);
  }

  /** The NodeClaim of a machine. */
  claimOf(providerID: string): NodeClaim | undefined {
    const name = this.#claimByProviderID.get(providerID);
    return name === undefined ? undefined : this.#world.store.nodeClaims.get(name);
  }

  /** What is tracked for a NodeClaim; undefined before its launch. */
  stateNode(nodeClaim: NodeClaim): StateNode | undefined {
    if (nodeClaim.status.providerID === undefined) return undefined;
    const { name } = nodeClaim.metadata;
    let stateNode = this.#ofClaims.get(name);
    if (stateNode === undefined) {
      const node = this.nodeOf(nodeClaim);
      const marks = this.#marks.get(name) ?? UNMARKED;
      const pods = node === undefined ? [] : this.#world.store.podsOn(node.metadata.name);
      this.#ofClaims.set(name, (stateNode = marked(nodeClaim, node, pods, marks)));
    }
    return stateNode;
  }

  /** The cluster now. Shared until something changes. */
  snapshot(): ClusterSnapshot {
    const nowMs = epochNow(this.#world);
    if (this.#cached?.version !== this.#version) {
      this.#cached = { version: this.#version, snapshot: this.#build(nowMs) };
    }
    const { version, snapshot } = this.#cached;
    if (snapshot.nowMs !== nowMs) this.#cached = { version, snapshot: at(nowMs, snapshot) };
    return this.#cached.snapshot;
  }

  #build(nowMs: number): ClusterSnapshot {
    const { store, cloud } = this.#world;
    const { objects, podDisruptionBudgets } = this.#catalog;
    const { daemonSets, persistentVolumeClaims, persistentVolumes, storageClasses, namespaces } = objects();
    const pods = store.pods.list();
    if (pods !== this.#cached?.snapshot.pods) this.#podWatch.index(pods);
    return {
      nowMs,
      nodePools: store.nodePools.list(),
      stateNodes: this.#collectStateNodes(),
      pods,
      daemonSets,
      persistentVolumeClaims,
      persistentVolumes,
      storageClasses,
      namespaces,
      csiNodes: NO_CSI_NODES,
      podDisruptionBudgets: podDisruptionBudgets(),
      instanceTypes: (name) => {
        const pool = store.nodePools.get(name);
        return pool === undefined ? [] : cloud.instanceTypes(pool, this.#world.kernel.now);
      },
    };
  }

  /** The same list as long as it lists the same: what depends on the nodes alone is kept with it. */
  #collectStateNodes(): readonly StateNode[] {
    const before = this.#cached?.snapshot.stateNodes;
    const now = this.#listStateNodes();
    return before?.length === now.length && before.every((stateNode, index) => stateNode === now[index]) ? before : now;
  }

  #listStateNodes(): readonly StateNode[] {
    const { store } = this.#world;
    const stateNodes: StateNode[] = [];
    const tracked = new Set<string>();
    for (const nodeClaim of store.nodeClaims.values()) {
      const stateNode = this.stateNode(nodeClaim);
      if (stateNode === undefined) continue;
      if (stateNode.node !== undefined) tracked.add(stateNode.node.metadata.name);
      stateNodes.push(stateNode);
    }
    for (const node of store.nodes.values()) {
      const { name } = node.metadata;
      if (tracked.has(name)) continue;
      let stateNode = this.#ofNodes.get(name);
      if (stateNode === undefined) {
        stateNode = marked(undefined, node, store.podsOn(name), UNMARKED);
        this.#ofNodes.set(name, stateNode);
      }
      stateNodes.push(stateNode);
    }
    return stateNodes;
  }

  /** Something about a node changed: what is tracked under it is read anew. */
  #touchNode(nodeName: string | undefined, providerID?: string): void {
    if (nodeName === undefined) return;
    this.#ofNodes.delete(nodeName);
    const id = providerID ?? this.#world.store.nodes.get(nodeName)?.spec.providerID;
    const claimName = id === undefined ? undefined : this.#claimByProviderID.get(id);
    if (claimName !== undefined) this.#ofClaims.delete(claimName);
  }

  /** A command has marked it already: its deletion is no news (disruption.md §4.1). */
  #isMarked(nodeClaimName: string): boolean {
    return this.#marks.get(nodeClaimName)?.markedForDeletion ?? false;
  }

  #forget(providerID: string): void {
    this.#claimByProviderID.delete(providerID);
    this.#markUnconsolidated();
  }

  #mark(nodeClaimName: string): Marks {
    this.#version++;
    this.#ofClaims.delete(nodeClaimName);
    let marks = this.#marks.get(nodeClaimName);
    if (marks === undefined) {
      marks = { ...UNMARKED };
      // A command may let go of a node that has gone meanwhile.
      if (this.#world.store.nodeClaims.get(nodeClaimName) !== undefined) this.#marks.set(nodeClaimName, marks);
    }
    return marks;
  }

  #markUnconsolidated(): void {
    this.memo.markUnconsolidated(epochNow(this.#world));
  }
}

/** The same cluster at another instant; field by field, see kernel/copies.ts. */
function at(nowMs: number, snapshot: ClusterSnapshot): ClusterSnapshot {
  return {
    nowMs,
    nodePools: snapshot.nodePools,
    stateNodes: snapshot.stateNodes,
    pods: snapshot.pods,
    daemonSets: snapshot.daemonSets,
    persistentVolumeClaims: snapshot.persistentVolumeClaims,
    persistentVolumes: snapshot.persistentVolumes,
    storageClasses: snapshot.storageClasses,
    namespaces: snapshot.namespaces,
    csiNodes: snapshot.csiNodes,
    podDisruptionBudgets: snapshot.podDisruptionBudgets,
    instanceTypes: snapshot.instanceTypes,
  };
}

function isDeleting(nodeClaim: NodeClaim): boolean {
  return nodeClaim.metadata.deletionTimeMs !== undefined;
}

function isInitialized(node: Node): boolean {
  return node.metadata.labels['karpenter.sh/initialized'] === 'true';
}
