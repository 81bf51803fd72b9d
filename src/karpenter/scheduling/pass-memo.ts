// Most of the questions that a day of consolidation and provisioning asks have been asked before, in all but names: the pods
// are of the same few kinds, of the nodes only those matter that have room for one of them, and pods that compete for nothing are
// questions of their own. Recognising one takes 10 µs where answering takes 100: of 14,111 questions of a banking day 778
// have to be asked about as a whole, and 1,948 passes are left.
import { ObjectCache } from '../../kernel/object-cache.js';
import { sortFew } from '../../kernel/sort-few.js';
import { matchesLabelSelector } from '../../kubernetes/label-selector.js';
import type { Pod, PodAffinityTerm, PodSpec } from '../../kubernetes/pod.js';
import { asksTheSame } from '../../kubernetes/pod-requests.js';
import { resourcesFit } from '../../kubernetes/resource-arithmetic.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { Taint, Toleration } from '../../kubernetes/taints.js';
import { toleratesTaints } from '../../kubernetes/tolerations.js';
import type { StateNode } from '../cluster-snapshot.js';
import type { NodePool } from '../nodepool.js';
import type { StateNodeView } from '../state-node-view.js';
import { HOSTNAME_LABEL } from '../requirements/labels.js';
import type { KarpenterSettings } from '../settings.js';
import { podIndex } from './cluster-index.js';
import type { DaemonOverhead } from './daemon-overhead.js';
import type { ExistingNodeBase } from './existing-node-base.js';
import { usesHostPorts } from './host-ports.js';
import { mayDisturb, type PassSetup } from './pass-setup.js';
import type { PackedClaim } from './plan-claim.js';
import { comparePlaces, sizeInQueue, type QueuePlace } from './scheduling-queue.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import type { SchedulingRequest } from './scheduling-result.js';

/** What a pass decided, its pods and nodes by their place in the {@link PartQuestion}. */
export interface PassAnswer {
  readonly claims: readonly { readonly packed: PackedClaim; readonly pods: readonly number[] }[];
  readonly nodes: readonly { readonly node: number; readonly pods: readonly number[] }[];
}

/** A request reduced to what its answer depends on. */
export interface Question {
  /** Parts of which none can get in the way of another: each is answered for itself. None when there are not two. */
  readonly parts: readonly PartQuestion[];
  readonly whole: () => PartQuestion;
}

/** Some pods and nodes of a request. Those of one text have one answer. */
export interface PartQuestion {
  readonly text: string;
  /** In the order in which the pass takes them, with their places among all pods of the request. */
  readonly pods: readonly Pod[];
  readonly podPlaces: readonly number[];
  /** Nodes with room for one of the pods, in the order in which the pass tries them, and their places among all nodes with room. */
  readonly nodes: readonly StateNode[];
  readonly nodePlaces: readonly number[];
}

/** Pods that every node and every NodePool treats alike. */
interface PodKind {
  readonly id: number;
  /** The id as it stands in a question. */
  readonly text: string;
  readonly requests: ResourceList;
  readonly cpu: number;
  readonly memory: number;
  readonly tolerations: readonly Toleration[];
  /** Whether a NodePool may launch for the pod as far as taints go, by the place of its template. */
  readonly opens: (boolean | undefined)[];
}

interface QueuedPod extends QueuePlace {
  readonly original: Pod;
  readonly kind: PodKind;
}

/** What a question says of a node. */
interface NodeFacts {
  readonly base: ExistingNodeBase;
  /** Taints that no pod ever comes to tolerate by giving up wishes. */
  readonly taints: readonly Taint[];
  /** Whether there is room for a pod, by the id of its kind. */
  readonly takes: (boolean | undefined)[];
  /** One text for nodes that are alike but for their names; undefined until somebody asks. */
  text: string | undefined;
}

/** Nodes that are alike so far: in labels and taints, then in what they have left of one resource after the other. */
class Alike {
  readonly #further = new Map<string | number, Alike>();
  /** What a question says of them; undefined until somebody asks. */
  text: string | undefined;

  with(fact: string | number): Alike {
    let alike = this.#further.get(fact);
    if (alike === undefined) this.#further.set(fact, (alike = new Alike()));
    return alike;
  }
}

interface Head {
  readonly memo: PassMemo;
  readonly labelId: number;
  readonly taints: readonly Taint[];
  readonly alike: Alike;
}

