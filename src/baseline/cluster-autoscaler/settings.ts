/** Expanders that work on EKS; the price expander does not (kubernetes.md §7.5). */
export const EXPANDERS = ['random', 'least-waste', 'most-pods', 'least-nodes', 'priority'] as const;

/** A rule by which Cluster Autoscaler chooses among the groups that could grow. */
export type Expander = (typeof EXPANDERS)[number];

/** Flags of Cluster Autoscaler 1.34 (kubernetes.md §7); durations in ms. */
export interface ClusterAutoscalerSettings {
  readonly scanIntervalMs: number;
  /** Applied one after the other; chance decides what they leave. */
  readonly expanders: readonly Expander[];
  readonly maxNodeProvisionMs: number;
  readonly newPodScaleUpDelayMs: number;
  readonly balanceSimilarNodeGroups: boolean;
  readonly scaleDownUnneededMs: number;
  readonly scaleDownUnreadyMs: number;
  /** For the whole cluster: one scale-up anywhere keeps all nodes that long. */
  readonly scaleDownDelayAfterAddMs: number;
  readonly scaleDownDelayAfterFailureMs: number;
  /** Share of allocatable at or below which a node may go. */
  readonly scaleDownUtilizationThreshold: number;
  readonly skipNodesWithSystemPods: boolean;
}

const MINUTE_MS = 60_000;

const DEFAULT: ClusterAutoscalerSettings = {
  scanIntervalMs: 10_000,
  expanders: ['least-waste'],
  maxNodeProvisionMs: 15 * MINUTE_MS,
  newPodScaleUpDelayMs: 0,
  balanceSimilarNodeGroups: false,
  scaleDownUnneededMs: 10 * MINUTE_MS,
  scaleDownUnreadyMs: 20 * MINUTE_MS,
  scaleDownDelayAfterAddMs: 10 * MINUTE_MS,
  scaleDownDelayAfterFailureMs: 3 * MINUTE_MS,
  scaleDownUtilizationThreshold: 0.5,
  skipNodesWithSystemPods: true,
};

const TUNED: ClusterAutoscalerSettings = {
  ...DEFAULT,
  expanders: ['priority', 'least-waste'],
  balanceSimilarNodeGroups: true,
  skipNodesWithSystemPods: false,
};

/** The three variants to report (kubernetes.md §7.10): the flags' defaults, the usual EKS setup, and one that removes early. */
export const CLUSTER_AUTOSCALER_PRESETS = {
  default: DEFAULT,
  tuned: TUNED,
  aggressive: {
    ...TUNED,
    scaleDownUnneededMs: 2 * MINUTE_MS,
    scaleDownDelayAfterAddMs: 2 * MINUTE_MS,
    scaleDownUtilizationThreshold: 0.7,
  },
} as const satisfies Readonly<Record<string, ClusterAutoscalerSettings>>;
