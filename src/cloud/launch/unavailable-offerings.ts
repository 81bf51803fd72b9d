import type { ProviderProfile } from '../provider-profile.js';
import type { CapacityPool } from './pool.js';

/** How long a mark lives; every new mark of a pool starts it again (aws.md §8). */
const MARK_LIFETIME_MS = 180_000;
/** v1: a janitor drops dead marks this often, counted from the start of the process. */
const JANITOR_INTERVAL_MS = 10_000;
/** v0.32: instance types and their zones are read again this often, which builds the list anew. */
const REFRESH_INTERVAL_MS = 300_000;

/** Pools that Karpenter takes to be out of capacity. The same object as long as nothing that it shows has changed. */
export interface HiddenOfferings {
  /** By instance type; types without hidden offerings are absent. */
  readonly byType: ReadonlyMap<string, HiddenPools>;
}

/** Hidden offerings of one instance type. */
export interface HiddenPools {
  /** Sorted texts `capacity-type/zone`; equal for equal sets. */
  readonly key: string;
  readonly pools: ReadonlySet<string>;
}

/**
 * The provider's memory of pools that had no capacity. Marks die after three minutes, but Karpenter sees a mark as long as
 * the offerings made with it live: in v1 until the janitor drops it or the same type is marked again; in v0.32 until the
 * whole list is built again, by a mark of anything or after five minutes. One object serves all NodeClasses, as in the
 * original; what the lists of several NodeClasses show is taken to change at one time.
 */
export class UnavailableOfferings {
  readonly #expiresAtMs = new Map<string, Map<string, number>>();
  readonly #stale = new Set<string>();
  #hidden: HiddenOfferings = { byType: new Map() };
  #lastSweepMs = 0;
  #refreshedMs = 0;

  constructor(private readonly profile: ProviderProfile) {}

  /** A launch found no capacity in the pool, or it was interrupted: hides it for a while. */
  mark(pool: CapacityPool, nowMs: number): void {
    let marks = this.#expiresAtMs.get(pool.instanceType);
    if (marks === undefined) this.#expiresAtMs.set(pool.instanceType, (marks = new Map<string, number>()));
    marks.set(poolKey(pool), nowMs + MARK_LIFETIME_MS);
    this.#stale.add(pool.instanceType);
  }

  /** What Karpenter believes to be out of capacity when it asks now. */
  hidden(nowMs: number): HiddenOfferings {
    if (this.profile.markExpiry === 'janitor') this.#sweep(nowMs);
    else this.#refreshList(nowMs);
    if (this.#stale.size > 0) this.#evaluate(nowMs);
    return this.#hidden;
  }

  /** Whether Karpenter believes the pool to be out of capacity when it asks now. */
  isUnavailable(pool: CapacityPool, nowMs: number): boolean {
    return this.hidden(nowMs).byType.get(pool.instanceType)?.pools.has(poolKey(pool)) ?? false;
  }

  /** When hidden offerings come back if nothing is marked meanwhile and Karpenter asks then; undefined: none is hidden. */
  nextChangeMs(nowMs: number): number | undefined {
    const { byType } = this.hidden(nowMs);
    let earliest: number | undefined;
    for (const [type, { pools }] of byType) {
      for (const pool of pools) {
        const visible = this.#visibleAgainMs(this.#expiresAtMs.get(type)?.get(pool) ?? nowMs);
        if (earliest === undefined || visible < earliest) earliest = visible;
      }
    }
    return earliest;
  }

  #visibleAgainMs(expiresAtMs: number): number {
    // A mark is dead only after its last instant, so an expiry on the janitor's beat waits for the next one.
    if (this.profile.markExpiry === 'janitor') return nextBeat(expiresAtMs);
    const interval = REFRESH_INTERVAL_MS + 1;
    return this.#refreshedMs + (Math.floor((expiresAtMs - this.#refreshedMs) / interval) + 1) * interval;
  }

  #sweep(nowMs: number): void {
    const beat = Math.floor(nowMs / JANITOR_INTERVAL_MS) * JANITOR_INTERVAL_MS;
    if (beat <= this.#lastSweepMs) return;
    this.#lastSweepMs = beat;
    for (const [type, marks] of this.#expiresAtMs) {
      for (const [pool, expiresAtMs] of marks) {
        if (expiresAtMs >= beat) continue;
        marks.delete(pool);
        this.#stale.add(type);
      }
    }
  }

  #refreshList(nowMs: number): void {
    const aged = nowMs - this.#refreshedMs > REFRESH_INTERVAL_MS;
    if (aged) this.#refreshedMs = nowMs;
    // Any mark builds the list of all types again.
    if (aged || this.#stale.size > 0) for (const type of this.#expiresAtMs.keys()) this.#stale.add(type);
  }

  #evaluate(nowMs: number): void {
    const byType = new Map(this.#hidden.byType);
    let changed = false;
    for (const type of [...this.#stale].sort()) {
      const pools = this.#livePools(type, nowMs);
      const key = pools.join(' ');
      if (key === (byType.get(type)?.key ?? '')) continue;
      changed = true;
      if (pools.length === 0) byType.delete(type);
      else byType.set(type, { key, pools: new Set(pools) });
    }
    this.#stale.clear();
    if (changed) this.#hidden = { byType };
  }

  #livePools(type: string, nowMs: number): readonly string[] {
    const marks = this.#expiresAtMs.get(type) ?? new Map<string, number>();
    return [...marks].flatMap(([pool, expiresAtMs]) => (expiresAtMs >= nowMs ? [pool] : [])).sort();
  }
}

/** Text of a pool within its type. */
export function poolKey(pool: Pick<CapacityPool, 'capacityType' | 'zone'>): string {
  return `${pool.capacityType}/${pool.zone}`;
}

function nextBeat(timeMs: number): number {
  return (Math.floor(timeMs / JANITOR_INTERVAL_MS) + 1) * JANITOR_INTERVAL_MS;
}
