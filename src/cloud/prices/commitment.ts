/** What can be committed to: a Compute Savings Plan of one year, nothing paid upfront. */
export const COMMITMENT_PLANS = ['savings-plan-1y'] as const;

/** One of them. */
export type CommitmentPlan = (typeof COMMITMENT_PLANS)[number];

/** So many dollars an hour for a term, used or not. */
export interface Commitment {
  readonly plan: CommitmentPlan;
  /** Dollars an hour; undefined: what the least hour of the run uses. */
  readonly perHour?: number | undefined;
}
