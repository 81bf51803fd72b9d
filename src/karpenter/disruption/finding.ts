/** Why a node was not disrupted, as a stable code. `karpsim explain` and the event log name them. */
export type FindingCode =
  // Not a candidate for anything: Karpenter's event is DisruptionBlocked, or none.
  | 'no-node'
  | 'not-initialized'
  | 'marked-for-deletion'
  | 'nominated'
  | 'node-do-not-disrupt'
  | 'label-missing'
  | 'nodepool-not-found'
  | 'instance-type-not-found'
  | 'pod-do-not-disrupt'
  | 'pod-disruption-budget'
  | 'several-pod-disruption-budgets'
  // Not a candidate for this method.
  | 'consolidation-disabled'
  | 'do-not-consolidate'
  | 'only-when-empty'
  | 'not-consolidatable'
  | 'not-empty'
  | 'empty'
  | 'empty-for-too-short'
  | 'static-nodepool'
  | 'not-static'
  | 'not-drifted'
  | 'not-expired'
  // A candidate that the method looked at in vain.
  | 'budget-exhausted'
  | 'pods-unschedulable'
  | 'several-replacements'
  | 'not-cheaper'
  | 'min-values'
  | 'spot-to-spot'
  | 'never-spot-to-spot'
  | 'spot-to-spot-flexibility'
  | 'price-unknown'
  | 'balanced-score'
  | 'static-scale-down'
  | 'static-limit';

/** The event Karpenter publishes about a finding; undefined when it keeps silent. */
export type FindingEvent = 'DisruptionBlocked' | 'Unconsolidatable';

/** Subject and numbers of a finding. Amounts: dollars an hour, epoch ms, plain counts. */
export type FindingDetail = Readonly<Record<string, string | number | readonly string[]>>;

/** One reason why one node stays, as data; finding-message.ts puts it into Karpenter's words. */
export interface DisruptionFinding {
  readonly code: FindingCode;
  /** Name of the node; of the NodeClaim while there is no node. */
  readonly node: string;
  readonly event: FindingEvent | undefined;
  readonly detail: FindingDetail;
}
