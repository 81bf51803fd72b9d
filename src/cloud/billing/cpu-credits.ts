/** An instance type that may use its CPUs fully for a while only, unless somebody pays. */
export interface BurstableType {
  readonly family: string;
  readonly vcpus: number;
  /** CPU that the price of the instance covers, milli. */
  readonly baselineMilli: number;
}

/** vCPUs and share of them that is the baseline, by size; the same in t3, t3a and t4g (EC2 user guide, CPU credits). */
const SIZES: Readonly<Record<string, readonly [vcpus: number, baseline: number]>> = {
  nano: [2, 0.05],
  micro: [2, 0.1],
  small: [2, 0.2],
  medium: [2, 0.2],
  large: [2, 0.3],
  xlarge: [4, 0.4],
  '2xlarge': [8, 0.4],
};

/** The families that EC2 launches in unlimited mode; t2 is launched in standard mode and just gets slow. */
const UNLIMITED_FAMILIES = ['t3', 't3a', 't4g'];

const MS_PER_HOUR = 3_600_000;
const DAY_MS = 24 * MS_PER_HOUR;

/** Every node is asked about once a minute, and there are few types. */
const ASKED = new Map<string, BurstableType | undefined>();

/** A type launched in unlimited mode by default (aws.md §18); undefined for any other. */
export function unlimitedType(instanceType: string): BurstableType | undefined {
  let type = ASKED.get(instanceType);
  if (type === undefined && !ASKED.has(instanceType)) ASKED.set(instanceType, (type = readType(instanceType)));
  return type;
}

function readType(instanceType: string): BurstableType | undefined {
  const [family = '', size = ''] = instanceType.split('.');
  const known = UNLIMITED_FAMILIES.includes(family) && Object.hasOwn(SIZES, size) ? SIZES[size] : undefined;
  if (known === undefined) return undefined;
  const [vcpus, baseline] = known;
  return { family, vcpus, baselineMilli: Math.round(vcpus * baseline * 1000) };
}

/** CPU use from a time on, until the next sample. */
export interface CpuSample {
  readonly atMs: number;
  readonly cpuMilli: number;
}

/**
 * vCPU-hours above the baseline that an unlimited instance is charged for (EC2 user guide, unlimited mode). It earns its
 * baseline and spends what it uses; what it has saved, at most a day's earnings, pays for bursts. Beyond that it
 * borrows: later earnings pay back first, debt above a day's earnings is charged at once, and the rest when the instance
 * ends. T3 starts without savings, so that an instance which lives for minutes pays for all above its baseline.
 *
 * @param samples by time; nothing is used before the first
 * @param toMs when the instance ended, or the end of the run: what it owes then counts
 */
export function surplusVcpuHours(
  { vcpus, baselineMilli }: Pick<BurstableType, 'vcpus' | 'baselineMilli'>,
  samples: readonly CpuSample[],
  fromMs: number,
  toMs: number,
): number {
  const daysEarnings = baselineMilli * DAY_MS;
  // In milli × ms: positive is saved, negative is owed.
  let balance = 0;
  let charged = 0;
  const pass = (ms: number, cpuMilli: number): void => {
    balance = Math.min(daysEarnings, balance + (baselineMilli - cpuMilli) * ms);
    if (balance >= -daysEarnings) return;
    charged -= balance + daysEarnings;
    balance = -daysEarnings;
  };
  let sinceMs = fromMs;
  let used = 0;
  for (const { atMs, cpuMilli } of samples) {
    const untilMs = Math.min(Math.max(atMs, sinceMs), toMs);
    pass(untilMs - sinceMs, used);
    sinceMs = untilMs;
    used = Math.min(cpuMilli, vcpus * 1000);
  }
  pass(Math.max(0, toMs - sinceMs), used);
  return (charged + Math.max(0, -balance)) / 1000 / MS_PER_HOUR;
}
