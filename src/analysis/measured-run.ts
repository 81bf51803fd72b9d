import type { CoveredWorkloads } from './below-budget.js';
import type { RunAnalysis } from './run-analysis.js';
import type { Summary } from './summary.js';

/** A run with all that a metric may be read from. */
export interface MeasuredRun {
  readonly analysis: RunAnalysis;
  readonly summary: Summary;
  /** The PodDisruptionBudgets of the manifests. */
  readonly budgets: readonly CoveredWorkloads[];
}