const heads = new ObjectCache<Readonly<Record<string, string>>, Head>();

interface KnownKind {
  readonly memo: PassMemo;
  readonly spec: PodSpec;
  readonly kind: PodKind | undefined;
}

/** The kind of the last pod with these containers, which all pods of a template share. */
const kinds = new ObjectCache<PodSpec['containers'], KnownKind>();

/** Whether two pods with the same containers differ in nothing that a kind depends on. */
function isAlike(a: PodSpec, b: PodSpec): boolean {
  return (
    asksTheSame(a, b) &&
    a.affinity === b.affinity &&
    a.nodeSelector === b.nodeSelector &&
    a.tolerations === b.tolerations &&
    a.topologySpreadConstraints === b.topologySpreadConstraints &&
    a.volumes === b.volumes &&
    a.resourceClaims === b.resourceClaims
  );
}

/** More than a day asks, and about 5 MB. */
const KNOWN_ANSWERS = 10_000;

/** Answers to the questions about one set of NodePools, instance types and daemon pods. */
export class PassMemo {
  readonly #answers = new Map<string, PassAnswer | 'fails'>();
  readonly #podKinds = new Map<string, PodKind>();
  readonly #alike = new Alike();
  #nodeTexts = 0;
  readonly #nodesOfSetup = new ObjectCache<PassSetup, readonly NodeFacts[] | undefined>();
  readonly #factsOfNode = new ObjectCache<ExistingNodeBase, NodeFacts>();
  readonly #labelIds = new Map<string, number>();

  constructor(
    readonly nodePools: readonly NodePool[],
    readonly settings: KarpenterSettings,
    private readonly profile: SchedulingProfile,
  ) {}

  /**
   * What the request comes to. Undefined when its answer may depend on more than is compared: on where other pods run, on
   * volumes, on host ports, on a single node by name, or on limits that are nearly used up.
   */
  question(request: SchedulingRequest, setup: PassSetup): Question | undefined {
    const { snapshot } = request;
    if (isShunned(request.pods, podIndex(snapshot).antiAffinityTerms)) return undefined;
    const queued = this.#queued(request.pods);
    if (queued === undefined || mayReachLimits(queued, setup)) return undefined;
    const known = this.#nodesOf(setup);
    if (known === undefined) return undefined;
    const wanted: PodKind[] = [];
    for (const { kind } of queued) if (!wanted.includes(kind)) wanted.push(kind);
    const nodes = known.filter(
      (facts) => hasRoom(facts, wanted) && request.destinations.includes(facts.base.view.stateNode),
    );
    const ask = (ofPart: (kind: PodKind) => boolean): PartQuestion =>
      this.#part(request, setup, queued, nodes, wanted.filter(ofPart));
    const partOf = setup.hasReservations ? undefined : partsOf(wanted, nodes, setup);
    const parts = new Set(partOf);
    return {
      parts: parts.size > 1 ? [...parts].map((part) => ask((kind) => partOf?.[wanted.indexOf(kind)] === part)) : [],
      whole: () => ask(() => true),
    };
  }

