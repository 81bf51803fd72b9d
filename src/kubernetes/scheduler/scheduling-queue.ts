import type { Pod } from '../pod.js';
import type { NamespaceLabels } from './affinity-terms.js';
import { OrderedList } from './ordered-list.js';
import { type ClusterEvent, mayHelp } from './queueing-hints.js';
import type { FilterPlugin } from './rejection.js';

const SECOND_MS = 1000;
/** Pods that sat unschedulable for longer than this are tried again, at the next 30-s tick. */
const UNSCHEDULABLE_TIMEOUT_MS = 300_000;
const LEFTOVER_TICK_MS = 30_000;

/** Settings of a {@link SchedulingQueue}; Kubernetes' defaults. */
export interface SchedulingQueueOptions {
  readonly initialBackoffMs?: number | undefined;
  readonly maxBackoffMs?: number | undefined;
  /** An idle scheduler takes pods that are still backing off (Kubernetes 1.33 and later). */
  readonly popsFromBackoff?: boolean | undefined;
  readonly namespaceLabels?: NamespaceLabels | undefined;
}

type Place = 'active' | 'backoff' | 'unschedulable' | 'inFlight' | 'gated';

/** A pod that waits to be bound. */
interface Entry {
  pod: Pod;
  readonly sequence: number;
  place: Place;
  /** When it last became a candidate: creation, or the last failed attempt. */
  sinceMs: number;
  failures: number;
  backoffUntilMs: number;
  plugins: ReadonlySet<FilterPlugin>;
  /** While it is being tried: an event came that may help it. */
  readonly missed: ClusterEvent[];
}

/** Backoff after the n-th failed attempt: 1, 2, 4, 8, 10, 10 … seconds with the defaults (kubernetes.md §1.2). */
export function backoffMs(failures: number, initialMs = 1000, maxMs = 10_000): number {
  return failures === 0 ? 0 : Math.min(initialMs * 2 ** (failures - 1), maxMs);
}

function byPriority(a: Entry, b: Entry): number {
  return (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0) || a.sinceMs - b.sinceMs || a.sequence - b.sequence;
}

/**
 * kube-scheduler's queue (kubernetes.md §1.2–1.3): pods to try, pods backing off after a failure, and pods that wait for
 * an event that may help them. It has no clock: every method is told the time.
 */
export class SchedulingQueue {
  readonly #entries = new Map<string, Entry>();
  readonly #active = new OrderedList<Entry>(byPriority);
  readonly #backoff = new OrderedList<Entry>((a, b) => a.backoffUntilMs - b.backoffUntilMs || byPriority(a, b));
  /** By uid, longest waiting first. */
  readonly #unschedulable = new Map<string, Entry>();
  readonly #inFlight = new Set<Entry>();
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #popsFromBackoff: boolean;
  readonly #namespaceLabels: NamespaceLabels;
  #sequence = 0;

  constructor(options: SchedulingQueueOptions = {}) {
    this.#initialMs = options.initialBackoffMs ?? 1000;
    this.#maxMs = options.maxBackoffMs ?? 10_000;
    this.#popsFromBackoff = options.popsFromBackoff ?? true;
    this.#namespaceLabels = options.namespaceLabels ?? (() => ({}));
  }

  /** Pods in the queue, those being tried included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Adds an unbound pod, or takes over its new object. A pod with scheduling gates waits until they are gone. */
  set(pod: Pod, nowMs: number): void {
    const { uid } = pod.metadata;
    const gated = pod.spec.schedulingGates.length > 0;
    const known = this.#entries.get(uid);
    if (known === undefined) {
      const entry: Entry = {
        pod,
        sequence: this.#sequence++,
        place: 'gated',
        sinceMs: nowMs,
        failures: 0,
        backoffUntilMs: 0,
        plugins: new Set(),
        missed: [],
      };
      this.#entries.set(uid, entry);
      if (!gated) this.#activate(entry);
      return;
    }
    // Priority and gates are all that moves a pod; a pod's status changes for reasons that are no news to the queue.
    const moves = (known.pod.spec.priority ?? 0) !== (pod.spec.priority ?? 0);
    const { place } = known;
    if (moves) this.#takeOut(known);
    known.pod = pod;
    if (moves) this.#putIn(known, place);
    if (known.place === 'gated' && !gated) this.#activate(known);
  }

