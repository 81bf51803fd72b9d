import { budgetCalendar } from '../karpenter/disruption/budget-calendar.js';
import { budgetsJson, type BudgetReport } from '../report/budgets-json.js';
import { budgetText } from '../report/terminal/budget-week.js';
import { loadNodePools } from '../scenario/load-node-pools.js';
import { fromCaller, toCaller } from './caller-folder.js';
import { accepted, EXIT, type ExitCode } from './exit.js';
import { terminalColours } from './terminal-colours.js';

const DAY_MS = 86_400_000;

/** Arguments of `karpsim budgets`, checked as far as the command line alone can. */
export interface BudgetsOptions {
  readonly files: readonly string[];
  readonly nodes: number;
  readonly week: boolean;
  /** Epoch ms; undefined: now, or with `week` the Monday before. */
  readonly fromMs?: number | undefined;
  readonly json?: boolean | undefined;
}

/** Shows how many nodes the budgets of NodePools let Karpenter disrupt, and when. @throws BadFiles */
export function showBudgets(options: BudgetsOptions): ExitCode {
  const loaded = accepted(loadNodePools(options.files.map(fromCaller), toCaller));
  if (loaded.passedOver.length > 0) process.stderr.write(`Passed over: ${loaded.passedOver.join(', ')}.\n`);
  const fromMs = options.fromMs ?? (options.week ? monday(Date.now()) : Date.now());
  const toMs = fromMs + 7 * DAY_MS;
  const report: BudgetReport = {
    fromMs,
    toMs,
    nodes: options.nodes,
    nodePools: loaded.nodePools.map((located) => ({
      located,
      periods: budgetCalendar(located.nodePool, options.nodes, fromMs, toMs),
    })),
  };
  process.stdout.write(
    options.json === true
      ? budgetsJson(report, toCaller)
      : budgetText(report, options.week ? 'week' : 'moment', terminalColours(), toCaller),
  );
  return EXIT.done;
}

/** Midnight UTC at the beginning of the week. */
function monday(nowMs: number): number {
  const midnightMs = nowMs - (nowMs % DAY_MS);
  return midnightMs - ((new Date(midnightMs).getUTCDay() + 6) % 7) * DAY_MS;
}