  /** The pods of some kinds, and the nodes with room for them. */
  #part(
    { purpose, snapshot }: SchedulingRequest,
    setup: PassSetup,
    queued: readonly QueuedPod[],
    withRoom: readonly NodeFacts[],
    kindsOfPart: readonly PodKind[],
  ): PartQuestion {
    const guards = purpose === 'consolidation' && this.profile.guardsSettlingNodes;
    const nodes: StateNode[] = [];
    const nodePlaces: number[] = [];
    let text = purpose === 'provisioning' ? 'provisioning' : '';
    let anyGuarded = false;
    for (let place = 0; place < withRoom.length; place++) {
      const facts = withRoom[place] as NodeFacts;
      if (!hasRoom(facts, kindsOfPart)) continue;
      const { view, settledAtMs } = facts.base;
      nodes.push(view.stateNode);
      nodePlaces.push(place);
      text += facts.text ??= this.#nodeText(facts.base);
      if (!guards || snapshot.nowMs >= settledAtMs) continue;
      anyGuarded = true;
      text += 'g';
    }
    text += '|';
    const pods: Pod[] = [];
    const podPlaces: number[] = [];
    let last = '';
    let times = 0;
    for (let place = 0; place < queued.length; place++) {
      const { kind, original } = queued[place] as QueuedPod;
      if (!kindsOfPart.includes(kind)) continue;
      pods.push(original);
      podPlaces.push(place);
      const word = anyGuarded && mayDisturb(original, setup) ? `${kind.text}d` : kind.text;
      if (word !== last) {
        if (times > 1) text += `*${String(times)}`;
        text += word;
        last = word;
        times = 0;
      }
      times++;
    }
    text += `*${String(times)}`;
    return { text, pods, podPlaces, nodes, nodePlaces };
  }

  recall({ text }: PartQuestion): PassAnswer | 'fails' | undefined {
    return this.#answers.get(text);
  }

  /** `fails`: some pod finds no place without giving up wishes, or not at all. */
  remember({ text }: PartQuestion, answer: PassAnswer | 'fails'): void {
    if (this.#answers.size >= KNOWN_ANSWERS) this.#answers.clear();
    this.#answers.set(text, answer);
  }

  #queued(pods: readonly Pod[]): readonly QueuedPod[] | undefined {
    const all = pods.map((pod) => this.#queuedPod(pod));
    if (!all.every((pod) => pod !== undefined)) return undefined;
    return sortFew(all, comparePlaces);
  }

  #queuedPod(pod: Pod): QueuedPod | undefined {
    const kind = this.#podKind(pod);
    if (kind === undefined) return undefined;
    const { creationTimeMs, uid } = pod.metadata;
    const { cpu, memory } = kind;
    return { cpu, memory, createdSeconds: Math.floor(creationTimeMs / 1000), uid, original: pod, kind };
  }

  #podKind(pod: Pod): PodKind | undefined {
    const { spec, status } = pod;
    // In the middle of a resize a pod asks for something of its own.
    if (status.containerStatuses.length > 0) return this.#readPodKind(pod);
    const known = kinds.get(spec.containers);
    if (known?.memo === this && isAlike(known.spec, spec)) return known.kind;
    const kind = this.#readPodKind(pod);
    kinds.set(spec.containers, { memo: this, spec, kind });
    return kind;
  }

  /** The nodes of a set-up; undefined when some have limits of volumes. */
  #nodesOf(setup: PassSetup): readonly NodeFacts[] | undefined {
    if (this.#nodesOfSetup.has(setup)) return this.#nodesOfSetup.get(setup);
    const isLimited = setup.nodes.some(({ volumeUsage }) => volumeUsage !== undefined);
    const nodes = isLimited ? undefined : setup.nodes.map((base) => this.#nodeFacts(base));
    this.#nodesOfSetup.set(setup, nodes);
    return nodes;
  }

  #readPodKind(pod: Pod): PodKind | undefined {
    const { affinity, nodeSelector, resourceClaims, tolerations, topologySpreadConstraints, volumes } = pod.spec;
    if (topologySpreadConstraints.length > 0 || volumes.length > 0 || usesHostPorts(pod)) return undefined;
    if (affinity?.podAffinity !== undefined || affinity?.podAntiAffinity !== undefined) return undefined;
    const requests = this.profile.podRequests(pod);
    const wishes = JSON.stringify([nodeSelector, affinity?.nodeAffinity]);
    if (wishes.includes(HOSTNAME_LABEL)) return undefined;
    const text = wishes + JSON.stringify([requests, tolerations, resourceClaims]);
    let kind = this.#podKinds.get(text);
    if (kind === undefined) {
      const id = this.#podKinds.size;
      const { cpu, memory } = sizeInQueue(requests);
      kind = { id, text: `,${String(id)}`, requests, cpu, memory, tolerations, opens: [] };
      this.#podKinds.set(text, kind);
    }
    return kind;
  }

  #nodeFacts(base: ExistingNodeBase): NodeFacts {
    let facts = this.#factsOfNode.get(base);
    if (facts === undefined) {
      facts = { base, taints: hardTaints(base.view.taints), takes: [], text: undefined };
      this.#factsOfNode.set(base, facts);
    }
    return facts;
  }

  #nodeText({ view, remaining }: ExistingNodeBase): string {
    let alike = this.#headOf(view);
    for (const name in remaining) alike = alike.with(name).with(remaining[name] ?? 0);
    return (alike.text ??= `,${String(this.#nodeTexts++)}`);
  }

  /** What about a node does not change with its pods. */
  #headOf({ labels, taints }: StateNodeView): Alike {
    const known = heads.get(labels);
    if (known?.memo === this && known.taints === taints) return known.alike;
    const labelId = known?.memo === this ? known.labelId : this.#labelId(labels);
    let alike = this.#alike.with(labelId);
    for (const { key, value, effect } of taints) alike = alike.with(`${key}=${value}:${effect}`);
    heads.set(labels, { memo: this, labelId, taints, alike });
    return alike;
  }

  /** One number for all labels that differ by the hostname alone. */
  #labelId(labels: Readonly<Record<string, string>>): number {
    let text = '';
    for (const key in labels) text += key === HOSTNAME_LABEL ? `${key}\n` : `${key}\n${labels[key] ?? ''}\n`;
    const id = this.#labelIds.get(text) ?? this.#labelIds.size;
    this.#labelIds.set(text, id);
    return id;
  }
}

