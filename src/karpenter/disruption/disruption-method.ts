import type { ClusterSnapshot, StateNode } from '../cluster-snapshot.js';
import type { DisruptionReason } from '../nodepool.js';
import type { SchedulingProfile } from '../scheduling/scheduling-profile.js';
import type { PlannedNodeClaim, SchedulingRequest, SchedulingResult } from '../scheduling/scheduling-result.js';
import type { KarpenterSettings } from '../settings.js';
import type { Candidate, CandidateSearch } from './candidate.js';
import type { DisruptionFinding } from './finding.js';
import type { RemainingBudgets } from './remaining-budgets.js';

/** Everything a disruption method may look at. */
export interface DisruptionContext {
  /** The cluster now. Methods keep what they derive by object identity: unchanged objects should stay the same. */
  readonly snapshot: ClusterSnapshot;
  readonly settings: KarpenterSettings;
  /** The scheduling rules of the version, and the solver that goes by them. */
  readonly scheduling: SchedulingProfile;
  readonly solve: (request: SchedulingRequest) => SchedulingResult;
  /** Uniform draws in [0, 1) for what the reference leaves to map order: ties, and the turn of NodePools. */
  readonly random: () => number;
  /** Also report what Karpenter keeps silent about, such as a node not being Consolidatable yet. */
  readonly explain: boolean;
}

/** Methods by name; the last two and `expiration` are v0.32.0's, `static-drift` is v1.14.1's. */
export type MethodName =
  'emptiness' | 'static-drift' | 'drift' | 'multi' | 'single' | 'expiration' | 'empty-consolidation';

/** Why a command disrupts, in Karpenter's words: v1.14.1's reasons and v0.32.0's method types. */
type CommandReason = DisruptionReason | 'expiration' | 'drift' | 'emptiness' | 'consolidation';

/** A decision: delete these nodes, after these replacements are ready. */
export interface DisruptionCommand {
  readonly method: MethodName;
  readonly reason: CommandReason;
  readonly candidates: readonly Candidate[];
  /** Empty: nothing has to be launched first. */
  readonly replacements: readonly PlannedNodeClaim[];
  /** Existing nodes that pods are expected to move to; v1.14.1 nominates them. */
  readonly destinations: readonly StateNode[];
  /** Dollars an hour, as Karpenter estimates it. */
  readonly savingsPerHour: number;
}

/** What a method decided. */
export interface MethodOutcome {
  readonly commands: readonly DisruptionCommand[];
  readonly findings: readonly DisruptionFinding[];
  /** Nothing to do before the cluster changes: the memo takes note. */
  readonly consolidated: boolean;
  /** The method failed, and with it this round of the loop. */
  readonly failure?: string | undefined;
}

/** Why a command did not survive its validation, in Karpenter's words. */
export type RejectionReason = 'churn' | 'budget' | 'scheduling';

/** What became of a command after its validation delay. */
export interface ValidationOutcome {
  /** What is left to execute; undefined: the command is abandoned. */
  readonly command?: DisruptionCommand | undefined;
  readonly rejection?: RejectionReason | undefined;
}

/**
 * One way to disrupt nodes. A method is pure: it is asked with a snapshot and answers at once. One with a validation
 * delay is asked again about its command after the delay, with the cluster as it is then.
 */
export interface DisruptionMethod {
  readonly name: MethodName;
  readonly reason: CommandReason;
  /** The method skips a cluster that has not changed since it last found nothing. */
  readonly usesMemo: boolean;
  /** Undefined: commands are executed at once. */
  readonly validationDelayMs?: number | undefined;
  /** Nodes the method may choose from. */
  search(context: DisruptionContext): CandidateSearch;
  /** Budgets that bound the method; undefined with v0.32.0. */
  budgets?(context: DisruptionContext): RemainingBudgets;
  /** @param candidates found by {@link search}, at least one. */
  compute(context: DisruptionContext, candidates: readonly Candidate[]): MethodOutcome;
  validate?(context: DisruptionContext, command: DisruptionCommand): ValidationOutcome;
}
