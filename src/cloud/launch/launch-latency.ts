import type { RandomStream } from '../../kernel/random-streams.js';
import type { DataRow } from '../data/data-row.js';
import { openPricingData } from '../data/pricing-data.js';
import type { InstanceType } from '../instance-type.js';
import { drawPhases, groupOf, type FittedLatency, type LatencyGroup } from './fitted-latency.js';

/** Times of one node from its NodeClaim on, integer ms. */
export interface LaunchDelays {
  /** NodeClaim created → instance id known: the launch call and what comes before it. */
  readonly createdToLaunchedMs: number;
  /** → Node object seen. */
  readonly launchedToRegisteredMs: number;
  /** → Karpenter notices that the node is ready and its startup taints are gone. */
  readonly registeredToInitializedMs: number;
  /** Node object seen → ready: what Karpenter noticed, less up to a second that its controller sleeps after each write. */
  readonly registeredToReadyMs: number;
}

/** What stands behind a latency. */
export interface LatencyBasis {
  /** Observed nodes that are drawn from. */
  readonly rows: number;
  readonly description: string;
  /** Other types than the one asked for, or too few rows to tell a distribution. */
  readonly extrapolated: boolean;
}

/** Latency of one instance type. */
export interface LaunchLatency {
  readonly basis: LatencyBasis;
  /**
   * Draws one node: an observed one, all phases together, so that slow registration goes with slow initialization as observed,
   * or one of the user's own fit.
   * @param stream the NodeClaim's own, such as `latency/<nodeclaim>`; the same number of draws each time
   */
  sample(stream: RandomStream): LaunchDelays;
}

interface ObservedNode {
  readonly type: string;
  readonly createdToLaunchedMs: number;
  readonly launchedToRegisteredMs: number;
  readonly registeredToInitializedMs: number;
}

interface RowGroup {
  readonly rows: readonly ObservedNode[];
  readonly description: string;
  readonly ofThisType: boolean;
}

/** Fewer rows of a type or family are not drawn from alone: the group above it says more. */
const ENOUGH_ROWS = 10;
/** Below this many rows a basis is called extrapolated. */
export const RELIABLE_ROWS = 20;
/** The lifecycle controller sleeps this long after each status write (aws.md §19.1). */
const CONTROLLER_SLEEP_MS = 1000;
/** Where a drained node waits before its instance is terminated, v1 (aws.md §18). */
const DRAIN_MS = 5000;
/** How often v1 looks whether a terminated instance is gone. */
const TERMINATION_POLL_MS = 5000;
/** The NodePool whose nodes were observed to the end; the others ran under a version that does not wait for EC2. */
const OBSERVED_TERMINATIONS = 'local-storage-raid-al2023';

/**
 * Launch and termination times of real nodes (aws.md §19). A type is drawn from its own rows if there are 10, else from its
 * family's, else from all rows of its architecture: for x86 those of every family but i3, whose disks take minutes.
 */
export class LaunchLatencies {
  readonly #byType = new Map<string, LaunchLatency>();

  private constructor(
    private readonly nodes: readonly ObservedNode[],
    private readonly terminationsMs: readonly number[],
    private readonly fitted: FittedLatency | undefined,
  ) {}

  /**
   * @param fitted launch times of the user's own, used instead of the shipped rows; terminations stay those of the rows
   * @throws DataFileError
   */
  static read(fitted?: FittedLatency): LaunchLatencies {
    const rows = openPricingData('launch-latencies.csv').rows();
    const nodes = rows.filter((row) => row.flag('initialized')).map(readNode);
    const terminations = rows
      .filter((row) => row.text('nodepool') === OBSERVED_TERMINATIONS && row.optionalText('taint_to_deleted_s') !== '')
      .map((row) => milliseconds(row, 'taint_to_deleted_s'));
    return new LaunchLatencies(nodes, terminations, fitted);
  }

  forType(type: InstanceType): LaunchLatency {
    let latency = this.#byType.get(type.name);
    if (latency === undefined) this.#byType.set(type.name, (latency = this.#latencyOf(type)));
    return latency;
  }

