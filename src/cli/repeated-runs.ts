import type { Precision } from '../experiment/precision.js';
import { replicate } from '../experiment/replicate.js';
import type { Replication } from '../experiment/replication.js';
import { replicationJson, type ReplicationJson } from '../report/replication-json.js';
import { replicationTable } from '../report/terminal/replication-table.js';
import type { ScenarioSpec } from '../scenario/scenario-spec.js';
import { keepingRuns, type KeptRunsOptions } from './kept-runs.js';
import { terminalColours } from './terminal-colours.js';

/** A run under one seed after the other. */
export interface RepeatedRuns {
  /** Undefined where the work was cut off before the second seed: there is no interval to tell. */
  readonly replication: ReplicationJson | undefined;
  /** For the terminal. */
  readonly table: () => string;
  /** To be called when everything is printed. */
  readonly end: () => void;
}

/**
 * Repeats a run under other seeds.
 *
 * @throws BadInput when there is nothing to continue from, or the file of finished runs is something else
 */
export async function repeatRun(
  spec: ScenarioSpec,
  options: KeptRunsOptions & { readonly seeds: number; readonly precision?: Precision | undefined },
): Promise<RepeatedRuns> {
  const { seeds, precision } = options;
  const { value, end } = await keepingRuns('run', [spec.name], options, (shared) =>
    replicate([{ name: spec.name, spec }], { ...shared, seeds, precision }),
  );
  const finished = value.variants[0]?.runs.length ?? 0;
  return {
    replication: finished < 2 ? undefined : replicationJson(value),
    table: () => replicationTable(value, terminalColours()),
    end: () => {
      end(cutOffWords(value, finished));
    },
  };
}

function cutOffWords({ ended, seedsAsked }: Replication, finished: number): string | undefined {
  return ended === 'interrupted' ? `after ${finished} of ${seedsAsked} seeds` : undefined;
}