  /** Forgets a pod: bound, deleted or finished. */
  delete(uid: string): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    this.#takeOut(entry);
    this.#entries.delete(uid);
  }

  /** The next pod to try; it stays in flight until {@link failed} or {@link delete}. */
  pop(nowMs: number): Pod | undefined {
    this.#flush(nowMs);
    const entry = this.#active.shift() ?? (this.#popsFromBackoff ? this.#backoff.shift() : undefined);
    if (entry === undefined) return undefined;
    this.#putIn(entry, 'inFlight');
    return entry.pod;
  }

  /** Puts a pod back that no node could take, with the plugins that refused it. */
  failed(uid: string, plugins: ReadonlySet<FilterPlugin>, nowMs: number): void {
    const entry = this.#entries.get(uid);
    if (entry?.place !== 'inFlight') return;
    const missed = entry.missed.splice(0);
    this.#inFlight.delete(entry);
    entry.plugins = plugins;
    entry.failures++;
    entry.sinceMs = nowMs;
    const until = nowMs + backoffMs(entry.failures, this.#initialMs, this.#maxMs);
    entry.backoffUntilMs = this.#aligned(until);
    this.#putIn(entry, 'unschedulable');
    for (const event of missed) this.#wake(entry, event, nowMs);
  }

  /** Tells waiting pods what happened; those it may help are tried again when their backoff is over. */
  onEvent(event: ClusterEvent, nowMs: number): void {
    for (const entry of this.#inFlight) entry.missed.push(event);
    // Mostly nobody waits. Those that are woken leave the map, which an iteration bears.
    if (this.#unschedulable.size === 0) return;
    for (const entry of this.#unschedulable.values()) this.#wake(entry, event, nowMs);
  }

  /** When {@link pop} may next return a pod: not after `nowMs` if at once, undefined if nothing but an event will do. */
  nextWakeMs(nowMs: number): number | undefined {
    if (this.#active.size > 0 || (this.#popsFromBackoff && this.#backoff.size > 0)) return nowMs;
    const backingOff = this.#backoff.first;
    let wakeMs = backingOff === undefined ? Infinity : this.#backoffEndMs(backingOff);
    if (this.#unschedulable.size > 0) {
      const [waiting] = this.#unschedulable.values();
      if (waiting !== undefined) wakeMs = Math.min(wakeMs, leftoverTickMs(waiting));
    }
    return wakeMs === Infinity ? undefined : wakeMs;
  }

  #wake(entry: Entry, event: ClusterEvent, nowMs: number): void {
    if (entry.place !== 'unschedulable') return;
    if (!mayHelp(entry.pod, entry.plugins, event, this.#namespaceLabels)) return;
    this.#takeOut(entry);
    if (this.#isBackingOff(entry, nowMs)) this.#putIn(entry, 'backoff');
    else this.#activate(entry);
  }

  #flush(nowMs: number): void {
    for (let entry = this.#backoff.first; entry !== undefined; entry = this.#backoff.first) {
      if (this.#backoffEndMs(entry) > nowMs) break;
      this.#takeOut(entry);
      this.#activate(entry);
    }
    for (const entry of this.#unschedulable.values()) {
      if (leftoverTickMs(entry) > nowMs) break;
      this.#takeOut(entry);
      this.#activate(entry);
    }
  }

  #activate(entry: Entry): void {
    this.#putIn(entry, 'active');
  }

  #putIn(entry: Entry, place: Place): void {
    entry.place = place;
    if (place === 'active') this.#active.add(entry);
    else if (place === 'backoff') this.#backoff.add(entry);
    else if (place === 'unschedulable') this.#unschedulable.set(entry.pod.metadata.uid, entry);
    else if (place === 'inFlight') this.#inFlight.add(entry);
  }

  #takeOut(entry: Entry): void {
    if (entry.place === 'active') this.#active.delete(entry);
    else if (entry.place === 'backoff') this.#backoff.delete(entry);
    else if (entry.place === 'unschedulable') this.#unschedulable.delete(entry.pod.metadata.uid);
    else if (entry.place === 'inFlight') this.#inFlight.delete(entry);
  }

  /** Since 1.33 backoff ends on whole seconds, and a pod whose backoff ends in this second still counts as waiting. */
  #isBackingOff(entry: Entry, nowMs: number): boolean {
    return this.#popsFromBackoff ? entry.backoffUntilMs >= this.#aligned(nowMs) : entry.backoffUntilMs > nowMs;
  }

  /** The whole second at which the pod's backoff is over. */
  #backoffEndMs(entry: Entry): number {
    return this.#popsFromBackoff
      ? entry.backoffUntilMs + SECOND_MS
      : Math.ceil(entry.backoffUntilMs / SECOND_MS) * SECOND_MS;
  }

  #aligned(timeMs: number): number {
    return this.#popsFromBackoff ? Math.floor(timeMs / SECOND_MS) * SECOND_MS : timeMs;
  }
}

function leftoverTickMs(entry: Entry): number {
  return (Math.floor((entry.sinceMs + UNSCHEDULABLE_TIMEOUT_MS) / LEFTOVER_TICK_MS) + 1) * LEFTOVER_TICK_MS;
}
