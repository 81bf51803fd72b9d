import type { Pod } from '../../kubernetes/pod.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { NodePool } from '../nodepool.js';
import { Requirements } from '../requirements/requirements.js';
import { ExistingNode } from './existing-node.js';
import type { CandidateTypes } from './instance-type-filter.js';
import { LimitsLedger } from './limits.js';
import { OpenClaim, type ClaimPlacement, type ClaimSurroundings } from './open-claim.js';
import { OpenClaims } from './open-claims.js';
import { asTried, withSortedPreferences, type PodInPass } from './pod-in-pass.js';
import { packedClaim, planClaim, planContext, type PackedClaim } from './plan-claim.js';
import { mayDisturb, type PassSetup } from './pass-setup.js';
import { relaxPod } from './preferences.js';
import { ReservationLedger } from './reservations.js';
import { errorOf, isRefusal, type SchedulingErrorCode } from './scheduling-errors.js';
import type { SchedulingProfile } from './scheduling-profile.js';
import { SchedulingQueue } from './scheduling-queue.js';
import type {
  NodeRefusal,
  PlannedNodeClaim,
  SchedulingError,
  SchedulingRequest,
  SchedulingResult,
} from './scheduling-result.js';
import { storageIndex } from './storage-index.js';
import type { NodeClaimTemplate } from './node-claim-template.js';
import { Topology } from './topology.js';
import type { TypeView } from './type-view.js';

/** Errors that say "not now": the pod keeps its wishes, and lower NodePools are not tried for it (LOOP-8, RSV-3). */
const DEFERRING: ReadonlySet<SchedulingErrorCode> = new Set([
  'reserved-capacity-exhausted',
  'resource-claims-unsupported',
]);

/** What a pass decided, and its NodeClaims before they were planned. */
export interface PassOutcome extends SchedulingResult {
  readonly claims: readonly { readonly packed: PackedClaim; readonly pods: readonly Pod[] }[];
  readonly relaxedPods: ReadonlyMap<string, Pod>;
}

/** One pass over pods and nodes (scheduling.md §4–§9). */
export class SchedulingPass {
  readonly #topology: Topology;
  readonly #limits: LimitsLedger;
  readonly #around: ClaimSurroundings;
  readonly #existing: readonly ExistingNode[];
  readonly #pods: readonly PodInPass[];
  readonly #ignoresPreferences: boolean;
  readonly #relaxesMinValues: boolean;
  readonly #claims = new OpenClaims<OpenClaim>();
  readonly #relaxedPods = new Map<string, Pod>();
  /** Whether the last NodeClaim opened from a template had its minValues lowered; shared by all of them (ADD-7). */
  readonly #minValuesRelaxed = new Map<NodeClaimTemplate, boolean>();
  readonly #restricted = new Map<readonly TypeView[], readonly CandidateTypes[]>();
  #hostnames = 0;

