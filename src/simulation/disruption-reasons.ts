import type { Candidate } from '../karpenter/disruption/candidate.js';
import type { DisruptionMethod, MethodName } from '../karpenter/disruption/disruption-method.js';
import { findingMessage } from '../karpenter/disruption/finding-message.js';
import type { DisruptionFinding, FindingCode } from '../karpenter/disruption/finding.js';
import { findCondition } from '../karpenter/lifecycle/conditions.js';
import type { World } from './world.js';

/** The log has these as events of their own: creation, registration, initialization and deletion of the node. */
const TOLD_ELSEWHERE: ReadonlySet<FindingCode> = new Set(['no-node', 'not-initialized', 'marked-for-deletion']);

/** Methods of one purpose agree about a node, or do not both look at it: they share its reason. */
const PURPOSE: Readonly<Record<MethodName, string>> = {
  expiration: 'expiration',
  drift: 'drift',
  'static-drift': 'drift',
  emptiness: 'consolidation',
  'empty-consolidation': 'consolidation',
  multi: 'consolidation',
  single: 'consolidation',
};

/** What the reason is about, without the numbers that change at every look. */
function identityOf({ code, detail }: DisruptionFinding): string {
  switch (code) {
    case 'nominated':
      return code;
    case 'pods-unschedulable':
      return `${code} ${String(detail['codes'])} ${String(detail['pods']).split(' ', 1)[0] ?? ''}`;
    case 'pod-disruption-budget':
    case 'several-pod-disruption-budgets':
      return `${code} ${String(detail['podDisruptionBudgets'])}`;
    case 'not-cheaper':
      return `${code} ${Number(detail['price']).toFixed(4)} ${Number(detail['cheapest']).toFixed(4)}`;
    case 'balanced-score':
      return `${code} ${Number(detail['score']).toFixed(2)}`;
    case 'budget-exhausted':
      return `${code} ${String(detail['reason'])} ${String(detail['allowed'])} ${String(detail['disrupting'])}`;
    default:
      return `${code} ${Object.values(detail).join(' ')}`;
  }
}

/**
 * Logs why nodes stay: what forbids any disruption of a node, and what each method found about it in vain. A reason is logged
 * when it changes, and once more when the node has been Consolidatable anew since, for the method has then looked again.
 */
export class DisruptionReasons {
  readonly #world: World;
  /** What forbids any disruption, by node. */
  #blocked = new Map<string, string>();
  /** What the last round began with. */
  #found: readonly DisruptionFinding[] = [];
  /** What a purpose found last, by purpose and node. */
  readonly #verdicts = new Map<string, Map<string, string>>();

  constructor(world: World) {
    this.#world = world;
    for (const purpose of new Set(Object.values(PURPOSE))) this.#verdicts.set(purpose, new Map());
    world.store.nodes.subscribe(({ before, after }) => {
      if (after !== undefined || before === undefined) return;
      this.#blocked.delete(before.metadata.name);
      for (const verdicts of this.#verdicts.values()) verdicts.delete(before.metadata.name);
    });
  }

  /** A round of the loop began: what its first search found holds for every method, and nothing else of that kind does. */
  roundBegan(found: readonly DisruptionFinding[]): void {
    // Searches of an unchanged cluster find the same list.
    if (found === this.#found) return;
    this.#found = found;
    const blocked = new Map<string, string>();
    for (const finding of found) {
      if (finding.event !== 'DisruptionBlocked' || TOLD_ELSEWHERE.has(finding.code)) continue;
      const identity = identityOf(finding);
      blocked.set(finding.node, identity);
      if (this.#blocked.get(finding.node) !== identity) this.#log(finding, '');
    }
    for (const node of this.#blocked.keys()) {
      if (!blocked.has(node)) this.#world.log.append('DisruptionUnblocked', { node });
    }
    this.#blocked = blocked;
  }

  /** A method refused nodes before it looked closer, as far as Karpenter says so in an event. */
  refused(method: DisruptionMethod, found: readonly DisruptionFinding[]): void {
    for (const finding of found) {
      if (finding.event === 'Unconsolidatable') this.#verdict(method, finding, '');
    }
  }

  /** A method looked at candidates in vain. */
  looked(method: DisruptionMethod, found: readonly DisruptionFinding[], candidates: readonly Candidate[]): void {
    for (const finding of found) {
      // A budget too small for several nodes at once is no reason why this one stays: single-node consolidation tells it.
      if (method.name === 'multi' && finding.code === 'budget-exhausted') continue;
      const candidate = candidates.find(({ name }) => name === finding.node);
      this.#verdict(method, finding, String(candidate && consolidatableSince(candidate.nodeClaim)));
    }
  }

  #verdict(method: DisruptionMethod, finding: DisruptionFinding, since: string): void {
    const verdicts = this.#verdicts.get(PURPOSE[method.name]);
    const identity = `${identityOf(finding)} ${since}`;
    if (verdicts?.get(finding.node) === identity) return;
    verdicts?.set(finding.node, identity);
    this.#log(finding, method.name);
  }

  #log(finding: DisruptionFinding, method: MethodName | ''): void {
    const { node, code, detail, event } = finding;
    const message = findingMessage(finding, this.#world.settings.version);
    this.#world.log.append('DisruptionBlocked', { node, method, code, event: event ?? '', message, detail });
  }
}

function consolidatableSince({ status }: Candidate['nodeClaim']): number | undefined {
  return findCondition(status.conditions, 'Consolidatable')?.lastTransitionTimeMs;
}
