import type highs from 'highs';
import type { ResourceList } from '../kubernetes/resource-list.js';

/** A kind of node that may be bought any number of times. */
export interface NodeChoice {
  readonly name: string;
  /** Dollars an hour. */
  readonly perHour: number;
  /** What one node takes of each limited resource. */
  readonly capacity: ResourceList;
}

/** The nodes that cost most within limits. */
export interface DearestFleet {
  /** Dollars an hour. */
  readonly perHour: number;
  /** By name of the choice, dearest share first. */
  readonly counts: readonly { readonly choice: NodeChoice; readonly count: number }[];
}

/**
 * The fleet that costs most an hour of all that stay within `limits`: an integer programme (maximise the sum of prices, subject
 * to one row a resource), solved exactly by HiGHS. `unbounded` when some node takes nothing of any limited resource, as every
 * node does where there is no limit.
 */
export async function dearestFleet(
  choices: readonly NodeChoice[],
  limits: ResourceList,
): Promise<DearestFleet | 'unbounded'> {
  const resources = Object.keys(limits).sort();
  const uses = (choice: NodeChoice, resource: string): number => choice.capacity[resource] ?? 0;
  if (choices.some((choice) => resources.every((resource) => uses(choice, resource) === 0))) return 'unbounded';
  const fitting = choices.filter((choice) =>
    resources.every((resource) => uses(choice, resource) <= (limits[resource] ?? 0)),
  );
  if (fitting.length === 0) return { perHour: 0, counts: [] };
  const terms = (factor: (choice: NodeChoice) => number): string =>
    fitting.map((choice, index) => `${factor(choice)} n${index}`).join(' + ');
  const rows = resources
    // A limit of zero has taken its types away above.
    .filter((resource) => (limits[resource] ?? 0) > 0 && fitting.some((choice) => uses(choice, resource) > 0))
    // Relative to the limit, so that cores and bytes are of one size.
    .map((resource, row) => {
      const limit = limits[resource] ?? 0;
      return ` r${row}: ${terms((choice) => (ROW_SCALE * uses(choice, resource)) / limit)} <= ${ROW_SCALE}`;
    });
  const programme = `Maximize\n cost: ${terms(({ perHour }) => perHour)}\nSubject To\n${rows.join('\n')}\nGeneral\n ${fitting.map((_, index) => `n${index}`).join(' ')}\nEnd\n`;
  const solution = (await loadSolver()).solve(programme, { mip_rel_gap: 0 });
  if (solution.Status !== 'Optimal') throw new Error(`the solver ended with ${solution.Status}`);
  const counts = fitting
    .map((choice, index) => ({ choice, count: Math.round(solution.Columns[`n${index}`]?.Primal ?? 0) }))
    .filter(({ count }) => count > 0)
    .sort(
      (a, b) => b.count * b.choice.perHour - a.count * a.choice.perHour || (a.choice.name < b.choice.name ? -1 : 1),
    );
  return { perHour: counts.reduce((sum, { choice, count }) => sum + count * choice.perHour, 0), counts };
}

const ROW_SCALE = 1000;

type Highs = Awaited<ReturnType<(typeof highs)['default']>>;

let solver: Promise<Highs> | undefined;

/** WebAssembly of four megabytes: loaded when it is needed, and once. */
function loadSolver(): Promise<Highs> {
  // Its types nest the default export one level too deep under nodenext.
  solver ??= import('highs').then(({ default: load }) => (load as unknown as (typeof highs)['default'])());
  return solver;
}
