import { allocatableOf } from '../../cloud/allocatable.js';
import { launchedLabels } from '../../cloud/catalogue/labels.js';
import type { CapacityType } from '../../cloud/instance-type.js';
import { isInsufficientCapacity, launchFailureReason, TEMPLATE_GONE_ERROR } from '../../cloud/launch/fleet-errors.js';
import { planLaunch, type LaunchPlan } from '../../cloud/launch/launch-plan.js';
import { launchTemplates, type PlacedOverride } from '../../cloud/launch/launch-templates.js';
import type { Subnet } from '../../cloud/launch/subnet-choice.js';
import { providerProfile } from '../../cloud/provider-profile.js';
import type { ResourceList } from '../../kubernetes/resource-list.js';
import type { SoldType } from '../case-catalogs.js';
import { stableText } from '../stable-text.js';
import type { FleetAnswer, FleetScript, LaunchCase, LaunchRound, RecordedCall, RecordedLaunch } from './launch-case.js';
import { fleetCall, imageOf } from './launch-call.js';
import { answerFleet, recordedAnswer } from './launch-fleet.js';
import { launchRequestOf, type RecordedRequest } from './launch-request-of.js';
import { LaunchMemory } from './launch-memory.js';
import { readRecordedNodeClass } from './recorded-node-class.js';

/** Calls of CreateFleet are gathered for so long. */
const BATCH_MS = 35;
const OVERLAY_ANNOTATION = 'karpenter.sh/price-overlay-applied';
const TENANCY_LABEL = 'karpenter.k8s.aws/instance-tenancy';
const EFA = 'vpc.amazonaws.com/efa';

/** What became of one NodeClaim. */
export type ClaimOutcome = { readonly outcome: string; readonly reason?: string } & Readonly<Record<string, unknown>>;

/** A launch that has not been answered. */
interface Launch {
  readonly name: string;
  readonly source: RecordedLaunch;
  readonly request: RecordedRequest;
  readonly plan: LaunchPlan;
  readonly capacityType: CapacityType;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly overrides: readonly PlacedOverride[];
  readonly call: RecordedCall;
}

/** The provider of a case: what it knows, and what it does about NodeClaims (aws.md §9–§13). */
export class LaunchProvider {
  readonly #profile = providerProfile('v1.14.1');
  readonly #nodeClass: ReturnType<typeof readRecordedNodeClass>;
  readonly memory: LaunchMemory;

