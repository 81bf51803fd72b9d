const NAMES: Readonly<Record<string, string>> = {
  karpenter: 'Karpenter',
  static: 'static on-demand fleet',
  'cluster-autoscaler': 'Cluster Autoscaler',
};

/** What provides the nodes of a run, in words. */
export function baselineName(kind: string): string {
  return NAMES[kind] ?? kind;
}
