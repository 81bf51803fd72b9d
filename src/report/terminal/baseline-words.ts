const NAMES: Readonly<Record<string, string>> = {
  karpenter: 'Karpenter',
  static: 'static on-demand fleet',
  'static-savings-plan-1y': '  1-year savings plan',
  'cluster-autoscaler': 'Cluster Autoscaler',
};

/** What provides the nodes of a run, in words. */
export function baselineName(kind: string): string {
  return NAMES[kind] ?? kind;
}
