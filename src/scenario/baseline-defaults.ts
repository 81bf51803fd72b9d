import { CLUSTER_AUTOSCALER_PRESETS } from '../baseline/cluster-autoscaler/settings.js';
import { DEFAULT_TARGET_CPU } from '../baseline/peak-replicas.js';
import type { BaselineSettings } from './baseline-settings.js';

/** What holds where a scenario says nothing about its baselines (kubernetes.md §6, §7.10). */
export const BASELINE_DEFAULTS: BaselineSettings = {
  static: { headroom: 0.2, reserve: 0.1, targetUtilisation: DEFAULT_TARGET_CPU },
  clusterAutoscaler: { settings: CLUSTER_AUTOSCALER_PRESETS.tuned },
};