const memos = new ObjectCache<DaemonOverhead, PassMemo>();

/** The memo of passes with this set-up; daemon overhead is another one as soon as NodePools, types or daemon pods change. */
export function passMemo(
  { daemons }: PassSetup,
  nodePools: readonly NodePool[],
  settings: KarpenterSettings,
  profile: SchedulingProfile,
): PassMemo {
  let memo = memos.get(daemons);
  const isSame =
    memo?.settings === settings &&
    memo.nodePools.length === nodePools.length &&
    memo.nodePools.every((nodePool, index) => nodePool === nodePools[index]);
  if (memo === undefined || !isSame) memos.set(daemons, (memo = new PassMemo(nodePools, settings, profile)));
  return memo;
}

/** A pod comes to tolerate the others when it gives up its wishes. */
function hardTaints(taints: readonly Taint[]): readonly Taint[] {
  const isHard = ({ effect }: Taint): boolean => effect !== 'PreferNoSchedule';
  return taints.every(isHard) ? taints : taints.filter(isHard);
}

/** Whether anti-affinity of a running pod may keep a pod away from some node, or ties between its domains are drawn. */
function isShunned(pods: readonly Pod[], terms: Iterable<PodAffinityTerm>): boolean {
  for (const { topologyKey, labelSelector } of terms) {
    if (topologyKey !== HOSTNAME_LABEL) return true;
    if (pods.some(({ metadata }) => matchesLabelSelector(labelSelector, metadata.labels))) return true;
  }
  return false;
}

/** Whether a NodePool might get as many new NodeClaims as pods can use it, and its limits might not leave room for so many. */
function mayReachLimits(queued: readonly QueuedPod[], { templates, openable }: PassSetup): boolean {
  return openable.some((most, place) => {
    if (queued.length <= most) return false;
    let users = 0;
    for (const { kind } of queued) if (mayOpen(kind, place, templates)) users++;
    return users > most;
  });
}

/** Whether a NodePool may launch for pods of the kind as far as taints go. */
function mayOpen(kind: PodKind, place: number, templates: PassSetup['templates']): boolean {
  const known = kind.opens[place];
  if (known !== undefined) return known;
  const taints = hardTaints(templates[place]?.nodePool.template.taints ?? []);
  return (kind.opens[place] = toleratesTaints(kind.tolerations, taints));
}

/**
 * The number of the part that each kind belongs to. Kinds that a NodePool may launch for, or that a node has room for, belong
 * together: they compete for it.
 */
function partsOf(
  wanted: readonly PodKind[],
  nodes: readonly NodeFacts[],
  { templates }: PassSetup,
): readonly number[] | undefined {
  if (wanted.length < 2) return undefined;
  const parts = wanted.map((_, index) => index);
  const join = (competes: (kind: PodKind) => boolean): void => {
    let joined: number | undefined;
    for (const [index, kind] of wanted.entries()) {
      if (!competes(kind)) continue;
      const part = parts[index] as number;
      joined ??= part;
      for (let other = 0; part !== joined && other < parts.length; other++) {
        if (parts[other] === part) parts[other] = joined;
      }
    }
  };
  for (let place = 0; place < templates.length; place++) join((kind) => mayOpen(kind, place, templates));
  for (const node of nodes) join((kind) => hasRoom(node, [kind]));
  return parts;
}

/** What a node has left only ever gets less in a pass, so one without room for any of the pods plays no part. */
function hasRoom({ base, taints, takes }: NodeFacts, pods: readonly PodKind[]): boolean {
  for (const { id, requests, tolerations } of pods) {
    const fits = (takes[id] ??= resourcesFit(requests, base.remaining) && toleratesTaints(tolerations, taints));
    if (fits) return true;
  }
  return false;
}
