import type { Candidate } from '../karpenter/disruption/candidate.js';
import type {
  DisruptionCommand,
  DisruptionContext,
  DisruptionMethod,
  MethodOutcome,
} from '../karpenter/disruption/disruption-method.js';
import { findingMessage } from '../karpenter/disruption/finding-message.js';
import { disruptionMethods } from '../karpenter/disruption/disruption-methods.js';
import type { SchedulingProfile } from '../karpenter/scheduling/scheduling-profile.js';
import { solve } from '../karpenter/scheduling/solver.js';
import type { CaseCluster } from './case-cluster.js';
import { recordedNodeClaim, type RecordedNodeClaim } from './provisioning-outcome.js';

/** What one disruption method would do, as recordings write it. */
export interface DisruptionOutcome {
  /** Nodes it may choose from. */
  readonly candidates: readonly string[];
  /** Disruptions allowed by NodePool (v1.14.1). */
  readonly budgets?: Readonly<Record<string, number>>;
  readonly commands: readonly {
    readonly candidates: readonly string[];
    readonly replacements: readonly RecordedNodeClaim[];
  }[];
  /** The method failed (v0.32.0); the text is for people. */
  readonly error?: string;
}

/** Asks the disruption methods of a version about a case. */
export class DisruptionQuestion {
  readonly #cluster: CaseCluster;
  readonly #profile: SchedulingProfile;

  constructor(cluster: CaseCluster, profile: SchedulingProfile) {
    this.#cluster = cluster;
    this.#profile = profile;
  }

  /**
   * The method's decision, in recorded form. The wait before a validation elapses at once, with nothing changed.
   *
   * @throws Error for a method that the version does not have.
   */
  ask(methodName: string, random: () => number): DisruptionOutcome {
    const method = this.#method(methodName);
    const context = this.#context(random, false);
    const { candidates } = method.search(context);
    const outcome = candidates.length === 0 ? undefined : method.compute(context, candidates);
    const commands = validated(method, context, outcome).map((command) => this.#recordedCommand(command));
    const states = method.budgets?.(context).states;
    return {
      candidates: this.#names(candidates),
      ...(states && { budgets: remainingOf(states) }),
      commands: commands.sort((a, b) => compareNames(a.candidates, b.candidates)),
      ...(outcome?.failure !== undefined && { error: outcome.failure }),
    };
  }

  /** Why nodes stay that the method might have taken, a line a node. */
  trail(methodName: string): string[] {
    const method = this.#method(methodName);
    const context = this.#context(() => 0, true);
    const { candidates, findings } = method.search(context);
    const outcome = candidates.length === 0 ? undefined : method.compute(context, candidates);
    return [...findings, ...(outcome?.findings ?? [])].map(
      (finding) => `${methodName}: ${finding.node}: ${findingMessage(finding, this.#cluster.settings.version)}`,
    );
  }

  #method(methodName: string): DisruptionMethod {
    const method = disruptionMethods(this.#cluster.settings.version).find(({ name }) => name === methodName);
    if (method === undefined) throw new Error(`no disruption method "${methodName}"`);
    return method;
  }

  #context(random: () => number, explain: boolean): DisruptionContext {
    return {
      snapshot: this.#cluster.snapshot,
      settings: this.#cluster.settings,
      scheduling: this.#profile,
      solve: (request) => solve(request, this.#profile),
      random,
      explain,
    };
  }

  #recordedCommand({ candidates, replacements }: DisruptionCommand): DisruptionOutcome['commands'][number] {
    const claims = replacements.map((plan) => recordedNodeClaim(plan, this.#profile));
    return {
      candidates: this.#names(candidates),
      replacements: claims.sort((a, b) => compareNames(a.pods, b.pods) || (a.nodePool < b.nodePool ? -1 : 1)),
    };
  }

  #names(candidates: readonly Candidate[]): string[] {
    return candidates.map(({ name }) => this.#cluster.caseNames.get(name) ?? name).sort();
  }
}

function validated(
  method: DisruptionMethod,
  context: DisruptionContext,
  outcome: MethodOutcome | undefined,
): readonly DisruptionCommand[] {
  const commands = outcome?.commands ?? [];
  if (method.validate === undefined) return commands;
  const kept = commands.map((command) => method.validate?.(context, command).command);
  return kept.filter((command) => command !== undefined);
}

function remainingOf(
  states: ReadonlyMap<string, { readonly allowed: number; readonly disrupting: number }>,
): Record<string, number> {
  const remaining: Record<string, number> = {};
  for (const [name, { allowed, disrupting }] of states) remaining[name] = Math.max(0, allowed - disrupting);
  return remaining;
}

function compareNames(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [first = '', second = ''] = [a[i], b[i]];
    if (first !== second) return first < second ? -1 : 1;
  }
  return a.length - b.length;
}