  /**
   * From the terminate call to the instance being gone, ms: an observed time from taint to NodeClaim gone, less the drain of
   * an empty node and less what polling adds.
   * @param stream two draws are taken
   */
  sampleTerminationMs(stream: RandomStream): number {
    const observed = stream.pick(this.terminationsMs);
    const polled = stream.int(TERMINATION_POLL_MS);
    return Math.max(0, observed - DRAIN_MS - polled);
  }

  #latencyOf(type: InstanceType): LaunchLatency {
    const group = this.fitted === undefined ? undefined : groupOf(this.fitted, type.name);
    if (this.fitted !== undefined && group !== undefined) return fittedLatencyOf(this.fitted, group, type.name);
    const { rows, description, ofThisType } = this.#groupOf(type);
    return {
      basis: { rows: rows.length, description, extrapolated: !ofThisType || rows.length < RELIABLE_ROWS },
      sample: (stream) => {
        const node = stream.pick(rows);
        const slept = stream.int(CONTROLLER_SLEEP_MS);
        return {
          createdToLaunchedMs: node.createdToLaunchedMs,
          launchedToRegisteredMs: node.launchedToRegisteredMs,
          registeredToInitializedMs: node.registeredToInitializedMs,
          registeredToReadyMs: Math.max(0, node.registeredToInitializedMs - slept),
        };
      },
    };
  }

  #groupOf(type: InstanceType): RowGroup {
    const family = familyOf(type.name);
    const ofType = this.nodes.filter((node) => node.type === type.name);
    if (ofType.length >= ENOUGH_ROWS) return { rows: ofType, description: `nodes of ${type.name}`, ofThisType: true };
    const ofFamily = this.nodes.filter((node) => familyOf(node.type) === family);
    if (ofFamily.length >= ENOUGH_ROWS) {
      return { rows: ofFamily, description: `nodes of family ${family}`, ofThisType: true };
    }
    const arm = isArm(type);
    const rows = this.nodes.filter((node) => isGraviton(node.type) === arm && familyOf(node.type) !== 'i3');
    const families = [...new Set(rows.map((node) => familyOf(node.type)))].sort().join(', ');
    const known = ofFamily.length === 0 ? `none is ${family}` : `${ofFamily.length} are ${family}`;
    const which = arm ? 'Graviton nodes' : 'x86 nodes other than i3';
    return { rows, description: `${which} (${families}); ${known}`, ofThisType: false };
  }
}

function fittedLatencyOf({ source }: FittedLatency, group: LatencyGroup, type: string): LaunchLatency {
  const { family, rows } = group;
  const own = family === '' ? `all launches, since too few are ${familyOf(type)}` : `launches of family ${family}`;
  return {
    basis: { rows, description: `a fit to ${own}, in ${source}`, extrapolated: family === '' || rows < RELIABLE_ROWS },
    sample: (stream) => {
      const [createdToLaunchedMs, launchedToRegisteredMs, registeredToInitializedMs] = inMs(drawPhases(group, stream));
      const registeredToReadyMs = Math.max(0, registeredToInitializedMs - stream.int(CONTROLLER_SLEEP_MS));
      return { createdToLaunchedMs, launchedToRegisteredMs, registeredToInitializedMs, registeredToReadyMs };
    },
  };
}

function inMs([first, second, third]: readonly [number, number, number]): readonly [number, number, number] {
  return [Math.round(first * 1000), Math.round(second * 1000), Math.round(third * 1000)];
}

function readNode(row: DataRow): ObservedNode {
  return {
    type: row.text('type'),
    createdToLaunchedMs: milliseconds(row, 'created_to_launched_s'),
    launchedToRegisteredMs: milliseconds(row, 'launched_to_registered_s'),
    registeredToInitializedMs: milliseconds(row, 'registered_to_initialized_s'),
  };
}

function milliseconds(row: DataRow, column: string): number {
  const seconds = row.number(column);
  return seconds >= 0 ? Math.round(seconds * 1000) : row.fail(column, `"${seconds}" is negative, expected seconds`);
}

function familyOf(typeName: string): string {
  return typeName.slice(0, typeName.indexOf('.'));
}

/** Observed types are named only; a `g` after the generation marks Graviton. */
function isGraviton(typeName: string): boolean {
  return /^[a-z]+\d+g/.test(typeName);
}

function isArm(type: InstanceType): boolean {
  return type.requirements.some(({ key, values }) => key === 'kubernetes.io/arch' && values.includes('arm64'));
}
