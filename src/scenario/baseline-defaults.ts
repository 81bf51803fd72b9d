import { DEFAULT_TARGET_CPU } from '../baseline/peak-replicas.js';
import type { BaselineSettings } from './baseline-settings.js';

/** What holds where a scenario says nothing about its baselines (kubernetes.md §6). */
export const BASELINE_DEFAULTS: BaselineSettings = {
  static: { headroom: 0.2, reserve: 0.1, targetUtilisation: DEFAULT_TARGET_CPU },
};
