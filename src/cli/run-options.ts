import type { BaselineKind } from '../baseline/baseline.js';
import type { CommitmentPlan } from '../cloud/prices/commitment.js';
import type { Precision } from '../experiment/precision.js';
import type { KeptRunsOptions } from './kept-runs.js';
import type { ScenarioOptions } from './scenario-options.js';

/** Arguments of `karpsim run`, checked as far as the command line alone can. */
export interface RunOptions extends ScenarioOptions, KeptRunsOptions {
  readonly json?: boolean | undefined;
  readonly out?: string | undefined;
  /** False: without the variants that the scenario declares. */
  readonly variants?: boolean | undefined;
  /** Where the nodes come from instead of Karpenter; `all` runs Karpenter and compares it with every one. */
  readonly baseline?: BaselineKind | 'all' | undefined;
  /** What on-demand usage is committed to, whatever the scenario says. */
  readonly commitment?: CommitmentPlan | 'none' | undefined;
  /** Runs under other seeds, this one's the first; fewer than two: none. */
  readonly seeds?: number | undefined;
  readonly precision?: Precision | undefined;
}
