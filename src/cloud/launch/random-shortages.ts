import type { RandomStreams } from '../../kernel/random-streams.js';
import type { CapacityType } from '../instance-type.js';
import { OutageProcess } from './outage-process.js';
import { familyOfType, type CapacityPool, type PoolCapacity } from './pool.js';

const MONTH_MS = 720 * 3_600_000;

/** How often capacity of one kind runs out. */
export interface ShortageRate {
  /** Shortages of an instance family in a zone within 720 hours, on average; 0: none. */
  readonly perMonth: number;
  readonly meanDurationMs: number;
}

/** Rates by capacity type; one that is absent has no shortages. An assumption: EC2 publishes none. */
export type ShortageModel = Readonly<Partial<Record<CapacityType, ShortageRate>>>;

/**
 * Shortages that come by chance. Sizes of a family share its hosts, so that a shortage takes the whole family in a zone. Each family
 * and zone has a stream of its own, `shortage/<capacity type>/<zone>/<family>`. Running instances stay, and Karpenter learns of it
 * from a failed launch only.
 */
export class RandomShortages implements PoolCapacity {
  readonly #processes = new Map<string, OutageProcess>();

  constructor(
    private readonly streams: RandomStreams,
    private readonly model: ShortageModel,
  ) {}

  isExhausted({ instanceType, zone, capacityType }: CapacityPool, nowMs: number): boolean {
    const rate = this.model[capacityType];
    if (rate === undefined || rate.perMonth <= 0) return false;
    const name = `shortage/${capacityType}/${zone}/${familyOfType(instanceType)}`;
    let process = this.#processes.get(name);
    if (process === undefined) {
      process = new OutageProcess(this.streams.stream(name), rate.perMonth / MONTH_MS, rate.meanDurationMs);
      this.#processes.set(name, process);
    }
    return process.isEmptyAt(nowMs);
  }
}