  constructor(
    private readonly request: SchedulingRequest,
    private readonly profile: SchedulingProfile,
    nodePools: readonly NodePool[],
    private readonly setup: PassSetup,
  ) {
    const { snapshot, settings, random } = request;
    this.#ignoresPreferences = settings.preferencePolicy === 'Ignore';
    this.#relaxesMinValues = settings.minValuesPolicy === 'BestEffort';
    const { pools, universe } = setup;
    const views = request.destinations.map((stateNode) => profile.stateNodes.view(stateNode));
    this.#limits = new LimitsLedger(nodePools, views, profile.limitsNodeCount);

    const taken = request.pods.map((pod) => this.#takeIn(pod));
    this.#pods = taken.map(({ tried }) => tried);
    const inTopology = taken.filter(({ volumesKnown }) => volumesKnown).map(({ tried }) => tried.pod);
    this.#topology = new Topology({
      snapshot,
      destinations: views,
      universe,
      policy: profile.topology,
      reading: profile.boundsReading,
      ignoresPreferences: this.#ignoresPreferences,
      passPods: new Set(inTopology.map(({ metadata }) => metadata.uid)),
      random,
    });
    for (const pod of inTopology) this.#topology.update(pod);
    for (const { hostname } of views) this.#topology.registerHostname(hostname);
    this.#existing = this.#takeNodes();
    this.#around = {
      profile,
      smallestRequests: smallestOf(this.#pods.map(({ requests }) => requests)),
      topology: this.#topology,
      reservations:
        profile.knowsReservations && settings.featureGates.reservedCapacity
          ? new ReservationLedger(pools.map(({ types }) => types))
          : undefined,
      strictReservations: request.purpose === 'provisioning',
    };
  }

  run(): PassOutcome {
    const queue = new SchedulingQueue(this.#pods);
    const errors = new Map<string, SchedulingError>();
    for (let tried = queue.pop(); tried !== undefined; tried = queue.pop()) {
      const { uid } = tried.original.metadata;
      const error = this.profile.relaxesInPlace
        ? this.#placeRelaxing(tried, queue)
        : this.#placeOrRequeue(tried, queue);
      if (error === undefined) errors.delete(uid);
      else errors.set(uid, error);
    }
    const claims = this.#claims.all.map((claim) => ({
      packed: packedClaim(claim, this.#minValuesRelaxed.get(claim.template) ?? false, this.profile),
      pods: claim.pods.map(({ original }) => original),
    }));
    const context = planContext(this.request, this.profile);
    const newNodeClaims: PlannedNodeClaim[] = [];
    for (const { packed, pods } of claims) {
      const planned = planClaim(packed, pods, context);
      if ('code' in planned) for (const { metadata } of pods) errors.set(metadata.uid, planned);
      else newNodeClaims.push(planned);
    }
    return {
      newNodeClaims,
      claims,
      existingNodes: this.#existing
        .filter(({ pods }) => pods.length > 0)
        .map(({ view, pods }) => ({ stateNode: view.stateNode, pods: pods.map(({ original }) => original) })),
      errors,
      relaxedPods: this.#relaxedPods,
      nodeRefusals: (podUid) => this.#nodeRefusals(podUid),
    };
  }

  #nodeRefusals(podUid: string): readonly NodeRefusal[] {
    const taken = this.#pods.find(({ original }) => original.metadata.uid === podUid);
    if (taken === undefined) return [];
    const relaxed = this.#relaxedPods.get(podUid);
    const tried = relaxed === undefined ? taken : this.#retry(taken, relaxed);
    return this.#existing.flatMap((node) => {
      const refused = node.refusalOf(tried);
      return refused === undefined ? [] : [{ nodeName: node.view.name, error: errorOf(refused) }];
    });
  }

  /** v1.14.1: gives up one wish after the other at once; a pod that still fails is queued with all its wishes (LOOP-8). */
  #placeRelaxing(start: PodInPass, queue: SchedulingQueue): SchedulingError | undefined {
    let tried = start;
    for (;;) {
      const error = this.#add(tried);
      if (error === undefined) return undefined;
      const relaxed = isDeferred(error) ? undefined : relaxPod(tried.pod, this.setup.toleratesPreferNoSchedule);
      if (relaxed === undefined) {
        this.#topology.update(start.pod);
        queue.push(start);
        return error;
      }
      this.#topology.update(relaxed);
      tried = this.#retry(tried, relaxed);
    }
  }

  /** v0.32.0: one attempt; a pod that fails gives up one wish for good and waits for its next turn (LOOP-8). */
  #placeOrRequeue(tried: PodInPass, queue: SchedulingQueue): SchedulingError | undefined {
    const error = this.#add(tried);
    if (error === undefined) return undefined;
    const relaxed = relaxPod(tried.pod, this.setup.toleratesPreferNoSchedule);
    if (relaxed === undefined) queue.push(tried);
    else {
      queue.pushRelaxed(this.#retry(tried, relaxed));
      this.#topology.update(relaxed);
      this.#relaxedPods.set(relaxed.metadata.uid, relaxed);
    }
    return error;
  }

  /** One attempt: existing nodes, then open NodeClaims, then a new one (LOOP-4). */
  #add(tried: PodInPass): SchedulingError | undefined {
    if (tried.pod.spec.resourceClaims > 0 && this.profile.refusesResourceClaims) {
      return { code: 'resource-claims-unsupported', detail: {}, causes: [] };
    }
    if (this.#addToExisting(tried) || this.#addToOpen(tried)) return undefined;
    if (this.setup.templates.length === 0) return { code: 'no-nodepool-has-types', detail: {}, causes: [] };
    return this.#addToNew(tried);
  }

  #addToExisting(tried: PodInPass): boolean {
    for (const node of this.#existing) {
      if (node.guarded && !mayDisturb(tried.original, this.setup)) continue;
      const requirements = node.tryAdd(tried);
      if (requirements === undefined) continue;
      node.add(tried, requirements);
      return true;
    }
    return false;
  }

  /** NodeClaims of every NodePool are tried before any new one, the emptiest first (LOOP-5, LOOP-6). */
  #addToOpen(tried: PodInPass): boolean {
    for (const claim of this.#claims.inOrder()) {
      const placement = claim.tryAdd(tried, false);
      if (isRefusal(placement)) continue;
      claim.add(tried, placement);
      this.#claims.grew(claim);
      return true;
    }
    return false;
  }

  #addToNew(tried: PodInPass): SchedulingError | undefined {
    const causes: SchedulingError[] = [];
    for (const template of this.setup.templates) {
      const nodePoolName = template.nodePool.metadata.name;
      const opened = this.#open(template, tried);
      if ('claim' in opened) {
        opened.claim.add(tried, opened.placement);
        this.#claims.append(opened.claim);
        this.#minValuesRelaxed.set(template, opened.placement.minValuesRelaxed);
        this.#limits.charge(nodePoolName, opened.claim.types);
        return undefined;
      }
      causes.push(opened.error);
      // A NodePool that could serve the pod from a reservation later is not passed over (RSV-3).
      if (isDeferred(opened.error)) break;
    }
    return { code: 'all-nodepools-refused', detail: {}, causes };
  }

  #open(
    template: NodeClaimTemplate,
    tried: PodInPass,
  ): { claim: OpenClaim; placement: ClaimPlacement } | { error: SchedulingError } {
    const nodePoolName = template.nodePool.metadata.name;
    const admitted = this.#limits.admit(nodePoolName, template.types);
    if (isRefusal(admitted)) return { error: errorOf(admitted, nodePoolName) };
    // By their first type: the reference keeps them in a map, which mostly has that order (ND-3).
    const groups = this.setup.daemons.groups.get(template) ?? [];
    const allowed = admitted === template.types ? groups : this.#restrict(groups, admitted);
    this.#hostnames++;
    const hostname = `hostname-placeholder-${String(this.#hostnames).padStart(4, '0')}`;
    const claim = new OpenClaim(
      template,
      hostname,
      allowed,
      this.setup.daemons.initialRequests(template),
      this.#around,
    );
    const placement = claim.tryAdd(tried, this.#relaxesMinValues);
    if (!isRefusal(placement)) return { claim, placement };
    if (admitted === template.types) return { error: errorOf(placement, nodePoolName) };
    // Too few types may be left for a reason that the pod has nothing to do with.
    const withinLimits = { withinLimits: admitted.length, typesOfNodePool: template.types.length };
    const { refused, detail } = placement;
    return { error: errorOf({ refused, detail: () => ({ ...detail(), ...withinLimits }) }, nodePoolName) };
  }

  /** The groups without types that limits forbid; groups keep their place. The same groups while the limits stand. */
  #restrict(groups: readonly CandidateTypes[], admitted: readonly TypeView[]): readonly CandidateTypes[] {
    let restricted = this.#restricted.get(admitted);
    if (restricted === undefined) {
      const allowed = new Set(admitted);
      restricted = groups.map((group) => ({ ...group, types: group.types.filter((type) => allowed.has(type)) }));
      this.#restricted.set(admitted, restricted);
    }
    return restricted;
  }

  /** The nodes that the pass may put pods on, in the order in which they are tried (EX-4). */
  #takeNodes(): readonly ExistingNode[] {
    const { destinations, purpose, snapshot } = this.request;
    const guards = purpose === 'consolidation' && this.profile.guardsSettlingNodes;
    const taking = new Set(destinations);
    const nodes: ExistingNode[] = [];
    for (const base of this.setup.nodes) {
      if (!taking.has(base.view.stateNode)) continue;
      nodes.push(new ExistingNode(base, guards && snapshot.nowMs < base.settledAtMs, this.#topology));
    }
    return nodes;
  }

  #takeIn(original: Pod): { readonly tried: PodInPass; readonly volumesKnown: boolean } {
    const { profile } = this;
    const storage = storageIndex(this.request.snapshot);
    const sorted = this.#ignoresPreferences ? original : withSortedPreferences(original);
    const { pod, alternatives, known } = profile.volumeTopology(sorted, storage);
    const tried: PodInPass = {
      original,
      pod,
      requests: profile.podRequests(original),
      all: Requirements.EMPTY,
      strict: Requirements.EMPTY,
      volumeAlternatives: alternatives,
      volumes: profile.podVolumes(original, storage),
    };
    return { tried: this.#retry(tried, pod), volumesKnown: known };
  }

  #retry(tried: PodInPass, pod: Pod): PodInPass {
    return asTried(tried, pod, this.profile.boundsReading, this.#ignoresPreferences);
  }
}

function isDeferred(error: SchedulingError): boolean {
  return (
    DEFERRING.has(error.code as SchedulingErrorCode) ||
    error.causes.some(({ code }) => DEFERRING.has(code as SchedulingErrorCode))
  );
}

/** Least amount of each resource that any of the lists asks for. */
function smallestOf(lists: readonly ResourceList[]): ResourceList {
  const [first = {}, ...others] = lists;
  const smallest: Record<string, number> = { ...first };
  for (const list of others) {
    for (const name in smallest) smallest[name] = Math.min(smallest[name] ?? 0, list[name] ?? 0);
  }
  return smallest;
}
