import type {
  DisruptionCommand,
  DisruptionContext,
  DisruptionMethod,
  MethodOutcome,
} from '../karpenter/disruption/disruption-method.js';
import { disruptionMethods } from '../karpenter/disruption/disruption-methods.js';
import type { ClusterState } from './cluster-state.js';
import type { CommandExecutor } from './command-executor.js';
import { DisruptionReasons } from './disruption-reasons.js';
import { epochNow, PRIORITY, type World } from './world.js';

const POLL_MS = 10_000;
/** While a NodeClaim is being launched cluster state counts as not synced (disruption.md §1.14). */
const UNSYNCED_POLL_MS = 1000;

/** Builds the context a method is asked with. */
export type ContextFactory = () => DisruptionContext;

/**
 * The disruption loop (disruption.md §4): one worker that asks the methods in their order, waits out the validation of
 * what one of them proposes, hands it to the executor and starts over.
 */
export class DisruptionController {
  readonly #world: World;
  readonly #state: ClusterState;
  readonly #executor: CommandExecutor;
  readonly #context: ContextFactory;
  readonly #methods: readonly DisruptionMethod[];
  readonly #reasons: DisruptionReasons;
  #failures = 0;
  #mostCandidates = 0;

  constructor(world: World, state: ClusterState, executor: CommandExecutor, context: ContextFactory) {
    this.#world = world;
    this.#state = state;
    this.#executor = executor;
    this.#context = context;
    this.#methods = disruptionMethods(world.settings.version);
    this.#reasons = new DisruptionReasons(world);
  }

  /** Most nodes that one method had to consider at once: the real one takes time for each. */
  get mostCandidates(): number {
    return this.#mostCandidates;
  }

  /** Begins polling. */
  start(): void {
    this.#poll();
  }

  #again(delayMs: number): void {
    this.#world.kernel.after(delayMs, PRIORITY.disruption, 'disruption loop', () => {
      this.#poll();
    });
  }

  #poll(): void {
    if (this.#state.hasUnlaunched()) {
      this.#again(UNSYNCED_POLL_MS);
      return;
    }
    this.#executor.cleanUp();
    this.#ask(0);
  }

  /** Asks the methods from one on; each that finds nothing hands on to the next. */
  #ask(first: number): void {
    // No time passes between two methods, and none of them changes anything.
    const context = this.#context();
    for (let index = first; index < this.#methods.length; index++) {
      const method = this.#methods[index];
      if (method === undefined) break;
      const outcome = this.#compute(method, context, index === 0);
      if (outcome?.failure !== undefined) {
        // The workqueue's own backoff: 5 ms, doubling (disruption.md §4).
        this.#failures++;
        this.#again(Math.min(5 * 2 ** (this.#failures - 1), 1_000_000));
        return;
      }
      const [command] = outcome?.commands ?? [];
      if (outcome === undefined || command === undefined) continue;
      if (method.validationDelayMs === undefined) this.#execute(outcome.commands);
      else this.#validateLater(method, command, index, method.validationDelayMs);
      return;
    }
    this.#failures = 0;
    this.#again(POLL_MS);
  }

  #compute(method: DisruptionMethod, context: DisruptionContext, opensRound: boolean): MethodOutcome | undefined {
    const { memo } = this.#state;
    const now = epochNow(this.#world);
    if (method.usesMemo && memo.isKnownConsolidated(method.name, now)) return undefined;
    const search = method.search(context);
    if (opensRound) this.#reasons.roundBegan(search.findings);
    this.#reasons.refused(method, search.findings);
    if (search.candidates.length === 0) return undefined;
    if (method.usesMemo && memo.isConsolidated(method.name, now)) return undefined;
    const outcome = method.compute(context, search.candidates);
    this.#reasons.looked(method, outcome.findings, search.candidates);
    this.#mostCandidates = Math.max(this.#mostCandidates, search.candidates.length);
    if (outcome.consolidated) {
      memo.markConsolidated(method.name, now);
      // The last method to find nothing ends the search until the cluster changes.
      if (method.name === 'single')
        this.#world.log.append('ConsolidationPaused', { candidates: search.candidates.length });
    }
    return outcome;
  }

  #validateLater(method: DisruptionMethod, command: DisruptionCommand, index: number, delayMs: number): void {
    const { kernel, log } = this.#world;
    const id = this.#executor.name(command);
    const nodes = command.candidates.map((candidate) => candidate.name);
    const decision = command.replacements.length === 0 ? 'delete' : 'replace';
    log.append('DisruptionProposed', { command: id, method: method.name, decision, nodes });
    kernel.after(delayMs, PRIORITY.disruption, `validation of ${id}`, () => {
      const validation = method.validate?.(this.#context(), command) ?? { command };
      if (validation.command !== undefined) {
        this.#execute([validation.command], id);
        return;
      }
      log.append('DisruptionAbandoned', { command: id, method: method.name, reason: validation.rejection ?? 'churn' });
      this.#ask(index + 1);
    });
  }

  #execute(commands: readonly DisruptionCommand[], id?: string): void {
    this.#failures = 0;
    this.#executor.start(commands, id, () => {
      this.#again(0);
    });
  }
}