  constructor(
    private readonly source: LaunchCase,
    sold: readonly SoldType[],
  ) {
    this.#nodeClass = readRecordedNodeClass(source.nodeClass.spec);
    this.memory = new LaunchMemory(source, sold, this.#nodeClass.value);
  }

  /** A NodeClass without subnets has no types at all. */
  get hasTypes(): boolean {
    return this.source.subnets.length > 0;
  }

  /** Launches the NodeClaims of a round, all at once. */
  launch(
    { nodeClaims, fleet = [] }: LaunchRound,
    startMs: number,
  ): {
    readonly outcomes: readonly (readonly ClaimOutcome[])[];
    readonly calls: readonly { readonly templates: RecordedCall['templates']; readonly answer: unknown }[];
    readonly events: readonly string[];
    readonly warnings: readonly string[];
    readonly nowMs: number;
  } {
    const outcomes: ClaimOutcome[][] = nodeClaims.map(() => []);
    const calls: (RecordedCall & { readonly answer: unknown })[] = [];
    const events: string[] = [];
    const warnings = new Set<string>();
    const scripts = [...fleet];
    let nowMs = startMs;
    let waiting = nodeClaims.flatMap((source, i) =>
      Array.from({ length: Math.max(1, source.count ?? 1) }, (_, j) => ({ source, i, j })),
    );
    for (const isRetry of [false, true]) {
      const launches = waiting.flatMap(({ source, i, j }) => {
        const name = `claim-${i}-${j}`;
        const begun = this.#begin(source, name, nowMs, events);
        if ('outcome' in begun) {
          outcomes[i]?.push(begun);
          return [];
        }
        if (begun.plan.fewFallbackTypes) warnings.add('fewFallbackTypes');
        return [{ launch: begun, i, j }];
      });
      waiting = [];
      if (launches.length === 0) break;
      nowMs += BATCH_MS;
      for (const group of equalCalls(launches)) {
        const [first] = group;
        if (first === undefined) continue;
        const call = { ...first.launch.call, targetCapacity: group.length };
        const script: FleetScript = (scripts.length > 1 ? scripts.shift() : scripts[0]) ?? {};
        const answer = answerFleet(call, script);
        calls.push({ ...call, answer: recordedAnswer(answer) });
        for (const [index, { launch, i, j }] of group.entries()) {
          if (answer.apiError === TEMPLATE_GONE_ERROR && !isRetry) {
            this.#giveBack(launch, undefined, nowMs);
            waiting.push({ source: launch.source, i, j });
          } else outcomes[i]?.push(this.#end(launch, answer, index, nowMs, events));
        }
      }
    }
    return { outcomes, calls, events, warnings: [...warnings], nowMs };
  }

  /** Everything before the call: an outcome when there is none. */
  #begin(source: RecordedLaunch, name: string, nowMs: number, events: string[]): Launch | ClaimOutcome {
    const refused = this.#refused(name, events);
    if (refused !== undefined) return refused;
    const request = launchRequestOf(source, this.source.settings);
    const plan = planLaunch(this.memory.types(nowMs), request, this.#profile);
    const { candidates, capacityType } = plan;
    if (candidates.length === 0 || capacityType === undefined) return { outcome: 'insufficientCapacity' };
    const subnets = this.memory.subnets.choose(candidates, capacityType, nowMs);
    const wantsEfa = (request.requests[EFA] ?? 0) > 0;
    const templates = launchTemplates(plan.overrides, subnets, imageOf, wantsEfa);
    const overrides = templates.flatMap((template) => template.overrides);
    if (overrides.length === 0) return { outcome: 'createError', reason: launchFailureReason([]) };
    const settings = {
      overlaid: source.annotations?.[OVERLAY_ANNOTATION] === 'true',
      tenancy: tenancyOf(request),
      reservedCapacity: this.source.settings.reservedCapacity ?? true,
    };
    const call = fleetCall(capacityType, templates, settings);
    return { name, source, request, plan, capacityType, subnets, overrides, call };
  }

  /** What the NodeClass says no to (aws.md §9.1). */
  #refused(name: string, events: string[]): ClaimOutcome | undefined {
    const { state = 'ready' } = this.source.nodeClass;
    if (state === 'missing' || state === 'deleting') {
      events.push(`NodeClaim/${name}`);
      return { outcome: 'insufficientCapacity' };
    }
    if (state === 'unknown') return { outcome: 'createError', reason: 'NodeClassReadinessUnknown' };
    const isReady = state === 'ready' && this.hasTypes && !this.#nodeClass.hasRestrictedTags;
    return isReady ? undefined : { outcome: 'nodeClassNotReady' };
  }

  /** Everything after the call; `index` is the caller's place among those whose calls were merged. */
  #end(launch: Launch, answer: FleetAnswer, index: number, nowMs: number, events: string[]): ClaimOutcome {
    const { instances = [], errors = [], apiError } = answer;
    const instance = instances[index];
    this.#giveBack(launch, instance?.subnet, nowMs);
    if (apiError !== undefined) return { outcome: 'createError', reason: launchFailureReason([apiError]) };
    if (instance === undefined && errors.length === 0) {
      return { outcome: 'panic', reason: 'runtime error: invalid memory address or nil pointer dereference' };
    }
    const roleErrors = this.memory.learn(errors, launch.overrides, launch.capacityType, nowMs);
    for (let i = 0; i < roleErrors; i++) events.push(`NodeClaim/${launch.name}`);
    if (instance !== undefined) {
      const override = launch.overrides.find(
        ({ type, offering }) => type.name === instance.type && offering.zone === instance.zone,
      );
      if (override !== undefined) return this.#launched(launch, override);
    }
    const codes = errors.map(({ code }) => code);
    if (isInsufficientCapacity(codes, this.#profile)) return { outcome: 'insufficientCapacity' };
    return { outcome: 'createError', reason: launchFailureReason(codes) };
  }

  #launched({ request }: Launch, { type, offering }: PlacedOverride): ClaimOutcome {
    const { reservationId } = offering;
    if (reservationId !== undefined) this.memory.used(reservationId);
    const wantsEfa = (request.requests[EFA] ?? 0) > 0;
    const shown = (list: ResourceList): ResourceList =>
      Object.fromEntries(
        Object.entries(list).filter(([name]) => (type.capacity[name] ?? 0) !== 0 && (name !== EFA || wantsEfa)),
      );
    return {
      outcome: 'launched',
      labels: {
        ...launchedLabels(type, offering, tenancyOf(request)),
        'karpenter.sh/nodepool': 'default',
      },
      image: imageOf({ type, offering }) ?? '',
      capacity: shown(type.capacity),
      allocatable: shown(allocatableOf(type)),
    };
  }

  #giveBack({ subnets, overrides, plan, capacityType }: Launch, used: string | undefined, nowMs: number): void {
    const offered = new Set(overrides.map(({ subnet }) => subnet.id));
    this.memory.subnets.giveBack(subnets, offered, used, plan.candidates, capacityType, nowMs);
  }
}

/** Equal calls go to EC2 as one. */
function equalCalls<T extends { readonly launch: Launch }>(launches: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const entry of launches) {
    const key = stableText(entry.launch.call);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}

function tenancyOf({ requirements }: RecordedRequest): 'default' | 'dedicated' {
  return requirements.get(TENANCY_LABEL).has('default') ? 'default' : 'dedicated';
}
